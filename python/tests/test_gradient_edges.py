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


def test_sinc_has_its_derivatives_at_zero():
  x = np.array([0.0, 0.5])
  np.testing.assert_array_equal(tf.vmap(lambda x: np.sinc(x))(x), np.sinc(x))
  slope = tf.grad(np.sinc)
  curve = tf.grad(lambda x: slope(x))
  third = tf.grad(lambda x: curve(x))
  fourth = tf.grad(lambda x: third(x))
  found = [float(f(np.array(0.0))) for f in (slope, curve, third, fourth)]
  np.testing.assert_allclose(found, [0, -np.pi**2 / 3, 0, np.pi**4 / 5])


def test_the_factors_of_a_square_matrix_have_derivatives():
  x = np.array([[2.0, 0.3, -1], [0.1, 1.5, 0.2], [0.7, -0.4, 3]])

  def loss(x):
    u, s, vh = np.linalg.svd(x)  # all columns, as NumPy gives them
    return np.sum(u**2 * np.arange(3)) + np.sum(s**3) + np.sum(vh[0]**4)
  np.testing.assert_allclose(tf.grad(loss)(x), differences(loss, x), rtol=1e-6)
  np.testing.assert_allclose(
      tf.hessian(lambda x: np.sum(np.linalg.svd(x)[1]))(x),
      differences(tf.grad(lambda x: np.sum(np.linalg.svd(x)[1])), x).transpose(
          2, 3, 0, 1), rtol=1e-4, atol=1e-6)


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
