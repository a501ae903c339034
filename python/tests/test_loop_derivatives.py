"""Second derivatives of functions with loops: against the loop written out,
differences, and an Estimator's step by hand."""
import numpy as np
import pytest

import numest as tf

W = np.random.default_rng(4).normal(size=(3, 3)) * 0.6
X = np.array([0.4, -0.3, 0.5])


def by_while(x):
  y = x
  while (y * y).sum() < 9.0:
    y = np.tanh(W @ y) * 0.5 + y * 1.5 + x
  return (y * y * x).sum()


def by_for(x, n):
  y, total = x, 0.0
  for k in range(n):
    y = np.sin(W @ y) + x * 0.5 ** k
    if y[0] > 0:
      total += (y * y).sum()
    else:
      total += y[1] * y[2]
  return total


def by_hand(x):
  y = x
  for _ in range(rounds(x)):
    y = np.tanh(W @ y) * 0.5 + y * 1.5 + x
  return (y * y * x).sum()


def rounds(x):
  """How many `by_while` takes; a number for the trace."""
  y, count = X, 0
  while (y * y).sum() < 9.0:
    y, count = np.tanh(W @ y) * 0.5 + y * 1.5 + X, count + 1
  return count


def differences(f, x, step=1e-6):
  rows = [(f(x + d) - f(x - d)) / (2 * step) for d in np.eye(len(x)) * step]
  return np.stack(rows)


def test_a_hessian_is_that_of_the_loop_written_out():
  assert rounds(X) > 2
  np.testing.assert_allclose(tf.hessian(by_while)(X), tf.hessian(by_hand)(X),
                             rtol=1e-11)


@pytest.mark.parametrize("n", [0, 1, 5])
def test_a_hessian_of_a_counted_loop_agrees_with_differences(n):
  found = tf.hessian(by_for)(X, np.int64(n))
  gradient = tf.grad(by_for)
  np.testing.assert_allclose(
      found, differences(lambda x: gradient(x, np.int64(n)), X), atol=1e-7)
  np.testing.assert_allclose(found, found.T, atol=1e-12)


def test_third_derivatives():
  third = tf.jacobian(tf.hessian(by_while))(X)
  np.testing.assert_allclose(
      third, np.moveaxis(differences(tf.hessian(by_while), X), 0, -1),
      atol=1e-5)


def test_forward_derivatives_of_loops():
  tangent = np.array([0.2, 1.0, -0.7])
  value, found = tf.jvp(by_while, (X,), (tangent,))
  assert value == pytest.approx(by_while(X))
  assert found == pytest.approx(tf.grad(by_while)(X) @ tangent)


def test_hessians_of_rows_whose_rounds_differ():
  rows = X * np.array([[0.2], [1.0], [4.0]])
  found = tf.vmap(tf.hessian(by_while))(rows)
  for row, one in zip(rows, found):
    np.testing.assert_allclose(one, tf.hessian(by_while)(row), rtol=1e-9,
                               atol=1e-12)


def test_a_loop_inside_of_a_loop():
  def f(x):
    total, k = 0.0, 0
    while k < 3 and total < 100:
      y, j = x, 0
      while j <= k:
        y, j = np.sin(y * 1.5) + x * total, j + 1
      total, k = total + (y * y).sum(), k + 1
    return total

  np.testing.assert_allclose(tf.hessian(f)(X), differences(tf.grad(f), X),
                             rtol=1e-6, atol=1e-6)
