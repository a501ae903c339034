"""Lists, tuples and dictionaries at positions that depend on values."""
import random

import numpy as np
import pytest

import numest as tf

X = np.random.default_rng(1).normal(size=(8, 4)).astype(np.float32)
I = np.arange(8) % 4
NUMBERS = [3, 5, 7, 11]
WEIGHTS = {0: 0.5, 1: 1.5, 2: 2.5, 3: 3.5}
NAMES = {0: "add", 1: "add", 2: "times", 3: "times"}


def from_a_list(x, i):
  return x * NUMBERS[i]


def from_the_end(x, i):
  return x + [0.5, 1.5, 2.5, 3.5][i - 4]


def from_a_tuple_of_arrays(x, i):
  rows = (x, x * 2, x[::-1], np.zeros(4, np.float32))
  return rows[i] + 1


def from_constants(x, i):
  kernels = [np.eye(4, dtype=np.float32), np.ones((4, 4), np.float32)]
  return x @ kernels[i % 2]


def from_a_dictionary(x, i):
  return x * WEIGHTS[i]


def from_an_int(x, i):
  return x * WEIGHTS[int(i)]


def from_a_range(x, i):
  return x + range(10, 50, 10)[i]


def of_functions(x, i):
  return [np.sin, np.cos, np.abs, np.negative][i](x)


def of_names(x, i):
  how = NAMES[i]
  if how == "add":
    return x + 2
  return x * 2


def as_bounds(x, i):
  start = [0, 1, 2, 0][i]
  return x[start:start + 2]


def is_in(x, i):
  if i in WEIGHTS and i not in {1, 2} and i in [0, 1, 3]:
    return x
  return -x


def of_lists(x, i):
  a, b = [[1, 2], [3, 4], [5, 6], [7, 8]][i]
  return x * a + b


FUNCTIONS = [from_a_list, from_the_end, from_a_tuple_of_arrays, from_constants,
             from_a_dictionary, from_an_int, from_a_range, of_functions,
             of_names, as_bounds, is_in, of_lists]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_values_are_numpys(function):
  dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(function)
  assert ": native" in tf.explain(dataset), tf.explain(dataset)
  wanted = [function(x, i) for x, i in zip(X, I)]
  for found in (list(dataset.as_numpy_iterator()),
                next(dataset.batch(8).as_numpy_iterator())):
    for a, b in zip(found, wanted, strict=True):
      assert a.dtype == b.dtype
      np.testing.assert_allclose(a, b, rtol=1e-6)


def test_positions_may_be_drawn():
  def jittered(x, i):
    return i + [10, 20, 30][np.random.randint(3)]

  dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(jittered).repeat(20)
  assert ": native" in tf.explain(dataset)
  drawn = {int(v) // 10 * 10 for v in dataset.as_numpy_iterator()}
  assert drawn == {10, 20, 30}


def test_functions_are_shuffled():
  def in_some_order(x):
    steps = [lambda v: v * 2, lambda v: v + 3, lambda v: v**2]
    random.shuffle(steps)
    for step in steps:
      x = step(x)
    return x

  rows = np.ones((3000, 1), np.float32)
  np.random.seed(1)
  dataset = tf.data.Dataset.from_tensor_slices(rows).map(in_some_order)
  assert ": native" in tf.explain(dataset)
  found, counts = np.unique(list(dataset.as_numpy_iterator()),
                            return_counts=True)
  np.testing.assert_array_equal(found, [5, 7, 8, 25, 32, 64])
  assert np.sum((counts - 500)**2 / 500) < 25.7  # chi-square, 5 df, p = 1e-4


def is_noted(error):
  return any("element 3 of the mapped function" in note
             for note in error.__notes__)


@pytest.mark.parametrize("function, error, message", [
    (lambda x, i: x * NUMBERS[:3][i], IndexError, "list index out of range"),
    (lambda x, i: x * {0: 1.0, 1: 2.0, 2: 3.0}[i], KeyError, "3")])
def test_an_item_that_is_not_there_is_pythons_error(function, error, message):
  dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(function)
  with pytest.raises(error, match=message) as info:
    list(dataset.as_numpy_iterator())
  assert is_noted(info.value)


def missing_number(x, i):
  return x * NUMBERS[:3][i]


def missing_key(x, i):
  return x * {0: 1.0, 1: 2.0, 2: 3.0}[i]


@pytest.mark.parametrize("function, error", [(missing_number, IndexError),
                                             (missing_key, KeyError)])
def test_so_it_is_in_a_program(function, error):
  dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(function)
  assert ": native" in tf.explain(dataset)
  with pytest.raises(error) as info:
    list(dataset.batch(8).as_numpy_iterator())
  assert is_noted(info.value)
