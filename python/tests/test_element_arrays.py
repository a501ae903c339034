"""What a function that Python runs gets: ndarrays that C functions take, with
the names that code for tensors asks for."""
import array
import io
import pickle
import re
import reprlib
import struct

import numpy as np
import pytest

import numest as tf

ROWS = np.arange(24, dtype=np.float32).reshape(6, 4)
TABLE = {0: "zero", 3: "three", b"a": 1.0, b"bc": 2.0}


def given(rows):
  """The arguments of each call of a function that Python runs."""
  kept = []

  def keeping(*arguments):
    kept.append(arguments)
    return np.float32(len(str(arguments[0].tolist())))
  dataset = tf.data.Dataset.from_tensor_slices(rows).map(keeping)
  kept.clear()
  list(dataset.as_numpy_iterator())
  return kept


def test_an_argument_is_an_ndarray_that_views_the_data():
  for i, (x,) in enumerate(given(ROWS)):
    assert isinstance(x, np.ndarray) and x.dtype is np.dtype("float32")
    assert np.shares_memory(x, ROWS[i]) and not x.flags.writeable
    np.testing.assert_array_equal(x, ROWS[i])


def test_its_texts_are_those_of_an_ndarray():
  (x,) = given(ROWS)[1]
  assert repr(x) == repr(ROWS[1]) and str(x) == str(ROWS[1])
  assert reprlib.repr(x) == reprlib.repr(ROWS[1])  # looks the class up by name


def test_buffers_and_c_code_read_it_without_a_copy():
  (x,) = given(ROWS)[2]
  view = memoryview(x)
  assert view.readonly and view.format == "f" and view.shape == (4,)
  assert view.tolist() == ROWS[2].tolist()
  assert array.array("f", x.tobytes()).tolist() == ROWS[2].tolist()
  assert struct.unpack_from("4f", x) == tuple(ROWS[2].tolist())
  assert io.BytesIO(x).getbuffer().nbytes == 16
  assert np.frombuffer(x, np.float32)[1] == ROWS[2, 1]
  interface = x.__array_interface__
  assert interface["data"] == (ROWS[2].__array_interface__["data"][0], True)


def test_numpy_gives_the_plain_array_of_the_same_memory():
  (x,) = given(ROWS)[1]
  assert type(x.numpy()) is np.ndarray
  assert np.shares_memory(x.numpy(), x) and not x.numpy().flags.writeable
  # What is made of it still has the names.
  np.testing.assert_array_equal((x[1:] * 2).numpy(), ROWS[1, 1:] * 2)


def test_shapes_have_tensorflows_methods():
  (x,) = given(ROWS[:, None])[0]
  assert x.shape == (1, 4) and isinstance(x.shape, tuple)
  assert x.shape.as_list() == [1, 4] == x.get_shape().as_list()
  assert (x.shape.ndims, x.ndim, x.size, len(x)) == (2, 2, 4, 1)
  assert x.shape[1:] + (2,) == (4, 2)
  x.set_shape([None, 4])
  with pytest.raises(ValueError, match=r"set_shape: got \(4, 4\), but the "
                     r"array has shape \(1, 4\)"):
    x.set_shape([4, 4])
  y = np.array(x, subok=True)
  y.shape = (4,)
  assert y.shape.as_list() == [4]


def test_dtypes_equal_those_of_both_libraries():
  for (x,) in given(ROWS):
    assert x.dtype == np.float32 and tf.float32 == x.dtype
    assert x.dtype == tf.float32


def test_scalars_are_numpys_as_in_rows_of_an_array():
  for i, (n, s) in enumerate(given((np.arange(6) % 4, np.arange(6) / 2))):
    assert isinstance(n, np.int64) and isinstance(s, float)
    assert n.shape.as_list() == [] == s.get_shape().as_list()
    assert n.numpy() == i % 4 and type(n.numpy()) is np.int64
    assert "abcd"[n] == "abcd"[i % 4] and list(range(n)) == list(range(i % 4))
    assert TABLE.get(n) == TABLE.get(i % 4)
    assert f"{n:03d} {s:.1f}" == f"{i % 4:03d} {i / 2:.1f}"
    assert float(s) + n == i / 2 + i % 4 and (n == i % 4) and not n < 0


def test_strings_are_their_bytes():
  texts = b"a", b"bc", b"d\0"
  rows = np.array(texts, object), np.arange(3)
  for (s, _), wanted in zip(given(rows), texts):
    assert isinstance(s, bytes) and s.dtype == object and s.shape == ()
    assert s.numpy() == wanted == s.item() and type(s.numpy()) is bytes
    assert TABLE.get(s) == TABLE.get(wanted)
    assert s.decode() == wanted.decode() and s.startswith(wanted[:1])
    assert s[:1] + b"x" == wanted[:1] + b"x" and re.match(b"[a-d]", s)
    assert type(pickle.loads(pickle.dumps(s))) is bytes


def test_arrays_with_axes_are_no_keys_and_scalars_may_not_change():
  x, n = given((ROWS, np.arange(6)))[0]
  with pytest.raises(TypeError, match="unhashable"):
    hash(x)
  with pytest.raises(TypeError, match="item assignment"):
    n[()] = 3


def test_strings_that_are_written_to_are_copies():
  rows = np.array([[b"a", b"b"], [b"c", b"d"]], object)

  def writing(s):
    s[0] = b"".join(s.tolist())
    return s
  found = list(tf.data.Dataset.from_tensor_slices(rows).map(writing)
               .as_numpy_iterator())
  assert [f.tolist() for f in found] == [[b"ab", b"b"], [b"cd", b"d"]]
  assert rows[0, 0] == b"a"


def test_it_travels_and_mixes_with_tensors():
  (x,) = given(ROWS)[3]
  np.testing.assert_array_equal(pickle.loads(pickle.dumps(x)), ROWS[3])
  for mixed in (tf.constant(ROWS[0]) + x, x + tf.constant(ROWS[0]),
                np.add(x, tf.constant(ROWS[0]))):
    np.testing.assert_array_equal(np.asarray(mixed), ROWS[0] + ROWS[3])


def test_what_python_computes_is_numpys_result():
  x = np.random.default_rng(0).normal(size=(50, 7))

  def function(v):
    v.tolist()
    return np.sin(v) @ np.cos(v) + v.std() + np.logaddexp(v[0], v[1])
  found = np.stack(list(tf.data.Dataset.from_tensor_slices(x).map(
      function).as_numpy_iterator()))
  np.testing.assert_array_equal(found, [function(v) for v in x])


def test_py_function_gives_its_function_tensors():
  seen = []

  def inner(x):
    seen.append(type(x))
    return x * len(x.numpy().tolist())
  dataset = tf.data.Dataset.from_tensor_slices(ROWS).map(
      lambda x: tf.py_function(inner, [x], tf.float32))
  found = np.stack(list(dataset.as_numpy_iterator()))
  np.testing.assert_array_equal(found, 4 * ROWS)
  assert set(seen[-6:]) == {tf.Tensor}


def sorted_and_counted(x):
  return np.sort(x), np.int64(len(x)), b"row"


@pytest.mark.parametrize("call", [tf.py_function, tf.numpy_function])
def test_py_function_of_several_dtypes_gives_a_component_for_each(call):
  rows = np.array([[3.0, 1.0], [2.0, 5.0]])
  dataset = tf.data.Dataset.from_tensor_slices(rows).map(lambda x: call(
      lambda v: sorted_and_counted(np.asarray(v)), [x],
      [tf.float64, tf.int64, tf.string]))
  for row, (values, count, text) in zip(rows, dataset.as_numpy_iterator(),
                                        strict=True):
    np.testing.assert_array_equal(values, np.sort(row))
    assert (count, count.dtype, text) == (2, np.int64, b"row")


@pytest.mark.parametrize("dtypes, message", [
    (tf.float64, "gave 2 values, but Tout is one dtype"),
    ([tf.float64] * 3, "gave 2 values, but Tout has 3 dtypes")])
def test_py_function_counts_what_its_function_gives(dtypes, message):
  with pytest.raises(ValueError, match=message):
    tf.data.Dataset.from_tensor_slices(np.ones((3, 2))).map(
        lambda x: tf.py_function(lambda v: (v, v), [x], dtypes))
