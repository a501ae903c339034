"""Values that the array API standard names and NumPy does not have: quotients
of infinities and complex functions at infinity; and writes to data."""
import operator

import numpy as np
import pytest

import numest as nm
from numest import array_api as xp

INF, NAN = np.inf, np.nan

# x1, x2, floor(x1 / x2)
QUOTIENTS = np.array([
    (INF, 3.0, INF), (INF, -3.0, -INF), (-INF, 3.0, -INF), (-INF, -3.0, INF),
    (2.0, INF, 0.0), (2.0, -INF, -0.0), (-2.0, INF, -0.0), (-2.0, -INF, 0.0),
    (INF, INF, NAN), (INF, -INF, NAN), (-INF, -INF, NAN), (NAN, INF, NAN),
    (INF, NAN, NAN), (0.0, INF, 0.0), (-0.0, INF, -0.0), (0.0, 0.0, NAN),
    (7.0, 2.0, 3.0), (-7.0, 2.0, -4.0), (1.0, 0.0, INF), (1.0, -0.0, -INF),
])
X1, X2, FLOORS = QUOTIENTS.T


def assert_same(got, wanted):
  """Equal values, nan where nan is, and the same signs of zeros."""
  got = np.asarray(got)
  np.testing.assert_array_equal(got, wanted)
  numbers = ~np.isnan(wanted)
  np.testing.assert_array_equal(np.signbit(got[numbers]),
                                np.signbit(wanted[numbers]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("divide", [xp.floor_divide, operator.floordiv,
                                    operator.ifloordiv])
def test_floor_division_of_data_is_the_floor_of_the_quotient(divide, dtype):
  x1, x2 = (xp.asarray(a.astype(dtype)) for a in (X1, X2))
  got = divide(x1, x2)
  assert got.dtype == dtype
  assert_same(got, FLOORS.astype(dtype))


def test_floor_division_takes_numbers_on_either_side():
  x = xp.asarray([INF, -INF, 5.0])
  assert_same(x // 2, np.array([INF, -INF, 2.0]))
  assert_same(2 // x, np.array([0.0, -0.0, 0.0]))
  assert_same(xp.floor_divide(xp.asarray([7, -7]), 2), np.array([3, -4]))


def test_traced_floor_divide_is_the_floor_of_the_quotient():
  assert_same(nm.vmap(xp.floor_divide)(X1, X2), FLOORS)


def test_traced_operator_is_numpys():
  with np.errstate(all="ignore"):
    wanted = X1 // X2
  assert_same(nm.vmap(lambda x, y: x // y)(X1, X2), wanted)
  assert_same(nm.vmap(np.floor_divide)(X1, X2), wanted)


PI = np.pi
COMPLEX = {
    "expm1": [(0, 0, 0, 0), (-0.0, 0, 0, 0), (INF, 0, INF, 0),
              (-INF, INF, -1, 0), (INF, INF, INF, NAN), (-INF, NAN, -1, 0),
              (INF, NAN, INF, NAN), (NAN, 0, NAN, 0), (1, INF, NAN, NAN),
              (NAN, NAN, NAN, NAN), (-INF, 2, -1, 0)],
    "acosh": [(0, 0, 0, PI / 2), (1, INF, INF, PI / 2), (1, NAN, NAN, NAN),
              (-INF, 1, INF, PI), (INF, 1, INF, 0), (INF, INF, INF, PI / 4),
              (-INF, INF, INF, 3 * PI / 4), (INF, NAN, INF, NAN),
              (NAN, INF, INF, NAN), (NAN, NAN, NAN, NAN)],
    "tanh": [(0, 0, 0, 0), (INF, 1, 1, 0), (INF, 2, 1, 0), (INF, INF, 1, 0),
             (INF, NAN, 1, 0), (1, INF, NAN, NAN),
             (NAN, 0, NAN, 0), (NAN, NAN, NAN, NAN)],
}


@pytest.mark.parametrize("name", COMPLEX)
@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("is_traced", [False, True])
def test_complex_function_has_the_standards_values(name, dtype, is_traced):
  rows = np.array(COMPLEX[name], np.float64)
  x = np.empty(len(rows), dtype)
  x.real, x.imag = rows[:, 0], rows[:, 1]
  function = getattr(xp, name)
  got = np.asarray(nm.vmap(function)(x) if is_traced else
                   function(xp.asarray(x)))
  assert got.dtype == dtype
  wanted = rows.astype(x.real.dtype)
  np.testing.assert_allclose(got.real, wanted[:, 2], rtol=1e-6)
  # The sign of an infinite or unordered result's imaginary part is free.
  np.testing.assert_allclose(np.abs(got.imag), np.abs(wanted[:, 3]), rtol=1e-6)
  is_one = np.abs(got.real) == 1
  assert not np.signbit(got.imag[is_one & np.isfinite(x.imag)]).any()


@pytest.mark.parametrize("key", [
    1, -1, (), ..., (0, 2), slice(None, None, -2), (slice(1, 3), 0),
    [True, False, True], ([0, 2], [1, 1])], ids=str)
def test_written_element_of_data_is_as_numpys(key):
  array = np.arange(12.0).reshape(3, 4)
  x = xp.asarray(array, copy=True)
  taken, source = x[0], array.copy()
  array[key] = 7
  x[key] = 7
  np.testing.assert_array_equal(x, array)
  np.testing.assert_array_equal(taken, source[0])  # a value, not a view


def test_writes_by_a_mask_and_by_tensors_convert_to_the_tensors_dtype():
  x = xp.asarray([1, 2, 3], dtype=xp.int16)
  x[x > 1] = xp.asarray([8, 9])
  assert x.dtype == xp.int16
  np.testing.assert_array_equal(x, [1, 8, 9])


def test_write_does_not_change_what_the_tensor_was_made_of():
  array = np.ones(3)
  x = xp.asarray(array)
  x[0] = 5
  np.testing.assert_array_equal(array, 1)
  np.testing.assert_array_equal(x, [5, 1, 1])


def test_write_out_of_bounds_is_numpys_error():
  with pytest.raises(IndexError, match="index 5 is out of bounds"):
    xp.asarray([1.0, 2.0])[5] = 1


def test_array_without_copy_is_the_tensor_itself():
  x = xp.asarray([1.0])
  assert xp.asarray(x, copy=False) is x
  assert xp.asarray(x, copy=True) is not x
  with pytest.raises(ValueError, match="copy=False, but dtype float64"):
    xp.asarray(x, dtype=xp.float32, copy=False)


def test_products_of_vectors_need_equal_extents():
  with pytest.raises(ValueError, match="vecdot: got extents 3 and 1 of axis"):
    xp.vecdot(xp.zeros((3,)), xp.zeros((1,)))


def test_arrays_have_as_many_axes_as_the_namespace_says():
  most = xp.__array_namespace_info__().capabilities()["max dimensions"]
  assert most == 32
  assert xp.reshape(xp.asarray(1.0), (1,) * most).ndim == most
  with pytest.raises(ValueError, match="got 33 axes, expected at most 32"):
    xp.reshape(xp.asarray(1.0), (1,) * (most + 1))
