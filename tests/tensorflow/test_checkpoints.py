"""TensorFlow takes up what Numest trained, and the other way round.

The first needs a Python with TensorFlow 2.15: set NUMEST_TENSORFLOW_PYTHON to
it, or these tests are skipped. The second reads recorded folders."""
import os
import pathlib
import shutil
import subprocess

import numpy as np
import pytest

import numest as tf

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / "golden/tf215/4_checkpoints"
TENSORFLOW = os.environ.get("NUMEST_TENSORFLOW_PYTHON")
RNG = np.random.default_rng(3)
X = RNG.normal(size=(64, 12)).astype(np.float32)
CLASSES = RNG.integers(0, 3, 64)
VALUES = (X[:, 0] - X[:, 1]).astype(np.float32)


def make(estimator, optimizer, folder):
  columns = [tf.feature_column.numeric_column("x", [12])]
  options = {"hidden_units": [8, 4]} if estimator.startswith("DNN") else {}
  if estimator.endswith("Classifier"):
    options["n_classes"] = 3
  return getattr(tf.estimator, estimator)(
      feature_columns=columns, model_dir=str(folder), optimizer=optimizer,
      config=tf.estimator.RunConfig(tf_random_seed=1), **options)


def input_fn(y):
  return tf.data.Dataset.from_tensor_slices(({"x": X}, y)).batch(16)


@pytest.mark.skipif(TENSORFLOW is None,
                    reason="NUMEST_TENSORFLOW_PYTHON names no Python with "
                    "TensorFlow 2.15")
@pytest.mark.parametrize("estimator", [
    "DNNClassifier", "DNNRegressor", "LinearClassifier", "LinearRegressor"])
@pytest.mark.parametrize("optimizer", ["Adagrad", "Adam", "Ftrl", "RMSProp",
                                       "SGD"])
def test_tensorflow_continues_our_training(estimator, optimizer, tmp_path):
  y = CLASSES if estimator.endswith("Classifier") else VALUES
  np.savez(tmp_path / "data.npz", x=X, y=y)
  ours = make(estimator, optimizer, tmp_path / "model")
  ours.train(lambda: input_fn(y).repeat(), steps=20)
  shutil.copytree(tmp_path / "model", tmp_path / "copy")
  subprocess.run(
      [TENSORFLOW, HERE / "continue_in_tensorflow.py", tmp_path / "copy",
       tmp_path / "data.npz", estimator, optimizer, tmp_path / "out.npz"],
      check=True, capture_output=True, timeout=300)
  with np.load(tmp_path / "out.npz") as out:
    theirs = dict(out)
  for name, value in ours.evaluate(lambda: input_fn(y)).items():
    np.testing.assert_allclose(value, theirs[f"metric/{name}"], rtol=1e-5,
                               atol=1e-7, err_msg=name)
  key = "probabilities" if "prediction/probabilities" in theirs else (
      "predictions")
  np.testing.assert_allclose(ours.predict_all(lambda: input_fn(y))[key],
                             theirs[f"prediction/{key}"], rtol=1e-5, atol=1e-6)
  ours.train(lambda: input_fn(y).repeat(), steps=5)
  names = {n.removeprefix("variable/") for n in theirs
           if n.startswith("variable/")}
  assert names == set(ours.get_variable_names())
  for name in names:
    np.testing.assert_allclose(ours.get_variable_value(name),
                               theirs[f"variable/{name}"], rtol=1e-4,
                               atol=1e-6, err_msg=name)


def test_a_folder_of_tensorflow_is_continued(tmp_path):
  """Recorded: DNNClassifier [8, 4] on x[12], 3 classes, Adagrad, 25 steps."""
  shutil.copytree(GOLDEN / "dnn_v2", tmp_path / "model")
  before = {n: tf.train.load_variable(str(tmp_path / "model"), n)
            for n, _ in tf.train.list_variables(str(tmp_path / "model"))}
  model = make("DNNClassifier", "Adagrad", tmp_path / "model")
  hidden = X
  for layer in ("hiddenlayer_0", "hiddenlayer_1", "logits"):
    hidden = (hidden @ before[f"dnn/{layer}/kernel"] +
              before[f"dnn/{layer}/bias"])
    hidden = np.maximum(hidden, 0) if layer != "logits" else hidden
  expected = np.exp(hidden) / np.exp(hidden).sum(1, keepdims=True)
  found = model.predict_all(lambda: input_fn(CLASSES))["probabilities"]
  np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
  model.train(lambda: input_fn(CLASSES).repeat(), steps=5)
  assert model.get_variable_value("global_step") == 30
  assert set(model.get_variable_names()) == set(before)
  for name, value in before.items():
    if name.endswith("accumulator"):  # grows by the squares of gradients
      after = model.get_variable_value(name)
      assert (after >= value).all() and (after > value).any()
