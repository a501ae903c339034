"""tf.nn: activations and losses over logits."""
from numest import _core, arguments, names
from numest.tensor import call


def _unary(op):
  def function(features, name=None):
    return names.give(call(op, [features]), name)
  function.__name__ = op
  function.__doc__ = f"The {op} of each element."
  return function


relu, tanh, sigmoid, softplus = (
    _unary(n) for n in ("relu", "tanh", "sigmoid", "softplus"))
elu, selu, swish, gelu, softsign = (
    _unary(n) for n in ("elu", "selu", "swish", "gelu", "softsign"))
silu = swish


def leaky_relu(features, alpha=0.2, name=None):
  """x where it is positive, alpha * x elsewhere."""
  return names.give(call("leaky_relu", [features], alpha=alpha), name)


def relu6(features, name=None):
  """x kept within [0, 6]."""
  return names.give(call("minimum", [relu(features), 6.0]), name)


def softmax(logits, axis=-1, name=None):
  """exp(x) over its sum along an axis; each slice sums to 1."""
  return names.give(call("softmax", [logits], axis=axis), name)


def log_softmax(logits, axis=-1, name=None):
  """Logarithm of softmax, exact for large logits."""
  return names.give(call("log_softmax", [logits], axis=axis), name)


def sigmoid_cross_entropy_with_logits(labels=None, logits=None, name=None):
  """Cross entropy of each element with labels in [0, 1].

  Args:
    labels, logits: of one shape, which the result has.
  """
  return names.give(call("sigmoid_cross_entropy", [logits, labels]), name)


def sparse_softmax_cross_entropy_with_logits(labels=None, logits=None,
                                             name=None):
  """Cross entropy of each row with the index of its class.

  Args:
    labels: integers of shape (...).
    logits: of shape (..., classes).

  Returns:
    A tensor of shape (...).
  """
  return names.give(call("softmax_cross_entropy", [logits, labels]), name)


def softmax_cross_entropy_with_logits(labels=None, logits=None, axis=-1,
                                      name=None):
  """Cross entropy of each row with probabilities.

  Args:
    labels, logits: of shape (..., classes); labels sum to 1.

  Returns:
    A tensor of shape (...).
  """
  from numest import math
  return -math.sum(labels * log_softmax(logits), axis=axis)


def l2_loss(t, name=None):
  """Half the sum of squares."""
  from numest import math
  return math.sum(call("square", [t])) / 2.0


def dropout(x, rate, name=None):
  """Sets a fraction `rate` to 0 and scales the rest by 1 / (1 - rate).

  Raises:
    ValueError: rate outside of [0, 1).
  """
  return _core.dropout(arguments.tensor("dropout", "x", x),
                       arguments.number("dropout", "rate", rate), True)
