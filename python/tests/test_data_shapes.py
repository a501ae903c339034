"""Functions whose extents depend on values: one trace, one compilation, no
call of Python, and NumPy's values for each element."""
import warnings

import numpy as np
import pytest

import numest as tf
from numpy_table import COUNT, GRADIENT, NATIVE, calls
from test_numpy_functions import (INPUTS, expected_of, function_of as
                                  call_of, is_here)

R = np.random.default_rng(0)
X = R.normal(size=(9, 6, 4))
X[2], X[3] = np.abs(X[2]), -np.abs(X[3])  # all-true and empty masks
X[4, 0] = np.nan
J = R.integers(0, 5, (9, 6))
N = np.arange(9) % 7

# Expressions over x: (6, 4) float64, j: (6,) int64 in [0, 5), n: [0, 7).
EXPRESSIONS = """
x[x > 0]
x[x > 0].mean()
x[x[:, 0] > 0]
x[x[0, 0] > 0]
x[:, 1][x[:, 0] > 0]
np.sort(x[x > 0])[::-1]
np.nonzero(x > 0)
np.where(x > 0)
x[np.where(x > 0)]
np.flatnonzero(x > 0)
np.argwhere(x > 0)
np.extract(x > 0, x)
np.compress(j > 2, x, axis=0)
x.compress(j > 2, axis=0)
np.repeat(x, j, axis=0)
np.repeat(x, n)
np.repeat(x, n, axis=1)
x.repeat(j, axis=0)
np.delete(x, j > 2, axis=0)
np.delete(x, n % 6, axis=0)
np.delete(x, j)
np.insert(x, n % 4, 1.5, axis=1)
np.insert(x, j % 4, 1.5, axis=1)
np.insert(x, j, np.arange(6.0))
np.insert(x[:, 0], j > 2, 7)
np.insert(x, n % 4, x[:, 0], axis=1)
np.trim_zeros(j)
np.trim_zeros(np.where(x[:, 0] > 0, j, 0), 'f')
np.trim_zeros(j * 0, 'b')
np.unique(j)
np.unique(x)
np.unique(j, return_index=True, return_inverse=True, return_counts=True)
np.union1d(j, [n, 17])
np.intersect1d(j, [1, 2, n])
np.setdiff1d(j, [n])
np.setxor1d(j, [n, 9])
np.bincount(j, minlength=3)
np.resize(x[x > 0], (3, 4))
np.histogram2d(x[x > 0], x[x > 0], 3)[0]
np.digitize(x, np.sort(x[x > 0]))
x[:n]
x[n:]
x[n:n + 2, :n]
x[-n:]
x[n::2]
x[n::-1]
x[:n:-1, 1]
np.arange(n)
np.arange(1.5, n, 0.25)
np.arange(n, 0, -1)
np.arange(n, n + 3)
np.zeros(n)
np.zeros((n, 3), np.float32)
np.ones((2, n))
np.full((n, n), 7)
np.full((n, 2), x[0, 0])
np.eye(n)
np.identity(n)
x[x > 0].reshape(-1, 1) * 2
x[x[:, 0] > 0].reshape(len(x[x[:, 0] > 0]), 4)
x * len(x[x > 0])
x * x[x > 0].size
x * x[x > 0].shape[0]
np.concatenate([x[x > 0], x[x < 0]])
np.outer(x[x > 0], x[x > 0])
np.diff(x[x > 0])
np.cumsum(x[:n], axis=0)
np.pad(x[:n], 1)
np.stack([x[:n], x[:n]])
np.roll(x[:n], 1, axis=0)
np.where(x[:n] > 0, x[:n], 0)
np.tile(x[x > 0], 2)
np.histogram(x[x > 0], 3, (0, 1))[0]
x[np.any(x > 1, axis=1)].sum(0)
x[:n] if n > 3 else x[n:]
""".strip().splitlines()


def writes(x, j, n):
  x[:n] = 0
  y = x[1:n]
  y += 5
  x[n::2] *= 2
  x[n::-2] += 1
  return x, y


def reversed_in_place(x, j, n):
  z = x[:n]
  z[...] = x[:n][::-1].copy()
  x[2:][x[2:] > 0] = x[2:][x[2:] > 0] * 3
  return x


def one_of_two(x, j, n):
  if n > 3:
    x = x[:n]
    if j.sum() > 11:
      x = x[x[:, 0] > 0]
  return x * 2


def reduced(x, j, n):
  a = x[:int(np.sum(j) % 3) + 1]
  return (a.sum(axis=0), a.mean(), np.sort(a, axis=0)[-1], a.std(axis=0),
          np.median(a, axis=0), np.argmax(a[:, 1]))


def crop(x, j, n):
  top, left = j[0] % 3, j[1] % 2
  height, width = 1 + j[2] % 3, 1 + j[3] % 2
  return x[top:top + height, left:left + width]


FUNCTIONS = [writes, reversed_in_place, one_of_two, reduced, crop]


def function_of(text):
  scope = {"np": np}
  exec(f"def f(x, j, n):\n  return {text}\n", scope)
  return scope["f"]


def leaves(value):
  return list(value) if isinstance(value, tuple) else [value]


def check(function):
  with warnings.catch_warnings(), np.errstate(all="ignore"):
    warnings.simplefilter("ignore")
    wanted = [leaves(function(X[e].copy(), J[e].copy(), N[e]))
              for e in range(len(N))]
  data = tf.data.Dataset.from_tensor_slices((X, J, N))
  before = tf.counters()
  mapped = data.map(function)
  assert ": native" in tf.explain(mapped), tf.explain(mapped)
  for parallel in (None, 8):
    results = list(data.map(function, parallel).as_numpy_iterator())
    for got, want in zip(results, wanted, strict=True):
      assert len(leaves(got)) == len(want)
      for a, b in zip(leaves(got), want):
        assert a.dtype == b.dtype and a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=1e-12)
  assert tf.counters()["python_calls"] == before["python_calls"]
  return mapped


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_extents_by_value_give_what_numpy_gives(text):
  if "j > 2, 7" in text and np.__version__.startswith("1."):
    pytest.skip("NumPy 1 takes the mask of an insertion for positions")
  check(function_of(text))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_functions_with_extents_by_value(function):
  check(function)


def test_results_of_one_shape_are_computed_by_block():
  data = tf.data.Dataset.from_tensor_slices((X, J, N))
  batch = next(iter(data.map(
      lambda x, j, n: x[:n].sum(axis=0) + x[x > 0].sum()).batch(9)))
  wanted = [x[:n].sum(axis=0) + x[x > 0].sum() for x, n in zip(X, N)]
  np.testing.assert_allclose(batch, wanted, rtol=1e-12)


def test_values_of_other_extents_compile_nothing():
  data = tf.data.Dataset.from_tensor_slices((X, J, N)).repeat(4)
  mapped = data.map(lambda x, j, n: x[x > 0] + x[:n].sum())
  iterator = iter(mapped.as_numpy_iterator())
  next(iterator)
  before = tf.counters()
  assert len(list(iterator)) == 35
  after = tf.counters()
  assert after["traces"] == before["traces"]
  assert after["compilations"] == before["compilations"]


def test_ragged_elements_are_padded_to_batches():
  data = tf.data.Dataset.from_tensor_slices(X).map(lambda x: x[x > 0])
  batch = next(data.padded_batch(9).as_numpy_iterator())
  for row, x in zip(batch, X):
    kept = x[x > 0]
    np.testing.assert_array_equal(row[:len(kept)], kept)
    assert not row[len(kept):].any()


def test_ragged_elements_do_not_batch():
  data = tf.data.Dataset.from_tensor_slices(X).map(lambda x: x[x > 0])
  with pytest.raises(ValueError, match="unequal shapes.*use padded_batch"):
    list(data.batch(3))


def test_ragged_elements_of_one_shape_batch():
  data = tf.data.Dataset.from_tensor_slices(X).map(lambda x: x[:x.ndim])
  data = tf.data.Dataset.from_tensor_slices((X, np.full(9, 2))).map(
      lambda x, n: x[:n])
  np.testing.assert_array_equal(
      next(data.batch(9).as_numpy_iterator()), X[:, :2])


def test_masks_in_a_filter():
  data = tf.data.Dataset.from_tensor_slices(X).filter(
      lambda x: x[x > 0].sum() > 10)
  wanted = [x for x in X if x[x > 0].sum() > 10]
  assert 0 < len(wanted) < 9
  np.testing.assert_array_equal(list(data.as_numpy_iterator()), wanted)


def test_vmap_refuses_results_that_differ_in_extent():
  with pytest.raises(NotImplementedError, match="elements give different "
                     "extents.*reduce it, or pad it"):
    tf.vmap(lambda x: x[x > 0])(X)


def test_gradient_through_a_mask_and_a_slice():
  def loss(x, n):
    return (x[x > 0] ** 3).sum() + (x[:n] ** 2).sum()
  got = tf.grad(loss)(X[0], np.int64(2))
  wanted = np.where(X[0] > 0, 3 * X[0] ** 2, 0)
  wanted[:2] += 2 * X[0, :2]
  np.testing.assert_allclose(got, wanted)


def test_negative_count_is_numpys_error():
  data = tf.data.Dataset.from_tensor_slices(N).map(lambda n: np.zeros(n - 3))
  with pytest.raises(ValueError, match="negative dimensions are not allowed"):
    list(data)


def test_a_step_of_values_runs_in_python():
  data = tf.data.Dataset.from_tensor_slices((X, N)).map(
      lambda x, n: x[::n + 1])
  assert "a slice has a step that depends on values" in tf.explain(data)
  for got, x, n in zip(data.as_numpy_iterator(), X, N):
    np.testing.assert_array_equal(got, x[::n + 1])


# --- every form of NumPy's functions, over arrays of unknown extents ---
ROWS = [call for name, text in (GRADIENT | NATIVE).items() if is_here(name)
        for call in calls(text)]


def of_unknown_extents(function, axis):
  """The function over arrays that were sliced by values: all of each."""
  def sliced(k, *arrays):
    cut = [a if a.ndim == 0 else a[:, :k] if axis and a.ndim > 1 else a[:k]
           for a in arrays]
    return function(*cut)
  return sliced


def flat(value):
  return [f for v in value for f in flat(v)] if isinstance(value, tuple) else (
      [np.asarray(value)])


def check_row(call, axis):
  function, names = call_of(call)
  if not names:
    return False
  columns = (np.full(COUNT, 99), *(INPUTS[n] for n in names))
  mapped = tf.data.Dataset.from_tensor_slices(columns).map(
      of_unknown_extents(function, axis))
  if ": native" not in tf.explain(mapped):
    return False
  for got, wanted in zip(mapped.as_numpy_iterator(),
                         expected_of(function, names), strict=True):
    for a, b in zip(flat(got), map(np.asarray, wanted), strict=True):
      assert a.shape == b.shape
      np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
  return True


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("block", range(6))
def test_forms_know_extents_or_refuse(block, axis):
  num_native = 0
  for call in ROWS[block::6]:
    try:
      num_native += check_row(call, axis)
    except Exception as error:
      raise AssertionError(call) from error
  assert num_native > len(ROWS[block::6]) * 0.7
