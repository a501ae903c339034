"""Keyed draws have NumPy's distributions: two samples, one of NumPy, by the
statistic of Kolmogorov and Smirnov, or of chi-square for counts and orders.
Seeds are fixed."""
import math
import random

import numpy as np
import pytest

import numest as nm

COUNT = 20000
# The statistic exceeds it once in 10,000 pairs of samples that agree.
BOUND = 2.23 * np.sqrt(2 / COUNT)

GENERATOR = np.random.default_rng(5)
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
    "poisson of many rates": lambda: np.random.poisson([0.0, 0.2, 20.0, 4e5]),
    "binomial": lambda: np.random.binomial([1, 20, 500, 10**7],
                                           [0.5, 0.9, 0.3, 0.01]),
    "zipf": lambda: np.random.zipf([1.7, 2.0, 3.5]),
    "vonmises": lambda: np.random.vonmises([0.0, 3.0, -2.0, 1.0],
                                           [0.5, 4.0, 1e-7, 90.0]),
    "logseries": lambda: np.random.logseries([0.1, 0.9, 0.999]),
    "hypergeometric": lambda: np.random.hypergeometric(
        [15, 3, 500], [15, 90, 700], [15, 30, 300]),
    "standard_exponential": lambda: np.random.standard_exponential(2),
    "negative_binomial": lambda: np.random.negative_binomial(3.5, 0.4, 4),
    "noncentral_chisquare": lambda: np.random.noncentral_chisquare(3, 2.0, 4),
    "noncentral_f": lambda: np.random.noncentral_f(3.0, 20.0, 2.0, 4),
    "uniform": lambda: np.random.uniform(-1, [1.0, 2.0, 3.0, 4.0]),
    "normal": lambda: np.random.normal([0.0, 5.0], [1.0, 2.0]),
    "exponential": lambda: np.random.exponential(2.0, 4),
    "laplace": lambda: np.random.laplace(1.0, 2.0, 4),
    "logistic": lambda: np.random.logistic(1.0, 2.0, 4),
    "gumbel": lambda: np.random.gumbel(1.0, 2.0, 4),
    "rayleigh": lambda: np.random.rayleigh(2.0, 4),
    "weibull": lambda: np.random.weibull(1.5, 4),
    "pareto": lambda: np.random.pareto(3.0, 4),
    "lognormal": lambda: np.random.lognormal(0.5, 0.7, 4),
    "triangular": lambda: np.random.triangular(-1.0, 0.5, 4.0, 4),
    "integers": lambda: np.random.randint(-3, 1000, 4),
    "random.betavariate": lambda: np.array([random.betavariate(2.0, 3.0)]),
    "random.triangular": lambda: np.array([random.triangular(0.0, 4.0)]),
    "random.gauss": lambda: np.array([random.gauss(1.0, 2.0)]),
    "dirichlet": lambda: np.random.dirichlet([0.5, 2.0, 1.0, 3.0])[:2],
    "multivariate_normal": lambda: np.random.multivariate_normal(
        [0.0, 1.0], [[2.0, 0.9], [0.9, 1.0]]) @ np.array([[1, 1], [0, -1]]),
    "multinomial": lambda: np.random.multinomial(20, [0.2, 0.3, 0.5])[1:],
    "multivariate_hypergeometric": lambda: GENERATOR.
        multivariate_hypergeometric([20, 30, 30], 16)[1:],
    "permuted": lambda: GENERATOR.permuted(
        np.arange(12).reshape(2, 6), axis=1)[:, 0],
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
  random.seed(3)
  wanted = np.stack([draw() for _ in range(COUNT)])
  got = nm.vmap(lambda x: draw())(np.zeros(COUNT))
  assert got.dtype == wanted.dtype
  for column in range(wanted.shape[1]):
    assert statistic(got[:, column], wanted[:, column]) < BOUND


def test_statistic_tells_neighbours_apart():
  np.random.seed(3)
  a, b = np.random.gamma(2.5, 1.0, COUNT), np.random.gamma(2.65, 1.0, COUNT)
  assert statistic(a, b) > BOUND


# --- counts of outcomes: each has a known probability ---
def permutation_number(order):
  """The place of an order of three among all six."""
  return order[0] * 2 + (order[1] > order[2])


def shuffled():
  rows = np.array([0, 1, 2])
  np.random.shuffle(rows)
  return rows


OUTCOMES = {
    "choice": (lambda: np.random.choice(4), [0.25] * 4),
    "choice with p": (lambda: np.random.choice(3, p=[0.5, 0.2, 0.3]),
                      [0.5, 0.2, 0.3]),
    "choice of values": (lambda: np.random.choice(np.array([2, 0, 1])),
                         [1 / 3] * 3),
    "choice without replacement": (
        lambda: permutation_number(np.random.choice(3, 3, replace=False)),
        [1 / 6] * 6),
    "first of a weighted choice without replacement": (
        lambda: np.random.choice(3, 2, replace=False, p=[0.6, 0.3, 0.1])[0],
        [0.6, 0.3, 0.1]),
    "second of a weighted choice without replacement": (
        lambda: np.random.choice(3, 2, replace=False, p=[0.6, 0.3, 0.1])[1],
        [0.3 * 0.6 / 0.7 + 0.1 * 0.6 / 0.9, 0.6 * 0.3 / 0.4 + 0.1 * 0.3 / 0.9,
         0.6 * 0.1 / 0.4 + 0.3 * 0.1 / 0.7]),
    "permutation": (lambda: permutation_number(np.random.permutation(3)),
                    [1 / 6] * 6),
    "shuffle": (lambda: permutation_number(shuffled()), [1 / 6] * 6),
    "permuted": (lambda: permutation_number(
        np.random.default_rng().permuted(np.arange(3))), [1 / 6] * 6),
    "randint": (lambda: np.random.randint(2, 7) - 2, [0.2] * 5),
    "integers with endpoint": (
        lambda: np.random.default_rng().integers(1, 6, endpoint=True) - 1,
        [1 / 6] * 6),
    "first side of multinomial": (
        lambda: np.random.multinomial(2, [0.5, 0.2, 0.3])[0],
        [0.25, 0.5, 0.25]),
    "geometric": (lambda: np.minimum(np.random.geometric(0.5), 4) - 1,
                  [0.5, 0.25, 0.125, 0.125]),
    "random.randrange": (lambda: random.randrange(0, 8, 2) // 2, [0.25] * 4),
    "random.choice": (lambda: random.choice([0, 1, 2]), [1 / 3] * 3),
    "random.choices": (lambda: random.choices([0, 1, 2], [1, 1, 2])[0],
                       [0.25, 0.25, 0.5]),
    "random.sample": (lambda: permutation_number(random.sample(range(3), 3)),
                      [1 / 6] * 6),
    "random.sample of a list": (lambda: random.sample([2, 0, 1], 2)[1],
                                [1 / 3] * 3),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcomes_have_their_probabilities(name):
  draw, probabilities = OUTCOMES[name]
  np.random.seed(4)
  got = np.asarray(nm.vmap(lambda x: draw())(np.zeros(COUNT))).astype(int)
  counts = np.bincount(got, minlength=len(probabilities))
  expected = COUNT * np.asarray(probabilities)
  assert len(counts) == len(expected)
  cells = len(expected) - 1
  # Exceeded once in some 10,000 seeds.
  assert ((counts - expected) ** 2 / expected).sum() < (
      cells + 5.5 * math.sqrt(2 * cells))


def test_shuffle_of_a_list_keeps_its_items():
  def f(x):
    items = [x, x * 2, x * 3]
    random.shuffle(items)
    return np.stack(items)
  got = nm.vmap(f)(np.ones(200))
  np.testing.assert_array_equal(np.sort(got, axis=1), [[1, 2, 3]] * 200)
  assert len(np.unique(got, axis=0)) == 6


def test_parameters_may_be_traced():
  rates = np.linspace(0.5, 60.0, COUNT)

  def f(rate):
    return np.array([np.random.poisson(rate),
                     np.random.binomial(100, rate / 80),
                     np.random.gamma(rate), np.random.exponential(rate)])
  got = nm.vmap(f)(rates) / rates[:, None]
  np.testing.assert_allclose(got.mean(axis=0), [1, 100 / 80, 1, 1], atol=0.03)


@pytest.mark.parametrize("draw, message", [
    (lambda x: np.random.poisson(x - 2), "lam < 0"),
    (lambda x: np.random.binomial(3, x + 1), "p > 1"),
    (lambda x: np.random.gamma(x - 2), "shape < 0"),
    (lambda x: np.random.choice(3, 4, replace=False), "larger sample than"),
])
def test_parameters_out_of_range_are_refused(draw, message):
  with pytest.raises(ValueError, match=message):
    nm.vmap(draw)(np.ones(2))


# NumPy is the oracle: it says the same of the same parameters.
@pytest.mark.parametrize("draw, message", [
    (lambda: np.random.normal(0.0, -1.0), "scale < 0"),
    (lambda: np.random.laplace(0.0, [1.0, -2.0]), "scale < 0"),
    (lambda: np.random.lognormal(0.0, -1.0), "sigma < 0"),
    (lambda: np.random.wald(0.0, 1.0), "mean <= 0"),
    (lambda: np.random.triangular(2.0, 1.0, 3.0), "left > mode"),
    (lambda: np.random.chisquare(0), "df <= 0"),
    (lambda: np.random.beta(1.0, 0.0), "b <= 0"),
    (lambda: np.random.weibull(-1.0), "a < 0"),
    (lambda: np.random.pareto(0.0), "a <= 0"),
    (lambda: np.random.geometric(0.0), "p <= 0"),
    (lambda: np.random.binomial(5, 1.5), "p < 0, p > 1"),
    (lambda: np.random.poisson(-1.0), "lam < 0"),
    (lambda: np.random.multinomial(3, [0.6, 0.6, 0.0]), "pvals"),
    (lambda: np.random.dirichlet([-1.0, 1.0]), "alpha <"),
    (lambda: np.random.hypergeometric(2, 3, 6), "nbad < nsample"),
    (lambda: np.random.randint(3, 3), "low >= high"),
    (lambda: np.random.randint(0, 300, dtype=np.uint8), "out of bounds"),
    (lambda: np.random.choice(3, p=[0.5, 0.5]), "p.* must have same size"),
    (lambda: np.random.choice(2, p=[0.5, 0.6]), "robabilities .*sum to 1"),
    (lambda: np.random.choice(0), "a must be greater than 0"),
    (lambda: np.random.normal(np.zeros(3), 1.0, 2), "(shape|size)"),
])
def test_known_parameters_out_of_range_are_refused(draw, message):
  with pytest.raises(ValueError, match=message):
    draw()
  with pytest.raises(ValueError, match=message):
    nm.vmap(lambda x: x + draw())(np.ones(2))


def test_a_branch_that_is_not_taken_refuses_no_parameters():
  def f(x):
    if x > 100:
      return x + np.random.normal(0.0, -1.0)
    return x
  mapped = nm.data.Dataset.from_tensor_slices(np.ones(3)).map(f)
  np.testing.assert_array_equal([x.numpy() for x in mapped], np.ones(3))


def test_size_left_out_gives_each_parameter_a_draw():
  got = nm.vmap(lambda x: np.random.normal(np.zeros(3), [[1.0], [x]]))(
      np.ones(5))
  assert got.shape == (5, 2, 3)
  assert len(np.unique(got)) == 30


def test_arguments_may_be_named():
  def f(x):
    return np.random.normal(scale=0.0, loc=x, size=(2,))
  np.testing.assert_array_equal(nm.vmap(f)(np.arange(3.0)),
                                np.repeat(np.arange(3.0)[:, None], 2, 1))
  with pytest.raises(TypeError, match="normal: got 4 arguments"):
    nm.vmap(lambda x: np.random.normal(x, 1, 2, 3))(np.ones(2))


def test_ends_of_the_domain():
  def f(x):
    return np.array([np.random.weibull(0.0), np.random.weibull(x),
                     np.random.geometric(1e-300) / 2.0**63,
                     random.triangular(3.0, 3.0)])
  np.testing.assert_allclose(nm.vmap(f)(np.zeros(2)), [[0, 0, 1, 3]] * 2)
  assert (nm.vmap(lambda x: random.expovariate(-x))(np.ones(9)) < 0).all()


# --- tf.random ---
def test_truncated_normal_is_normal_within_two_deviations():
  nm.random.set_seed(5)
  try:
    got = nm.random.truncated_normal((COUNT,), 1.0, 2.0).numpy()
  finally:
    nm.random.set_seed(None)
  assert np.abs(got - 1).max() < 4
  rng = np.random.default_rng(0)
  wanted = rng.normal(1, 2, 2 * COUNT)
  wanted = wanted[np.abs(wanted - 1) < 4][:COUNT]
  assert statistic(got, wanted) < BOUND


@pytest.mark.parametrize("name, draw, wanted", [
    ("uniform", lambda s: nm.random.uniform(s, 2, 5),
     lambda r: r.uniform(2, 5, COUNT)),
    ("integers", lambda s: nm.random.uniform(s, 0, 50, nm.int32),
     lambda r: r.integers(0, 50, COUNT)),
    ("normal", lambda s: nm.random.normal(s, 1, 2),
     lambda r: r.normal(1, 2, COUNT)),
    ("gamma", lambda s: nm.random.gamma(s, 2.0, 4.0),
     lambda r: r.gamma(2.0, 1 / 4.0, COUNT)),
    ("poisson", lambda s: nm.random.poisson(s, 30.0),
     lambda r: r.poisson(30.0, COUNT)),
    ("shuffle", lambda s: nm.random.shuffle(np.arange(s[0])),
     lambda r: np.arange(COUNT)),
])
def test_tf_random_has_its_distributions(name, draw, wanted):
  nm.random.set_seed(6)
  try:
    got = draw((COUNT,)).numpy()
  finally:
    nm.random.set_seed(None)
  assert statistic(got, wanted(np.random.default_rng(1))) < BOUND
