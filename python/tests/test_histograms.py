"""Histograms in traced functions against NumPy's: values, dtypes, errors."""
import numpy as np
import pytest

import numest as nm
from numest import _core
from numest.trace.paths import traced

RNG = np.random.default_rng(9)
X = RNG.normal(size=2000)
W = RNG.normal(size=2000)


def ours(function, *arrays):
  """What the function's program gives: NumPy runs what is called on data."""
  graph, _ = traced(lambda *given: function(*given),
                    [(a.dtype.name, a.shape) for a in arrays])
  found = _core.compile(graph).run([*arrays, np.uint64(0)])
  return [np.asarray(f) for f in found]


def flat(result):
  return [a for part in result for a in (
      part if isinstance(part, (list, tuple)) else [part])]


def check(function, *arrays, rtol=1e-12):
  found = ours(lambda *a: tuple(flat(function(*a))), *arrays)
  wanted = flat(function(*arrays))
  assert len(found) == len(wanted)
  for f, w in zip(found, wanted):
    assert f.dtype == w.dtype
    np.testing.assert_allclose(f, w, rtol=rtol, atol=rtol)


RANGES = [None, (-1, 1), (0.1, 0.7), (5, 6), (1, 1), (-1e300, 1e300)]


@pytest.mark.parametrize("value_range", RANGES)
@pytest.mark.parametrize("bins", [1, 7, 10, 1000, np.int32(3)])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64",
                                   "int8", "uint8", "bool"])
def test_equal_bins(dtype, bins, value_range):
  x = (X * 30).astype(dtype)
  if dtype == "float16" and (bins == 1000 or value_range == RANGES[-1]):
    return  # NumPy's float16 edges are not finite, or not different
  if dtype == "float32" and value_range == RANGES[-1]:
    return
  function = lambda a: np.histogram(a, bins, value_range)
  if dtype == "bool":
    with pytest.warns(RuntimeWarning):
      wanted = function(x)
    found = ours(function, x)
    np.testing.assert_array_equal(found[0], wanted[0])
    return
  check(function, x, rtol=1e-6 if "float" in dtype else 1e-12)


def test_numbers_at_the_edges():
  for bins in (3, 10, 49, 97):
    edges = np.linspace(-0.7, 1.3, bins + 1)
    x = np.concatenate([edges, np.nextafter(edges, 9), np.nextafter(edges, -9)])
    check(lambda a: np.histogram(a, bins, (-0.7, 1.3)), x)
    check(lambda a: np.histogram(a, edges), x)


@pytest.mark.parametrize("bins", [
    [0.0, 1.0], [-1, 0, 2], [-1.0, -1.0, 0.0, 0.0, 0.5, 0.5],
    [-np.inf, 0, np.inf], [0.5], np.linspace(-2, 2, 40) ** 3])
def test_edges_that_are_given(bins):
  check(lambda a: np.histogram(a, bins), X)
  check(lambda a: np.histogram(a, bins), (3 * X).astype(int))
  check(lambda a, w: np.histogram(a, bins, weights=w), X, W, rtol=1e-9)


def test_values_that_are_not_finite():
  x = np.array([np.nan, np.inf, -np.inf, 0.5, 1.0])
  check(lambda a: np.histogram(a, 4, (0, 1)), x)
  check(lambda a: np.histogram(a, [0.0, 1.0, 2.0]), x)
  with pytest.raises(ValueError, match="autodetected range"):
    ours(lambda a: np.histogram(a, 4), x)


def test_empty_arrays():
  check(lambda a: np.histogram(a, 3), np.zeros(0))
  check(lambda a: np.histogram(a, 3, (1, 2)), np.zeros((0, 2)))
  check(lambda a: np.histogram(a, [1, 2]), np.zeros(0))


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "complex128",
                                   "int32", "uint8"])
@pytest.mark.parametrize("bins", [10, np.linspace(-1, 1, 5)])
def test_weights(dtype, bins):
  w = (10 * np.abs(W)).astype(dtype)
  if not isinstance(bins, int) and dtype in ("int32", "uint8"):
    return  # NumPy adds them up in int64, and refuses to go back
  check(lambda a, v: np.histogram(a, bins, weights=v), X, w, rtol=1e-5 if (
      dtype == "float32") else 1e-9)


@pytest.mark.parametrize("bins", [10, [-1.0, 0.0, 3.0]])
def test_density(bins):
  check(lambda a: np.histogram(a, bins, density=True), X)
  check(lambda a, w: np.histogram(a, bins, (-1, 1), True, w), X, W, rtol=1e-9)


@pytest.mark.parametrize("arguments, message", [
    ((0,), "must be positive"), (([2, 1],), "increase monotonically"),
    ((3, (2, 1)), "max must be larger"), ((3, (0, np.inf)), "is not finite"),
    (([[1, 2]],), "must be 1d"), ((3, (1, 1 + 1e-16)), None),
    ((10, (1, 1 + 1e-15)), "Too many bins")])
def test_errors(arguments, message):
  function = lambda a: np.histogram(a, *arguments)
  if message is None:
    return check(function, X)
  with pytest.raises(ValueError, match=message):
    function(X)
  with pytest.raises(ValueError, match=message):
    ours(function, X)


def test_bin_edges():
  for bins in (5, [0, 1, 4]):
    check(lambda a: [np.histogram_bin_edges(a, bins)], X)
    check(lambda a: [np.histogram_bin_edges(a, bins, (0, 3))], X)


@pytest.mark.parametrize("arguments", [
    (10,), ([3, 4],), ([0.0, 0.5, 2.0],), ([3, [0.0, 1.0]],),
    (4, [[-1, 1], [0, 2]]), (4, [None, (0, 2)]), (4, None, True)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_two_axes(arguments, dtype):
  x, y = X.astype(dtype), W.astype(dtype)
  check(lambda a, b: np.histogram2d(a, b, *arguments), x, y, rtol=1e-6)
  check(lambda a, b, w: np.histogram2d(a, b, *arguments, weights=w), x, y,
        np.abs(W), rtol=1e-6)


@pytest.mark.parametrize("arguments", [
    (4,), ([2, 3, 4],), ([2, [0.0, 1.0], 4],), (3, [(0, 1)] * 3),
    (3, [(0, 1), None, (2, 1)])])
def test_many_axes(arguments):
  points = RNG.normal(size=(300, 3))
  points[0, 0] = np.nan
  function = lambda a: np.histogramdd(a, *arguments)
  try:
    function(points)
  except ValueError:
    with pytest.raises(ValueError):
      ours(lambda a: function(a)[0], points)
    points[0, 0] = 0.1
  if arguments[-1] != [(0, 1), None, (2, 1)]:
    check(function, points)
    check(lambda a: np.histogramdd(a, *arguments, density=True), points)


def test_vectors_and_lists_have_points():
  check(lambda a: np.histogramdd(a, 5), X)
  check(lambda a, b: np.histogramdd([a, b], 5), X, W)
  check(lambda a: np.histogramdd(a, 3), np.zeros((0, 2)))


def test_derivatives_are_those_of_the_weights():
  def loss(w):
    return (np.histogram(X[:20], 4, weights=w)[0] * np.arange(1.0, 5)).sum()
  bins = np.digitize(X[:20], np.histogram_bin_edges(X[:20], 4)[1:-1])
  np.testing.assert_allclose(nm.grad(loss)(W[:20]), bins + 1.0)


def test_blocks_are_loops():
  x = RNG.normal(size=(5, 30))
  for function in (lambda a: np.histogram(a, 4)[0],
                   lambda a: np.histogram(a, 4, (-1, 1), True)[0],
                   lambda a: np.histogram(a, [-1, 0, 2], weights=a)[0],
                   lambda a: np.histogram2d(a, a ** 2, 3)[0]):
    np.testing.assert_allclose(nm.vmap(function)(x), [
        function(row) for row in x], rtol=1e-12)
