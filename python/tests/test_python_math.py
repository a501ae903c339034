"""Python's math of traced numbers: math's own results, without Python."""
import math
from math import hypot as length

import numpy as np
import pytest

import numest as tf
from native_elements import elements_without_python

RANDOM = np.random.default_rng(0)
X = np.concatenate([RANDOM.uniform(0.05, 0.95, (20, 3)),
                    RANDOM.uniform(-3, 3, (20, 3))])
I = RANDOM.integers(-30, 30, (40, 3))

UNIT = "asin acos atanh sqrt log log2 log10 log1p".split()
ANY = ("cbrt exp exp2 expm1 sin cos tan atan sinh cosh tanh asinh erf fabs "
       "isnan isinf isfinite floor ceil trunc radians degrees modf "
       "frexp").split()
PAIRS = "atan2 fmod copysign nextafter hypot isclose".split()


def check(function, x=X, i=I):
  """Maps the function; its results are Python's, and none calls Python."""
  mapped = tf.data.Dataset.from_tensor_slices((x, i)).map(
      lambda x, i: np.asarray(function(x, i), np.float64))
  for row, found in enumerate(elements_without_python(mapped)):
    np.testing.assert_allclose(found, function(x[row], i[row]), rtol=1e-12,
                               atol=1e-14)


@pytest.mark.parametrize("name", UNIT)
def test_functions_of_a_part(name):
  if hasattr(math, name):
    check(lambda x, i: getattr(math, name)(x[0]), X[:20], I[:20])


@pytest.mark.parametrize("name", ANY)
def test_functions_of_any_number(name):
  if hasattr(math, name):
    check(lambda x, i: getattr(math, name)(x[0]))
    check(lambda x, i: getattr(math, name)(int(i[0]) % 9))


@pytest.mark.parametrize("name", PAIRS)
def test_functions_of_two_numbers(name):
  check(lambda x, i: getattr(math, name)(x[0], x[1]))


def test_functions_of_integers_and_points():
  check(lambda x, i: math.gcd(i[0], i[1], 12) + math.lcm(i[1], i[2]))
  check(lambda x, i: math.acosh(1 + abs(x[0])))
  check(lambda x, i: math.dist(x, (0.5, 1.0, -1.0)) + length(*x))
  check(lambda x, i: math.ldexp(x[0], int(i[0])))
  check(lambda x, i: math.ldexp(x[0] * 1e-300, 1040))
  check(lambda x, i: math.isclose(x[0], x[0] + 1e-10 * x[1], rel_tol=1e-9))
  check(lambda x, i: math.log(abs(x[0]) + 1, 3) + math.pow(abs(x[1]), x[2]))


@pytest.mark.parametrize("value", [0.0, -0.0, np.inf, -np.inf, 5e-324, 1e308])
def test_parts_of_ends(value):
  x = np.full((2, 3), value)
  check(lambda x, i: math.modf(x[0]), x, I[:2])
  check(lambda x, i: math.frexp(x[0]), x, I[:2])
  check(lambda x, i: math.isclose(x[0], x[1], abs_tol=1.0), x, I[:2])
  signs = list(tf.data.Dataset.from_tensor_slices(x).map(
      lambda e: np.copysign(1.0, math.modf(e[0])[0])).as_numpy_iterator())
  assert signs == [math.copysign(1.0, value)] * 2


@pytest.mark.parametrize("function, error", [
    (lambda x: math.acosh(x[0]), ValueError),
    (lambda x: math.atanh(1 + abs(x[0])), ValueError),
    (lambda x: math.gcd(x[0], 2), TypeError),
    (lambda x: math.dist(x, (1.0, 2.0)), ValueError)])
def test_errors_are_those_of_math(function, error):
  with pytest.raises(error) as wanted:
    function(X[0])
  with pytest.raises(error, match=str(wanted.value).split(" ")[-1]):
    list(tf.data.Dataset.from_tensor_slices(X[:1]).map(function))
