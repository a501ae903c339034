"""tf.nn: activations and losses over logits."""
from numest import _core, names
from numest.tensor import call


def _unary(op):
  def function(features, name=None):
    return names.give(call(op, [features]), name)
  function.__name__ = op
  return function


relu, tanh, sigmoid, softplus = (
    _unary(n) for n in ("relu", "tanh", "sigmoid", "softplus"))
elu, selu, swish, gelu, softsign = (
    _unary(n) for n in ("elu", "selu", "swish", "gelu", "softsign"))
silu = swish


def leaky_relu(features, alpha=0.2, name=None):
  return names.give(call("leaky_relu", [features], alpha=alpha), name)


def relu6(features, name=None):
  return names.give(call("minimum", [relu(features), 6.0]), name)


def softmax(logits, axis=-1, name=None):
  return names.give(call("softmax", [logits], axis=axis), name)


def log_softmax(logits, axis=-1, name=None):
  return names.give(call("log_softmax", [logits], axis=axis), name)


def sigmoid_cross_entropy_with_logits(labels=None, logits=None, name=None):
  return names.give(call("sigmoid_cross_entropy", [logits, labels]), name)


def sparse_softmax_cross_entropy_with_logits(labels=None, logits=None,
                                             name=None):
  return names.give(call("softmax_cross_entropy", [logits, labels]), name)


def softmax_cross_entropy_with_logits(labels=None, logits=None, axis=-1,
                                      name=None):
  from numest import math
  return -math.sum(labels * log_softmax(logits), axis=axis)


def l2_loss(t, name=None):
  from numest import math
  return math.sum(call("square", [t])) / 2.0


def dropout(x, rate, name=None):
  return _core.dropout(x, rate, True)
