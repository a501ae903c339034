"""tf.compat.v1.layers: functions that make variables."""
from numest import _core, arguments
from numest import initializers


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
  inputs = arguments.tensor("dense", "inputs", inputs)
  units = arguments.integer("dense", "units", units)
  result = _core.dense(inputs, units, bool(use_bias),
                       initializers.resolve(kernel_initializer),
                       initializers.resolve(bias_initializer), name or "",
                       trainable)
  return activation(result) if activation else result


def dropout(inputs, rate=0.5, noise_shape=None, seed=None, training=False,
            name=None):
  """Sets a fraction `rate` to 0 and scales the rest, if `training`."""
  return _core.dropout(arguments.tensor("dropout", "inputs", inputs),
                       arguments.number("dropout", "rate", rate),
                       bool(training))


def flatten(inputs, name=None, data_format="channels_last"):
  """(batch, ...) as (batch, n)."""
  return _core.flatten(arguments.tensor("flatten", "inputs", inputs))


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
  owner = "batch_normalization"
  return _core.batch_normalization(
      arguments.tensor(owner, "inputs", inputs), bool(training),
      arguments.number(owner, "momentum", momentum),
      arguments.number(owner, "epsilon", epsilon), name or "")


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
  result = _core.conv2d(arguments.tensor("conv2d", "inputs", inputs),
                        arguments.integer("conv2d", "filters", filters),
                        arguments.pair("conv2d", "kernel_size", kernel_size),
                        arguments.pair("conv2d", "strides", strides),
                        str(padding), bool(use_bias),
                        initializers.resolve(kernel_initializer),
                        initializers.resolve(bias_initializer), name or "")
  return activation(result) if activation else result


def max_pooling2d(inputs, pool_size, strides, padding="valid", name=None,
                  **ignored):
  """Largest value of each window of (batch, height, width, channels); see
  `conv2d`."""
  return _pooled("max_pooling2d", inputs, pool_size, strides, padding)


def average_pooling2d(inputs, pool_size, strides, padding="valid", name=None,
                      **ignored):
  """Mean of each window of (batch, height, width, channels)."""
  return _pooled("average_pooling2d", inputs, pool_size, strides, padding)


def _pooled(owner, inputs, pool_size, strides, padding):
  return _core.pooling2d(arguments.tensor(owner, "inputs", inputs),
                         owner == "max_pooling2d",
                         arguments.pair(owner, "pool_size", pool_size),
                         arguments.pair(owner, "strides", strides),
                         str(padding))
