"""Training from recorded initial weights follows TensorFlow's losses."""
import json
import pathlib

import numpy as np
import pytest

import numest as tf
from numest import _core

GOLDEN = (pathlib.Path(__file__).parents[2] / "tests" / "golden" / "tf215" /
          "1_optimizers")
CASES = {c["case"]: c for c in
         json.loads((GOLDEN / "cases.json").read_text())["cases"]}
K, V1 = tf.keras.optimizers.legacy, tf.compat.v1.train
OPTIMIZERS = {
    "v2_sgd": lambda: K.SGD(0.1),
    "v2_sgd_momentum": lambda: K.SGD(0.05, momentum=0.9),
    "v2_sgd_nesterov": lambda: K.SGD(0.05, momentum=0.9, nesterov=True),
    "v2_sgd_clipnorm": lambda: K.SGD(0.1, clipnorm=0.1),
    "v2_sgd_clipvalue": lambda: K.SGD(0.1, clipvalue=0.02),
    "v2_sgd_global_clipnorm": lambda: K.SGD(0.1, global_clipnorm=0.1),
    "v2_adagrad": lambda: K.Adagrad(0.1),
    "v2_ftrl": lambda: K.Ftrl(0.1),
    "v2_ftrl_l1_l2": lambda: K.Ftrl(
        0.1, learning_rate_power=-0.4, initial_accumulator_value=0.2,
        l1_regularization_strength=0.01, l2_regularization_strength=0.02,
        beta=0.5),
    "v2_rmsprop": lambda: K.RMSprop(0.01),
    "v2_adadelta": lambda: K.Adadelta(1.0),
    "v2_adamax": lambda: K.Adamax(0.01),
    "v2_batch_norm": lambda: K.SGD(0.1),
    "v2_activation_tanh": lambda: K.SGD(0.1),
    "v2_activation_none": lambda: K.SGD(0.1),
    "v2_loss_sum": lambda: K.SGD(0.005),
    "v1_adagrad": lambda: V1.AdagradOptimizer(0.01),
    "v1_adam": lambda: V1.AdamOptimizer(0.01),
    "v1_gradient_descent": lambda: V1.GradientDescentOptimizer(0.005),
    "v1_momentum": lambda: V1.MomentumOptimizer(0.002, 0.9),
    "v1_ftrl": lambda: V1.FtrlOptimizer(0.05),
    "v1_rmsprop": lambda: V1.RMSPropOptimizer(0.01),
    "v1_rmsprop_centered": lambda: V1.RMSPropOptimizer(
        0.01, decay=0.8, momentum=0.5, centered=True),
    "v1_proximal_gd": lambda: V1.ProximalGradientDescentOptimizer(
        0.005, l1_regularization_strength=0.1,
        l2_regularization_strength=0.2),
    "seed_v2_adagrad_0.05": lambda: K.Adagrad(0.05),
}
EXTRA = {
    "v2_batch_norm": {"batch_norm": True},
    "v2_activation_tanh": {"activation_fn": tf.nn.tanh},
    "v2_activation_none": {"activation_fn": None},
    "v2_loss_sum": {"loss_reduction": "sum"},
}
# Initial values of variables that are not recorded: by the end of the name.
SLOTS = [("Adagrad", 0.1), ("accumulator", 0.1), ("Ftrl", 0.1),
         ("RMSProp", 1.0), ("beta1_power", 0.9), ("beta2_power", 0.999),
         ("gamma", 1.0), ("moving_variance", 1.0)]


class LossRecorder(tf.estimator.SessionRunHook):
  """Keeps the loss of each step."""

  def __init__(self):
    self.losses = []

  def before_run(self, run_context):
    return tf.estimator.SessionRunArgs("loss")

  def after_run(self, run_context, run_values):
    self.losses.append(float(run_values.results))


def initial_variables(case, recorded):
  variables = {}
  for name, spec in CASES[case]["variables"].items():
    if f"init/{name}" in recorded:
      variables[name] = recorded[f"init/{name}"]
      continue
    if name.startswith("training/") and name.count("/") == 2:
      continue  # a hyper-parameter: the optimizer's own value
    value = next((v for end, v in SLOTS if name.endswith(end)), 0.0)
    if case == "v2_ftrl_l1_l2" and name.endswith("accumulator"):
      value = 0.2
    variables[name] = np.full(spec["shape"], value, spec["dtype"])
  variables["global_step"] = np.int64(0)
  return variables


def make_classifier(case, model_dir):
  api = tf.estimator if case.split("_")[0] != "v1" else (
      tf.compat.v1.estimator)
  is_seed = case.startswith("seed")
  return api.DNNClassifier(
      hidden_units=[128, 64] if is_seed else [8, 4],
      n_classes=10 if is_seed else 3, model_dir=model_dir,
      feature_columns=[tf.feature_column.numeric_column("x", shape=[12])],
      optimizer=OPTIMIZERS[case](), **EXTRA.get(case, {}))


def dataset(case):
  x = np.load(GOLDEN / "data" / "x.npy")
  labels = "y10.npy" if case.startswith("seed") else "y3.npy"
  y = np.load(GOLDEN / "data" / labels)
  return tf.data.Dataset.from_tensor_slices(({"x": x}, y)).batch(32)


@pytest.mark.parametrize("case", sorted(OPTIMIZERS))
def test_losses_and_weights_follow_tensorflow(case, tmp_path):
  recorded = np.load(GOLDEN / f"{case}.npz")
  _core.write_checkpoint(str(tmp_path), initial_variables(case, recorded), 0)
  classifier = make_classifier(case, str(tmp_path))
  recorder = LossRecorder()
  classifier.train(lambda: dataset(case).repeat(), steps=20,
                   hooks=[recorder])
  np.testing.assert_allclose(recorder.losses, CASES[case]["loss"],
                             rtol=1e-4)
  for name in recorded:
    if name.startswith("final/dnn"):
      np.testing.assert_allclose(
          classifier.get_variable_value(name[len("final/"):]),
          recorded[name], rtol=1e-3, atol=2e-5, err_msg=name)
  metrics = classifier.evaluate(lambda: dataset(case))
  for key, value in CASES[case]["eval"].items():
    np.testing.assert_allclose(metrics[key], value["value"], rtol=1e-4,
                               err_msg=key)
