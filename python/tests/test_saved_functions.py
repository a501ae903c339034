"""Functions and models in files: the same results without the source."""
import subprocess
import sys

import numpy as np
import pytest

import numest as tf
from numest import _core

X = np.random.default_rng(2).normal(size=(6, 4)).astype(np.float32)


def scaled(batch):
  x = batch["x"] - batch["x"].mean(axis=0)
  if batch["flag"] > 0:
    x = x * 2
  return {"y": x, "both": (x.sum(), np.argmax(x, axis=1))}


def test_a_loaded_function_gives_what_numpy_gives_for_any_batch(tmp_path):
  path = tmp_path / "f.numest"
  sample = {"x": tf.TensorSpec([None, 4], tf.float32), "flag": np.int64(1)}
  tf.saved_function(scaled, sample).save(path)
  loaded = tf.load_function(path)
  assert loaded.name == "scaled"
  for rows, flag in ((6, 1), (2, -1)):
    got = loaded({"flag": flag, "x": X[:rows]})
    want = scaled({"x": X[:rows], "flag": flag})
    np.testing.assert_allclose(got["y"], want["y"], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(got["both"][0], want["both"][0], atol=1e-5)
    np.testing.assert_array_equal(got["both"][1], want["both"][1])


def test_a_program_of_cpp_takes_inputs_and_gives_outputs(tmp_path):
  path = tmp_path / "f.numest"
  graph = tf.saved_function(lambda x, y: (x + y, x * y), X, X)._graph
  _core.save_program(_core.graph(graph.inputs, graph.outputs, "mine"),
                     str(path))
  loaded = tf.load_function(path)
  assert loaded.name == "mine"
  total, product = loaded(X, 2 * X, np.uint64(0))  # the last is the key
  np.testing.assert_allclose(total, 3 * X, rtol=1e-6)
  np.testing.assert_allclose(product, 2 * X * X, rtol=1e-6)


def test_another_process_needs_no_source(tmp_path):
  path = tmp_path / "f.numest"
  tf.saved_function(lambda x, y: np.tanh(x) @ y, X, X.T).save(path)
  np.save(tmp_path / "x.npy", X)
  code = ("import numest, numpy as np, sys\n"
          "f = numest.load_function(sys.argv[1])\n"
          "x = np.load(sys.argv[2])\n"
          "np.save(sys.argv[3], f(x, x.T))")
  subprocess.run([sys.executable, "-c", code, str(path),
                  str(tmp_path / "x.npy"), str(tmp_path / "y.npy")],
                 check=True)
  np.testing.assert_allclose(np.load(tmp_path / "y.npy"), np.tanh(X) @ X.T,
                             rtol=1e-5)


def test_draws_follow_the_key(tmp_path):
  path = tmp_path / "f.numest"
  tf.saved_function(lambda x: x + np.random.normal(size=4), X[0]).save(path)
  f = tf.load_function(path)
  np.testing.assert_array_equal(f(X[0], key=3), f(X[0], key=3))
  assert np.abs(f(X[0], key=3) - f(X[0], key=4)).max() > 0.01


def model_fn(features, labels, mode):
  w = tf.compat.v1.get_variable("w", initializer=np.ones((4, 2), np.float32))
  y = np.tanh(features["x"] @ w)
  loss = None if labels is None else np.mean((y[:, 0] - labels) ** 2)
  train_op = None
  if mode == tf.estimator.ModeKeys.TRAIN:
    train_op = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(
        loss, tf.compat.v1.train.get_global_step())
  return tf.estimator.EstimatorSpec(
      mode, predictions={"y": y, "top": np.argmax(y, axis=1)}, loss=loss,
      train_op=train_op)


def canned():
  column = tf.feature_column.numeric_column(
      "x", shape=[4], normalizer_fn=lambda x: (x - 0.5) * 2)
  return tf.estimator.DNNClassifier([3], [column], n_classes=3)


@pytest.mark.parametrize("make", [lambda: tf.estimator.Estimator(model_fn),
                                  canned])
def test_saved_predictions_equal_those_of_the_estimator(make, tmp_path):
  made, path = make(), tmp_path / "model.numest"
  labels = np.arange(6) % 3

  def input_fn():
    return tf.data.Dataset.from_tensor_slices(
        ({"x": X}, labels if make is canned else labels.astype(
            np.float32))).batch(3)
  made.train(input_fn)
  made.prediction_function({"x": X[:1]}).save(path)
  want = made.predict_all(lambda: tf.data.Dataset.from_tensor_slices(
      {"x": X}).batch(6))
  made.train(input_fn)  # the file keeps the values that it has
  loaded = tf.load_function(path)
  for rows in (6, 1):
    got = loaded({"x": X[:rows]})
    assert set(got) == set(want)
    for key, value in got.items():
      if value.dtype.kind in "OS":
        continue
      np.testing.assert_allclose(value, want[key][:rows], rtol=1e-5,
                                 atol=1e-6, err_msg=key)


def test_what_cannot_be_saved_or_loaded_says_why(tmp_path):
  f = tf.saved_function(lambda x: x * 2, X)
  path = tmp_path / "f.numest"
  f.save(path)
  damaged = bytearray(path.read_bytes())
  damaged[len(damaged) // 2] ^= 1
  (tmp_path / "bad").write_bytes(damaged)
  with pytest.raises(tf.DataLossError):
    tf.load_function(tmp_path / "bad")
  with pytest.raises(tf.NotFoundError):
    tf.load_function(tmp_path / "none")
  with pytest.raises(ValueError, match=r"expected the keys \['x'\]"):
    tf.saved_function(lambda d: d["x"] * 2, {"x": X})({"y": X})
  with pytest.raises(ValueError, match="expected 1 values"):
    f(X, X)
  with pytest.raises(Exception, match="tobytes"):
    tf.saved_function(lambda x: np.frombuffer(x.tobytes()), X)

  def drawing(features, mode):
    return tf.estimator.EstimatorSpec(
        mode, predictions=features["x"] + np.random.normal(size=4))
  with pytest.raises(NotImplementedError, match="no random draws"):
    tf.estimator.Estimator(drawing).prediction_function({"x": X})
