"""Initial values of variables."""
import inspect

import numpy as np

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
  """None, a name, an Initializer, a class or function of this module that
  makes one, or a NumPy function of the shape (and dtype) that gives values."""
  if not callable(initializer) or isinstance(initializer, _core.Initializer):
    return initializer
  is_ours = getattr(initializer, "__module__", "") == __name__
  if is_ours and initializer.__name__ != "<lambda>":
    return initializer()
  return _OfNumPy(initializer)


class OfDraws:
  """A traced value that draws: its program, run with the variable's key."""
  takes_key = True

  def __init__(self, value):
    graph = _core.initial_graph(value)
    self._num_inputs = len(graph.inputs)
    self._program = _core.compile(graph)

  def __call__(self, shape, dtype, key):
    return self._program.run([np.uint64(key)] * self._num_inputs)[0]


class _OfNumPy:
  """A user's function whose draws from np.random follow the seed of the run
  and the variable; generators that it seeds itself draw as they would."""
  takes_key = True

  def __init__(self, function):
    from numest.trace import fallback, rebind  # they need tensors
    function = rebind.original(function)
    self._function, self._random = fallback.keyed_function(
        function, _initial_random(fallback.KeyedRandom))
    self._takes_dtype = _takes_two(function)

  def __call__(self, shape, dtype, key):
    if self._random is not None:
      self._random.start(key)
    value = np.asarray(self._function(*(
        (shape, dtype) if self._takes_dtype else (shape,))))
    if value.shape != tuple(shape):
      raise ValueError(f"initializer: got values of shape {value.shape}, "
                       f"expected {tuple(shape)}")
    return value


def _takes_two(function):
  try:
    kinds = [p.kind for p in inspect.signature(function).parameters.values()]
  except (TypeError, ValueError):  # of a C function, such as np.ones
    return True
  positional = [k for k in kinds if k.name.startswith("POSITIONAL")]
  return len(positional) > 1 or inspect.Parameter.VAR_POSITIONAL in kinds


def _initial_random(base):
  class InitialRandom(base):
    def default_rng(self, seed=None):
      return super().default_rng() if seed is None else (
          np.random.default_rng(seed))

    def RandomState(self, seed=None):
      return super().RandomState() if seed is None else (
          np.random.RandomState(seed))
  return InitialRandom
