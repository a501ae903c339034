"""Python's numbers of traced values: they refuse what Python refuses, where
NumPy's have inf and nan."""
import math
import traceback

import numpy as np
import pytest

import numest as tf

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(12, 6))
X[0] = np.abs(X[0])
X[5, 0] = np.nan
X[7, 0] = -np.inf
I = RANDOM.integers(0, 3, (12, 6))
I[0] = 1


def quotient(x, i):
  return int(i[0]) / int(i[1])


def of_a_number(x, i):
  return 7 // int(i[2]) + 7 % int(i[2])


def of_both(x, i):
  return divmod(10, int(i[3]))


def of_floats(x, i):
  return float(i[0]) / float(i[1])


def in_a_loop(x, i):
  total = 0.0
  while total < 3:
    total += 1 + 1 % int(i[4])
  return total


def as_int(x, i):
  return int(x[0]) + round(x[1])


def down(x, i):
  return math.floor(x[0] * 2), math.ceil(x[1])


def root(x, i):
  return math.sqrt(x[1])


def logarithm(x, i):
  return math.log(x[2]) + math.log2(float(i[0]))


def exponential(x, i):
  return math.exp(float(i[0]) * 900)


def angle(x, i):
  return math.asin(x[3]) * math.pow(float(i[0]), -1)


def handled(x, i):
  try:
    return 1 / int(i[0])
  except ZeroDivisionError:
    return -1.0


def handled_int(x, i):
  try:
    return int(x[0])
  except (ValueError, OverflowError):
    return -1


def guarded(x, i):
  n = int(i[0])
  y = 5 / n if n else 0.0
  if x[1] > 0 and not math.isnan(x[0]):
    y += math.sqrt(x[1]) + math.log(x[1])
  return y + (int(x[0]) if abs(x[0]) < 9 else 0)


def of_arrays(x, i):
  return x / int(i[0]), x[1] / int(i[0]), np.float64(1) // float(i[0])


def outcome(get):
  """What a function gives, or the error that it raises."""
  try:
    with np.errstate(all="ignore"):
      return get()
  except Exception as error:
    return error


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("function", [
    quotient, of_a_number, of_both, of_floats, in_a_loop, as_int, down, root,
    logarithm, exponential, angle, handled, handled_int, guarded, of_arrays])
def test_an_element_raises_what_python_raises(function):
  dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(function)
  assert ": native" in tf.explain(dataset), tf.explain(dataset)
  for at, row in enumerate(zip(X, I)):
    expected = outcome(lambda: function(*row))
    found = outcome(lambda: next(dataset.skip(at).as_numpy_iterator()))
    if not isinstance(expected, Exception):
      assert not isinstance(found, Exception), found
      pairs = zip(found, expected) if isinstance(expected, tuple) else [
          (found, expected)]
      for a, b in pairs:
        np.testing.assert_allclose(a, b, rtol=1e-6)
      continue
    assert type(found) is type(expected) and str(expected) in str(found)
    assert any(f.name == function.__name__
               for f in traceback.extract_tb(found.__traceback__))


def classes_of_numbers(x, i):
  v, n, f = i[1], int(i[1]), float(x[1])
  return (isinstance(v, np.integer), isinstance(v, (int, np.floating)),
          isinstance(v, np.int64), isinstance(v, np.int32),
          isinstance(n, int), isinstance(n, np.integer), isinstance(n, float),
          isinstance(f, float), isinstance(x[1], float), isinstance(f, int),
          isinstance(x.mean(), np.number), isinstance(v, np.generic),
          np.isscalar(v), np.isscalar(x), np.isscalar(n), np.isscalar(2),
          isinstance(x[:2], np.floating), isinstance(x > 0, int))


def classes_of_dtypes(x, i):
  return (np.issubdtype(i.dtype, np.integer), issubclass(np.int8, np.number),
          np.issubdtype(x.dtype, np.integer), isinstance(3, np.integer),
          np.issubdtype(np.float32, np.floating),
          issubclass(np.float32, np.generic))


def by_class(x, i):
  def scaled(v):
    if not isinstance(v, (int, float, np.integer, np.floating)):
      raise TypeError("v is no number")
    return v * 2 if isinstance(v, (float, np.floating)) else v // 2
  return scaled(x[1]) + scaled(int(i[0])) + scaled(i.sum()), scaled(3), 0


@pytest.mark.parametrize("function", [classes_of_numbers, classes_of_dtypes,
                                      by_class])
def test_traced_numbers_have_the_class_of_numpys(function):
  dataset = tf.data.Dataset.from_tensor_slices((X, I)).map(function)
  assert ": native" in tf.explain(dataset), tf.explain(dataset)
  for found, row in zip(dataset.as_numpy_iterator(), zip(X, I), strict=True):
    np.testing.assert_array_equal(found, np.stack(function(*row)))
