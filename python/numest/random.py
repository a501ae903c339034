"""tf.random: draws under TensorFlow's names, and the seed of it all.

Inside of a mapped function or a model a draw is keyed by its place; elsewhere,
and for the iterators of datasets, keys come from np.random, or from the
generator of `set_seed`.
"""
import numpy as np

from numest import _core, trace_state
from numest import arguments as _arguments
from numest.dtypes import as_dtype
from numest.tensor import Tensor, call

_seeded = None  # the generator that set_seed made


def set_seed(seed) -> None:
  """Makes what is drawn from now on, by tf.random and by the iterators of
  datasets, a function of `seed`. Without it np.random.seed does that.

  Args:
    seed: an int; None goes back to np.random.

  Raises:
    TypeError: seed is no integer.
  """
  global _seeded
  _seeded = None if seed is None else np.random.Generator(np.random.Philox(
      _arguments.integer("set_seed", "seed", seed) % 2**64))


def entropy() -> int:
  """63 bits of the seeded generator, else of np.random."""
  if _seeded is not None:
    return int(_seeded.integers(2**63))
  return int(np.random.randint(2**63, dtype=np.int64))


def _key():
  run = trace_state.drawing()
  if run is not None:
    return run.next_key()
  if _core.is_in_model():
    return _core.next_key()
  return _core.constant(np.uint64(entropy()))


def _extents(shape):
  known = shape._numpy() if isinstance(shape, Tensor) else shape
  return tuple(int(e) for e in np.ravel(known))


def _draw(op, shape, dtype) -> Tensor:
  return call(op, [_key()], shape=_extents(shape), dtype=as_dtype(dtype).name)


def uniform(shape, minval=0, maxval=None, dtype="float32", seed=None,
            name=None) -> Tensor:
  """Draws from [minval, maxval), from [0, 1) by default.

  Args:
    shape: extents of the result.
    maxval: needed for integer dtypes.
    seed: accepted; draws are keyed by their place.
  """
  if as_dtype(dtype).is_integer:
    if maxval is None:
      raise ValueError("uniform: maxval: got None, expected the bound of "
                       f"{as_dtype(dtype).name} draws")
    drawn = call("random_integers", [_key(), minval, maxval],
                 shape=_extents(shape))
    return call("astype", [drawn], dtype=as_dtype(dtype).name)
  high = 1 if maxval is None else maxval
  return minval + (high - minval) * _draw("random_uniform", shape, dtype)


def normal(shape, mean=0.0, stddev=1.0, dtype="float32", seed=None,
           name=None) -> Tensor:
  """Normal draws; see `uniform`."""
  return mean + stddev * _draw("random_normal", shape, dtype)


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype="float32", seed=None,
                     name=None) -> Tensor:
  """Normal draws within two standard deviations of the mean."""
  return mean + stddev * _draw("random_truncated_normal", shape, dtype)


def gamma(shape, alpha, beta=1.0, dtype="float32", seed=None,
          name=None) -> Tensor:
  """Gamma draws of rate `beta`: shape, then that of the parameters."""
  each = np.broadcast_shapes(np.shape(alpha), np.shape(beta))
  drawn = call("random_gamma", [_key(), np.asarray(alpha, np.float64)],
               shape=(*_extents(shape), *each))
  return call("astype", [drawn / np.asarray(beta, np.float64)],
              dtype=as_dtype(dtype).name)


def poisson(shape, lam, dtype="float32", seed=None, name=None) -> Tensor:
  """Poisson draws: shape, then that of `lam`."""
  drawn = call("random_poisson", [_key(), np.asarray(lam, np.float64)],
               shape=(*_extents(shape), *np.shape(lam)))
  return call("astype", [drawn], dtype=as_dtype(dtype).name)


def shuffle(value, seed=None, name=None) -> Tensor:
  """The rows of a tensor in random order."""
  t = _arguments.tensor("shuffle", "value", value)
  order = call("random_permutation", [_key()], n=(t.shape[0],))
  return call("take", [t, order], axis=0)
