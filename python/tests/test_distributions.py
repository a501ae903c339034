"""Keyed draws have NumPy's distributions: two samples, one of NumPy, by the
statistic of Kolmogorov and Smirnov. Seeds are fixed."""
import numpy as np
import pytest

import numest as nm

COUNT = 20000
# The statistic exceeds it once in 10,000 pairs of samples that agree.
BOUND = 2.23 * np.sqrt(2 / COUNT)

DRAWS = {
    "gamma": lambda: np.random.gamma(2.5, 1.5, 4),
    "gamma below one": lambda: np.random.gamma(0.3, 2.0, 4),
    "beta": lambda: np.random.beta(0.4, 0.4, 4),
    "chisquare": lambda: np.random.chisquare(3, 4),
    "f": lambda: np.random.f(4.0, 7.0, 4),
    "standard_t": lambda: np.random.standard_t(4.0, 4),
    "standard_cauchy": lambda: np.random.standard_cauchy(4),
    "power": lambda: np.random.power(3.0, 4),
    "wald": lambda: np.random.wald(2.0, 1.5, 4),
    "geometric": lambda: np.random.geometric(0.3, 4),
    "poisson": lambda: np.random.poisson(4.5, 4),
    "dirichlet": lambda: np.random.dirichlet([0.5, 2.0, 1.0, 3.0])[:2],
    "multivariate_normal": lambda: np.random.multivariate_normal(
        [0.0, 1.0], [[2.0, 0.9], [0.9, 1.0]]) @ np.array([[1, 1], [0, -1]]),
    "multinomial": lambda: np.random.multinomial(20, [0.2, 0.3, 0.5])[1:],
}


def statistic(a, b):
  points = np.sort(np.concatenate([a, b]))
  cdfs = [np.searchsorted(np.sort(s), points, side="right") / len(s)
          for s in (a, b)]
  return np.abs(cdfs[0] - cdfs[1]).max()


@pytest.mark.parametrize("name", DRAWS)
def test_draws_have_numpys_distribution(name):
  draw = DRAWS[name]
  np.random.seed(3)
  wanted = np.stack([draw() for _ in range(COUNT)])
  got = nm.vmap(lambda x: draw())(np.zeros(COUNT))
  assert got.dtype == wanted.dtype
  for column in range(wanted.shape[1]):
    assert statistic(got[:, column], wanted[:, column]) < BOUND


def test_statistic_tells_neighbours_apart():
  np.random.seed(3)
  a, b = np.random.gamma(2.5, 1.0, COUNT), np.random.gamma(2.65, 1.0, COUNT)
  assert statistic(a, b) > BOUND
