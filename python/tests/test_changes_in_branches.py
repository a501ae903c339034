"""What a branch changes by a call that its source does not show: variables of
other functions, attributes of objects, containers."""
import collections
import itertools
import types

import numpy as np
import pytest

import numest as tf

X = np.random.default_rng(0).normal(size=(12, 5))
X[0] = np.arange(1, 6)  # the first element takes all branches


def by_nonlocal(x):
  total = x[0] * 0

  def add(value):
    nonlocal total
    total = total + value
  for v in x:
    if v > 0:
      add(v)
  return total


class Mean:
  def __init__(self):
    self.total, self.items = 0.0, []

  def push(self, value):
    self.total = self.total + value
    self.items.append(value)

  def value(self):
    return self.total / max(len(self.items), 1)


def by_a_method(x):
  mean = Mean()
  mean.push(x[0])
  for v in x[1:]:
    if v > 0:
      mean.push(v)
  return mean.value()


def by_a_method_of_an_item(x):
  means = {"one": [Mean()]}
  if x[0] > 0:
    means["one"][0].push(x[1])
  else:
    means["one"][0].push(x[2] * 2)
  return means["one"][0].value()


def by_a_function_of_a_namespace(x):
  kept = types.SimpleNamespace(scale=2.0)

  def double():
    kept.scale *= 2
  if x[0] > 0:
    double()
  return x * kept.scale


def by_a_function_of_a_deque(x):
  last = collections.deque(maxlen=2)

  def note(value):
    last.append(value)
  note(x[0])
  note(x[1])
  if x[2] > 0:
    note(x[2])
  return last[0] + last[1]


def by_an_expression(x):
  count = 0

  def counted(value):
    nonlocal count
    count += 1
    return value
  y = counted(x[0]) if x[0] > 0 else x[1]
  return y + count


def of_an_iterator(x):
  items = iter(x)
  first = next(items)
  if first > 0:
    first = first + next(items)
  return first * 10 + next(items)


def of_a_generator(x):
  def numbers():
    n = 0
    while True:
      n += 1
      yield n
  counted = numbers()
  next(counted)
  total = x[0] * 0
  for v in x:
    if v > 0:
      total += next(counted)
  return total


def of_a_count(x):
  counted = itertools.count(2, 3)
  total = x[0] * 0
  for v in x:
    total += next(counted) if v > 0 else 0
  return total


def of_pairs(x):
  pairs = zip(x, range(5), itertools.cycle([1.0, 2.0]))
  total = x[0]
  if x[1] > 0:
    total = total + next(pairs)[0]
  a, b, c = next(pairs)
  return total + a * b * c + sum(1 for _ in pairs)


def of_a_map(x):
  doubled = map(lambda v: v * 2, enumerate(x) if x.ndim > 1 else x)
  total = x[0]
  if x[2] > 0 and next(doubled) > 0:
    total = total + 1
  return total + next(doubled)


def of_its_own_generator(x):
  if x[0] > 0:
    items = iter(x)
    next(items)
    return next(items) + next((v for v in x[::-1]), 0)
  return next(iter(x))


class Total:
  __slots__ = ("total",)

  def __init__(self, start):
    self.total = start

  def take(self, value):
    self.total = self.total + value


def of_slots(x):
  total = Total(x[0])
  for v in x[1:]:
    if v > 0:
      total.take(v)
  return total.total


@pytest.mark.parametrize("function", [
    of_an_iterator, of_a_generator, of_a_count, of_pairs, of_a_map,
    of_its_own_generator, of_slots, by_nonlocal, by_a_method,
    by_a_method_of_an_item, by_a_function_of_a_namespace,
    by_a_function_of_a_deque, by_an_expression])
def test_a_change_belongs_to_its_branch(function):
  dataset = tf.data.Dataset.from_tensor_slices(X).map(function)
  assert ": native" in tf.explain(dataset), tf.explain(dataset)
  np.testing.assert_array_equal(list(dataset.as_numpy_iterator()),
                                [function(x) for x in X])


def until_negative(x):
  mean, k = Mean(), 0
  while k < 4 and x[k] > 0:
    mean.push(x[k])
    k += 1
  return np.float64(mean.value())


def test_a_loop_that_ends_by_a_value_changes_no_objects():
  dataset = tf.data.Dataset.from_tensor_slices(X).map(until_negative)
  assert ": python" in tf.explain(dataset)
  np.testing.assert_array_equal(list(dataset.as_numpy_iterator()),
                                [until_negative(x) for x in X])


def filtered(x):
  return sum(v for v in x if v > 0), np.float32(1) if x[0] > 0 else 0.5


def of_a_list(x):
  kept = []
  for v in x:
    if v > 0:
      kept.append(v)
  return sum(kept), len(kept), kept[0] if kept else 0


def test_a_number_of_python_takes_the_dtype_of_other_paths():
  for function in (filtered, of_a_list):
    dataset = tf.data.Dataset.from_tensor_slices(X).map(function)
    assert ": native" in tf.explain(dataset), tf.explain(dataset)
    for found, x in zip(dataset.as_numpy_iterator(), X, strict=True):
      np.testing.assert_array_equal(found, function(x))
      assert found[0].dtype == np.float64
    tf.check(function, X[1])
