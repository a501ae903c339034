"""ufunc.at in traced functions: NumPy's values, errors and order; derivatives
against differences, blocks against loops."""
import numpy as np
import pytest

import numest as nm
from numest import _core
from numest.trace.paths import traced

RNG = np.random.default_rng(4)
A = RNG.uniform(0.5, 2, (4, 3))
INDICES = {
    "repeated": [0, -1, 0, 2, 0], "known array": np.array([3, 3, -4]),
    "pairs": ([0, 1, 0], [2, 1, 2]), "one": 1, "slice": slice(0, 3, 2),
    "mask": A > 1, "mixed": (slice(None), [0, 0, -1]), "mask of rows":
    np.array([True, False, True, True]), "number": (2, [0, 0]),
    "two dimensions": np.array([[0, 1], [1, 0]]), "none": np.zeros(0, int),
    "ellipsis": (..., [1, 1])}
FLOATS = [np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum,
          np.fmax, np.fmin, np.power, np.arctan2, np.hypot, np.floor_divide,
          np.remainder, np.copysign, np.logical_or, np.greater]
INTEGERS = [np.add, np.multiply, np.maximum, np.bitwise_and, np.bitwise_or,
            np.bitwise_xor, np.logical_and, np.logical_xor, np.left_shift,
            np.floor_divide, np.gcd]


def ours(function, *arrays):
  """What the function's program gives: NumPy runs what is called on data."""
  graph, _ = traced(lambda *given: function(*given),
                    [(a.dtype.name, a.shape) for a in arrays])
  return np.asarray(_core.compile(graph).run([*arrays, np.uint64(0)])[0])


def at(ufunc, indices):
  def function(a, *b):
    a = a.copy()
    ufunc.at(a, indices, *b)
    return a
  return function


def check(ufunc, indices, *arrays):
  function = at(ufunc, indices)
  with np.errstate(all="ignore"):
    wanted = function(*arrays)
  found = ours(function, *arrays)
  assert found.dtype == wanted.dtype
  np.testing.assert_allclose(found, wanted, rtol=1e-6 if (
      found.dtype == np.float32) else 1e-13)


@pytest.mark.parametrize("kind", INDICES)
@pytest.mark.parametrize("ufunc", FLOATS, ids=lambda f: f.__name__)
def test_floats(ufunc, kind):
  shape = A[INDICES[kind]].shape
  check(ufunc, INDICES[kind], A, RNG.uniform(0.5, 2, shape))
  check(ufunc, INDICES[kind], A, np.float64(1.5) + np.zeros(()))


@pytest.mark.parametrize("dtype", ["int64", "int8", "uint8", "bool"])
@pytest.mark.parametrize("ufunc", INTEGERS, ids=lambda f: f.__name__)
def test_integers(ufunc, dtype):
  a = RNG.integers(0, 2 if dtype == "bool" else 100, (5,)).astype(dtype)
  b = RNG.integers(1, 4, (6,))
  for given in (b.astype(dtype), b):
    if given.dtype == bool and ufunc in (np.left_shift, np.floor_divide):
      continue  # in int8, which the ops do not have for bools
    try:
      at(ufunc, [0, 0, 1, 4, 0, -1])(a, given)
    except TypeError:  # NumPy has no loop
      continue
    check(ufunc, [0, 0, 1, 4, 0, -1], a, given)


@pytest.mark.parametrize("ufunc", [np.add, np.maximum, np.multiply, np.divide])
@pytest.mark.parametrize("dtypes", [
    ("float32", "float64"), ("int64", "float64"), ("float16", "float16"),
    ("int32", "int64"), ("complex128", "complex128"), ("bool", "int64"),
    ("float64", "float32"), ("uint8", "int64")])
def test_dtypes_that_differ(ufunc, dtypes):
  if ufunc is np.maximum and "complex128" in dtypes:
    return
  a, b = np.arange(1, 5).astype(dtypes[0]), np.array([-1.7, 2.6, 3.3, 0.7, -2])
  check(ufunc, [0, 0, 1, 0, 2], a, b.astype(dtypes[1]))


@pytest.mark.parametrize("ufunc", [np.negative, np.square, np.exp, np.sign])
def test_ufuncs_of_one_argument(ufunc):
  check(ufunc, [0, 0, -1], np.array([1.0, 2, -3]))


def test_special_values():
  a = np.array([0.0, -0.0, np.nan, np.inf])
  b = np.array([np.nan, 0.0, 1.0, -np.inf, np.nan, 2.0])
  for ufunc in (np.maximum, np.fmin, np.multiply, np.divide):
    check(ufunc, [0, 1, 2, 3, 3, 0], a, b)


@pytest.mark.parametrize("indices, b", [
    ([0, 4], 1.0), ([-5], 1.0), ((0, 3), 1.0)])
def test_positions_outside_are_index_errors(indices, b):
  with pytest.raises(IndexError):
    at(np.multiply, indices)(A.copy(), np.float64(b))
  with pytest.raises(IndexError):
    ours(at(np.multiply, indices), A, np.array(b))


def test_values_that_do_not_fit_are_value_errors():
  with pytest.raises(ValueError):
    ours(at(np.multiply, [0, 1]), A, np.ones(5))


def test_traced_positions():
  def function(a, i, b):
    a = a * 1
    np.multiply.at(a, i, b)
    return a
  a, i, b = np.arange(1.0, 5), np.array([1, 1, -1, 0, 1]), np.arange(2.0, 7)
  np.testing.assert_array_equal(ours(function, a, i, b), function(a, i, b))
  with pytest.raises(IndexError):
    ours(function, a, i + 4, b)


def differences(function, x, step=1e-6):
  result = np.zeros_like(x)
  for k in np.ndindex(x.shape):
    moved = [x.copy(), x.copy()]
    moved[0][k] += step
    moved[1][k] -= step
    result[k] = (function(moved[0]) - function(moved[1])) / (2 * step)
  return result


DIFFERENTIABLE = [np.add, np.subtract, np.multiply, np.divide, np.maximum,
                  np.minimum, np.power, np.hypot, np.arctan2]
PLACES = np.array([0, 2, 0, 0, 3, 2])


@pytest.mark.parametrize("ufunc", DIFFERENTIABLE, ids=lambda f: f.__name__)
def test_derivatives(ufunc):
  weights = RNG.normal(size=5)

  def loss(a, b):
    a = a * 1
    ufunc.at(a, PLACES, b)
    return (weights * a).sum()
  a, b = RNG.uniform(0.5, 2, 5), RNG.uniform(0.5, 2, 6)
  got = nm.grad(loss, argnums=(0, 1))(a, b)
  np.testing.assert_allclose(got[0], differences(lambda x: loss(x, b), a),
                             rtol=1e-6, atol=1e-8)
  np.testing.assert_allclose(got[1], differences(lambda x: loss(a, x), b),
                             rtol=1e-6, atol=1e-8)


def test_derivatives_of_products_with_zeros():
  def loss(b):
    a = np.array([2.0, 3.0, 5.0]) * np.ones(3)
    a = a + 0 * b[:3]
    np.multiply.at(a, [0, 0, 0, 1], b)
    return a.sum()
  b = np.array([0.0, 3.0, 4.0, 5.0])
  np.testing.assert_allclose(nm.grad(loss)(b), [24, 0, 0, 3])
  np.testing.assert_allclose(nm.grad(loss)(b * [1, 0, 1, 1]), [0, 0, 0, 3])


def test_second_derivatives():
  def loss(b):
    a = np.ones(3) + 0 * b[:3]
    np.multiply.at(a, [0, 0, 0, 1], b)
    return a[0] + a[1] ** 2
  b = np.array([2.0, 3.0, 4.0, 5.0])
  wanted = np.array([[0, 4, 3, 0], [4, 0, 2, 0], [3, 2, 0, 0], [0, 0, 0, 2]])
  np.testing.assert_allclose(nm.hessian(loss)(b), wanted)


def test_blocks_are_loops():
  def function(a, i, b):
    a = a * 1
    np.divide.at(a, i, b)
    return a
  a, b = RNG.uniform(1, 2, (3, 4)), RNG.uniform(1, 2, (3, 6))
  i = RNG.integers(-4, 4, (3, 6))
  np.testing.assert_array_equal(nm.vmap(function)(a, i, b), [
      function(*row) for row in zip(a, i, b)])
  np.testing.assert_array_equal(
      nm.vmap(lambda x, y: function(x, i[0], y))(a, b),
      [function(x, i[0], y) for x, y in zip(a, b)])
  np.testing.assert_array_equal(
      nm.vmap(lambda k: function(a[0], k, b[0]))(i),
      [function(a[0], k, b[0]) for k in i])
