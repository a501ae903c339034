"""Generators that a mapped function holds: their seed says what they draw, in
every run, for each element and epoch anew."""
import os
import subprocess
import sys

import numpy as np
import pytest

import numest as tf

ROWS = np.zeros((12, 2))


def native(make, seed):
  rng = make(seed)

  def function(x):
    return x + rng.normal(size=2)
  return function


def in_python(make, seed):
  rng = make(seed)

  def function(x):
    return x + rng.normal(size=2) * len(x.tolist())
  return function


def in_a_loop(make, seed):
  rng = make(seed)

  def function(x):
    total, rounds = x * 0, 0
    while np.sum(x * x) + rounds < 3:
      total = total + rng.normal(size=2)
      rounds += 1
    return total
  return function


class Holder:

  def __init__(self, rng):
    self.rng = rng

  def __call__(self, x):
    return x + self.rng.uniform(size=2)


def in_an_object(make, seed):
  return Holder(make(seed))


FORMS = [native, in_python, in_a_loop, in_an_object]
MAKES = [np.random.default_rng, np.random.RandomState,
         lambda seed: np.random.Generator(np.random.MT19937(seed))]


def dataset(function, **arguments):
  return tf.data.Dataset.from_tensor_slices(ROWS).map(function, **arguments)


def drawn(data):
  return np.stack(list(data.as_numpy_iterator()))


@pytest.mark.parametrize("make", MAKES)
@pytest.mark.parametrize("form", FORMS)
def test_a_seed_is_a_stream_that_varies_by_element_and_epoch(form, make):
  seven = drawn(dataset(form(make, 7)))
  np.testing.assert_array_equal(drawn(dataset(form(make, 7))), seven)
  eight = drawn(dataset(form(make, 8)))
  assert len(np.unique(np.concatenate([seven, eight]))) == 2 * 24
  epochs = drawn(dataset(form(make, 7)).repeat(3))
  assert len(np.unique(epochs)) == 3 * 24
  np.testing.assert_array_equal(drawn(dataset(form(make, 7)).repeat(3)),
                                epochs)


@pytest.mark.parametrize("form", FORMS)
def test_other_seeds_of_the_run_change_nothing(form):
  function = form(np.random.default_rng, 7)
  first = drawn(dataset(function))
  state = np.random.get_state()
  try:
    np.random.seed(99)
    np.testing.assert_array_equal(drawn(dataset(function)), first)
    tf.random.set_seed(5)
    np.testing.assert_array_equal(drawn(dataset(function)), first)
  finally:
    tf.random.set_seed(None)
    np.random.set_state(state)


@pytest.mark.parametrize("form", FORMS)
def test_loops_over_one_dataset_differ(form):
  data = dataset(form(np.random.default_rng, 7))
  both = np.concatenate([drawn(data), drawn(data)])
  assert len(np.unique(both)) == 48
  again = dataset(form(np.random.default_rng, 7))
  np.testing.assert_array_equal(np.concatenate([drawn(again), drawn(again)]),
                                both)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("pipeline", [
    lambda d: d.batch(5).unbatch(), lambda d: d.batch(3).prefetch(2).unbatch(),
    lambda d: d.filter(lambda x: True)])
def test_the_order_of_work_changes_nothing(form, pipeline):
  function = form(np.random.default_rng, 7)
  np.testing.assert_array_equal(
      drawn(pipeline(dataset(function, num_parallel_calls=2))),
      drawn(pipeline(dataset(function))))


def test_processes_draw_the_same():
  function = in_python(np.random.default_rng, 7)
  np.testing.assert_array_equal(drawn(dataset(function, isolate="process")),
                                drawn(dataset(function)))


def test_a_resumed_iterator_draws_on():
  for form in FORMS:
    data = dataset(form(np.random.default_rng, 7)).repeat(2)
    iterator = iter(data)
    for _ in range(5):
      next(iterator)
    state = iterator.get_state()
    left = np.stack([x.numpy() for x in iterator])
    other = iter(data)
    other.set_state(state)
    np.testing.assert_array_equal(np.stack([x.numpy() for x in other]), left)


def test_two_generators_are_two_streams_beside_np_random():
  a, b = np.random.default_rng(1), np.random.default_rng(2)

  def function(x):
    return np.stack([x + a.random(2), x + b.random(2), np.random.random(2)])
  for f in (function, lambda x: function(x) + 0 * len(x.tolist())):
    first, second = drawn(dataset(f)), drawn(dataset(f))
    numbers = np.concatenate([first.ravel(), second[:, 2:].ravel()])
    assert len(np.unique(numbers)) == 96
    np.testing.assert_array_equal(first[:, :2], second[:, :2])


def test_a_filter_keeps_the_same_rows():
  rng = np.random.default_rng(3)

  def of(predicate):
    rows = tf.data.Dataset.range(200).filter(predicate)
    return [int(n) for n in rows.as_numpy_iterator()]
  for predicate in (lambda n: rng.random() < 0.5,
                    lambda n: rng.random() + 0 * n.tolist() < 0.5):
    assert of(predicate) == of(predicate)
    assert 60 < len(of(predicate)) < 140


def test_the_generator_itself_does_not_move():
  rng = np.random.default_rng(7)
  drawn(dataset(lambda x: x + rng.random(2)))
  assert rng.random() == np.random.default_rng(7).random()


def test_a_generator_without_a_seed_differs_from_run_to_run():
  code = ("import numpy as np, numest as tf\n"
          "rng = np.random.default_rng({})\n"
          "data = tf.data.Dataset.range(2).map(lambda n: n + rng.random())\n"
          "print(list(data.as_numpy_iterator()))")

  def run(seed):
    return subprocess.run([sys.executable, "-c", code.format(seed)], check=True,
                          stdout=subprocess.PIPE, env=os.environ).stdout
  assert run("") != run("") and run(7) == run(7)


def test_draws_are_uniform_over_elements():
  rng = np.random.default_rng(11)
  rows = tf.data.Dataset.range(20000)
  for f in (lambda n: rng.random(), lambda n: rng.random() + 0 * n.tolist()):
    [x] = rows.map(f).batch(20000).as_numpy_iterator()
    counts = np.histogram(x, 20, (0, 1))[0]
    assert np.sum((counts - 1000) ** 2 / 1000) < 43.8  # chi square, p = 0.001
    assert abs(np.corrcoef(x[1:], x[:-1])[0, 1]) < 0.03


def test_check_gives_a_generator_the_draws_of_its_program():
  rng = np.random.default_rng(7)

  def function(x):
    if np.random.rand() < 0.5:
      x = x + rng.normal(size=2)
    return x + rng.random() + np.random.rand()
  report = tf.check(function, ROWS[0])
  assert len(report.forms) > 3
