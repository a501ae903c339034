"""docs/reference/seeding.md, sentence by sentence."""
import random

import numpy as np
import pytest

import numest as tf

X = np.zeros((64, 2), np.float32)
Y = np.arange(64, dtype=np.float32)


def noisy(x):
  return x + np.random.normal(size=2) + random.random()


def noisy_in_python(x):
  x.tolist()
  return x + np.random.normal(size=2) + random.random()


@pytest.fixture(autouse=True)
def same_threads():
  before = tf.num_threads()
  yield
  tf.set_num_threads(before)


def weights(seed, function=noisy, threads=1, prefetch=None, block=8):
  """Of a model that was trained on draws only."""
  tf.set_num_threads(threads)

  def input_fn():
    made = tf.data.Dataset.from_tensor_slices((X, Y)).map(
        lambda x, y: ({"x": function(x)}, y), num_parallel_calls=threads)
    made = made.repeat(2).batch(block)
    return made if prefetch is None else made.prefetch(prefetch)
  model = tf.estimator.LinearRegressor(
      [tf.feature_column.numeric_column("x", shape=(2,), dtype=tf.float64)],
      config=tf.estimator.RunConfig(tf_random_seed=seed))
  model.train(input_fn)
  return model.get_variable_value("linear/linear_model/x/weights")


@pytest.mark.parametrize("function", [noisy, noisy_in_python])
def test_the_seed_of_the_run_decides_the_draws(function):
  first = weights(1, function)
  np.testing.assert_array_equal(weights(1, function), first)
  assert not np.array_equal(weights(2, function), first)


@pytest.mark.parametrize("function", [noisy, noisy_in_python])
@pytest.mark.parametrize("threads, prefetch", [(8, None), (1, 4), (8, 16)])
def test_threads_and_prefetch_do_not(function, threads, prefetch):
  np.testing.assert_array_equal(weights(3, function, threads, prefetch),
                                weights(3, function))


def test_without_a_seed_each_iterator_has_its_own():
  dataset = tf.data.Dataset.from_tensor_slices(X).map(noisy)
  rows = [np.stack(list(dataset.as_numpy_iterator())) for _ in range(2)]
  assert len(np.unique(np.concatenate(rows))) == 4 * len(X)


def seeds_inside(x):
  np.random.seed(0)
  random.seed(0)
  rng = np.random.default_rng(0)
  return x + np.random.rand() + random.random() + rng.random()


@pytest.mark.parametrize("function", [seeds_inside, lambda x: (
    x.tolist(), seeds_inside(x))[1]])
def test_numpys_seeds_give_no_element_the_draw_of_another(function):
  np.random.seed(0)
  dataset = tf.data.Dataset.from_tensor_slices(X).map(function)
  rows = np.stack(list(dataset.as_numpy_iterator()))
  assert len(np.unique(rows[:, 0])) == len(X)


def test_draws_outside_are_numpys_own():
  np.random.seed(0)
  first = np.random.rand()
  dataset = tf.data.Dataset.from_tensor_slices(X).map(noisy)
  np.random.seed(0)
  list(dataset)
  assert np.random.rand() == first
