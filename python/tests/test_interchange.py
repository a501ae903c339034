"""Arrays in and out without copies: ndarrays, buffers, DLPack."""
import array

import numpy as np
import pytest

import numest as tf


def test_ndarrays_are_taken_and_given_without_a_copy():
  x = np.arange(12, dtype=np.float32).reshape(3, 4)
  copied = tf.counters()["bytes_copied_in"]
  t = tf.convert_to_tensor(x)
  assert np.shares_memory(t.numpy(), x)
  assert np.shares_memory(np.asarray(t), x)
  assert tf.counters()["bytes_copied_in"] == copied


@pytest.mark.parametrize("view", [lambda x: x[::-1], lambda x: x[:, ::2],
                                  lambda x: x.T, lambda x: x[1:, 1]])
def test_strided_views_are_taken_without_a_copy(view):
  x = np.arange(24, dtype=np.int64).reshape(4, 6)
  t = tf.convert_to_tensor(view(x))
  assert np.shares_memory(t.numpy(), x)
  np.testing.assert_array_equal(t.numpy(), view(x))


def test_big_endian_and_unaligned_arrays_are_copied():
  big = np.arange(5, dtype=">f8")
  np.testing.assert_array_equal(tf.convert_to_tensor(big).numpy(), big)
  raw = np.zeros(17, np.uint8)[1:].view(np.float64)
  raw[:] = [1.5, 2.5]
  np.testing.assert_array_equal(tf.convert_to_tensor(raw).numpy(), [1.5, 2.5])


def test_buffers_are_taken():
  t = tf.convert_to_tensor(np.asarray(memoryview(array.array("d", [1, 2, 3]))))
  np.testing.assert_array_equal(t.numpy(), [1, 2, 3])


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint16", "int32", "int64",
                                   "float16", "float32", "float64",
                                   "complex64"])
def test_dlpack_gives_the_same_memory(dtype):
  t = tf.constant(np.ones((2, 3), dtype))
  x = np.from_dlpack(t)
  assert x.dtype == dtype and x.shape == (2, 3)
  assert np.shares_memory(x, t.numpy())
  assert t.__dlpack_device__() == x.__dlpack_device__()


def test_dlpack_is_taken_without_a_copy():
  x = np.arange(6.0).reshape(2, 3)
  t = tf.from_dlpack(x)
  assert np.shares_memory(t.numpy(), x)


def test_dlpack_of_what_has_no_memory_is_refused():
  with pytest.raises(BufferError, match="strings"):
    np.from_dlpack(tf.constant(["a"]))
  with pytest.raises(TypeError, match="from_dlpack.*int"):
    tf.from_dlpack(5)


def test_0d_and_empty_arrays():
  assert tf.convert_to_tensor(np.float64(3)).numpy() == 3
  assert tf.convert_to_tensor(np.zeros((0, 4))).numpy().shape == (0, 4)
