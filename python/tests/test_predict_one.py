"""One example at a time: equal to `predict`, whatever happened in between."""
import threading

import numpy as np
import pytest

import numest as tf

RNG = np.random.default_rng(5)
X = RNG.normal(size=(6, 4)).astype(np.float32)
Y = RNG.integers(0, 3, 6)


def classifier(tmp_path, units=(8,), **options):
  column = tf.feature_column.numeric_column("x", shape=[4])
  return tf.estimator.DNNClassifier(list(units), [column], n_classes=3,
                                    model_dir=str(tmp_path), **options)


def train_data():
  return tf.data.Dataset.from_tensor_slices(({"x": X}, Y)).repeat().batch(3)


def rows_of(estimator, x=X):
  return list(estimator.predict(
      lambda: tf.data.Dataset.from_tensor_slices({"x": x}).batch(2)))


def check_equal(one, row):
  assert list(one) == list(row)
  for key in row:
    assert np.asarray(one[key]).dtype == np.asarray(row[key]).dtype, key
    assert np.shape(one[key]) == np.shape(row[key]), key
    if np.asarray(row[key]).dtype.kind == "O":
      np.testing.assert_array_equal(one[key], row[key])
    else:
      np.testing.assert_allclose(one[key], row[key], rtol=1e-5, atol=1e-6)


def check_rows(estimator):
  for x, row in zip(X, rows_of(estimator)):
    check_equal(estimator.predict_one({"x": x}), row)


def test_it_equals_predict_before_and_after_each_training(tmp_path):
  made = classifier(tmp_path)
  check_rows(made)
  before = made.predict_one({"x": X[0]})["logits"]
  kept = before.copy()
  for _ in range(2):
    made.train(train_data, steps=5)
    check_rows(made)
  np.testing.assert_array_equal(before, kept)  # results are the caller's
  assert abs(made.predict_one({"x": X[0]})["logits"] - before).max() > 1e-4


def test_it_follows_checkpoints_of_another_estimator(tmp_path):
  reader, writer = classifier(tmp_path), classifier(tmp_path)
  writer.train(train_data, steps=1)
  check_rows(reader)
  for _ in range(2):
    writer.train(train_data, steps=3)
    check_equal(reader.predict_one({"x": X[1]}), rows_of(writer)[1])


def test_it_falls_back_to_the_checkpoint_after_a_failed_training(tmp_path):
  made = classifier(tmp_path)
  made.train(train_data, steps=2)
  want = made.predict_one({"x": X[2]})
  bad = lambda: tf.data.Dataset.from_tensor_slices(
      ({"x": X * np.float32(np.nan)}, Y)).repeat().batch(3)
  with pytest.raises(tf.NanLossError):
    made.train(bad, steps=2)
  check_equal(made.predict_one({"x": X[2]}), want)


@pytest.mark.parametrize("change", [
    lambda x: x.tolist(), lambda x: x.astype(np.float64),
    lambda x: np.repeat(x, 2)[::2], lambda x: x[::-1].copy()[::-1],
    lambda x: np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(np.float32),
    lambda x: x.astype(">f4"), lambda x: tf.constant(x)],
    ids=["list", "float64", "stride", "reversed", "unaligned", "big-endian",
         "tensor"])
def test_any_layout_of_the_features_gives_the_same(tmp_path, change):
  made = classifier(tmp_path)
  want = made.predict_one({"x": X[3]})
  for _ in range(2):
    check_equal(made.predict_one({"x": change(X[3])}), want)
  check_equal(made.predict_one({"x": X[3]}), want)


def test_features_of_other_structures_have_their_own_programs(tmp_path):
  def model_fn(features, mode):
    if isinstance(features, dict):
      inner = features.get("in", features)
      return tf.estimator.EstimatorSpec(
          mode, predictions=inner["a"] - 2 * inner["b"])
    return tf.estimator.EstimatorSpec(mode, predictions=features + 1)
  made = tf.estimator.Estimator(model_fn, str(tmp_path))
  a, b = np.float32(5), np.float32(1)
  for _ in range(2):
    for got in (made.predict_one({"a": a, "b": b}),
                made.predict_one({"b": b, "a": a}),
                made.predict_one({"in": {"a": a, "b": b}}),
                made.predict_one({"in": {"b": b, "a": a}}),
                made.predict_one(np.float32(2)), made.predict_one(2)):
      assert got == 3 and np.ndim(got) == 0
    got = made.predict_one({"a": np.float32([5, 6]), "b": np.float32([1, 1])})
    np.testing.assert_array_equal(got, [3, 4])
    np.testing.assert_array_equal(made.predict_one((1, 2)), [2, 3])
    assert made.predict_one({"a": 5, "b": 1}) == 3


def test_strings_go_in_and_come_out(tmp_path):
  def model_fn(features, mode):
    return tf.estimator.EstimatorSpec(mode, predictions={
        "word": features["word"], "empty": features["none"]})
  made = tf.estimator.Estimator(model_fn, str(tmp_path))
  none = np.zeros((0, 2), np.float32)
  for word in ("eins", "zwei"):
    got = made.predict_one({"word": word, "none": none})
    assert got["word"] == word.encode() and got["empty"].shape == (0, 2)


def test_wrong_features_raise_and_the_next_call_works(tmp_path):
  made = classifier(tmp_path)
  want = made.predict_one({"x": X[0]})
  for bad in ({"y": X[0]}, {"x": X[0][:3]}, {"x": object()}, {}):
    with pytest.raises((ValueError, TypeError, KeyError)):
      made.predict_one(bad)
    check_equal(made.predict_one({"x": X[0]}), want)


def test_a_request_makes_no_array_and_looks_nothing_up(tmp_path):
  made = classifier(tmp_path)
  made.predict_one({"x": X[0]})
  before = tf.counters()
  for i in range(100):
    made.predict_one({"x": X[i % 6]})
  after = tf.counters()
  for name in ("traces", "compilations", "memory_plans", "file_opens",
               "python_calls", "gil_acquisitions", "array_allocations",
               "array_bytes"):
    assert after[name] == before[name], name


# The first fits one core and keeps the interpreter lock, the second does not.
@pytest.mark.parametrize("units", [(8,), (300, 300)])
def test_eight_threads_ask_one_estimator(tmp_path, units):
  made = classifier(tmp_path, units)
  made.train(train_data, steps=2)
  want = rows_of(made)
  failures = []

  def ask(i):
    try:
      for _ in range(50):
        check_equal(made.predict_one({"x": X[i % 6]}), want[i % 6])
    except BaseException as error:  # told by the main thread
      failures.append(error)
  threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join()
  assert not failures


def test_rows_of_predict_are_the_rows_of_predict_all(tmp_path):
  made = classifier(tmp_path)
  source = lambda: tf.data.Dataset.from_tensor_slices({"x": X}).batch(4)
  whole, rows = made.predict_all(source), list(made.predict(source))
  assert len(rows) == 6
  for key in whole:
    for value, row in zip(whole[key], rows):
      np.testing.assert_array_equal(row[key], value)
      assert row[key].dtype == value.dtype and row[key].shape == value.shape
  rows[0]["logits"][:] = 7  # a row can be written; the next call is not told
  assert list(made.predict(source))[0]["logits"][0] != 7


def test_rows_of_vectors_are_scalars_and_one_tensor_needs_no_key(tmp_path):
  def model_fn(features, mode):
    return tf.estimator.EstimatorSpec(mode, predictions=features["a"] + 1)
  made = tf.estimator.Estimator(model_fn, str(tmp_path))
  data = {"a": np.arange(5, dtype=np.float32)}
  rows = list(made.predict(
      lambda: tf.data.Dataset.from_tensor_slices(data).batch(2)))
  assert rows == [1, 2, 3, 4, 5]
  assert all(isinstance(r, np.float32) for r in rows)
