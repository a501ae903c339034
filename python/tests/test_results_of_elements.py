"""What functions of elements give: Python's numbers, and arrays without
elements, which NumPy makes float64 with one axis whatever they hold else."""
import statistics

import numpy as np
import pytest

import numest as tf

ROWS = np.array([[0, 1, 2, 3], [7, 7, 7, 3], [4, 6, 8, 2]])


def mapped(function, rows=ROWS):
  return tf.data.Dataset.from_tensor_slices(rows).map(function)


def values(dataset):
  return list(dataset.as_numpy_iterator())


def as_int(x):
  return int(x)


def as_int_by_text(x):
  return int(str(int(x)))


@pytest.mark.parametrize("function", [as_int, as_int_by_text])
def test_an_int_that_int32_does_not_hold_is_an_error(function):
  held = np.array([3, 2**31 - 1, -2**31])
  dataset = mapped(function, held)
  assert dataset.element_spec.dtype == tf.int32
  assert values(dataset) == held.tolist()
  for number in (2**40, -2**31 - 1):
    dataset = mapped(function, np.array([3, number])).batch(2)
    with pytest.raises(OverflowError, match=(
        f"returned the int {number}, but ints of Python become int32, which "
        r"does not hold it; return np.int64\(value\)")):
      values(dataset)


def test_an_int_that_is_known_is_an_error_at_once():
  with pytest.raises(OverflowError, match="returned the int 4294967296"):
    mapped(lambda x: 2**32)


def test_a_strict_program_names_the_int():
  dataset = tf.data.Dataset.from_tensor_slices(np.array([1, 2**35])).map(
      as_int, strict=True)
  with pytest.raises(ValueError, match="int that the function returned.*"
                     "got 34359738368"):
    values(dataset)


def mean(x):
  return statistics.mean(x.tolist())  # an int where it is one


def test_floats_of_python_keep_what_float64_holds():
  dataset = mapped(mean)
  assert ": python" in tf.explain(dataset)
  assert dataset.element_spec.dtype == tf.float64
  assert values(dataset) == [statistics.mean(r.tolist()) for r in ROWS]
  assert np.concatenate(values(dataset.batch(2))).tolist() == [1.5, 6.0, 5.0]


def thirds(x):
  return statistics.mean(x[:3].tolist()) if x[0] else 1


def test_thirds_are_not_rounded_to_float32():
  rows = np.array([[1, 1, 2], [1, 2, 2]])
  assert values(mapped(thirds, rows)) == [statistics.mean(r.tolist())
                                          for r in rows]


def even(x):
  return np.array([v for v in x.tolist() if v % 2 == 0])


def large(x):
  return np.array([v for v in x.tolist() if v > 1])


@pytest.mark.parametrize("function", [even, large])
def test_an_empty_list_has_the_dtype_of_the_others(function):
  found = values(mapped(function))
  for row, array in zip(ROWS, found, strict=True):
    assert array.dtype == np.int64
    np.testing.assert_array_equal(array, function(row))


def rows_above(x):
  kept = [[v, 2 * v] for v in x.tolist() if v > 1]
  return np.array(kept)


def test_made_up_elements_without_results_do_not_count_axes():
  found = values(mapped(rows_above))
  for row, array in zip(ROWS, found, strict=True):
    np.testing.assert_array_equal(array, rows_above(row))


def orthogonal(x):
  kept = []
  for row in x:
    rest = row - sum(np.dot(row, k) * k for k in kept)
    if np.linalg.norm(rest) > 1e-9:
      kept.append(rest / np.linalg.norm(rest))
  return np.array(kept)


def test_rows_that_a_matrix_of_zeros_has_not():
  matrices = np.random.default_rng(0).normal(size=(5, 3, 4))
  dataset = mapped(orthogonal, matrices)
  np.testing.assert_allclose(values(dataset), list(map(orthogonal, matrices)))
  np.testing.assert_allclose(
      np.concatenate(values(dataset.batch(3))), list(map(orthogonal, matrices)))


def first_negative(x):
  return next((v for v in x if str(v).startswith("-")), 0.0)


def test_numbers_of_python_may_stand_for_those_of_arrays():
  rows = np.array([[1, -2], [3, 4], [-5, 6]]) / 2
  dataset = mapped(first_negative, rows)
  assert ": python" in tf.explain(dataset)
  assert dataset.element_spec.dtype == tf.float64
  assert values(dataset) == [-1, 0, -2.5]
