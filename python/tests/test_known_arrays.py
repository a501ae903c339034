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


def at_positions(x, i):
  table = np.linspace(0, 1, 5)
  return table[i], np.hanning(9)[i + 2], np.fft.rfftfreq(16)[np.argmax(x)]


def at_several(x, i):
  grid = np.arange(20).reshape(4, 5)
  return (grid[1][i], grid[i % 4, i], grid[:, i], grid[1, i[0]], grid[i % 4],
          grid[i[0] % 4, 1:3], grid[[0, i[0] % 4]], np.triu_indices(5, 1)[0][i])


def in_windows(x, i):
  numbers = np.arange(12.0)
  return numbers[i[0]:i[0] + 3], numbers[1:][i].sum(), np.arange(5)[x > 0].sum()


def taken(x, i):
  return (np.take([10.0, 20.0, 30.0, 40.0, 50.0], i),
          np.take(np.geomspace(1, 16, 5), i[0]), (np.arange(5) * 2 + 1)[i])


@pytest.mark.parametrize("function", [at_positions, at_several, in_windows,
                                      taken])
def test_elements_are_taken_at_traced_positions(function):
  agree(function, X, I)


def as_numbers(x, i):
  steps = np.arange(0, 4, 2)
  names = {0: 1.5, 2: 2.5}
  total = x[steps[1]] * 0
  for k in steps:
    total += names[k] * x[range(5)[k]] + len("ab" * k)
  assert isinstance(steps[0], np.integer) and steps.sum() == 2
  return total, x.reshape(np.arange(1, 7, 4)), f"{steps[1]}" == "2", steps.max()


def test_elements_at_known_positions_are_numpys_numbers():
  agree(as_numbers, X, I)


def writes_a_traced_number(x, i):
  order = np.arange(5)
  order[0] = i[0]
  return order


def writes_at_a_traced_position(x, i):
  order = np.arange(5)
  order[i] = 7
  return order


@pytest.mark.parametrize("function", [writes_a_traced_number,
                                      writes_at_a_traced_position])
def test_what_is_written_to_a_known_array_is_known(function):
  agree(function, X, I, runs="python")
  dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(function)
  assert "write to a copy: np.array(a)" in tf.explain(dataset)


def writes_to_a_copy(x, i):
  order, other = np.array(np.arange(5)), np.copy(np.arange(5))
  order[0] = i[0]
  other[i] = 7
  return order, other


def test_copies_take_traced_numbers():
  agree(writes_to_a_copy, X, I)
