"""Every row of numpy_table.py: the call, traced and vectorized, gives NumPy's
values, dtypes and shapes; what has a derivative agrees with differences."""
import functools
import warnings

import numpy as np
import pytest

import numest as nm
from numpy_draws_table import RANDOM
from numpy_python_calls import PYTHON_CALL
from numpy_table import COUNT, GRADIENT, NATIVE, calls, inputs
from numpy_versions import ONLY_1, ONLY_2, public_functions

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
INPUTS = inputs()


def is_here(name):
  """Whether this NumPy has the function; some came with NumPy 2."""
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    return functools.reduce(lambda m, part: getattr(m, part, None),
                            name.split("."), np) is not None


def test_names_of_one_version_are_those_that_the_other_lacks():
  is_old = np.__version__.startswith("1.")
  here, missing = (ONLY_1, ONLY_2) if is_old else (ONLY_2, ONLY_1)
  names = {name for name, _ in public_functions()}
  assert here <= names and not missing & names


def names_in(code):
  inner = [c for c in code.co_consts if hasattr(c, "co_names")]
  return {*code.co_names, *(n for c in inner for n in names_in(c))}


def function_of(text):
  """The call as a function, and the names of its arguments."""
  *statements, result = (s.strip() for s in text.split(";"))
  used = names_in(compile("\n".join([*statements, result]), text, "exec"))
  names = [n for n in INPUTS if n in used]
  lines = [f"def call({', '.join(names)}):", *(f"  {s}" for s in statements),
           f"  return {result}"]
  scope = {"np": np}
  exec("\n".join(lines), scope)
  return scope["call"], names


def leaves(value):
  if isinstance(value, tuple):
    return [leaf for v in value for leaf in leaves(v)]
  return [value]


def expected_of(function, names):
  """NumPy's results, a list of leaves for each element."""
  with warnings.catch_warnings(), np.errstate(all="ignore"):
    warnings.simplefilter("ignore")
    return [leaves(function(*(INPUTS[n][e].copy() for n in names)))
            for e in range(COUNT)]


def check(got, wanted):
  """One leaf of the vectorized result against NumPy's for each element."""
  assert len(got) == COUNT
  for result, value in zip(got, wanted):
    assert result.shape == np.shape(value)
    if isinstance(value, (np.ndarray, np.generic)):
      assert result.dtype == np.asarray(value).dtype
    single = np.asarray(value).dtype in (np.float32, np.complex64)
    np.testing.assert_allclose(result, value, rtol=1e-5 if single else 1e-9,
                               atol=1e-6 if single else 1e-11)


ALL_CALLS = [(name, call) for name, text in (GRADIENT | NATIVE).items()
             if is_here(name) for call in calls(text)]


@pytest.mark.parametrize("name, call", ALL_CALLS,
                         ids=[c.replace(" ", "") for _, c in ALL_CALLS])
def test_traced_call_gives_numpys_values(name, call):
  function, names = function_of(call)
  wanted = expected_of(function, names)
  got = leaves(nm.vmap(function)(*(INPUTS[n] for n in names)))
  assert len(got) == len(wanted[0])
  for i, leaf in enumerate(got):
    check(leaf, [w[i] for w in wanted])


def weighted(function):
  """A scalar that depends on every element of the results differently."""
  def loss(*arguments):
    total = 0.0
    for i, leaf in enumerate(leaves(function(*arguments))):
      count = 1
      for extent in leaf.shape:
        count *= extent
      weights = np.cos(np.arange(count) + i).reshape(tuple(leaf.shape))
      if np.iscomplexobj(leaf):
        leaf = np.real(leaf) + 2 * np.imag(leaf)
      total = total + np.sum(leaf * weights)
    return total
  return loss


def differences(loss, arguments, which, step=1e-6):
  x = arguments[which]
  result = np.empty_like(x)
  for i in np.ndindex(x.shape):
    ends = []
    for sign in (1, -1):
      moved = [a.copy() for a in arguments]
      moved[which][i] += sign * step
      ends.append(loss(*moved))
    result[i] = (ends[0] - ends[1]) / (2 * step)
  return result


def differentiable(text):
  """The calls of a row that have an argument of float64, at least one."""
  found = [c for c in calls(text) if any(
      INPUTS[n].dtype == np.float64 for n in function_of(c)[1])]
  assert found, text
  return found


GRADIENT_CALLS = [c for name, text in GRADIENT.items() if is_here(name)
                  for c in differentiable(text)]


@pytest.mark.parametrize("call", GRADIENT_CALLS,
                         ids=[c.replace(" ", "") for c in GRADIENT_CALLS])
def test_gradient_agrees_with_differences(call):
  function, names = function_of(call)
  loss = weighted(function)
  arguments = [np.array(INPUTS[n][0]) for n in names]
  floating = tuple(i for i, a in enumerate(arguments)
                   if a.dtype == np.float64)
  got = nm.grad(loss, floating)(*arguments)
  for which, gradient in zip(floating, got):
    wanted = differences(loss, arguments, which)
    np.testing.assert_allclose(gradient, wanted, rtol=1e-5, atol=1e-6)


DRAWS = [c for name, text in RANDOM.items() if is_here(name)
         for c in calls(text)]


@pytest.mark.parametrize("call", DRAWS)
def test_traced_draw_has_numpys_shape_and_dtype(call):
  function, names = function_of(call)
  inner = function if names else lambda c: function()
  names = names or ["c"]
  wanted = inner(*(INPUTS[n][0].copy() for n in names))
  got = nm.vmap(inner)(*(INPUTS[n] for n in names))
  assert got.shape == (COUNT, *wanted.shape) and got.dtype == wanted.dtype
  assert not np.array_equal(got[0], got[1])


PYTHON_CALLS = [call for name, (_, call) in PYTHON_CALL.items()
                if call and is_here(name)]


@pytest.mark.parametrize("call", PYTHON_CALLS)
def test_python_call_is_no_program_and_maps_as_numpy(call):
  function, names = function_of(call)
  with pytest.raises(Exception):
    nm.vmap(function)(*(INPUTS[n] for n in names))
  dataset = nm.data.Dataset.from_tensor_slices(
      tuple(INPUTS[n] for n in names) if len(names) > 1 else INPUTS[names[0]])
  for got, wanted in zip(dataset.map(function), expected_of(function, names)):
    np.testing.assert_allclose(got, wanted[0], rtol=1e-9)
