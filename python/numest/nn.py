"""tf.nn: activations and losses over logits."""
from numest import _core
from numest.tensor import call


def _unary(op):
  def function(features, name=None):
    return call(op, [features])
  function.__name__ = op
  return function


relu, tanh, sigmoid, softplus = (
    _unary(n) for n in ("relu", "tanh", "sigmoid", "softplus"))
elu, selu, swish, gelu, softsign = (
    _unary(n) for n in ("elu", "selu", "swish", "gelu", "softsign"))
silu = swish


def leaky_relu(features, alpha=0.2, name=None):
  return call("leaky_relu", [features], alpha=alpha)


def relu6(features, name=None):
  return call("minimum", [relu(features), 6.0])


def softmax(logits, axis=-1, name=None):
  return call("softmax", [logits], axis=axis)


def log_softmax(logits, axis=-1, name=None):
  return call("log_softmax", [logits], axis=axis)


def sigmoid_cross_entropy_with_logits(labels=None, logits=None, name=None):
  return call("sigmoid_cross_entropy", [logits, labels])


def sparse_softmax_cross_entropy_with_logits(labels=None, logits=None,
                                             name=None):
  return call("softmax_cross_entropy", [logits, labels])


def softmax_cross_entropy_with_logits(labels=None, logits=None, axis=-1,
                                      name=None):
  from numest import math
  return -math.sum(labels * log_softmax(logits), axis=axis)


def l2_loss(t, name=None):
  from numest import math
  return math.sum(call("square", [t])) / 2.0


def dropout(x, rate, name=None):
  return _core.dropout(x, rate, True)
