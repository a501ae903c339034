"""Reductions, orders and running totals at the ends of every dtype and of
shapes: NumPy's values, dtypes and errors, traced."""
import warnings

import numpy as np
import pytest

from numest import _core
from numest.trace import paths
from test_ufunc_values import COMPLEX, FLOATS, INTEGERS, values

REDUCTIONS = ("sum prod max min mean std var argmax argmin all any ptp median "
              "count_nonzero average nansum nanprod nanmax nanmin nanmean "
              "nanstd nanvar nanargmax nanargmin nanmedian").split()
KEPT = "cumsum cumprod nancumsum nancumprod sort diff flip".split()
FLAT = "unique ravel flatnonzero trim_zeros ediff1d".split()
# Names whose values, of numbers as far apart as these, depend on the order.
ROUGH = "mean std var average nanmean nanstd nanvar".split()


def matrix(dtype):
  x = values(dtype)[:12]
  return np.stack([x, x[::-1], np.roll(x, 5)])


def calls(dtype):
  for name in REDUCTIONS + KEPT:
    for axis in (0, 1, -1):
      yield name, (lambda x, f=getattr(np, name), a=axis: f(x, axis=a)), 2
  for name in REDUCTIONS:
    yield name, getattr(np, name), 2
  for name in FLAT:
    yield name, getattr(np, name), 1
  yield "argsort", (lambda x: np.argsort(x, axis=1, kind="stable")), 2
  for q in (0, 0.3, 1) if dtype != "int8" else (0, 1):  # NumPy's overflow
    yield "quantile", (lambda x, q=q: np.quantile(x, q, axis=0)), 2


def outcome(function, x):
  """The result, or None for an error."""
  with np.errstate(all="ignore"), warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
      return np.asarray(function(x))
    except (ValueError, TypeError, ZeroDivisionError):
      return None


def traced(function, x):
  graph, _ = paths.traced(lambda v: function(v), [(x.dtype.name, x.shape)])
  return _core.compile(graph).run([x, np.uint64(0)])[0]


def assert_same(name, got, wanted):
  if wanted is None:
    assert got is None
    return
  assert got is not None
  assert got.dtype == wanted.dtype and got.shape == wanted.shape
  if wanted.dtype.kind in "fc":
    rtol = float(np.finfo(wanted.dtype).eps) * (64 if name in ROUGH else 8)
    np.testing.assert_allclose(got, wanted, rtol=rtol, atol=0)
  else:
    np.testing.assert_array_equal(got, wanted)


def cases():
  for dtype in INTEGERS + FLOATS + COMPLEX:
    for i, (name, function, ndim) in enumerate(calls(dtype)):
      yield pytest.param(name, function, ndim, dtype, id=f"{name}-{dtype}-{i}")


def tame(x):
  """Without the largest numbers, whose sums overflow on the way or not."""
  if x.dtype.kind not in "iuf":
    return x
  is_far = x > 1e4
  return np.where((x < -1e4) | is_far if x.dtype.kind != "u" else is_far,
                  x.dtype.type(7), x)


@pytest.mark.parametrize("name, function, ndim, dtype", cases())
def test_values_are_numpys(name, function, ndim, dtype):
  x = matrix(dtype) if ndim == 2 else values(dtype)
  has_empty = name not in ("average", "quantile")
  empty = (x[..., :0], x[:0]) if has_empty else ()
  for given in (tame(x), *empty):
    assert_same(name, outcome(lambda v: traced(function, v), given),
                outcome(function, given))
