"""Draws whose size depends on values: native, equal to NumPy's run on the same
draws, and others for each number, element and epoch."""
import numpy as np
import pytest

import numest as tf

X = np.random.default_rng(2).normal(size=(24, 9))


def noise_where_positive(x):
  y = x.copy()
  y[x > 0] += np.random.normal(0, 0.1, size=np.sum(x > 0))
  return y


def total_of_some(x):
  n = np.random.randint(1, 6)
  return np.random.uniform(2, 3, size=n).sum()


def rows_of_some(x):
  n = len(x[x > 0.3])
  return np.random.rand(n, 3).sum(axis=0) + np.random.randn(3, n).sum()


def at_random_positions(x):
  n = np.random.randint(1, 5)
  y = x.copy()
  y[np.random.randint(0, 9, size=n)] = 99
  return y


def one_of_the_positive(x):
  return np.random.choice(x[x > -5])


def two_of_the_positive(x):
  return np.sort(np.random.choice(np.flatnonzero(x > -5), 2, replace=False))


def some_without_repeats(x):
  k = np.random.randint(1, 4)
  return np.random.choice(9, size=k, replace=False).sum()


def some_of_weighted(x):
  k = np.random.randint(1, 4)
  p = np.arange(1, 10) / 45
  return np.random.choice(9, size=k, replace=False, p=p).max()


def shuffled_positive(x):
  m = np.random.permutation(x[x > -5])
  return m[0] - m[-1]


def order_of_a_drawn_number(x):
  n = np.random.randint(2, 6)
  return np.random.permutation(n).sum() / (n * (n - 1) / 2)


def by_generator(x):
  rng = np.random.default_rng()
  m = x[x > -5]
  return rng.standard_normal(m.shape).sum() + rng.integers(
      3, 6, size=m.size).sum() + rng.exponential(2.0, size=(len(m),)).sum()


def around_values(x):
  m = x[x > -5]
  return np.random.normal(m, 0.01).mean()


def of_distributions(x):
  n = np.random.randint(1, 4)
  return (np.random.poisson(3, size=n).sum() + np.random.gamma(
      2.0, 1.0, n).sum() + np.random.binomial(5, 0.5, size=n).sum())


def in_a_loop(x):
  total, n = 0.0, 0
  while n < 3:
    n += np.random.randint(1, 3)
    total += np.random.uniform(size=n).sum()
  return total


FUNCTIONS = [noise_where_positive, total_of_some, rows_of_some,
             at_random_positions, one_of_the_positive, two_of_the_positive,
             some_without_repeats, some_of_weighted, shuffled_positive,
             order_of_a_drawn_number, by_generator, around_values,
             of_distributions]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_is_native_and_equals_numpy_on_the_same_draws(function):
  report = tf.check(function, X[0], num_elements=8)
  assert report.runs == "native", report
  dataset = tf.data.Dataset.from_tensor_slices(X).map(function)
  assert ": native" in tf.explain(dataset), tf.explain(dataset)
  one_by_one = list(dataset.as_numpy_iterator())
  assert len(one_by_one) == 24


def test_blocks_and_elements_agree():
  for function in FUNCTIONS + [in_a_loop]:
    np.random.seed(5)
    dataset = tf.data.Dataset.from_tensor_slices(X).map(function)
    rows = list(dataset.as_numpy_iterator())
    np.random.seed(5)
    block = next(dataset.batch(24).as_numpy_iterator())
    np.testing.assert_allclose(np.stack(rows), block, rtol=1e-12)


def test_numbers_elements_and_epochs_differ():
  def drawn(x):
    n = np.random.randint(3, 6)
    m = np.random.uniform(size=n)
    return np.stack([m[0], m[1], m[2]])
  values = np.stack(list(tf.data.Dataset.from_tensor_slices(X).map(
      drawn).repeat(2).as_numpy_iterator()))
  assert len(np.unique(values)) == values.size
  assert abs(values.mean() - 0.5) < 0.1


def test_choices_without_repeats_are_evenly_spread():
  def chosen(x):
    k = 2 + np.random.randint(0, 1)
    at = np.random.choice(4, size=k, replace=False)
    return np.stack([at[0], at[1]])
  values = np.stack(list(tf.data.Dataset.range(3000).map(
      chosen).as_numpy_iterator()))
  assert (values[:, 0] != values[:, 1]).all()
  counts = np.bincount(values[:, 0] * 4 + values[:, 1], minlength=16)
  expected = 3000 / 12
  chi = np.sum((counts[counts > 0] - expected) ** 2 / expected)
  assert (counts > 0).sum() == 12 and chi < 31.3  # p = 0.001 of 11 degrees


def test_a_sample_larger_than_its_population_is_numpys_error():
  def chosen(x):
    return np.random.choice(np.flatnonzero(x > 9), 2, replace=False)
  dataset = tf.data.Dataset.from_tensor_slices(X).map(chosen)
  with pytest.raises(ValueError, match="larger sample than pop|be empty"):
    list(dataset.as_numpy_iterator())


def test_several_extents_may_be_drawn():
  def drawn(x):
    n = np.random.randint(1, 3)
    return np.random.uniform(1, 2, size=(n, n + 1, 2)).min()
  dataset = tf.data.Dataset.from_tensor_slices(X).map(drawn)
  assert ": native" in tf.explain(dataset)
  assert all(1 <= v < 1.8 for v in dataset.as_numpy_iterator())
