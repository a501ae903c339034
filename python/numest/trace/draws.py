"""np.random and random inside of a trace: each draw is an op with a key of its
own, so it varies by element and epoch and is the same for any threads.

Scalars are Python numbers in NumPy's legacy functions: they come out weak.
"""
import random as python_random

import numpy as np

from numest import _core
from numest.tensor import Tensor, call
from numest import trace_state as state
from numest.trace.distributions import Distributions
from numest.trace.keyed import (extent_of, integers, normal_01, number,
                                open_01, shape_of, uniform_01)


class Random(Distributions):
  """The functions of np.random, RandomState and Generator that have a form."""

  def __getattr__(self, name):
    raise state.Untraceable(f"np.random.{name} has no keyed form")

  # --- uniform ---
  def rand(self, *shape):
    return number(uniform_01(shape_of(shape)), shape or None)

  def random(self, size=None, dtype=np.float64, out=None):
    drawn = uniform_01(shape_of(size), np.dtype(dtype).name)
    return number(drawn, size, np.dtype(dtype) == np.float64)

  random_sample = ranf = sample = random

  def uniform(self, low=0.0, high=1.0, size=None):
    shape = extent_of(size, low, high)
    drawn = low + (high - low) * uniform_01(shape)
    return number(drawn, size, not shape)

  # --- normal and what is made of it ---
  def randn(self, *shape):
    return number(normal_01(shape_of(shape)), shape or None)

  def normal(self, loc=0.0, scale=1.0, size=None):
    shape = extent_of(size, loc, scale)
    return number(loc + scale * normal_01(shape), size, not shape)

  def standard_normal(self, size=None, dtype=np.float64, out=None):
    return number(normal_01(shape_of(size), np.dtype(dtype).name), size,
                   np.dtype(dtype) == np.float64)

  def lognormal(self, mean=0.0, sigma=1.0, size=None):
    return number(np.exp(self.normal(mean, sigma, size)), size)

  # --- inverse distribution functions ---
  def exponential(self, scale=1.0, size=None):
    return number(-scale * np.log(open_01(extent_of(size, scale))), size)

  def standard_exponential(self, size=None):
    return self.exponential(1.0, size)

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

  def binomial(self, n, p, size=None):
    if isinstance(n, Tensor) or n > 1024:
      raise state.Untraceable("np.random.binomial needs a known n up to 1024")
    shape = extent_of(size, p)
    drawn = uniform_01((int(n), *shape)) < p
    return number(call("sum", [drawn], axis=0, dtype="int64"), size)

  # --- integers, choices, orders ---
  def randint(self, low, high=None, size=None, dtype=int):
    if high is None:
      low, high = 0, low
    shape = extent_of(size, low, high)
    drawn = integers(low, high, shape, np.dtype(dtype).name)
    return number(drawn, size, not shape)

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
    population = _population(a)
    count = int(population._shape[0])
    if not replace:
      if p is not None:
        raise state.Untraceable("np.random.choice without replacement and "
                                "with p has no keyed form")
      wanted = int(np.prod(shape_of(size)))
      if wanted > count:
        raise ValueError("Cannot take a larger sample than population when "
                         "'replace=False'")
      at = _permuted(count)[:wanted]
      at = call("reshape", [at], shape=shape_of(size))
    elif p is None:
      at = integers(0, count, shape_of(size))
    else:
      at = call("searchsorted", [np.cumsum(np.asarray(p, np.float64)),
                                 uniform_01(shape_of(size))], side="right")
      at = call("minimum", [at, count - 1])
    drawn = call("take", [population, at], axis=0)
    is_int = isinstance(a, (int, np.integer)) and size is None
    return drawn._as_weak() if is_int else drawn

  def permutation(self, x, axis=0):
    if isinstance(x, (int, np.integer)):
      return _permuted(int(x))
    t = _core.tensor(x)
    return call("take", [t, _permuted(int(t._shape[axis]))], axis=axis)

  def permuted(self, x, axis=None, out=None):
    if axis is None:
      raise state.Untraceable("Generator.permuted without an axis")
    return self.permutation(x, axis)

  def shuffle(self, x, axis=0):
    if not isinstance(x, Tensor):
      raise state.Untraceable("np.random.shuffle of a Python list or array")
    from numest.trace import views  # views needs the state only
    views.assign(x, self.permutation(x._alias(), axis))

  # --- generators: every one draws from the element's key ---
  def seed(self, value=None):
    """Draws are keyed by their place: a seed changes nothing."""

  def default_rng(self, seed=None):
    return self

  RandomState = Generator = default_rng


def _permuted(count):
  return call("random_permutation", [state.active().next_key()], n=(count,))


def _population(a):
  if isinstance(a, (int, np.integer)):
    return _core.constant(np.arange(a))
  return _core.tensor(a if isinstance(a, Tensor) else np.asarray(a))


class PythonRandom(Random):
  """The functions of Python's random module that have a form."""

  def __getattr__(self, name):
    raise state.Untraceable(f"random.{name} has no keyed form")

  def random(self):
    return uniform_01(())._as_weak()

  def uniform(self, a, b):
    return a + (b - a) * self.random()

  def randint(self, a, b):
    return integers(a, b + 1, ())._as_weak()

  def randrange(self, start, stop=None, step=1):
    start, stop = (0, start) if stop is None else (start, stop)
    count = -(-(stop - start) // step)
    return start + step * integers(0, count, ())._as_weak()

  def gauss(self, mu=0.0, sigma=1.0):
    return mu + sigma * normal_01(())._as_weak()

  normalvariate = gauss

  def expovariate(self, lambd=1.0):
    return self.exponential(1.0 / lambd)

  def choice(self, seq):
    """An element of any sequence: one path for each of them."""
    at = integers(0, len(seq), ())
    for i in range(len(seq) - 1):
      if at == i:
        return seq[i]
    return seq[-1]

  def sample(self, population, k):
    """k items of a sequence of numbers or arrays, none twice, in a list."""
    if k > len(population):
      raise ValueError("Sample larger than population or is negative")
    items = _core.tensor(np.asarray(population)) if not isinstance(
        population, Tensor) else population
    is_plain = all(isinstance(v, (int, float)) for v in population)
    order = _permuted(len(population))
    drawn = [call("take", [items, order[i]], axis=0) for i in range(k)]
    return [t._as_weak() for t in drawn] if is_plain else drawn

  def Random(self, seed=None):
    return self


RANDOM = Random()
PYTHON_RANDOM = PythonRandom()
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
                 "multivariate_normal").split()
} | {
    getattr(python_random, name): getattr(PYTHON_RANDOM, name)
    for name in ("random uniform randint randrange gauss normalvariate "
                 "expovariate choice sample shuffle seed").split()
}
