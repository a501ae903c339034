"""Python's random inside of a trace: keyed draws, as those of np.random."""
import random

import numpy as np

from numest import _core
from numest import trace_state as state
from numest.tensor import call
from numest.trace.distributions import draw
from numest.trace.draws import Random


def _by_path(items, order):
  """The items in an order that is drawn: a path for each order."""
  left, result = list(range(len(items))), []
  for place in range(len(items)):
    taken = next((j for j in left[:-1] if order[place] == j), left[-1])
    left.remove(taken)
    result.append(items[taken])
  return result


class PythonRandom(Random):
  """The functions of Python's random module that have a form."""

  def __getattr__(self, name):
    raise state.Untraceable(f"random.{name} has no keyed form")

  def random(self):
    return draw("random")._as_weak()

  def uniform(self, a, b):
    return a + (b - a) * self.random()

  def randint(self, a, b):
    return draw("integers", a, b + 1)._as_weak()

  def randrange(self, start, stop=None, step=1):
    start, stop = (0, start) if stop is None else (start, stop)
    count = -(-(stop - start) // step)
    return start + step * draw("integers", 0, count)._as_weak()

  def gauss(self, mu=0.0, sigma=1.0):
    return mu + sigma * draw("standard_normal")._as_weak()

  normalvariate = gauss

  def expovariate(self, lambd=1.0):
    return self.standard_exponential() / lambd  # which may be negative

  def triangular(self, low=0.0, high=1.0, mode=None):
    try:
      middle = 0.5 if mode is None else (mode - low) / (high - low)
    except ZeroDivisionError:  # of numbers that are known
      return low
    return low + (high - low) * Random.triangular(self, 0.0, middle, 1.0)

  def betavariate(self, alpha, beta):
    return self.beta(alpha, beta)

  def gammavariate(self, alpha, beta):
    return self.gamma(alpha, beta)

  def lognormvariate(self, mu=0.0, sigma=1.0):
    return np.exp(self.gauss(mu, sigma))

  def paretovariate(self, alpha):
    return self.pareto(alpha) + 1.0

  def weibullvariate(self, alpha, beta):
    return alpha * self.weibull(beta)

  def binomialvariate(self, n=1, p=0.5):
    return self.binomial(n, p)

  def sample(self, population, k, *, counts=None):
    if counts is not None:
      raise state.Untraceable("random.sample with counts has no keyed form")
    order = draw("permutation", len(population))
    if isinstance(population, range):
      return [population.start + population.step * order[i]._as_weak()
              for i in range(k)]
    items = _core.functions.stack([_core.tensor(v) for v in population])
    return [items[order[i]] for i in range(k)]

  def choices(self, population, weights=None, *, cum_weights=None, k=1):
    return [self._weighted_choice(population, weights, cum_weights)
            for _ in range(k)]

  def _weighted_choice(self, population, weights, cum_weights):
    if weights is None and cum_weights is None:
      return self.choice(population)
    sums = np.cumsum(weights) if cum_weights is None else np.asarray(
        cum_weights)
    at = call("searchsorted", [sums / sums[-1], draw("random")], side="right")
    return _picked(population, at)

  def shuffle(self, x):
    if not isinstance(x, list) or not x:
      return Random.shuffle(self, x)
    order = draw("permutation", len(x))
    if any(map(callable, x)):
      x[:] = _by_path(x, order)
      return None
    rows = _core.functions.stack([_core.tensor(v) for v in x])
    x[:] = [rows[order[i]] for i in range(len(x))]
    return None

  def choice(self, seq):
    """An element of any sequence: one path for each of them."""
    return _picked(seq, draw("integers", 0, len(seq)))

  def Random(self, seed=None):
    return self


def _picked(seq, at):
  for i in range(len(seq) - 1):
    if at == i:
      return seq[i]
  return seq[-1]


PYTHON_RANDOM = PythonRandom()
# Functions of random that code may hold under a name of its own.
FUNCTIONS = {getattr(random, name): getattr(PYTHON_RANDOM, name)
             for name in ("random uniform randint randrange gauss sample "
                          "normalvariate expovariate choice choices shuffle "
                          "triangular betavariate gammavariate seed "
                          "lognormvariate paretovariate weibullvariate"
                          ).split()}
