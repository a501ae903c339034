"""tf.compat.v1.layers: functions that make variables."""
from numest import _core
from numest import initializers


def _pair(value):
  return list(value) if isinstance(value, (tuple, list)) else [value, value]


def dense(inputs, units, activation=None, use_bias=True,
          kernel_initializer=None, bias_initializer=None, trainable=True,
          name=None, **ignored):
  result = _core.dense(inputs, units, use_bias,
                       initializers.resolve(kernel_initializer),
                       initializers.resolve(bias_initializer), name or "",
                       trainable)
  return activation(result) if activation else result


def dropout(inputs, rate=0.5, noise_shape=None, seed=None, training=False,
            name=None):
  return _core.dropout(inputs, rate, bool(training))


def flatten(inputs, name=None, data_format="channels_last"):
  return _core.flatten(inputs)


def batch_normalization(inputs, axis=-1, momentum=0.99, epsilon=1e-3,
                        training=False, name=None, **ignored):
  return _core.batch_normalization(inputs, bool(training), momentum, epsilon,
                                   name or "")


def conv2d(inputs, filters, kernel_size, strides=(1, 1), padding="valid",
           activation=None, use_bias=True, kernel_initializer=None,
           bias_initializer=None, name=None, **ignored):
  result = _core.conv2d(inputs, filters, _pair(kernel_size), _pair(strides),
                        padding, use_bias,
                        initializers.resolve(kernel_initializer),
                        initializers.resolve(bias_initializer), name or "")
  return activation(result) if activation else result


def max_pooling2d(inputs, pool_size, strides, padding="valid", name=None,
                  **ignored):
  return _core.pooling2d(inputs, True, _pair(pool_size), _pair(strides),
                         padding)


def average_pooling2d(inputs, pool_size, strides, padding="valid", name=None,
                      **ignored):
  return _core.pooling2d(inputs, False, _pair(pool_size), _pair(strides),
                         padding)
