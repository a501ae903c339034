"""Arguments of reductions, traced: NumPy's values, dtypes and errors; nothing
is silently ignored. See test_ufunc_arguments.py."""
import numpy as np
import pytest

from test_ufunc_arguments import check

R = np.random.default_rng(0)
FLOATS = R.normal(size=(2, 3, 4))
INTS = R.integers(-5, 5, (2, 3, 4)).astype(np.int16)
MASK = R.random((2, 3, 4)) < 0.6
MASK[:, 0] = True
MISSING = np.where(R.random((2, 3, 4)) < 0.3, np.nan, FLOATS)

FUNCTIONS = ("sum prod max min amax amin mean std var all any argmax argmin "
             "cumsum cumprod ptp median nansum nanprod nanmean nanmax nanmin "
             "nanstd nanvar nanmedian nancumsum nancumprod count_nonzero "
             "average").split()
ARGUMENTS = [
    "", "axis=0", "axis=-1", "axis=(0, 1)", "axis=()", "axis=None",
    "keepdims=True", "axis=1, keepdims=True", "dtype='f4'",
    "dtype=np.float64", "initial=3", "axis=0, initial=-1", "where=k",
    "axis=0, where=k", "axis=0, where=k, initial=0",
    "axis=0, keepdims=True, where=k", "ddof=1", "axis=0, ddof=1, where=k",
    "correction=1", "overwrite_input=True", "mean=np.float64(0.5)",
    "axis=1, out=np.zeros(3, result)", "axis=0, out=np.zeros((3, 4), result)",
    "axis=5", "axis=0, unknown=1",
]


def function_of(name, arguments, array):
  result = getattr(np, name)(array, axis=1).dtype
  scope = {"np": np, "result": result}
  exec(f"def call(x, k):\n  return np.{name}(x, {arguments})", scope)
  return scope["call"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("array", [FLOATS, INTS, MISSING],
                         ids=["floats", "ints", "missing"])
@pytest.mark.parametrize("arguments", ARGUMENTS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_arguments_are_numpys(name, arguments, array):
  check(function_of(name, arguments, array[0]), (array, MASK))
