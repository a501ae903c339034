"""Arrays that NumPy makes of known numbers while a function is traced."""
import numpy as np
import pytest

import numest as tf

X = np.random.default_rng(0).normal(size=(12, 5))
X[0] = np.arange(1, 6)  # the first element takes all branches
I = np.random.default_rng(1).integers(0, 5, (12, 3))


def agree(function, *elements, runs="native"):
  dataset = tf.data.Dataset.from_tensor_slices(elements).map(function)
  assert tf.explain(dataset).functions[0]["runs"] == runs, tf.explain(dataset)
  found = list(dataset.as_numpy_iterator())
  for got, row in zip(found, zip(*elements), strict=True):
    wanted = function(*row)
    is_tuple = isinstance(wanted, tuple)
    for a, b in zip(got, wanted, strict=True) if is_tuple else [(got, wanted)]:
      assert a.dtype == np.asarray(b).dtype
      np.testing.assert_array_equal(a, b)


def assigned(x):
  weights = np.arange(5.0)
  if x[0] > 0:
    weights[0] = 7
  return weights * x


def swapped(x):
  order = np.arange(5)
  if x.sum() > 0:
    order[[0, 1]] = order[[1, 0]]
  return x[order]


def in_place(x):
  window = np.hanning(5)
  if x[1] > 0:
    window *= 2
  else:
    window.sort()
  return window * x


def through_a_view(x):
  grid = np.tile([1.0, 2.0], 3)
  half = grid[:5]
  if x[2] > 0:
    np.fill_diagonal(half.reshape(5, 1), 3)
  return grid[:5] * x


def through_a_function(x):
  weights = {"all": np.linspace(0, 1, 5)}

  def set_last():
    weights["all"][4] = 9
  if x[0] > 0:
    set_last()
  return weights["all"] * x


def in_a_loop(x):
  counts = np.arange(5)
  for k in range(5):
    if x[k] > 0:
      counts += k
  return counts


@pytest.mark.parametrize("function", [
    assigned, swapped, in_place, through_a_view, through_a_function,
    in_a_loop])
def test_a_branch_that_writes_is_a_path(function):
  agree(function, X)


def until_negative(x):
  steps, k = np.arange(5), 0
  while k < 4 and x[k] > 0:
    steps[0] += 1
    k += 1
  return steps


def test_a_loop_that_writes_is_pythons():
  agree(until_negative, X, runs="python")
