"""Initial values of variables."""
from numest import _core


def zeros_initializer(dtype=None):
  """Zeros."""
  return _core.initializer("zeros", [])


def ones_initializer(dtype=None):
  """Ones."""
  return _core.initializer("ones", [])


def constant_initializer(value=0, dtype=None, **ignored):
  """One number, or the values of an array, everywhere."""
  if hasattr(value, "__len__"):
    import numpy as np
    return lambda shape, dtype: np.asarray(value).reshape(shape)
  return _core.initializer("constant", [float(value)])


def random_uniform_initializer(minval=0.0, maxval=1.0, seed=None, dtype=None):
  """Uniform in [minval, maxval); the seed is the run's tf_random_seed."""
  return _core.initializer("random_uniform", [float(minval), float(maxval)])


def random_normal_initializer(mean=0.0, stddev=1.0, seed=None, dtype=None):
  """Normal; the seed is the run's tf_random_seed."""
  return _core.initializer("random_normal", [float(mean), float(stddev)])


def truncated_normal_initializer(mean=0.0, stddev=1.0, seed=None, dtype=None):
  """Normal within two standard deviations; the seed is the run's."""
  return _core.initializer("truncated_normal", [float(mean), float(stddev)])


def glorot_uniform_initializer(seed=None, dtype=None):
  """Uniform within sqrt(6 / (fan_in + fan_out)) of 0."""
  return _core.initializer("glorot_uniform", [])


def glorot_normal_initializer(seed=None, dtype=None):
  """Truncated normal of variance 2 / (fan_in + fan_out)."""
  return _core.initializer("glorot_normal", [])


def variance_scaling_initializer(scale=1.0, mode="fan_in",
                                 distribution="truncated_normal", seed=None,
                                 dtype=None):
  """Of variance scale / n.

  Args:
    mode: what n is: "fan_in", "fan_out" or "fan_avg".
    distribution: "truncated_normal" (or "normal"), "untruncated_normal" or
      "uniform".

  Raises:
    ValueError: for another mode or distribution.
  """
  return _core.variance_scaling(scale, mode, distribution)


# Classes in TensorFlow, called with no arguments all the same.
zeros, ones = zeros_initializer, ones_initializer
constant = constant_initializer
random_uniform, random_normal = (random_uniform_initializer,
                                 random_normal_initializer)
truncated_normal = truncated_normal_initializer
glorot_uniform, glorot_normal = (glorot_uniform_initializer,
                                 glorot_normal_initializer)
variance_scaling = variance_scaling_initializer


def resolve(initializer):
  """None, a name, an Initializer, or a class or function that makes one."""
  if callable(initializer) and getattr(
      initializer, "__module__", "") == __name__:
    return initializer()
  return initializer
