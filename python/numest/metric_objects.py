"""tf.keras.metrics: objects that collect values batch by batch.

Outside of a model function they compute at once; inside, an object stands
for a (value, update_op) pair of eval_metric_ops.
"""
import numpy as np

from numest import _core, math
from numest import metrics as _v1
from numest.tensor import call


class Metric:
  """Base: subclasses build a (value, update) pair in `_build`."""

  def __init__(self, name=None, dtype=None):
    self.name = name or type(self).__name__.lower()
    self.reset_state()

  def reset_state(self):
    """Forgets all batches."""
    self._values, self._result, self.pair = {}, None, None

  reset_states = reset_state

  def update_state(self, *args, sample_weight=None):
    """Adds a batch; returns the value with it."""
    if _in_graph(args):
      self.pair = self._build(*args, sample_weight)
      return self.pair[1]
    self._result = _core.eagerly(
        self._values, lambda: self._build(*args, sample_weight))[1]
    return self._result

  def result(self):
    """Value over the batches so far, 0 before the first."""
    if self.pair is not None:
      return self.pair[0]
    return _core.constant(np.float32(0)) if self._result is None else (
        self._result)

  def __call__(self, *args, sample_weight=None):
    return self.update_state(*args, sample_weight=sample_weight)

  def _build(self, *args):
    raise NotImplementedError(
        f"{type(self).__name__}: _build is not defined")


def _in_graph(values):
  return _core.is_in_model() and any(
      _core.tensor(v).is_symbolic for v in values)


def _float(x):
  t = _core.tensor(x)
  return t if t._dtype_name == "float32" else t.astype("float32")


def _pair(y_true, y_pred):
  """Both as float32, with equal ndim as far as an extent 1 allows."""
  y, p = _float(y_true), _float(y_pred)
  if y.ndim == p.ndim + 1 and y._shape[-1] == 1:
    y = math.squeeze(y, -1)
  elif p.ndim == y.ndim + 1 and p._shape[-1] == 1:
    p = math.squeeze(p, -1)
  return y, p


def _mean(values, weight, name="mean"):
  """Mean of values, averaged first over the axes that weights lack."""
  values = _float(values)
  if weight is not None:
    w = _float(weight)
    if w.ndim == values.ndim + 1 and w._shape[-1] == 1:
      w = math.squeeze(w, -1)
    for _ in range(values.ndim - w.ndim):
      values = math.mean(values, axis=-1)
    weight = w
  return _core.metric("mean", [values], weight, 0.0)


class Mean(Metric):
  """Mean of values."""

  def _build(self, values, weight):
    return _mean(values, weight)


class _Average(Metric):
  """Mean of a function of labels and predictions."""

  def _build(self, y_true, y_pred, weight):
    return _mean(self._values_of(*_pair(y_true, y_pred)), weight)


class Accuracy(_Average):
  """Fraction of predictions that equal the labels."""

  def _values_of(self, y, p):
    return call("equal", [y, p])


class BinaryAccuracy(_Average):
  """Fraction of labels matched by `prediction > threshold`."""

  def __init__(self, name="binary_accuracy", dtype=None, threshold=0.5):
    super().__init__(name)
    self._threshold = float(threshold)

  def _values_of(self, y, p):
    return call("equal", [y, (p > self._threshold).astype("float32")])


class SparseCategoricalAccuracy(Metric):
  """Fraction of labels whose class has the largest prediction."""

  def _build(self, y_true, y_pred, weight):
    p, y = _core.tensor(y_pred), _core.tensor(y_true)
    if y.ndim == p.ndim and y._shape[-1] == 1:
      y = math.squeeze(y, -1)
    best = math.argmax(p, axis=-1).astype("int64")
    return _mean(call("equal", [y.astype("int64"), best]), weight)


class CategoricalAccuracy(Metric):
  """As SparseCategoricalAccuracy, labels one-hot."""

  def _build(self, y_true, y_pred, weight):
    return _mean(call("equal", [
        math.argmax(_core.tensor(y_true), axis=-1),
        math.argmax(_core.tensor(y_pred), axis=-1)]), weight)


class MeanSquaredError(_Average):
  """Mean over examples of the mean squared error."""

  def _values_of(self, y, p):
    return math.mean(call("square", [p - y]), axis=-1)


class MeanAbsoluteError(_Average):
  """Mean over examples of the mean absolute error."""

  def _values_of(self, y, p):
    return math.mean(call("absolute", [p - y]), axis=-1)


class RootMeanSquaredError(Metric):
  """Square root of the mean squared error of all elements."""

  def _build(self, y_true, y_pred, weight):
    y, p = _pair(y_true, y_pred)
    value, update = _mean(call("square", [p - y]), weight)
    return call("sqrt", [value]), call("sqrt", [update])


class _AtThresholds(Metric):
  _WHICH = ""

  def __init__(self, thresholds=None, top_k=None, class_id=None, name=None,
               dtype=None):
    if top_k is not None or class_id is not None:
      raise NotImplementedError(
          f"{type(self).__name__}: top_k and class_id are not supported: got "
          f"{top_k} and {class_id}; use compat.v1.metrics.precision_at_k")
    super().__init__(name or self._WHICH)
    self._is_list = isinstance(thresholds, (list, tuple))
    self._thresholds = [float(t) for t in (
        thresholds if self._is_list else [0.5 if thresholds is None else
                                          thresholds])]

  def _build(self, y_true, y_pred, weight):
    made = _core.metric_at(f"{self._WHICH}_at_thresholds", y_true, y_pred,
                           weight, self._thresholds, 0, 0.0)
    return made if self._is_list else tuple(
        math.reshape(t, ()) for t in made)


class Precision(_AtThresholds):
  """Fraction of positive predictions that are right."""
  _WHICH = "precision"


class Recall(_AtThresholds):
  """Fraction of positive labels that are found."""
  _WHICH = "recall"


class AUC(Metric):
  """Area under the ROC or PR curve."""

  def __init__(self, num_thresholds=200, curve="ROC",
               summation_method="interpolation", name=None, dtype=None):
    super().__init__(name or "auc")
    if curve not in ("ROC", "PR"):
      raise ValueError(f"curve: got {curve!r}, expected 'ROC' or 'PR'")
    methods = {"interpolation": 1, "minoring": 2, "majoring": 3}
    if summation_method not in methods:
      raise ValueError(f"summation_method: got {summation_method!r}, expected "
                       f"one of {sorted(methods)}")
    self._options = (curve == "PR", methods[summation_method],
                     int(num_thresholds), True)

  def _build(self, y_true, y_pred, weight):
    return _core.auc(_core.tensor(y_true), _core.tensor(y_pred), weight,
                     *self._options)


def _counter(which):
  class Count(Metric):
    def __init__(self, thresholds=None, name=None, dtype=None):
      super().__init__(name or which)
      self._threshold = 0.5 if thresholds is None else float(thresholds)

    def _build(self, y_true, y_pred, weight):
      y, p = _pair(y_true, y_pred)
      return getattr(_v1, which)(y, p > self._threshold, weight)

  Count.__name__ = "".join(w.capitalize() for w in which.split("_"))
  Count.__doc__ = f"Number of {which.replace('_', ' ')}."
  return Count


TruePositives, FalsePositives, TrueNegatives, FalseNegatives = (
    _counter(w) for w in ("true_positives", "false_positives",
                          "true_negatives", "false_negatives"))
