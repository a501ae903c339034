"""np.random inside of a trace: each draw is an op with a key of its
own, so it varies by element and epoch and is the same for any threads.

Scalars are Python numbers in NumPy's legacy functions: they come out weak.
"""
import hashlib
import operator
import pickle

import numpy as np

from numest import _core
from numest.numpy_forms import symbols
from numest.tensor import Tensor, call
from numest import trace_state as state
from numest.trace.distributions import Distributions
from numest.trace.keyed import (extent_of, integers, normal_01, number,
                                of_arrays, open_01, shape_of, uniform_01,
                                written)


@of_arrays("uniform", "normal", "lognormal", "exponential", "laplace",
           "logistic", "gumbel", "rayleigh", "weibull", "pareto", "triangular")
class Random(Distributions):
  """The functions of np.random, RandomState and Generator that have a form."""

  def __getattr__(self, name):
    raise state.Untraceable(f"np.random.{name} has no keyed form")

  # --- uniform ---
  def rand(self, *shape):
    return number(uniform_01(shape_of(shape)), shape or None)

  def random(self, size=None, dtype=np.float64, out=None):
    return _of_dtype(uniform_01, size, dtype, out)

  random_sample = ranf = sample = random

  def uniform(self, low=0.0, high=1.0, size=None):
    shape = extent_of(size, low, high)
    drawn = low + (high - low) * uniform_01(shape)
    return number(drawn, size)

  # --- normal and what is made of it ---
  def randn(self, *shape):
    return number(normal_01(shape_of(shape)), shape or None)

  def normal(self, loc=0.0, scale=1.0, size=None):
    shape = extent_of(size, loc, scale)
    return number(loc + scale * normal_01(shape), size)

  def standard_normal(self, size=None, dtype=np.float64, out=None):
    return _of_dtype(normal_01, size, dtype, out)

  def lognormal(self, mean=0.0, sigma=1.0, size=None):
    return number(np.exp(self.normal(mean, sigma, size)), size)

  # --- inverse distribution functions ---
  def exponential(self, scale=1.0, size=None):
    return number(-scale * np.log(open_01(extent_of(size, scale))), size)

  def standard_exponential(self, size=None, dtype=np.float64, method="zig",
                           out=None):
    def draw(shape, name):
      return (-np.log(open_01(shape))).astype(name)
    return _of_dtype(draw, size, dtype, out)

  def laplace(self, loc=0.0, scale=1.0, size=None):
    u = uniform_01(extent_of(size, loc, scale)) - 0.5
    drawn = loc - scale * np.sign(u) * np.log(1.0 - 2.0 * np.abs(u))
    return number(drawn, size)

  def logistic(self, loc=0.0, scale=1.0, size=None):
    u = open_01(extent_of(size, loc, scale))
    return number(loc - scale * np.log(1.0 / u - 1.0), size)

  def gumbel(self, loc=0.0, scale=1.0, size=None):
    u = open_01(extent_of(size, loc, scale))
    return number(loc - scale * np.log(-np.log(u)), size)

  def rayleigh(self, scale=1.0, size=None):
    u = open_01(extent_of(size, scale))
    return number(scale * np.sqrt(-2.0 * np.log(u)), size)

  def weibull(self, a, size=None):
    return number((-np.log(open_01(extent_of(size, a)))) ** (1.0 / a), size)

  def pareto(self, a, size=None):
    return number(open_01(extent_of(size, a)) ** (-1.0 / a) - 1.0, size)

  def triangular(self, left, mode, right, size=None):
    u = uniform_01(extent_of(size, left, mode, right))
    cut = (mode - left) / (right - left)
    below = left + np.sqrt(u * (right - left) * (mode - left))
    above = right - np.sqrt((1.0 - u) * (right - left) * (right - mode))
    return number(call("where", [u < cut, below, above]), size)

  # --- integers, choices, orders ---
  def randint(self, low, high=None, size=None, dtype=int):
    if high is None:
      low, high = 0, low
    shape = extent_of(size, low, high)
    drawn = integers(low, high, shape, np.dtype(dtype).name)
    return number(drawn, size)

  def integers(self, low, high=None, size=None, dtype=np.int64,
               endpoint=False):
    if high is None:
      low, high = 0, low
    high = high + 1 if endpoint else high
    return integers(low, high, extent_of(size, low, high),
                    np.dtype(dtype).name)

  def random_integers(self, low, high=None, size=None):
    low, high = (1, low) if high is None else (low, high)
    return self.randint(low, high + 1, size)

  def choice(self, a, size=None, replace=True, p=None, axis=0, shuffle=True):
    shape, a = shape_of(size), _counted(a)
    if isinstance(a, Tensor) and not a.ndim:
      drawn = _positions(p, a, shape, replace)
      return drawn._as_weak() if size is None else drawn
    population = _population(a)
    at = _positions(p, _extent(population, axis), shape, replace)
    drawn = call("take", [population, at], axis=axis)
    is_int = isinstance(a, int) and size is None
    return drawn._as_weak() if is_int else drawn

  def permutation(self, x, axis=0):
    x = _counted(x)
    if isinstance(x, int):
      return permuted(x)
    t = _core.tensor(x)
    if not t.ndim:
      return permuted(symbols.of(x)[0])
    return call("take", [t, permuted(int(t._shape[axis]))], axis=axis)

  def permuted(self, x, axis=None, out=None):
    if out is not None:
      return written(out, None, lambda size: self.permuted(x, axis))
    t = _core.tensor(x)
    if axis is None:
      flat = self.permutation(call("reshape", [t], shape=(-1,)))
      return call("reshape", [flat], shape=t._shape)
    order = call("argsort", [uniform_01(t._shape)], axis=axis)
    return call("take_along_axis", [t, order], axis=axis)

  def tomaxint(self, size=None):
    return number(integers(0, np.iinfo(np.int64).max, shape_of(size)), size)

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


def _of_dtype(draw, size, dtype, out):
  """A draw in float64, a Python number if it is one, or in float32."""
  dtype = np.dtype(dtype)
  return written(out, size, lambda size: number(
      draw(shape_of(size), dtype.name), size, dtype == np.float64))


def permuted(count):
  return call("random_permutation", [
      symbols.bound(state.active().next_key(), (count,))], n=(count,))


def _positions(p, count, shape, replace):
  """Positions of `count` items, which may be traced, drawn with probabilities
  `p` if they are given."""
  if not replace:
    return _distinct(p, count, shape)
  return integers(0, count, shape) if p is None else _weighted(p, shape)


def _weighted(p, shape):
  """Positions drawn with probabilities `p`."""
  sums = call("cumsum", [_probabilities(p)], axis=0)
  at = call("searchsorted", [sums, uniform_01(shape)], side="right")
  return call("minimum", [at, _extent(sums, 0) - 1])


def _distinct(p, count, shape):
  """Positions of `count`, none twice, likelier ones first; where there are too
  few the element is refused."""
  is_drawn = any(e < 0 for e in shape)
  wanted = None if is_drawn else int(np.prod(shape))
  count = symbols.of(count)[0]
  if wanted is not None and 0 <= count < wanted:
    raise ValueError("Cannot take a larger sample than population when "
                     "'replace=False'")
  if p is None:
    order = permuted(count)
  else:  # who comes first of exponential waiting times of rates p, comes by p
    waits = -np.log(open_01((count,))) / _probabilities(p)
    order = call("argsort", [waits])
  if wanted is not None:
    at = np.arange(wanted).reshape(shape)
  elif len(shape) == 1 and hasattr(shape[0], "positions"):
    at = shape[0].positions
  else:
    raise state.Untraceable("several extents of a draw without replacement, of "
                            "which some depend on values")
  return call("take", [order, at], axis=0)


def _probabilities(p):
  return _core.tensor(p).astype("float64") if isinstance(p, Tensor) else (
      _core.constant(np.asarray(p, np.float64)))


def _counted(a):
  """A number of items, as an int where it is known; else `a` as it is."""
  is_number = not isinstance(a, Tensor) or not a.is_symbolic
  if is_number and np.ndim(a) == 0 and not isinstance(a, (str, bytes)):
    return operator.index(np.asarray(a)[()])
  return a


def _extent(t, axis):
  """An int where it is known, else a traced one."""
  known = int(t._shape[axis])
  return known if known >= 0 else call("extent", [t], axis=axis)


def _population(a):
  if isinstance(a, int):
    return _core.constant(np.arange(a))
  return _core.tensor(a if isinstance(a, Tensor) else np.asarray(a))


RANDOM = Random()
# Functions of np.random that code may hold under a name of its own.
FUNCTIONS = {
    getattr(np.random, name): getattr(RANDOM, name)
    for name in ("rand random random_sample ranf sample uniform randn normal "
                 "standard_normal randint choice permutation shuffle "
                 "exponential laplace logistic gumbel rayleigh weibull "
                 "pareto triangular binomial lognormal default_rng seed "
                 "standard_gamma gamma beta chisquare f dirichlet standard_t "
                 "standard_cauchy power wald geometric poisson multinomial "
                 "random_integers standard_exponential "
                 "multivariate_normal negative_binomial noncentral_chisquare "
                 "noncentral_f zipf vonmises logseries "
                 "hypergeometric").split()
}
