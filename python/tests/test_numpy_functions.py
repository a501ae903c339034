"""Every row of numpy_table.py: the call, traced and vectorized, gives NumPy's
values, dtypes and shapes; what has a derivative agrees with differences."""
import functools
import warnings

import numpy as np
import pytest

import numest as nm
from numpy_draws_table import RANDOM
from numpy_python_calls import (GONE, NOT_MAPPED, PYTHON_CALL, WHILE_TRACED,
                                said_of)
from numpy_table import COUNT, GRADIENT, NATIVE, calls, inputs
from numpy_versions import ONLY_1, ONLY_2, public_functions

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
INPUTS = inputs()


def test_one_row_is_one_observation_where_numpy_says_so():
  x = np.array([[1.0, 2, 4]])

  def both(x):
    return np.cov(x, rowvar=False), np.cov(np.concatenate([x, 2 * x]),
                                           rowvar=False)
  with np.errstate(all="ignore"), warnings.catch_warnings():
    warnings.simplefilter("ignore")
    expected = both(x)
  found = nm.vmap(both)(x[None])
  for f, e in zip(found, expected):
    np.testing.assert_allclose(f[0], e)


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


PYTHON_CALLS = [(name, call) for name, (_, call) in PYTHON_CALL.items()
                if is_here(name)]


def mapped(function, names):
  """The elements of the table, mapped."""
  values = [INPUTS[n] for n in names]
  return nm.data.Dataset.from_tensor_slices(
      tuple(values) if len(names) > 1 else values[0]).map(function)


def check_mapped(dataset, function, names):
  for got, wanted in zip(dataset, expected_of(function, names), strict=True):
    np.testing.assert_allclose(got, wanted[0], rtol=1e-9)


@pytest.mark.parametrize("name, call", PYTHON_CALLS)
def test_python_call_is_no_program_and_maps_as_numpy(name, call):
  function, names = function_of(call)
  with pytest.raises(Exception):
    nm.vmap(function)(*(INPUTS[n] for n in names))
  dataset = mapped(function, names)
  check_mapped(dataset, function, names)
  report, = nm.explain(dataset).functions
  assert report["runs"] == "python"
  assert said_of(name) in report["reason"]


@pytest.mark.parametrize("name, call", [row for row in WHILE_TRACED.items()
                                        if is_here(row[0])])
def test_answer_while_traced_maps_as_numpy(name, call, capsys):
  function, names = function_of(call)
  dataset = mapped(function, names)
  check_mapped(dataset, function, names)
  report, = nm.explain(dataset).functions
  assert report["runs"] == "native"


@pytest.mark.parametrize("name, call", GONE.items())
def test_method_that_is_gone_is_an_error_in_numpy_2(name, call):
  function, names = function_of(call)
  if np.__version__.startswith("1."):
    check_mapped(mapped(function, names), function, names)
    return
  with pytest.raises(AttributeError, match="removed from the ndarray class"):
    function(*(INPUTS[n][0] for n in names))


def test_item_that_is_deleted_is_an_error_in_a_map_too():
  def function(x):
    del x[0]
    return x
  with pytest.raises(ValueError, match="cannot delete array elements"):
    function(INPUTS["x"][0])
  with pytest.raises(ValueError, match="cannot delete array elements"):
    mapped(function, ["x"])


def test_rows_of_all_tables_are_different():
  tables = [GRADIENT, NATIVE, RANDOM, PYTHON_CALL, WHILE_TRACED, GONE,
            NOT_MAPPED]
  names = [name for table in tables for name in table]
  assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", ["save", "savez"])
def test_file_that_a_map_writes_is_read_by_numpy(kind, tmp_path):
  def function(x):
    getattr(np, kind)(tmp_path / f"{x[0, 0]}.npy", x)
    return x
  list(mapped(function, ["x"]))
  for x in INPUTS["x"]:
    path, = tmp_path.glob(f"{x[0, 0]}.npy*")
    loaded = np.load(path)
    np.testing.assert_array_equal(
        loaded if kind == "save" else loaded["arr_0"], x)
