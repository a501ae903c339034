"""tf.compat.v1.losses."""
from numest import _core, arguments


class Reduction:
  """How losses of elements become one number."""
  NONE = "none"
  SUM = "weighted_sum"
  SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
  MEAN = "weighted_mean"
  SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"
  SUM_OVER_NONZERO_WEIGHTS = SUM_BY_NONZERO_WEIGHTS


def _both(owner, labels, predictions):
  return (arguments.tensor(owner, "labels", labels),
          arguments.tensor(owner, "predictions", predictions))


def _weights(owner, weights):
  return arguments.tensor(owner, "weights", weights)


def _loss(name, labels, predictions, weights, reduction, number):
  return _core.loss(name, *_both(name, labels, predictions),
                    _weights(name, weights), reduction, number)


_DEFAULT = Reduction.SUM_BY_NONZERO_WEIGHTS


def absolute_difference(labels, predictions, weights=1.0, scope=None,
                        loss_collection=None, reduction=_DEFAULT):
  """Mean of |labels - predictions|.

  Args:
    labels, predictions: of one shape.
    weights: a scalar, or an array that broadcasts to the losses.
    reduction: one of tf.losses.Reduction, by default the mean over elements
      of weight above 0.
  """
  return _loss("absolute_difference", labels, predictions, weights, reduction,
               0.0)


def mean_squared_error(labels, predictions, weights=1.0, scope=None,
                       loss_collection=None, reduction=_DEFAULT):
  """Mean of (labels - predictions) ** 2.

  Args:
    labels, predictions: of one shape.
    weights: a scalar, or an array that broadcasts to the losses.
    reduction: one of tf.losses.Reduction, by default the mean over elements
      of weight above 0.
  """
  return _loss("mean_squared_error", labels, predictions, weights, reduction,
               0.0)


def mean_pairwise_squared_error(labels, predictions, weights=1.0, scope=None,
                                loss_collection=None):
  """Squared error of the differences of all pairs of elements of an example.
  See `mean_squared_error`; there is no reduction to choose."""
  owner = "mean_pairwise_squared_error"
  return _core.mean_pairwise_squared_error(
      *_both(owner, labels, predictions), _weights(owner, weights))


def huber_loss(labels, predictions, weights=1.0, delta=1.0, scope=None,
               loss_collection=None, reduction=_DEFAULT):
  """Squared up to an error of `delta`, linear beyond; see
  `mean_squared_error`."""
  return _loss("huber_loss", labels, predictions, weights, reduction,
               arguments.number("huber_loss", "delta", delta))


def log_loss(labels, predictions, weights=1.0, epsilon=1e-7, scope=None,
             loss_collection=None, reduction=_DEFAULT):
  """Cross entropy of probabilities; see `mean_squared_error`.

  Args:
    epsilon: added to what the logarithm takes.
  """
  return _loss("log_loss", labels, predictions, weights, reduction,
               arguments.number("log_loss", "epsilon", epsilon))


def hinge_loss(labels, logits, weights=1.0, scope=None, loss_collection=None,
               reduction=_DEFAULT):
  """max(0, 1 - (2 labels - 1) * logits); labels are 0 or 1."""
  return _loss("hinge_loss", labels, logits, weights, reduction, 0.0)


def cosine_distance(labels, predictions, axis=None, weights=1.0, scope=None,
                    loss_collection=None, reduction=_DEFAULT):
  """1 minus the dot product along `axis` of unit vectors.

  Raises:
    ValueError: axis is not given.
  """
  if axis is None:
    raise ValueError("You must specify 'axis'.")
  return _loss("cosine_distance", labels, predictions, weights, reduction,
               float(axis))


def sigmoid_cross_entropy(multi_class_labels, logits, weights=1.0,
                          label_smoothing=0, scope=None, loss_collection=None,
                          reduction=_DEFAULT):
  """Cross entropy of logits, each on its own, with labels in [0, 1].

  Args:
    multi_class_labels, logits: of shape (batch, classes).
    label_smoothing: moves labels towards 1/2 by this fraction.
  """
  return _loss("sigmoid_cross_entropy", multi_class_labels, logits,
               weights, reduction, float(label_smoothing))


def softmax_cross_entropy(onehot_labels, logits, weights=1.0,
                          label_smoothing=0, scope=None, loss_collection=None,
                          reduction=_DEFAULT):
  """Cross entropy of logits with labels of the same shape, one-hot.

  Args:
    onehot_labels, logits: of shape (batch, classes).
    label_smoothing: moves labels towards 1 / classes by this fraction.
  """
  return _loss("softmax_cross_entropy", onehot_labels, logits, weights,
               reduction, float(label_smoothing))


def sparse_softmax_cross_entropy(labels, logits, weights=1.0, scope=None,
                                 loss_collection=None, reduction=_DEFAULT):
  """Cross entropy of logits (batch, classes) with integer labels, (batch,) or
  (batch, 1)."""
  return _loss("sparse_softmax_cross_entropy", labels, logits, weights,
               reduction, 0.0)


def compute_weighted_loss(losses, weights=1.0, scope=None,
                          loss_collection=None, reduction=_DEFAULT):
  """Losses of elements, of any shape, times weights, reduced to a scalar."""
  owner = "compute_weighted_loss"
  return _core.compute_weighted_loss(
      arguments.tensor(owner, "losses", losses), _weights(owner, weights),
      reduction)
