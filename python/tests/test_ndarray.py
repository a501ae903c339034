"""Arrays cross the border between NumPy and the core without a copy, and
those that cannot are copied right."""

import gc
import sys

import numest as nm
import numpy as np
import pytest

DTYPES = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4",
          "f8", "c8", "c16"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_view_goes_there_and_back(dtype):
  whole = np.arange(24).reshape(2, 3, 4).astype(dtype)
  for view in (whole, whole[:, ::-1], whole.T, whole[1:1], whole[0, 0, 1:2]):
    back = nm.constant(view).numpy()
    assert back.dtype == view.dtype
    np.testing.assert_array_equal(back, view)
    assert view.size == 0 or np.shares_memory(back, whole)


def test_unaligned_memory_is_copied():
  raw = np.zeros(9, "u1")
  raw[1:] = np.array([1.5, -2], "f4").view("u1")
  np.testing.assert_array_equal(nm.constant(raw[1:].view("f4")).numpy(),
                                [1.5, -2])


def test_the_other_byte_order_is_copied():
  back = nm.constant(np.array([1, 2], ">i4")).numpy()
  np.testing.assert_array_equal(back, [1, 2])
  assert back.dtype.isnative


def test_a_read_only_array_stays_read_only():
  source = np.ones(3, "f4")
  source.flags.writeable = False
  assert not nm.constant(source).numpy().flags.writeable


def test_memory_lives_as_long_as_its_last_reader():
  source = np.arange(1000.0)
  before = sys.getrefcount(source)
  back = nm.constant(source).numpy()
  gc.collect()
  assert sys.getrefcount(source) == before + 1
  del back
  gc.collect()
  assert sys.getrefcount(source) == before


def test_strings_come_back_as_bytes():
  back = nm.constant(np.array([["a", "bc"], ["", "\u00e9"]])).numpy()
  assert back.dtype == object
  assert back.tolist() == [[b"a", b"bc"], [b"", "\u00e9".encode()]]


@pytest.mark.parametrize("value, shown", [
    (np.float32(2), "numpy=2.0>"), (np.int64(3), "numpy=3>"), (True, "True>"),
    (b"ab", "numpy=b'ab'>"), (np.array([1, 2]), "numpy=array([1, 2])>")])
def test_the_text_of_a_tensor_shows_its_value_plainly(value, shown):
  assert repr(nm.constant(value)).endswith(shown)


def test_astype_of_none_is_float64_as_in_numpy():
  assert nm.constant(np.ones(2, "f4")).astype(None).dtype == np.float64


def bits(x):
  x = x.copy()
  signs = x.view(np.int32)
  signs &= 0x7FFFFFFF  # seen in x
  z = (x[:2] + 1j * x[2:]).astype(np.complex64)
  z.view(np.float32)[1] = 7
  return x, z, x.view(np.uint8)[::2], x.astype("f8").view("c16")


def test_bytes_are_read_as_another_dtype():
  rows = np.random.default_rng(2).normal(size=(5, 4)).astype("f4")
  dataset = nm.data.Dataset.from_tensor_slices(rows).map(bits)
  assert ": native" in nm.explain(dataset)
  for row, found in zip(rows, dataset.as_numpy_iterator(), strict=True):
    for a, b in zip(found, bits(row), strict=True):
      assert a.dtype == b.dtype
      np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("values, dtype, message", [
    ([1, 2], ">i4", "view: got >i4, expected a dtype of numbers"),
    (1.0, "u1", "a scalar float32 to be read as uint8, expected .* 4 bytes"),
    ([True] * 3, "f4", "last axis has 3 bytes, expected a multiple of the 4"),
    ([b"a"], "f4", "got bytes to be read as float32"),
    ([1.0], [("a", "f4")], "expected a dtype of numbers")])
def test_bytes_that_do_not_fit(values, dtype, message):
  with pytest.raises((TypeError, ValueError), match=message):
    nm.constant(values).view(dtype)
