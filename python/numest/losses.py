"""tf.compat.v1.losses."""
from numest import _core


class Reduction:
  """How losses of elements become one number."""
  NONE = "none"
  SUM = "weighted_sum"
  SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
  MEAN = "weighted_mean"
  SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"
  SUM_OVER_NONZERO_WEIGHTS = SUM_BY_NONZERO_WEIGHTS


_DEFAULT = Reduction.SUM_BY_NONZERO_WEIGHTS


def absolute_difference(labels, predictions, weights=1.0, scope=None,
                        loss_collection=None, reduction=_DEFAULT):
  return _core.loss("absolute_difference", labels, predictions, weights,
                    reduction, 0.0)


def mean_squared_error(labels, predictions, weights=1.0, scope=None,
                       loss_collection=None, reduction=_DEFAULT):
  return _core.loss("mean_squared_error", labels, predictions, weights,
                    reduction, 0.0)


def mean_pairwise_squared_error(labels, predictions, weights=1.0, scope=None,
                                loss_collection=None):
  return _core.mean_pairwise_squared_error(labels, predictions, weights)


def huber_loss(labels, predictions, weights=1.0, delta=1.0, scope=None,
               loss_collection=None, reduction=_DEFAULT):
  return _core.loss("huber_loss", labels, predictions, weights, reduction,
                    float(delta))


def log_loss(labels, predictions, weights=1.0, epsilon=1e-7, scope=None,
             loss_collection=None, reduction=_DEFAULT):
  return _core.loss("log_loss", labels, predictions, weights, reduction,
                    float(epsilon))


def hinge_loss(labels, logits, weights=1.0, scope=None, loss_collection=None,
               reduction=_DEFAULT):
  return _core.loss("hinge_loss", labels, logits, weights, reduction, 0.0)


def cosine_distance(labels, predictions, axis=None, weights=1.0, scope=None,
                    loss_collection=None, reduction=_DEFAULT):
  if axis is None:
    raise ValueError("You must specify 'axis'.")
  return _core.loss("cosine_distance", labels, predictions, weights,
                    reduction, float(axis))


def sigmoid_cross_entropy(multi_class_labels, logits, weights=1.0,
                          label_smoothing=0, scope=None, loss_collection=None,
                          reduction=_DEFAULT):
  return _core.loss("sigmoid_cross_entropy", multi_class_labels, logits,
                    weights, reduction, float(label_smoothing))


def softmax_cross_entropy(onehot_labels, logits, weights=1.0,
                          label_smoothing=0, scope=None, loss_collection=None,
                          reduction=_DEFAULT):
  return _core.loss("softmax_cross_entropy", onehot_labels, logits, weights,
                    reduction, float(label_smoothing))


def sparse_softmax_cross_entropy(labels, logits, weights=1.0, scope=None,
                                 loss_collection=None, reduction=_DEFAULT):
  return _core.loss("sparse_softmax_cross_entropy", labels, logits, weights,
                    reduction, 0.0)


def compute_weighted_loss(losses, weights=1.0, scope=None,
                          loss_collection=None, reduction=_DEFAULT):
  return _core.compute_weighted_loss(_core.tensor(losses), weights, reduction)
