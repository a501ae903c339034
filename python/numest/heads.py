"""Heads of tf.estimator: from logits to loss, predictions and metrics."""
import inspect

import numpy as np

from numest import _core
from numest.estimator_spec import EstimatorSpec, ModeKeys, core_spec
from numest.functions import group
from numest.metric_objects import Metric, _in_graph
from numest.trace.failures import name_of
from numest.trace.model import of_tensors


def _weight_key(column):
  if column is None:
    return ""
  if isinstance(column, str):
    return column
  if hasattr(column, "name"):
    return column.name
  raise TypeError("weight_column must be either a string or NumericColumn. "
                  f"Given type: {type(column).__name__}.")


def _unary_loss(loss_fn, name):
  if loss_fn is None:
    return None
  parameters = inspect.signature(loss_fn).parameters
  for required in ("labels", "logits"):
    if required not in parameters:
      raise ValueError(f"loss_fn must contain argument: {required}. Given "
                       f"arguments: {tuple(parameters)} (head {name!r})")

  def loss(labels, logits):
    return loss_fn(labels=labels, logits=logits)
  loss.__name__, loss.__wrapped__ = name_of(loss_fn), loss_fn
  return of_tensors(loss)


def options(is_v1=False, weight_column=None, label_vocabulary=None,
            loss_reduction=None, name="", thresholds=(),
            inverse_link_fn=None, loss_fn=None):
  """The core's options of a head."""
  if label_vocabulary is not None and not isinstance(
      label_vocabulary, (list, tuple)):
    raise ValueError("label_vocabulary should be a list or a tuple. Given "
                     f"type: {type(label_vocabulary).__name__}")
  return {
      "name": name or "", "weight_column": _weight_key(weight_column),
      "label_vocabulary": [
          v.decode() if isinstance(v, bytes) else str(v)
          for v in label_vocabulary or ()],
      "thresholds": [float(t) for t in thresholds or ()],
      "loss_reduction": loss_reduction,
      "inverse_link_fn": inverse_link_fn and of_tensors(inverse_link_fn),
      "loss_fn": _unary_loss(loss_fn, name), "is_v1": is_v1}


def check_n_classes(n_classes, at_least=3):
  """TypeError or ValueError unless n_classes is an int that fits."""
  if isinstance(n_classes, bool) or not isinstance(
      n_classes, (int, np.integer)):
    raise ValueError(f"n_classes must be an integer: got {n_classes!r}")
  if n_classes < at_least:
    raise ValueError(f"n_classes must be > {at_least - 1}: {n_classes}")


class _HeadMetric(Metric):
  """One metric of a head; all of a head are updated together."""

  def update_state(self, *args, **kwargs):
    raise TypeError(f"metric {self.name!r} belongs to a head: call "
                    "head.update_metrics(metrics, features, logits, labels)")


class Head:
  """What heads share; the work is the core's."""

  _core = None

  @property
  def name(self):
    """Name of the head, or None."""
    return self._core.name or None

  @property
  def logits_dimension(self):
    """Extent of the last axis of the logits."""
    return self._core.logits_dimension

  def _key(self, key):
    return key

  def predictions(self, logits, keys=None):
    """Predictions by key, or those of `keys`."""
    made = {self._key(k): v for k, v in self._core.predictions(logits).items()}
    if keys is None:
      return made
    for key in keys:
      if key not in made:
        raise ValueError(f"keys: got {key!r}, expected some of {list(made)}")
    return {k: made[k] for k in keys}

  def loss(self, labels, logits, features=None, mode=None,
           regularization_losses=None):
    """Reduced loss, a scalar."""
    return self._core.loss(features, labels, logits,
                           list(regularization_losses or ()))

  def metrics(self, regularization_losses=None):
    """Metric objects by name, for update_metrics."""
    sample = self._sample()
    names = _core.eagerly({}, lambda: self._core.metrics(
        *sample, list(regularization_losses or ())))
    return {name: _HeadMetric(name) for name in names}

  def update_metrics(self, eval_metrics, features, logits, labels, mode=None,
                     regularization_losses=None):
    """Adds a batch to the metrics of `metrics()`; returns them."""
    losses = list(regularization_losses or ())
    build = lambda: self._core.metrics(features, labels, logits, losses)
    if _in_graph(_flat(logits)):
      for name, pair in build().items():
        eval_metrics[name].pair = pair
      return eval_metrics
    state = next(iter(eval_metrics.values()))._values
    for name, pair in _core.eagerly(state, build).items():
      eval_metrics[name]._values = state
      eval_metrics[name]._result = pair[1]
    return eval_metrics

  def _sample(self):
    """Features, labels and logits of one example, to learn the names."""
    n = self.logits_dimension
    return self._sample_features(), self._sample_labels(n), np.zeros(
        (1, n), np.float32)

  def _sample_features(self):
    key = self._weight_key
    return {key: np.ones((1, 1), np.float32)} if key else {}

  def _sample_labels(self, n):
    return np.zeros((1, n), np.float32)

  _weight_key = ""

  def create_estimator_spec(self, features, mode, logits, labels=None,
                            optimizer=None, trainable_variables=None,
                            train_op_fn=None, update_ops=None,
                            regularization_losses=None):
    """The EstimatorSpec of a model function with these logits.

    Raises:
      ValueError: in training, unless one of optimizer and train_op_fn is
        given.
    """
    predictions = self.predictions(logits)
    if mode == ModeKeys.PREDICT:
      return EstimatorSpec(mode, predictions=predictions)
    if labels is None:
      raise ValueError("You must provide a labels Tensor. Given: None. "
                       "Suggested troubleshooting steps: Check that your "
                       "data contains your label feature.")
    losses = list(regularization_losses or ())
    loss = self.loss(labels, logits, features, mode, losses)
    name = f"loss/{self.name}" if self.name else "loss"
    _core.add_summary(name, loss, False)
    if mode == ModeKeys.EVAL:
      pairs = self._core.metrics(features, labels, logits, losses)
      return EstimatorSpec(mode, predictions=predictions, loss=loss,
                           eval_metric_ops=pairs)
    train_op = _train_op(loss, optimizer, trainable_variables, train_op_fn,
                         update_ops)
    return EstimatorSpec(mode, predictions=predictions, loss=loss,
                         train_op=train_op)


def _flat(value):
  return list(value.values()) if isinstance(value, dict) else [value]


def _train_op(loss, optimizer, variables, train_op_fn, update_ops):
  if (optimizer is None) == (train_op_fn is None):
    raise ValueError("train_op_fn and optimizer cannot both be set" if
                     optimizer is not None else
                     "train_op_fn and optimizer cannot both be None")
  if train_op_fn is not None:
    train_op = train_op_fn(loss)
  elif not hasattr(optimizer, "get_updates"):  # compat.v1
    train_op = optimizer.minimize(loss, global_step=_core.global_step())
  else:
    if not isinstance(variables, (list, tuple)):
      raise ValueError("trainable_variables should be a list or a tuple. "
                       f"Given type: {type(variables).__name__}")
    if optimizer.iterations is None:
      optimizer.iterations = _core.global_step()
    train_op = optimizer.get_updates(loss, variables)[0]
  if update_ops:
    train_op = group(train_op, *update_ops)
  return train_op


class BinaryClassHead(Head):
  """Two classes by one logit.

  Args:
    weight_column: key of the weights of examples among the features.
    thresholds: numbers in (0, 1) for metrics at thresholds.
    label_vocabulary: the classes, if labels are strings.
    loss_reduction: one of tf.keras.losses.Reduction; by default the mean
      over the batch.
    loss_fn: function of labels and logits that gives a loss per example.
    name: part of the names of summaries and, in a MultiHead, of keys.

  Raises:
    ValueError, TypeError: for arguments of another kind.
  """

  def __init__(self, weight_column=None, thresholds=None,
               label_vocabulary=None, loss_reduction=None, loss_fn=None,
               name=None):
    self._weight_key, self._words = _weight_key(weight_column), (
        label_vocabulary)
    self._core = _core.classification_head(2, options(
        False, weight_column, label_vocabulary, loss_reduction, name,
        thresholds, None, loss_fn))

  def _sample_labels(self, n):
    return _class_sample(self._words)


class MultiClassHead(Head):
  """n_classes > 2 by as many logits; arguments as of BinaryClassHead."""

  def __init__(self, n_classes, weight_column=None, label_vocabulary=None,
               loss_reduction=None, loss_fn=None, name=None):
    check_n_classes(n_classes)
    self._weight_key, self._words = _weight_key(weight_column), (
        label_vocabulary)
    self._core = _core.classification_head(n_classes, options(
        False, weight_column, label_vocabulary, loss_reduction, name, (),
        None, loss_fn))

  def _sample_labels(self, n):
    return _class_sample(self._words)


def _class_sample(words):
  if words:
    return np.array([[words[0]]], dtype=object)
  return np.zeros((1, 1), np.int64)


class MultiLabelHead(Head):
  """Any of n_classes >= 2 at once: labels are 0 or 1 of shape (batch,
  n_classes); arguments as of BinaryClassHead."""

  def __init__(self, n_classes, weight_column=None, thresholds=None,
               label_vocabulary=None, loss_reduction=None, loss_fn=None,
               classes_for_class_based_metrics=None, name=None):
    check_n_classes(n_classes, 2)
    self._weight_key = _weight_key(weight_column)
    self._core = _core.multi_label_head(n_classes, options(
        False, weight_column, label_vocabulary, loss_reduction, name,
        thresholds, None, loss_fn),
        _class_ids(classes_for_class_based_metrics, label_vocabulary))


def _class_ids(classes, vocabulary):
  ids = []
  for c in classes or ():
    if isinstance(c, str):
      if c not in (vocabulary or ()):
        raise ValueError("classes_for_class_based_metrics: got "
                         f"{c!r}, expected names of the label_vocabulary: "
                         f"{vocabulary}")
      c = list(vocabulary).index(c)
    ids.append(int(c))
  return ids


class RegressionHead(Head):
  """Squared error of label_dimension values.

  Args:
    inverse_link_fn: function from logits to predictions.
    others: as of BinaryClassHead.
  """

  def __init__(self, label_dimension=1, weight_column=None,
               loss_reduction=None, loss_fn=None, inverse_link_fn=None,
               name=None):
    self._weight_key = _weight_key(weight_column)
    self._core = _core.regression_head(int(label_dimension), options(
        False, weight_column, None, loss_reduction, name, (),
        inverse_link_fn, loss_fn))


class PoissonRegressionHead(Head):
  """Counts: predictions are exp(logits)."""

  def __init__(self, label_dimension=1, weight_column=None,
               loss_reduction=None, compute_full_loss=True, name=None):
    self._weight_key = _weight_key(weight_column)
    self._core = _core.poisson_regression_head(
        int(label_dimension), bool(compute_full_loss),
        options(False, weight_column, None, loss_reduction, name))


class LogisticRegressionHead(Head):
  """Values in [0, 1]: predictions are sigmoid(logits)."""

  def __init__(self, weight_column=None, loss_reduction=None, name=None):
    self._weight_key = _weight_key(weight_column)
    self._core = _core.logistic_regression_head(
        options(False, weight_column, None, loss_reduction, name))


class MultiHead(Head):
  """Several named heads; prediction keys are (head, key)."""

  def __init__(self, heads, head_weights=None):
    self._heads = list(heads or ())
    for head in self._heads:
      if not isinstance(head, Head):
        raise ValueError(f"heads: got {head!r}, expected heads")
    self._core = _core.multi_head([h._core for h in self._heads],
                                  [float(w) for w in head_weights or ()])

  def _key(self, key):
    for head in self._heads:
      if key.startswith(head.name + "/"):
        return (head.name, key[len(head.name) + 1:])
    return key

  def _sample(self):
    features, labels, logits = {}, {}, {}
    for head in self._heads:
      f, labels[head.name], logits[head.name] = head._sample()
      features.update(f)
    return features, labels, logits


def to_core(head):
  """The core's head; TypeError for what is none.

  A subclass with a create_estimator_spec of its own is called back.
  """
  if not isinstance(head, Head):
    raise TypeError(f"head: got {type(head).__name__}, expected a head such "
                    "as tf.estimator.RegressionHead()")
  if type(head).create_estimator_spec is Head.create_estimator_spec:
    return head._core

  def create(features, mode, logits, labels, train_op_fn):
    return core_spec(head.create_estimator_spec(
        features=features, mode=mode, logits=logits, labels=labels,
        train_op_fn=train_op_fn))

  return _core.python_head(head._core, create)
