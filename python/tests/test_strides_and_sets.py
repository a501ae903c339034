"""Reductions of arrays that are transposed or strided, and sets, searches and
positions, in programs against NumPy: over dtypes, empty, with nan."""
import numpy as np
import pytest

from numest import _core
from numest.trace.paths import traced

RNG = np.random.default_rng(3)
REALS = ["float32", "float64", "int64", "int32", "uint8", "bool", "float16"]
VIEWS = [lambda m: m.T, lambda m: m[::2], lambda m: m[:, ::-1],
         lambda m: m.T[1:, ::3], lambda m: m[None].T]


def ours(function, *arrays):
  """Every array that the function's program gives."""
  graph, _ = traced(function, [(a.dtype.name, a.shape) for a in arrays])
  found = _core.compile(graph).run([*arrays, np.uint64(0)])
  return [np.asarray(f) for f in found]


def check(function, *arrays, rtol=0.0):
  call = (lambda a: function(a)) if len(arrays) == 1 else (
      lambda a, b: function(a, b))
  wanted = function(*arrays)
  wanted = wanted if isinstance(wanted, tuple) else (wanted,)
  found = ours(call, *arrays)
  assert len(found) == len(wanted)
  for f, w in zip(found, wanted):
    assert f.dtype == np.asarray(w).dtype and f.shape == np.shape(w)
    np.testing.assert_allclose(f, w, rtol=rtol)


def numbers(shape, dtype, span=100):
  if "float" in dtype:
    return (RNG.normal(size=shape) * span).astype(dtype)
  return RNG.integers(0, 2 if dtype == "bool" else span, shape).astype(dtype)


@pytest.mark.parametrize("name", ["sum", "max", "min", "mean", "any", "all",
                                  "argmax", "argmin", "prod"])
@pytest.mark.parametrize("dtype", REALS)
@pytest.mark.parametrize("view", range(len(VIEWS)))
def test_reductions_of_views(name, dtype, view):
  m = numbers((37, 90), dtype)
  if name == "prod":
    m = (m > 0).astype(dtype) + np.array(1, dtype) if dtype != "bool" else m
    m = m[:5, :4] if view < 4 else m[:3, :4]
  if "float" in dtype and name in ("sum", "mean"):  # which do not cancel
    m = np.abs(m) / np.dtype(dtype).type(10)
  rtol = 5e-2 if dtype == "float16" else 3e-5 if dtype == "float32" else 1e-9
  axes = {0, 1, None} if VIEWS[view](m).ndim == 2 else {0, 1, 2, None}
  for axis in axes:
    check(lambda x: getattr(np, name)(VIEWS[view](x), axis=axis), m, rtol=rtol)


@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 2), (0, 1), (1, 2)])
@pytest.mark.parametrize("order", [(2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_reductions_of_several_axes(axes, order):
  x = numbers((6, 9, 11), "float64")
  for keep in (False, True):
    check(lambda a: np.sum(np.transpose(a, order), axis=axes, keepdims=keep),
          x, rtol=1e-9)
    check(lambda a: np.max(np.transpose(a, order), axis=axes, keepdims=keep), x)
  check(lambda a: np.argmax(np.transpose(a, order), axis=axes[0]), x)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("n", [1, 5, 31, 32, 33, 100, 1024, 3000])
def test_nan_is_the_first_extreme(dtype, n):
  for at in {0, n // 2, n - 1}:
    x = numbers((3, n), dtype)
    x[1, at] = np.nan
    for name in ("max", "min", "argmax", "argmin"):
      for axis in (0, 1, None):
        check(lambda a: getattr(np, name)(a, axis=axis), x)


def pair(dtype, n, m):
  x, tests = numbers(n, dtype), numbers(m, dtype)
  if "float" in dtype and n and m:
    x[:: 7], tests[:: 11] = np.nan, np.nan
    x[-1:], tests[-1:] = 0.0, -0.0
  return x, tests


@pytest.mark.parametrize("dtype", [*REALS, "uint64", "int8", "complex64"])
@pytest.mark.parametrize("n, m", [(0, 5), (5, 0), (40, 3), (200, 100),
                                  (3000, 5000)])
def test_members(dtype, n, m):
  if dtype == "complex64":
    x, tests = (numbers(k, "float32") + 1j * numbers(k, "int64", 3).astype(
        "float32") for k in (n, m))
  else:
    x, tests = pair(dtype, n, m)
  check(np.isin, x, tests)
  check(np.isin, x.reshape(-1, 1), tests)


def test_members_of_other_dtypes_and_constants():
  x = numbers(300, "int32")
  tests = numbers(40, "float64")
  tests[:20] = x[:20]
  check(np.isin, x, tests)
  check(lambda a: np.isin(a, tests, invert=True), x)
  check(np.isin, x, np.array([2**40, 5]))
  rows = np.stack([x[:5], x[5:10], x[10:15]])
  found = ours(lambda a: np.stack([np.isin(r, r[:2]) for r in a]), rows)[0]
  np.testing.assert_array_equal(found,
                                np.stack([np.isin(r, r[:2]) for r in rows]))


@pytest.mark.parametrize("dtype", [*REALS, "uint64", "int8"])
@pytest.mark.parametrize("n", [0, 1, 300, 5000])
def test_distinct_elements(dtype, n):
  x = pair(dtype, n, 1)[0]
  check(np.unique, x)
  check(lambda a: np.unique(a, return_index=True, return_counts=True), x)
  if n:
    check(np.unique, (x.reshape(-1, 5) if n > 1 else x)[::-1])


@pytest.mark.parametrize("dtype", [*REALS, "uint64", "int8", "complex64"])
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("n, m", [(0, 3), (1, 3), (7, 0), (100, 77),
                                  (5000, 3000)])
def test_searches(dtype, side, n, m):
  made = "float32" if dtype == "complex64" else dtype
  values, s = (v.astype(dtype) for v in pair(made, m, n))
  check(lambda a, v: np.searchsorted(a, v, side=side), np.sort(s), values)


@pytest.mark.parametrize("dtype", ["bool", "float32", "int64"])
@pytest.mark.parametrize("shape", [(0,), (1,), (100,), (5, 0), (7, 9),
                                   (3, 4, 50)])
def test_positions_of_what_is_true(dtype, shape):
  for x in (numbers(shape, dtype, 2), np.zeros(shape, dtype),
            np.ones(shape, dtype)):
    check(np.nonzero, x)
  check(lambda a: np.nonzero(a.T), numbers(shape, dtype, 2))


@pytest.mark.parametrize("dtype", ["float32", "int8", "bool", "complex128"])
@pytest.mark.parametrize("shape", [(50,), (50, 2), (50, 3), (50, 17)])
def test_elements_at_positions(dtype, shape):
  made = "float64" if dtype == "complex128" else dtype
  x = numbers(shape, made).astype(dtype)
  for at in (np.array([0, -1, 49, -50, 3]), np.zeros(0, np.int64),
             np.arange(50, dtype=np.int32)[::-1].copy()):
    check(lambda a, i: np.take(a, i, axis=0), x, at)
    check(lambda a, i: np.take(a, i), x, at)
  with pytest.raises(IndexError, match="index 50 is out of bounds for axis 0"):
    ours(lambda a, i: np.take(a, i, axis=0), x, np.array([1, 50]))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "int8",
                                   "complex64"])
@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
def test_scans_along_every_axis(dtype, name):
  made = "float32" if dtype == "complex64" else dtype
  x = (numbers((9, 600), made, 3) / (3 if "float" in made else 1)).astype(dtype)
  x = np.minimum(x.real, 1).astype(dtype)
  rtol = 2e-5 if dtype in ("float32", "complex64") else 1e-12
  for axis in (0, 1, None):
    check(lambda a: getattr(np, name)(a, axis=axis), x, rtol=rtol)
  check(lambda a: getattr(np, name)(a.T, axis=0), x, rtol=rtol)


def test_interpolation_follows_numpys():
  xp = np.sort(numbers(200, "float64"))
  x = np.concatenate([numbers(5000, "float64"), xp[:50], [np.nan, np.inf]])
  check(lambda a, p: np.interp(a, p, 2 * p + 1), x, xp, rtol=1e-9)


def test_counts_of_integers():
  for dtype in ("int64", "int32", "uint8"):
    check(lambda a: np.bincount(a, minlength=7), numbers(500, dtype))
  check(np.bincount, np.zeros(0, np.int64))
  with pytest.raises(ValueError, match="no negative elements: got -3"):
    ours(lambda a: np.bincount(a), np.array([1, -3]))
