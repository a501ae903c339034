"""Arrays however they lie in memory, and of structured, text and object
dtypes: as arguments of ops, captured by a traced function, and as data."""
import numpy as np
import pytest

import numest as tf

BASE = np.arange(48.0).reshape(6, 8)


def unaligned(array):
  memory = np.zeros(array.nbytes + 1, np.uint8)
  moved = memory[1:].view(array.dtype).reshape(array.shape)
  moved[...] = array
  return moved


def read_only(array):
  array = array.copy()
  array.flags.writeable = False
  return array


FORMS = {
    "view": BASE[1:5, 2:6], "steps": BASE[::2, ::3],
    "negative steps": BASE[::-1, ::-2], "transposed": BASE.T,
    "Fortran": np.asfortranarray(BASE), "column": BASE[:, 3],
    "broadcast": np.broadcast_to(BASE[0], (4, 8)),
    "read-only": read_only(BASE), "unaligned": unaligned(BASE),
    "unaligned floats": unaligned(BASE.astype(np.float32)),
    "big-endian floats": BASE.astype(">f4"),
    "big-endian doubles": BASE.astype(">f8")[::2],
    "big-endian ints": BASE.astype(">i2"),
    "big-endian halves": BASE.astype(">f2"),
    "big-endian complex": (BASE + 1j).astype(">c8"),
    "bools": BASE % 3 == 0, "field of a record": np.array(
        [(1, 2.5), (3, 4.5)], "i1, f8")["f1"],
    "long long": BASE.astype(np.longlong), "memory of a matrix": np.asarray(
        np.lib.stride_tricks.sliding_window_view(BASE, 3, axis=1)),
    "empty": BASE[:0], "no columns": BASE[:, :0], "scalar": np.array(2.5),
    "big-endian scalar": np.array(2.5, ">f8"), "one": BASE[:1, :1],
}
NO_ROWS = ("scalar", "big-endian scalar")
EVERY_FORM = pytest.mark.parametrize("name", FORMS)


def same(got, wanted):
  got, wanted = np.asarray(got), np.asarray(wanted)
  assert got.dtype == wanted.dtype.newbyteorder("=")
  assert got.shape == wanted.shape
  np.testing.assert_array_equal(got, wanted)


@EVERY_FORM
def test_op_of_data_takes_it(name):
  x = FORMS[name]
  t = tf.constant(x)
  same(t, x)
  same(t == x, x == x)
  np.testing.assert_allclose(tf.abs(t), np.abs(x), rtol=1e-6)
  same(np.sum(t, axis=-1) if x.ndim else np.sum(t),
       np.sum(x, axis=-1) if x.ndim else np.sum(x))
  same(t.reshape(-1), x.reshape(-1))


@EVERY_FORM
def test_function_of_arrays_takes_it(name):
  x = FORMS[name]
  if not x.ndim:
    x = np.broadcast_to(x, (3,))
  double = tf.vmap(lambda a: (a + a, a.ravel()))
  for got, wanted in zip(double(x), (x + x, x.reshape(len(x), -1)
                                     if x.size else x.reshape(x.shape))):
    same(got, wanted)


@EVERY_FORM
def test_traced_function_captures_it(name):
  x = FORMS[name]

  def captured(i):
    return x * (i > 0), x
  for got in tf.vmap(captured)(np.array([1, 2])):
    same(got[1], x)


@EVERY_FORM
@pytest.mark.parametrize("batch", [1, 4])
def test_dataset_takes_its_rows(name, batch):
  x = FORMS[name]
  if name in NO_ROWS:
    with pytest.raises(ValueError):
      tf.data.Dataset.from_tensor_slices(x)
    return
  rows = list(tf.data.Dataset.from_tensor_slices(x).as_numpy_iterator())
  assert len(rows) == len(x)
  for got, wanted in zip(rows, x):
    same(got, wanted)
  batches = list(tf.data.Dataset.from_tensor_slices({"x": x}).map(
      lambda d: {"x": d["x"]}).batch(batch).as_numpy_iterator())
  same(np.concatenate([b["x"] for b in batches]) if batches else x, x)


@EVERY_FORM
def test_dataset_of_one_element_takes_it(name):
  x = FORMS[name]
  (got,) = tf.data.Dataset.from_tensors(x).as_numpy_iterator()
  same(got, x)


@EVERY_FORM
def test_numpy_input_fn_takes_it(name):
  x = FORMS[name]
  if name in NO_ROWS:
    return
  input_fn = tf.compat.v1.estimator.inputs.numpy_input_fn(
      {"x": x}, batch_size=2, shuffle=False, num_epochs=1)
  batches = [b["x"] for b in input_fn().as_numpy_iterator()]
  same(np.concatenate(batches) if batches else x, x)


# --- structured arrays are dictionaries of features ---
PEOPLE = np.array([("Ada", 36, [1.0, 2.0]), ("Bob", 7, [3.0, 4.0]),
                   ("Cleo", 51, [5.0, 6.0])],
                  [("name", "U8"), ("age", ">i4"), ("at", "f4", (2,))])


def check_people(rows):
  assert len(rows) == len(PEOPLE)
  for row, person in zip(rows, PEOPLE):
    assert set(row) == set(PEOPLE.dtype.names)
    assert np.asarray(row["name"]).item() == person["name"].encode()
    assert row["age"] == person["age"]
    np.testing.assert_array_equal(row["at"], person["at"])


def test_structured_array_is_a_dictionary_of_features():
  dataset = tf.data.Dataset.from_tensor_slices(PEOPLE)
  assert set(dataset.element_spec) == {"name", "age", "at"}
  check_people(list(dataset.as_numpy_iterator()))
  reverse = tf.data.Dataset.from_tensor_slices(PEOPLE[::-1])
  check_people(list(reverse.as_numpy_iterator())[::-1])


def test_structured_array_is_mapped_by_its_names():
  dataset = tf.data.Dataset.from_tensor_slices((PEOPLE, [0, 1, 0])).map(
      lambda person, label: (person["at"] * person["age"], label))
  for (got, _), person in zip(dataset.as_numpy_iterator(), PEOPLE):
    np.testing.assert_array_equal(got, person["at"] * person["age"])


def test_structured_array_in_one_element_and_nested():
  inner = np.zeros(2, [("a", "f4"), ("b", [("c", "i2"), ("d", "?")])])
  inner["b"]["c"] = 3, 4
  (got,) = tf.data.Dataset.from_tensors(inner).as_numpy_iterator()
  np.testing.assert_array_equal(got["b"]["c"], [3, 4])
  rows = list(tf.data.Dataset.from_tensor_slices(inner).as_numpy_iterator())
  assert rows[1]["b"]["c"] == 4 and rows[1]["b"]["d"].dtype == bool


def test_numpy_input_fn_takes_a_structured_array():
  input_fn = tf.compat.v1.estimator.inputs.numpy_input_fn(
      PEOPLE, np.arange(3), batch_size=3, shuffle=False)
  features, labels = next(input_fn().as_numpy_iterator())
  np.testing.assert_array_equal(features["age"], PEOPLE["age"])
  np.testing.assert_array_equal(features["at"], PEOPLE["at"])
  np.testing.assert_array_equal(labels, [0, 1, 2])


def test_record_array_is_a_structured_array():
  check_people(list(tf.data.Dataset.from_tensor_slices(
      PEOPLE.view(np.recarray)).as_numpy_iterator()))


# --- texts and objects ---
TEXTS = {
    "unicode": np.array(["a", "bc", "déf"]), "bytes": np.array([b"a", b"bc"]),
    "objects": np.array(["a", b"bc", "déf"], object),
    "every other": np.array(["a", "x", "bc", "y"])[::2],
    "big-endian unicode": np.array(["a", "bc"]).astype(">U2"),
    "grid": np.array([["a", "b"], ["c", "dd"]]),
    "no text": np.array([], "U1"),
}


def as_bytes(value):
  return value if isinstance(value, bytes) else value.encode()


@pytest.mark.parametrize("name", TEXTS)
def test_dataset_takes_texts(name):
  x = TEXTS[name]
  rows = list(tf.data.Dataset.from_tensor_slices(x).as_numpy_iterator())
  assert len(rows) == len(x)
  for got, wanted in zip(rows, x):
    assert [as_bytes(v) for v in np.ravel(wanted).tolist()] == np.ravel(
        np.asarray(got, object)).tolist()


def test_objects_that_are_no_texts_are_refused():
  with pytest.raises(TypeError, match="got an object of type .*dict.*, "
                     "expected numbers or strings"):
    tf.data.Dataset.from_tensor_slices(np.array([{}, {}], object))


def test_array_of_dates_is_refused():
  with pytest.raises(TypeError, match="dtype <M8.D. is not supported"):
    tf.data.Dataset.from_tensor_slices(np.array(["2020-01-01"], "M8[D]"))
