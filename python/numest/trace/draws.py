"""np.random inside of a trace: each draw has a key of its own, so it varies by
element and epoch and is the same for any threads.

Scalars are Python numbers in NumPy's legacy functions: they come out weak.
"""
import hashlib
import inspect
import operator
import pickle

import numpy as np

from numest import trace_state as state
from numest.numpy_forms import symbols
from numest.tensor import Tensor
from numest.trace.distributions import Distributions, draw
from numest.trace.keyed import shape_of
from numest.trace.numpy_calls import joined


class Random(Distributions):
  """The functions of np.random, RandomState and Generator that have a form."""

  def __getattr__(self, name):
    raise state.Untraceable(f"np.random.{name} has no keyed form")

  ranf = sample = Distributions.random_sample

  def rand(self, *shape):
    return self.random_sample(shape or None)

  def randn(self, *shape):
    return self.standard_normal(shape or None)

  # --- choices and orders: numbers of items may be traced ---
  def choice(self, a, size=None, replace=True, p=None, axis=0, shuffle=True):
    shape, a, p = shape_of(size), _counted(joined(a)), joined(p)
    if not replace and len(shape) > 1 and min(shape) < 0:
      raise state.Untraceable("several extents of a draw without replacement, "
                              "of which some depend on values")
    if _is_traced_count(a):
      count = None if replace else symbols.of(a)
      drawn = draw("_chosen", a, count, shape, replace, p)
    else:
      drawn = draw("choice", a, shape, replace, p, axis, shuffle)
    is_number = size is None and (isinstance(a, int) or _is_traced_count(a))
    return drawn._as_weak() if is_number else drawn

  def permutation(self, x, axis=0):
    x = _counted(joined(x))
    if _is_traced_count(x):
      return draw("_order", symbols.of(x))
    return draw("permutation", x, axis)

  def shuffle(self, x, axis=0):
    if not isinstance(x, Tensor):
      raise state.Untraceable(
          "np.random.shuffle of a list, or of an array that NumPy made: write "
          "x = np.random.permutation(x)")
    from numest.trace import views  # views needs the state only
    views.assign(x, self.permutation(x._alias(), axis))

  # --- generators: every one draws from the element's key ---
  def seed(self, value=None):
    """Draws are keyed by their place: a seed changes nothing."""

  def default_rng(self, seed=None):
    return self

  RandomState = Generator = default_rng

  def spawn(self, n_children):
    return [self] * n_children


class Stream(Random):
  """A generator that the function holds: draws by its seed and the place of
  the element, the same in every run."""

  def __init__(self, captured):
    self._seed = stream_of(captured)

  def __getattribute__(self, name):
    found = super().__getattribute__(name)
    if name.startswith("_") or not callable(found):
      return found

    def draw(*args, **kwargs):
      run = state.active()
      outer, run.stream = run.stream, self._seed
      try:
        return found(*args, **kwargs)
      finally:
        run.stream = outer
    return draw


def stream_of(generator):
  """A number of 64 bits: of the seed of a Generator; of the state of a
  RandomState, which does not keep its seed."""
  bits = getattr(generator, "bit_generator", None) or generator._bit_generator
  seed = getattr(bits, "seed_seq", getattr(bits, "_seed_seq", None))
  kept = pickle.dumps(bits.state) if seed is None else repr(
      (type(bits).__name__, seed.entropy, seed.spawn_key)).encode()
  return int.from_bytes(hashlib.blake2b(kept, digest_size=8).digest(), "big")


def _is_traced_count(a):
  return isinstance(a, Tensor) and a.is_symbolic and not a.ndim


def _counted(a):
  """A number of items, as an int where it is known; else `a` as it is."""
  is_number = not isinstance(a, Tensor) or not a.is_symbolic
  if is_number and np.ndim(a) == 0 and not isinstance(a, (str, bytes)):
    return operator.index(np.asarray(a)[()])
  return a


RANDOM = Random()
# Functions of np.random that code may hold under a name of its own.
FUNCTIONS = {
    getattr(np.random, name): getattr(RANDOM, name) for name in dir(Random)
    if not name.startswith("_") and inspect.isroutine(
        getattr(np.random, name, None))}
