"""A branch refuses nothing where an element goes another way: draws with
impossible bounds, singular matrices, arrays without elements."""
import numpy as np
import pytest

import numest as tf

X = np.random.default_rng(0).normal(size=(12, 4))
I = np.arange(12) - 2


def position(x, i):
  return x[i] if 0 <= i < 4 else np.float64(0)


def position_after_return(x, i):
  if not 0 <= i < 4:
    return 0.0
  return np.take(x, i)


def largest(x, i):
  m = x[x > 0.5 + i * 0.1]
  if m.size > 0:
    return m.max() - m.min()
  return 0.0


def largest_by_path(x, i):
  m = x[x > 0.5 + i * 0.1]
  if m.size == 0:
    return i * 1.0
  found = [m[np.argmax(m)]]  # a list that a branch makes
  return found[0]


def first_and_last(x, i):
  m = x[x > 1 - i * 0.1]
  return m[0] - 2 * m[-1] if len(m) else np.float64(i)


def second(x, i):
  m = x[x > 0]
  if len(m) > 1:
    return m[1]
  return -1.0


def where_first(x, i):
  p = np.flatnonzero(x > 1.0)
  if p.size:
    return p.min()
  return np.int64(-1)


def rows_of_none(x, i):
  rows = x.reshape(2, 2)[x.reshape(2, 2)[:, 0] > 0.3]
  return rows.max(axis=0) if len(rows) else np.zeros(2)


def inverse(x, i):
  a = np.array([[i, 0], [0, 1.0]])
  if i != 0:
    return np.linalg.inv(a)
  return a


def solution(x, i):
  a = np.array([[float(i), 0], [0, 1.0]])
  return np.linalg.solve(a, np.ones(2)) if np.linalg.det(a) != 0 else (
      np.zeros(2))


def factor(x, i):
  a = np.array([[float(i), 0], [0, 1.0]])
  if i > 0:
    a = np.linalg.cholesky(a)
  return a


def in_a_loop(x, i):
  total = 0.0
  while i > 0:
    total += np.linalg.inv(np.array([[float(i), 0], [0, 1.0]]))[0, 0]
    i = i - 3
  return total


def nested(x, i):
  m = x[x > 0.5]
  if i > 0:
    if m.size:
      return m.max() / i
    return 1.0
  return 2.0


VALUES = [position, position_after_return, largest, largest_by_path,
          first_and_last, second, where_first, rows_of_none, inverse, solution,
          factor, in_a_loop, nested]


@pytest.mark.parametrize("function", VALUES)
def test_values_are_numpys(function):
  dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(function)
  assert ": native" in tf.explain(dataset), tf.explain(dataset)
  wanted = [function(x.copy(), i) for x, i in zip(X, I)]
  for found in (list(dataset.as_numpy_iterator()),
                next(dataset.batch(12).as_numpy_iterator())):
    for a, b in zip(found, wanted, strict=True):
      np.testing.assert_allclose(a, b, rtol=1e-12)


def drawn_below(x, i):
  if i > 0:
    return np.random.randint(0, i)
  return np.int64(-1)


def chosen_below(x, i):
  return np.random.choice(i) if i > 0 else np.int64(-1)


def chosen_position(x, i):
  p = np.flatnonzero(x > 0)
  if p.size == 0:
    return np.int64(-1)
  return np.random.choice(p)


def drawn_in_a_loop(x, i):
  rounds = 0
  while i > 0:
    i = i - 1 - np.random.randint(0, i)
    rounds += 1
  return rounds


def poisson(x, i):
  return np.random.poisson(i) if i >= 0 else np.int64(-1)


def gamma(x, i):
  if i <= 0:
    return -1.0
  return np.random.gamma(i)


def binomial(x, i):
  return np.random.binomial(i, i / 10) if 0 <= i <= 10 else -1


def condition_that_draws(x, i):
  return 1 if i > 0 and np.random.randint(0, i) > 0 else 0


@pytest.mark.parametrize("function, is_possible", [
    (drawn_below, lambda x, i, v: 0 <= v < i if i > 0 else v == -1),
    (chosen_below, lambda x, i, v: 0 <= v < i if i > 0 else v == -1),
    (chosen_position, lambda x, i, v: x[v] > 0 if (x > 0).any() else v == -1),
    (drawn_in_a_loop, lambda x, i, v: (v > 0) == (i > 0) and v <= max(i, 0)),
    (poisson, lambda x, i, v: v >= 0 if i >= 0 else v == -1),
    (gamma, lambda x, i, v: v > 0 if i > 0 else v == -1),
    (binomial, lambda x, i, v: 0 <= v <= i if 0 <= i <= 10 else v == -1),
    (condition_that_draws, lambda x, i, v: v in (0, 1) if i > 1 else v == 0)])
def test_draws_are_possible(function, is_possible):
  dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(function)
  assert ": native" in tf.explain(dataset), tf.explain(dataset)
  for values in (list(dataset.as_numpy_iterator()),
                 next(dataset.batch(12).as_numpy_iterator())):
    for x, i, v in zip(X, I, values):
      assert is_possible(x, i, v), (i, v)


@pytest.mark.parametrize("function, error", [
    (lambda x, i: np.random.randint(0, i) if i != 0 else 0, ValueError),
    (lambda x, i: np.linalg.inv(np.diag([i * 1.0, 1])) if i > -9 else (
        x[:2, None] + np.zeros(2)), ValueError),
    (lambda x, i: x[x > 9].max() if i > 5 else 0.0, ValueError)])
def test_a_branch_that_is_taken_refuses_as_numpy_does(function, error):
  dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(function)
  with pytest.raises(error):
    list(dataset.as_numpy_iterator())


def test_derivatives_pass():
  def f(x):
    m = x[x > 0]
    return (m.max() if m.size else 0.0) * 3.0 + x.sum()

  np.testing.assert_array_equal(tf.grad(f)(np.array([1.0, 2.0, -1.0])),
                                [1, 4, 1])
  np.testing.assert_array_equal(tf.grad(f)(np.array([-1.0, -2.0])), [1, 1])


class TestRefusedElements:
  """What a program refuses is Python's: NumPy's result, or NumPy's error in the
  line of the user's."""

  @staticmethod
  def rows_in_pairs(x, i):
    m = x[x > 0]
    if len(m) % 2 == 0:
      return m.reshape(2, -1).sum(axis=1)  # refused where no pairs are
    return np.zeros(2)

  def test_numpys_result(self):
    dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(self.rows_in_pairs)
    wanted = [self.rows_in_pairs(x, i) for x, i in zip(X, I)]
    for found in (list(dataset.as_numpy_iterator()),
                  next(dataset.batch(12).as_numpy_iterator())):
      np.testing.assert_allclose(found, wanted)

  def test_numpys_error_with_its_line(self):
    def singular(x, i):
      a = np.diag(np.where(i == 7, 0.0, x))
      return np.linalg.inv(a)

    dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(singular)
    assert ": native" in tf.explain(dataset)
    with pytest.raises(np.linalg.LinAlgError, match="Singular matrix") as info:
      list(dataset.batch(4).as_numpy_iterator())
    assert any(entry.name == "singular" for entry in info.traceback)
    assert any("element 9 of the mapped function" in note
               for note in info.value.__notes__)

  def test_strict_never_calls_python(self):
    dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(
        lambda x, i: np.linalg.inv(np.diag(x * (i != 7))), strict=True)
    with pytest.raises(ValueError, match="inv: Singular matrix.*element 9"):
      list(dataset.as_numpy_iterator())
