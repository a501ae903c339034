"""Derivatives of plain NumPy functions against central differences."""
import numpy as np
import pytest

import numest as nm


def differences(function, x, step=1e-6):
  x = np.asarray(x, np.float64)
  result = np.empty_like(x)
  for i in np.ndindex(x.shape):
    up, down = x.copy(), x.copy()
    up[i] += step
    down[i] -= step
    result[i] = (function(up) - function(down)) / (2 * step)
  return result


def logistic_loss(w):
  x = np.linspace(-1, 1, 12).reshape(4, 3)
  y = np.array([0, 1, 1, 0])
  z = x @ w
  return np.mean(np.log1p(np.exp(-z)) + (1 - y) * z)


def written_in_place(w):
  h = np.zeros((3, 3))
  h[0] = w
  h[1:] += np.outer(w[:2], w)
  h[:, 1] *= 2
  return np.sum(np.tanh(h)) + h.max()


def branching(w):
  if w[0] > 0:
    return np.sum(w ** 2)
  return np.sum(np.abs(w))


def picks_and_sorts(w):
  s = np.sort(w)
  return s[-1] * 3 + np.prod(w[[0, 2]]) + np.cumsum(w)[1] + np.std(w)


@pytest.mark.parametrize("function", [logistic_loss, written_in_place,
                                      branching, picks_and_sorts])
@pytest.mark.parametrize("w", [[0.3, -0.7, 1.1], [-0.2, 0.9, 0.4]])
def test_grad_agrees_with_differences(function, w):
  w = np.array(w)
  got = nm.grad(function)(w)
  np.testing.assert_allclose(got, differences(function, w), atol=1e-7)


def test_value_and_grad_keeps_structures():
  def loss(params, x):
    return np.sum(params["w"] * x) + params["b"] ** 2
  params = {"w": np.array([1.0, 2.0]), "b": np.float64(3)}
  value, gradient = nm.value_and_grad(loss)(params, np.array([5.0, 7.0]))
  assert value == 28
  np.testing.assert_array_equal(gradient["w"], [5, 7])
  assert gradient["b"] == 6
  both = nm.grad(loss, argnums=(0, 1))(params, np.array([5.0, 7.0]))
  np.testing.assert_array_equal(both[1], [1, 2])


def test_jacobian_is_rows_of_gradients():
  a = np.arange(6.0).reshape(2, 3)
  got = nm.jacobian(lambda x: (a @ x) ** 2)(np.array([1.0, -1, 2]))
  np.testing.assert_allclose(got, 2 * (a @ [1, -1, 2])[:, None] * a)


def test_vmap_equals_a_loop():
  def function(x, y):
    return np.sort(x)[::-1] * y, {"norm": np.linalg.norm(x)}
  x, y = np.random.default_rng(0).random((2, 5, 4))
  ordered, rest = nm.vmap(function)(x, y)
  for i in range(5):
    want, norm = function(x[i], y[i])
    np.testing.assert_allclose(ordered[i], want)
    np.testing.assert_allclose(rest["norm"][i], norm["norm"])


def test_a_function_is_traced_once_for_each_type():
  calls = []

  def function(x):
    calls.append(x.shape)
    return np.sum(x ** 2)
  gradient = nm.grad(function)
  for _ in range(3):
    gradient(np.ones(3))
  gradient(np.ones(4))
  assert calls == [(3,), (4,)]


def test_wrong_results_and_batches_are_refused():
  with pytest.raises(ValueError, match="scalar"):
    nm.grad(lambda x: x * 2)(np.ones(3))
  with pytest.raises(ValueError, match="expected one floating scalar"):
    nm.grad(lambda x: (np.sum(x), np.sum(x)))(np.ones(3))
  with pytest.raises(ValueError, match="batch axes of extents"):
    nm.vmap(lambda x, y: x + y)(np.ones(3), np.ones(4))
