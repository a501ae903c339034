"""tf.compat.v1.metrics: (value, update_op) pairs of a model."""
from numest import _core
from numest.numpy_metrics import from_numpy


def mean(values, weights=None, metrics_collections=None,
         updates_collections=None, name=None):
  """Mean of values, weighted; a pair (value, update_op) of scalars."""
  return _core.metric("mean", [values], weights, 0.0)


def _pair(name):
  def function(labels, predictions, weights=None, metrics_collections=None,
               updates_collections=None, name=None):
    return _core.metric(function.__name__, [labels, predictions], weights,
                        0.0)
  function.__name__ = name
  function.__doc__ = f"""The {name.replace('_', ' ')} over all batches.

  Args:
    labels, predictions: of one shape; of what is counted, true and false.
    weights: None, a scalar, or an array that broadcasts to the labels.

  Returns:
    (value, update_op), scalars for eval_metric_ops.
  """
  return function


accuracy, precision, recall = (
    _pair(n) for n in ("accuracy", "precision", "recall"))
mean_absolute_error, mean_squared_error, root_mean_squared_error = (
    _pair(n) for n in ("mean_absolute_error", "mean_squared_error",
                       "root_mean_squared_error"))
true_positives, false_positives, true_negatives, false_negatives = (
    _pair(n) for n in ("true_positives", "false_positives",
                       "true_negatives", "false_negatives"))


def mean_relative_error(labels, predictions, normalizer, weights=None,
                        metrics_collections=None, updates_collections=None,
                        name=None):
  """Mean of |labels - predictions| / normalizer, 0 where that is 0."""
  return _core.metric("mean_relative_error",
                      [labels, predictions, normalizer], weights, 0.0)


def percentage_below(values, threshold, weights=None,
                     metrics_collections=None, updates_collections=None,
                     name=None):
  """Fraction of values below the threshold."""
  return _core.metric("percentage_below", [values], weights,
                      float(threshold))


def mean_iou(labels, predictions, num_classes, weights=None,
             metrics_collections=None, updates_collections=None, name=None):
  """Mean over classes of intersection over union; labels are class ids."""
  return _core.metric("mean_iou", [labels, predictions], weights,
                      float(num_classes))


def mean_per_class_accuracy(labels, predictions, num_classes, weights=None,
                            metrics_collections=None,
                            updates_collections=None, name=None):
  """Mean over classes of the accuracy within the class."""
  return _core.metric("mean_per_class_accuracy", [labels, predictions],
                      weights, float(num_classes))


_SUMMATIONS = {"trapezoidal": 0, "careful_interpolation": 1, "minoring": 2,
               "majoring": 3}


def auc(labels, predictions, weights=None, num_thresholds=200,
        metrics_collections=None, updates_collections=None, curve="ROC",
        name=None, summation_method="trapezoidal", thresholds=None):
  """Area under a curve of predictions in [0, 1] against boolean labels.

  Args:
    num_thresholds: points of the curve.
    curve: "ROC" or "PR".
    summation_method: "trapezoidal", "careful_interpolation", "minoring" or
      "majoring".

  Raises:
    ValueError: for another curve or method.
  """
  if curve not in ("ROC", "PR"):
    raise ValueError(f"curve must be either ROC or PR, {curve} unknown")
  if summation_method not in _SUMMATIONS:
    raise ValueError(f"auc: summation_method: got {summation_method!r}, "
                     f"expected one of {list(_SUMMATIONS)}")
  return _core.auc(_core.tensor(labels), _core.tensor(predictions), weights,
                   curve == "PR", _SUMMATIONS[summation_method],
                   num_thresholds, False)


def _at(name):
  def function(labels, predictions, thresholds, weights=None,
               metrics_collections=None, updates_collections=None, name=None):
    return _core.metric_at(function.__name__, labels, predictions, weights,
                           [float(t) for t in thresholds], 0, 1e-7)
  function.__name__ = name
  function.__doc__ = f"""The {name.replace('_', ' ')}, numbers in [0, 1].

  Args:
    labels: booleans.
    predictions: in [0, 1]; positive where they are above a threshold.

  Returns:
    (value, update_op), each of the length of the thresholds.
  """
  return function


precision_at_thresholds, recall_at_thresholds = (
    _at(n) for n in ("precision_at_thresholds", "recall_at_thresholds"))


def sensitivity_at_specificity(labels, predictions, specificity, weights=None,
                               num_thresholds=200, metrics_collections=None,
                               updates_collections=None, name=None):
  """Largest sensitivity at a specificity of at least `specificity`."""
  return _core.metric_at("sensitivity_at_specificity", labels, predictions,
                         weights, [float(specificity)], num_thresholds, 1e-7)


def specificity_at_sensitivity(labels, predictions, sensitivity, weights=None,
                               num_thresholds=200, metrics_collections=None,
                               updates_collections=None, name=None):
  """Largest specificity at a sensitivity of at least `sensitivity`."""
  return _core.metric_at("specificity_at_sensitivity", labels, predictions,
                         weights, [float(sensitivity)], num_thresholds, 1e-7)


def precision_at_k(labels, predictions, k, class_id=None, weights=None,
                   metrics_collections=None, updates_collections=None,
                   name=None):
  """Fraction of the k largest predictions that are labels."""
  return _core.metric_at("precision_at_k", labels, predictions, weights,
                         [float(k)], 0, 0.0)


def recall_at_k(labels, predictions, k, class_id=None, weights=None,
                metrics_collections=None, updates_collections=None,
                name=None):
  """Fraction of labels among the k largest predictions."""
  return _core.metric_at("recall_at_k", labels, predictions, weights,
                         [float(k)], 0, 0.0)
