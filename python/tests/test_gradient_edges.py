"""Gradients where a formula divides by zero or cancels: against differences
in float64 and what is exact by hand."""
import numpy as np
import pytest

import numest as tf


def differences(function, x, step=1e-6):
  rows = [(function(x + step * e) - function(x - step * e)) / (2 * step)
          for e in np.eye(x.size).reshape(x.size, *x.shape)]
  return np.stack(rows).reshape(*x.shape, *np.shape(rows[0]))


@pytest.mark.parametrize("x", [
    [0.0, 2, 3], [2.0, 0, 3, 5], [2.0, 0, 0, 4], [1.0, 2, 0], [1.5, -2, 3]])
def test_products_up_to_a_zero_have_a_gradient(x):
  x = np.array(x)
  weights = np.arange(1.0, len(x) + 1)

  def loss(x):
    return np.cumprod(x) @ weights
  np.testing.assert_allclose(tf.grad(loss)(x), differences(loss, x), atol=1e-8)
  both = np.stack([x, x[::-1]], axis=1)
  np.testing.assert_allclose(
      tf.grad(lambda m: (np.cumprod(m, axis=0) * weights[:, None]).sum())(both),
      np.stack([differences(loss, x), differences(loss, x[::-1])], axis=1),
      atol=1e-8)


def test_products_up_to_a_zero_have_second_derivatives():
  def last(x):
    return np.cumprod(x)[-1]
  found = tf.hessian(last)(np.array([2.0, 0, 3]))
  np.testing.assert_allclose(found, [[0, 3, 0], [3, 0, 2], [0, 2, 0]])


def test_the_gradient_of_a_cumulative_sum_does_not_cancel():
  x, weights = np.ones(3, np.float32), np.array([1e8, 1, 1], np.float32)
  np.testing.assert_array_equal(
      tf.grad(lambda x: np.cumsum(x) @ weights)(x), [1e8, 2, 1])
  weights[0] = np.inf
  np.testing.assert_array_equal(
      tf.grad(lambda x: (np.cumsum(x) * weights).sum())(x), [np.inf, 2, 1])
  np.testing.assert_array_equal(
      tf.grad(lambda x: np.sum(np.cumsum(x, axis=1)[:, 1]))(np.ones((2, 3))),
      [[1, 1, 0], [1, 1, 0]])
