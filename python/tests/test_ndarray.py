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
