"""EstimatorSpec: what a model function returns."""
import collections

import numpy as np

from numest import export
from numest import hooks as _hooks
from numest.metric_objects import Metric
from numest.numpy_metrics import NumpyMetric
from numest.tensor import Tensor


class ModeKeys:
  """What a model function is asked to build."""
  TRAIN = "train"
  EVAL = "eval"
  PREDICT = "infer"


class EstimatorSpec(collections.namedtuple("EstimatorSpec", [
    "mode", "predictions", "loss", "train_op", "eval_metric_ops",
    "export_outputs", "training_chief_hooks", "training_hooks", "scaffold",
    "evaluation_hooks", "prediction_hooks"])):
  """What a model function returns.

  Raises:
    ValueError: for a missing loss, train_op or predictions.
    TypeError: for eval_metric_ops that are not pairs.
  """
  __slots__ = ()

  def __new__(cls, mode, predictions=None, loss=None, train_op=None,
              eval_metric_ops=None, export_outputs=None,
              training_chief_hooks=None, training_hooks=None, scaffold=None,
              evaluation_hooks=None, prediction_hooks=None):
    if mode not in (ModeKeys.TRAIN, ModeKeys.EVAL, ModeKeys.PREDICT):
      raise ValueError(f"mode: got {mode!r}, expected ModeKeys.TRAIN, "
                       "ModeKeys.EVAL or ModeKeys.PREDICT")
    if mode == ModeKeys.TRAIN and train_op is None:
      raise ValueError("Missing train_op.")
    if mode != ModeKeys.PREDICT and loss is None:
      raise ValueError("Missing loss.")
    if mode == ModeKeys.PREDICT and predictions is None:
      raise ValueError("Missing predictions.")
    check_metrics(eval_metric_ops)
    for what, value in (("loss", loss), ("train_op", train_op)):
      _check_tensor(what, value)
    if isinstance(train_op, (np.ndarray, np.generic, int, float)):
      raise TypeError("train_op must be Operation or Tensor, given: "
                      f"{train_op}, which trains nothing; give what "
                      "optimizer.minimize(loss, global_step) returns")
    for key, value in (predictions.items() if isinstance(predictions, dict)
                       else (("predictions", predictions),)):
      _check_tensor(f"predictions[{key!r}]", value)
    if mode == ModeKeys.PREDICT:
      export_outputs = export.checked(export_outputs, predictions)
    hooks = [_hooks_of(h) for h in (training_chief_hooks, training_hooks,
                                    evaluation_hooks, prediction_hooks)]
    return super().__new__(
        cls, mode, predictions, loss, train_op, eval_metric_ops or {},
        export_outputs, hooks[0], hooks[1], scaffold, hooks[2], hooks[3])


def _check_tensor(what, value):
  """TypeError unless `value` is a Tensor, numbers, or None."""
  is_data = isinstance(value, (Tensor, np.ndarray, np.generic, int, float))
  if value is not None and not is_data and not hasattr(value, "_as_tensor"):
    raise TypeError(f"{what} must be Tensor, given: {value} of type "
                    f"{type(value).__name__}")


def _hooks_of(hooks):
  hooks = tuple(hooks or ())
  for hook in hooks:
    if not isinstance(hook, _hooks.SessionRunHook):
      raise TypeError("All hooks must be SessionRunHook instances, given: "
                      f"{hook}")
  return hooks


def check_metrics(eval_metric_ops):
  """TypeError unless they are a dictionary of metrics, or None."""
  if eval_metric_ops is None:
    return
  if not isinstance(eval_metric_ops, dict):
    raise TypeError("eval_metric_ops must be a dict, given: "
                    f"{eval_metric_ops}")
  for key, value in eval_metric_ops.items():
    is_pair = isinstance(value, tuple) and len(value) == 2
    if not is_pair and not isinstance(value, (Metric, NumpyMetric)):
      raise TypeError("Values of eval_metric_ops must be (metric_value, "
                      f"update_op) tuples, given: {value} for key: {key}; "
                      "for a function of NumPy write "
                      "tf.metrics.from_numpy(function, labels, predictions)")


def metric_pairs(metrics):
  """The core's form of eval_metric_ops."""
  pairs = {}
  for key, value in metrics.items():
    if isinstance(value, Metric):
      if value.pair is None:
        raise ValueError(f"Please call update_state(...) on the {key!r} "
                         "metric before it is given to eval_metric_ops")
      value = value.pair
    if isinstance(value, NumpyMetric):
      value = value.core_form()
    pairs[key] = value
  return pairs


def _text_keys(predictions):
  """Keys as text; heads of several parts have tuples."""
  if not isinstance(predictions, dict):
    return predictions
  return {"/".join(map(str, k)) if isinstance(k, tuple) else k: v
          for k, v in predictions.items()}


def core_spec(spec):
  """The core's form of an EstimatorSpec."""
  return {
      "predictions": _text_keys(spec.predictions), "loss": spec.loss,
      "train_op": spec.train_op,
      "eval_metric_ops": metric_pairs(spec.eval_metric_ops),
      "training_hooks": _hooks.to_core(spec.training_chief_hooks +
                                       spec.training_hooks),
      "evaluation_hooks": _hooks.to_core(spec.evaluation_hooks),
      "prediction_hooks": _hooks.to_core(spec.prediction_hooks),
  }
