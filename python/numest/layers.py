"""tf.compat.v1.layers: functions that make variables."""
from numest import _core
from numest import initializers


def _pair(value):
  return list(value) if isinstance(value, (tuple, list)) else [value, value]


def dense(inputs, units, activation=None, use_bias=True,
          kernel_initializer=None, bias_initializer=None, trainable=True,
          name=None, **ignored):
  """inputs @ kernel + bias, with variables of their own.

  Args:
    inputs: float32 of shape (..., n), n known.
    units: extent of the last axis of the result.
    activation: function of the result.
    kernel_initializer, bias_initializer: of tf.initializers; glorot_uniform
      and zeros by default.
    name: of the variables, "dense" by default.

  Returns:
    A tensor of shape (..., units).
  """
  result = _core.dense(inputs, units, use_bias,
                       initializers.resolve(kernel_initializer),
                       initializers.resolve(bias_initializer), name or "",
                       trainable)
  return activation(result) if activation else result


def dropout(inputs, rate=0.5, noise_shape=None, seed=None, training=False,
            name=None):
  """Sets a fraction `rate` to 0 and scales the rest, if `training`."""
  return _core.dropout(inputs, rate, bool(training))


def flatten(inputs, name=None, data_format="channels_last"):
  """(batch, ...) as (batch, n)."""
  return _core.flatten(inputs)


def batch_normalization(inputs, axis=-1, momentum=0.99, epsilon=1e-3,
                        training=False, name=None, **ignored):
  """Each channel (last axis) with mean 0 and variance 1, scaled and moved by
  variables.

  Args:
    momentum: of the moving statistics, which are used unless `training`.
    epsilon: added to the variance.
    training: use the statistics of the batch. Their updates run with the
      train operation.
  """
  return _core.batch_normalization(inputs, bool(training), momentum, epsilon,
                                   name or "")


def conv2d(inputs, filters, kernel_size, strides=(1, 1), padding="valid",
           activation=None, use_bias=True, kernel_initializer=None,
           bias_initializer=None, name=None, **ignored):
  """Convolution of pictures with variables of its own.

  Args:
    inputs: float32 of shape (batch, height, width, channels).
    filters: channels of the result.
    kernel_size, strides: an int or two.
    padding: "valid" or "same".
    activation: function of the result.

  Returns:
    A tensor of shape (batch, height, width, filters).
  """
  result = _core.conv2d(inputs, filters, _pair(kernel_size), _pair(strides),
                        padding, use_bias,
                        initializers.resolve(kernel_initializer),
                        initializers.resolve(bias_initializer), name or "")
  return activation(result) if activation else result


def max_pooling2d(inputs, pool_size, strides, padding="valid", name=None,
                  **ignored):
  """Largest value of each window of (batch, height, width, channels); see
  `conv2d`."""
  return _core.pooling2d(inputs, True, _pair(pool_size), _pair(strides),
                         padding)


def average_pooling2d(inputs, pool_size, strides, padding="valid", name=None,
                      **ignored):
  """Mean of each window of (batch, height, width, channels)."""
  return _core.pooling2d(inputs, False, _pair(pool_size), _pair(strides),
                         padding)
