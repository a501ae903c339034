"""Lists and tuples of traced values as arguments of NumPy's functions: in a
trace they are arrays, as on data, and Python is not called."""
import functools

import numpy as np
from numpy import linalg
import pytest

import numest as tf

X = np.array([[0.5, 1.5, 2.0], [-1.0, 0.25, 3.0]])

# Expressions over x: (3,) float64.
EXPRESSIONS = """
np.sum([x[0], x[1]])
np.sum((x[0], x[1]))
np.mean([x, x * 2])
np.mean([x, x * 2], axis=0)
np.var((x, x * 2), axis=0)
np.max([x[0], x[1], 0.3])
np.prod([x[0], 2, x[1]])
np.all([x > 0, x < 3], axis=0)
np.argmax([x[0], x[1]])
np.count_nonzero([x[0] > 1, True])
np.sort([x[1], x[0]])
np.cumsum([x[0], x[1]])
np.dot([x[0], x[1]], [1.0, 2.0])
np.outer([x[0], x[1]], [1, 2])
np.matmul([[x[0], x[1]]], [[1.0], [2.0]])
np.einsum("i,i", [x[0], x[1]], [1.0, 2.0])
np.tensordot([x, x], x, 1)
np.where([True, False], [x[0], x[1]], 0.0)
np.select([x > 1], [x], [x[0], 1, 2])
np.select([[x[0] > 1, True]], [[x[1], x[2]]], 9.0)
np.choose([0, 1], [[x[0], x[1]], [x[2], 5.0]])
np.concatenate([x, [x[0]]])
np.stack([[x[0], 1], [x[1], 2]])
np.vstack([x, [x[0], 1, 2]])
np.append(x, [x[0]])
np.block([[x, x], [x, x]])
np.meshgrid([x[0], x[1]], [1.0, 2.0])[0]
np.diag([x[0], x[1]])
np.clip([x[0], x[1]], 0, [1, x[2]])
np.interp(0.5, [0, 1], [x[0], x[1]])
np.polyval([x[0], x[1]], 2.0)
np.convolve([x[0], x[1]], x)
np.average(x, weights=[abs(x[0]), 1, 2])
np.median([x[0], x[1], x[2]])
np.quantile([x[0], x[1]], 0.5)
np.histogram([x[0], x[1]], bins=[0, 1, 2])[0]
np.lexsort(([x[0], x[1], x[2]], x))
np.reshape([x[0], x[1]], (2, 1))
np.transpose([x, x])
np.array_equal([x[0]], [x[0]])
np.ones_like([x[0], x[1]])
np.full(3, [x[0], 1, 2])
np.linalg.norm([x[0], x[1]])
np.linalg.det([[x[0], x[1]], [x[1], x[0]]])
np.linalg.solve([[x[0] + 9, 0], [0, 4]], [1.0, 2.0])
linalg.norm([x[0], x[1]])
np.fft.fft([x[0], x[1]]).real
np.exp([x[0], x[1]])
np.add([x[0], x[1]], 1)
np.maximum.reduce([x, 1 / x])
np.add.reduce([x, x])
np.logical_and.reduce([x > 0, x < 1])
np.logaddexp.accumulate([x[0], x[1]])
np.subtract.outer([x[0], x[1]], x)
functools.reduce(np.minimum, [x, x[::-1], [x[0], 1, 2]])
x + [x[0], 1, 2]
[x[0], 1, 2] - x
x @ [x[0], 1, 2]
x < (x[0], 1, 2)
np.r_[x, x[0], 0]
np.r_[0, x[:2], [x[0]]]
np.r_[x, 1:3]
np.c_[x, x * 2]
np.c_[[x, x], [1, 2]]
np.c_[x, np.stack([x, x], axis=1)]
"""
NAMES = {"np": np, "linalg": linalg, "functools": functools}


def function_of(expression):
  return eval(f"lambda x: {expression}", dict(NAMES))


@pytest.mark.parametrize("expression", EXPRESSIONS.strip().split("\n"))
def test_a_list_of_traced_values_is_an_array(expression):
  function = function_of(expression)
  dataset = tf.data.Dataset.from_tensor_slices(X).map(function, strict=True)
  for x, found in zip(X, dataset, strict=True):
    expected = np.asarray(function(x))
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)
    assert found.dtype == expected.dtype


def test_losses_in_a_list_have_a_gradient():
  def loss(w):
    parts = [np.sum((w - k)**2) for k in range(3)]
    return np.mean(parts) + np.max([parts[0], parts[1]])
  w = np.array([0.3, -0.2])
  expected = sum(2 * (w - k) for k in range(3)) / 3 + 2 * (w - 1)
  np.testing.assert_allclose(tf.grad(loss)(w), expected)


def test_a_ufunc_in_a_trace_is_numpys_own_to_users():
  kinds = {np.tanh: 1.0, np.sin: 2.0}

  def scaled(x, kind=np.tanh):
    assert kind == np.tanh and np.add.nin == 2 and np.add.__name__ == "add"
    return kinds[kind] * kind(x)
  np.testing.assert_allclose(tf.vmap(scaled)(X), np.tanh(X))
