"""Dtypes of results by NEP 50, with NumPy 1.26 as with NumPy 2: on data, where
NumPy 1 itself looks at values, and traced."""
import operator

import numpy as np
import pytest

import numest as nm

F32 = np.ones(3, np.float32)
I8 = np.ones(3, np.int8)
U8 = np.array([1, 200, 255], np.uint8)
# function of an array and another operand, array, operand, dtype
CASES = [
    (f, a, b, dtype)
    for f in (np.add, np.maximum, operator.mul,
              lambda a, b: np.where(a > 0, a, b))
    for a, b, dtype in (
        (F32, 2.5, "float32"), (F32, np.float64(2.5), "float64"),
        (F32, np.float16(2.5), "float32"), (I8, 3, "int8"),
        (I8, np.int64(3), "int64"), (I8, 2.5, "float64"),
        (I8, np.float32(2), "float32"), (F32, 3, "float32"),
        (U8, I8, "int16"))
]


@pytest.mark.parametrize("f, a, b, dtype", CASES)
def test_tensor_of_data_promotes_by_dtypes(f, a, b, dtype):
  assert np.asarray(f(nm.constant(a), b)).dtype == dtype


@pytest.mark.parametrize("f, a, b, dtype", CASES)
def test_traced_tensor_promotes_by_dtypes(f, a, b, dtype):
  got = nm.vmap(lambda x: f(x, b))(np.stack([a, a]))
  assert got.dtype == dtype


@pytest.mark.parametrize("other", [300, -1, 255, 256, -(2**40), 2**40])
@pytest.mark.parametrize("f", [
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq,
    operator.ne, np.less, np.equal, lambda x, n: n < x])
def test_ints_of_any_size_are_compared_as_numbers(f, other):
  wanted = [bool(f(int(x), other)) for x in U8]
  np.testing.assert_array_equal(nm.vmap(lambda x: f(x, other))(U8), wanted)
  np.testing.assert_array_equal(
      np.asarray([bool(f(nm.constant(x), other)) for x in U8]), wanted)


@pytest.mark.parametrize("f", [
    operator.add, operator.mul, operator.and_, np.add, np.minimum,
    np.floor_divide])
@pytest.mark.parametrize("other", [300, -1])
def test_an_int_that_the_dtype_does_not_hold_is_refused(f, other):
  with pytest.raises(OverflowError,
                     match=f"Python integer {other} out of bounds for uint8"):
    nm.vmap(lambda x: f(x, other))(U8)


@pytest.mark.parametrize("low, high", [(0, 300), (-5, 1000), (-5, 100)])
def test_bounds_of_a_clip_may_lie_outside_of_the_dtype(low, high):
  got = nm.vmap(lambda x: np.clip(x, low, high))(U8)
  assert got.dtype == np.uint8
  np.testing.assert_array_equal(got, [min(max(x, low), high) for x in
                                      U8.tolist()])


@pytest.mark.parametrize("f", [np.argsort, np.cumsum, np.sort, np.cumprod,
                               lambda x, axis: np.take(x, [0], axis)])
@pytest.mark.parametrize("axis, shown", [((0, 1), r"\(0, 1\)"),
                                         ([0], r"\(0,\)")])
def test_axes_where_there_is_one_are_named(f, axis, shown):
  with pytest.raises(TypeError, match=f"axis: got {shown}, expected an int"):
    nm.vmap(lambda x: f(x, axis=axis))(np.ones((2, 3, 4)))


def test_axis_is_no_float():
  with pytest.raises(TypeError, match="'float' object cannot be interpreted"):
    nm.vmap(lambda x: np.argsort(x, axis=1.0))(np.ones((2, 3, 4)))


def test_dtypes_are_no_none():
  assert nm.float64 != None  # noqa: E711: NumPy's float64 is None's dtype
