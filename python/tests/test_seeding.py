"""What docs/howto/seed_a_run.md says: which seed fixes which draw."""
import random

import numpy as np
import pytest

import numest as tf

ROWS = np.arange(40, dtype=np.float32)
RNG = np.random.default_rng(3)


def native(x):
  return x + np.random.rand() + RNG.normal() + random.random()


def in_python(x):
  x.tolist()
  return np.float32(x + np.random.rand() + RNG.normal() + random.random())


def by_tensorflow(x):
  return x + tf.random.normal(())


FUNCTIONS = pytest.mark.parametrize("function", [native, in_python,
                                                 by_tensorflow])


def rows(function, **arguments):
  return tf.data.Dataset.from_tensor_slices(ROWS).map(function, **arguments)


def values(dataset):
  return np.concatenate([np.ravel(v) for v in dataset.as_numpy_iterator()])


@FUNCTIONS
def test_np_random_seed_fixes_the_draws_of_the_next_iterators(function):
  dataset = rows(function)
  np.random.seed(1)
  first, second = values(dataset), values(dataset)
  dataset = rows(function)  # RNG differs from iterator to iterator
  np.random.seed(1)
  np.testing.assert_array_equal(values(dataset), first)
  np.testing.assert_array_equal(values(dataset), second)
  assert not np.isin(first - ROWS, second - ROWS).any()


@FUNCTIONS
def test_set_seed_fixes_them_and_leaves_np_random_alone(function):
  dataset = rows(function)
  try:
    tf.random.set_seed(1)
    before = np.random.get_state()[2]
    first = values(dataset)
    assert np.random.get_state()[2] == before
    dataset = rows(function)
    tf.random.set_seed(1)
    np.testing.assert_array_equal(values(dataset), first)
    tf.random.set_seed(2)
    assert not np.array_equal(values(dataset), first)
  finally:
    tf.random.set_seed(None)


@FUNCTIONS
@pytest.mark.parametrize("change", [
    lambda d: d.batch(7), lambda d: d.prefetch(3), lambda d: d.batch(
        9).prefetch(tf.data.AUTOTUNE).unbatch()], ids=["batch", "prefetch",
                                                       "both"])
def test_draws_do_not_depend_on_the_pipeline_after_them(function, change):
  np.random.seed(1)
  wanted = values(rows(function))
  # The keys of a node follow from the path to it: the same path, elsewhere.
  threads = tf.num_threads()
  for count in (1, 4):
    tf.set_num_threads(count)
    np.random.seed(1)
    once = values(change(rows(function, num_parallel_calls=tf.data.AUTOTUNE)))
    np.random.seed(1)
    again = values(change(rows(function)))
    np.testing.assert_array_equal(once, again)
    assert len(once) == len(wanted)
  tf.set_num_threads(threads)


@FUNCTIONS
def test_draws_vary_by_element_and_epoch(function):
  drawn = values(rows(function).repeat(3)) - np.tile(ROWS, 3)
  assert len(np.unique(drawn)) > 100  # float32 rounds a few to one number


@FUNCTIONS
def test_a_resumed_iterator_draws_what_the_first_one_would(function):
  dataset = rows(function).repeat(2).batch(4)
  iterator = iter(dataset)
  for _ in range(7):
    next(iterator)
  state = iterator.get_state()
  rest = [b.numpy() for b in iterator]
  resumed = iter(dataset)
  resumed.set_state(state)
  np.testing.assert_array_equal([b.numpy() for b in resumed], rest)


def test_seeds_inside_of_a_function_change_nothing():
  def seeded(x):
    np.random.seed(0)
    return x + np.random.default_rng(0).random() + np.random.rand()
  np.random.seed(5)
  first = values(rows(seeded))
  assert len(np.unique(first - ROWS)) > 35
  np.random.seed(6)
  assert not np.array_equal(values(rows(seeded)), first)


def test_a_shuffle_seed_fixes_the_order_and_np_random_seed_the_rest():
  def orders(global_seed, **arguments):
    dataset = tf.data.Dataset.range(40).shuffle(40, **arguments)
    np.random.seed(global_seed)
    return [values(dataset).tolist() for _ in range(2)]
  fixed = orders(1, seed=7)
  assert fixed == orders(2, seed=7) and fixed[0] != fixed[1]
  assert orders(1) == orders(1) != orders(2)
  kept = orders(1, reshuffle_each_iteration=False)
  assert kept[0] == kept[1] and kept == orders(
      1, reshuffle_each_iteration=False)
  assert kept != orders(2, reshuffle_each_iteration=False)


@FUNCTIONS
def test_run_config_fixes_the_draws_of_training(tmp_path, function):
  def input_fn():
    data = tf.data.Dataset.from_tensor_slices(
        ({"x": ROWS / 40}, (ROWS > 20).astype(np.int32)))
    data = data.map(lambda f, y: ({"x": _mapped(function, f["x"])}, y))
    return data.shuffle(40).repeat().batch(8)

  def weights(seed, name):
    column = tf.feature_column.numeric_column("x")
    model = tf.estimator.LinearClassifier(
        [column], model_dir=str(tmp_path / name),
        config=tf.estimator.RunConfig(tf_random_seed=seed))
    model.train(input_fn, steps=5)
    return [model.get_variable_value(n) for n in model.get_variable_names()]
  np.random.seed(0)
  first = weights(3, "a")
  np.random.seed(1)
  second, other = weights(3, "b"), weights(4, "c")
  for a, b in zip(first, second):
    np.testing.assert_array_equal(a, b)
  assert any(not np.array_equal(a, b) for a, b in zip(first, other))


def _mapped(function, x):
  return function(x)


def test_eager_draws_follow_np_random_seed():
  np.random.seed(2)
  first = tf.random.normal((3, 2)).numpy()
  assert first.shape == (3, 2) and first.dtype == np.float32
  np.random.seed(2)
  np.testing.assert_array_equal(tf.random.normal((3, 2)).numpy(), first)
  assert not np.array_equal(tf.random.normal((3, 2)).numpy(), first)


def test_set_seed_refuses_what_is_no_integer():
  with pytest.raises(TypeError, match="set_seed: seed"):
    tf.random.set_seed("a")


@pytest.mark.parametrize("each", [
    tf.vmap, np.vectorize], ids=["vmap", "vectorize"])
@pytest.mark.parametrize("draw", [
    lambda y: y + np.random.rand(),
    lambda y: y + np.random.rand() if y > -1 else y], ids=["plain", "branch"])
def test_draws_of_a_function_that_is_vectorized_in_another_vary(each, draw):
  drawn = tf.vmap(lambda x: each(draw)(x))(np.zeros((4, 5)))
  assert len(np.unique(drawn)) == 20
