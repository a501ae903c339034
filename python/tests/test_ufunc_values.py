"""Every ufunc at the ends of every dtype: NumPy's values and dtypes, traced."""
import numpy as np
import pytest

import numest as tf

INTEGERS = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()
FLOATS = "float16 float32 float64".split()
COMPLEX = "complex64 complex128".split()
UFUNCS = {name: f for name, f in vars(np).items()
          if isinstance(f, np.ufunc) and f.signature is None}


def values(dtype):
  kind = np.dtype(dtype).kind
  if kind == "b":
    return np.array([True, False])
  if kind in "iu":
    ends = np.iinfo(dtype)
    return np.unique(np.array([ends.min, ends.max, 0, 1, 2, 3, 7, 100],
                              dtype))
  if kind == "c":
    parts = np.array([0.0, -0.0, 1.0, -2.5, 0.3], dtype)
    return (parts[:, None] + 1j * parts).ravel()
  ends = np.finfo(dtype)
  return np.array([0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e-3, ends.max,
                   -ends.max, ends.tiny, ends.smallest_subnormal, ends.eps,
                   np.inf, -np.inf, np.nan], dtype)


def pairs(name, dtype):
  x = values(dtype)
  a, b = (v.ravel() for v in np.meshgrid(x, x))
  if name in ("left_shift", "right_shift"):
    b = b % np.array(8).astype(dtype)
  if name in ("power", "float_power") and np.dtype(dtype).kind in "iu":
    b = b % np.array(5).astype(dtype)
  return a, b


def arguments(name, ufunc, dtype):
  if name == "reciprocal" and np.dtype(dtype).kind in "biu":
    return (values(dtype)[values(dtype) != 0],)  # 1 // 0 is any number
  if name == "spacing" and dtype in ("float16", "int8"):
    x = values(dtype)
    return (x[(x >= 0) & (x < 100)],)  # NumPy's have no sign in float16
  if ufunc.nin == 1:
    return (values(dtype),)
  if name == "ldexp":
    return tuple(v.ravel() for v in np.meshgrid(
        values(dtype), np.array([0, 1, -3, 70, -80], np.int32)))
  return pairs(name, dtype)


def has_loop(ufunc, dtype):
  with np.errstate(all="ignore"):
    try:
      ufunc(*arguments(ufunc.__name__, ufunc, dtype))
    except TypeError:
      return False
  return True


def cases():
  for name, ufunc in sorted(UFUNCS.items()):
    for dtype in INTEGERS + FLOATS + COMPLEX:
      if ufunc.nin < 3 and name == ufunc.__name__ and has_loop(ufunc, dtype):
        yield pytest.param(name, dtype, id=f"{name}-{dtype}")


# The sign of the larger of two zeros depends on NumPy's SIMD level.
NO_SIGN = "maximum minimum fmax fmin".split()


def tolerance(dtype):
  """As many units in the last place as float64 kernels promise."""
  return 8 * float(np.finfo(dtype).eps) if np.dtype(dtype).kind in "fc" else 0


@pytest.mark.parametrize("name, dtype", cases())
def test_values_and_dtypes_are_numpys(name, dtype):
  ufunc = UFUNCS[name]
  given = arguments(name, ufunc, dtype)
  with np.errstate(all="ignore"):
    wanted = ufunc(*given)
    got = tf.vmap(ufunc)(*given)
  got, wanted = (v if isinstance(v, tuple) else (v,) for v in (got, wanted))
  for g, w in zip(got, wanted):
    assert g.dtype == w.dtype
    close = np.isclose(g, w, rtol=tolerance(w.dtype), atol=tolerance(w.dtype)
                       * float(np.finfo(w.dtype).tiny), equal_nan=True) if (
        w.dtype.kind in "fc") else g == w
    if w.dtype.kind == "f" and name not in NO_SIGN:
      close &= (np.signbit(g) == np.signbit(w)) | np.isnan(w)
    assert close.all(), [(*(v[i] for v in given), g[i], w[i])
                         for i in np.flatnonzero(~close)[:5]]
