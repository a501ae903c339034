"""y[a:b] = v with bounds by value: what is written is read where it is needed,
so no extent depends on values; a value that does not fit is NumPy's error."""
import numpy as np
import pytest

import numest as tf
from numest import _core
from numest.trace.paths import traced

X = np.random.default_rng(0).normal(size=(16, 6, 5)).round(3)
N = np.arange(16) % 9 - 4


def shifted(x, n):
  y = np.zeros_like(x)
  if n > 0:
    y[n:] = x[:-n]
  elif n < 0:
    y[:n] = x[-n:]
  else:
    y[:] = x
  return y


def computed(x, n):
  y = x.copy()
  m = max(n, 0)
  y[m:] = x[:6 - m] * 2 + np.float64(n)
  return y


def of_two(x, n):
  y = x.copy()
  m = abs(n)
  y[:m] = x[:m] * x[6 - m:] - x[0]
  return y


def in_both_axes(x, n):
  y = np.ones((6, 5))
  m = min(abs(n), 3)
  y[m:, m:] = x[:6 - m, :5 - m]
  return y


def with_steps(x, n):
  y = x.copy()
  m = abs(n) % 3
  y[m::2] = x[:6 - m:2] + 1
  y[::-1][m:] = x[m:]
  return y


def of_positions(x, n):
  y = np.zeros(6, np.int64)
  m = abs(n)
  y[:m] = np.arange(m) * 2 + n
  return y


def of_other_dtype(x, n):
  y = np.zeros((6, 5), np.int32)
  m = abs(n)
  y[m:] = x[m:] * 10
  return y


def of_nothing(x, n):
  y = x.copy()
  y[9 + n:] = x[9 + n:]
  return y


def of_a_row(x, n):
  y = x.copy()
  m = abs(n)
  y[m:] = x[:1]
  y[:m, 1] = x[0, 0]
  return y


# Extents that are equal by arithmetic only: row by row.
RAGGED = {of_two}
FUNCTIONS = [shifted, computed, of_two, in_both_axes, with_steps, of_positions,
             of_other_dtype, of_nothing, of_a_row]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
class TestWrites:

  def test_gives_what_numpy_gives(self, function):
    dataset = tf.data.Dataset.from_tensor_slices((X, N)).map(function)
    assert ": native" in tf.explain(dataset), tf.explain(dataset)
    wanted = [function(x.copy(), n) for x, n in zip(X, N)]
    for found in (list(dataset.as_numpy_iterator()),
                  next(dataset.batch(16).as_numpy_iterator())):
      for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
        assert a.dtype == b.dtype

  def test_runs_over_a_block_at_once(self, function):
    graph, _ = traced(function, [("float64", (6, 5)), ("int64", ())])
    names = {op for op, _, _ in _core.vmap_graph(graph).nodes}
    assert ("map_rows" in names) == (function in RAGGED), names


def fits_not(x, n):
  y = x.copy()
  y[abs(n):] = x[:3]
  return y


def fits_not_by_value(x, n):
  y = x.copy()
  m = abs(n)
  y[m:] = x[:m]
  return y


def window_leaves(x, n):
  y = x.copy()
  y[n + 3:n + 6] = x[:3] + 1
  return y


@pytest.mark.parametrize("function", [fits_not, fits_not_by_value,
                                      window_leaves])
def test_what_does_not_fit_is_numpys_error(function):
  def numpys(x, n):
    try:
      return function(x.copy(), n)
    except ValueError as error:
      return error
  for x, n in zip(X, N):
    wanted = numpys(x, n)
    dataset = tf.data.Dataset.from_tensors((x, n)).map(function)
    if not isinstance(wanted, ValueError):
      np.testing.assert_array_equal(next(iter(dataset)).numpy(), wanted)
      continue
    with pytest.raises(ValueError) as caught:
      list(dataset.as_numpy_iterator())
    assert str(wanted) in str(caught.value)


def test_differentiates():
  def f(x):
    m = np.argmax(x)  # 2
    y = np.zeros(5)
    y[m:] = x[:5 - m] ** 2
    return (y * np.arange(5)).sum()

  x = np.array([1.0, 2.0, 5.0, 3.0, 4.0])
  np.testing.assert_allclose(tf.grad(f)(x), [2 * 1 * 2, 2 * 2 * 3, 2 * 5 * 4,
                                             0, 0])
