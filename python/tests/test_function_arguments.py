"""Rare arguments of NumPy's functions, traced: NumPy's values, dtypes and
errors, or a call of Python; nothing is silently ignored."""
import numpy as np
import pytest

from test_ufunc_arguments import check

import numest as tf

X = np.arange(12.0).reshape(2, 2, 3) + 0.5
IS_OLD = np.__version__.startswith("1.")

# Of an element x of shape (2, 3); statements before ";".
CALLS = """
np.concatenate([x, x], dtype='f4')
np.concatenate([x, x], dtype=np.int32)
np.concatenate([x, x], dtype=np.int32, casting='unsafe')
np.concatenate([x, x], dtype='f4', casting='safe')
np.stack([x, x], dtype=np.int32)
np.hstack([x, x], dtype='f4', casting='no')
r = np.zeros((4, 3), int); np.concatenate([x, x], out=r); r
r = np.zeros((2, 3), int); np.copyto(r, x); r
r = np.zeros((2, 3), int); np.copyto(r, x, casting='unsafe'); r
r = np.zeros((2, 3), 'f4'); np.copyto(r, x, casting='safe'); r
r = np.zeros((2, 3), int); r += x; r
r = np.zeros((2, 3), int); r[:] = x; r
r = np.zeros(3, int); np.sum(x, axis=0, out=r); r
x.astype(int, casting='safe')
x.astype('f4', casting='same_kind')
np.einsum('ij,ij->i', x, x, dtype='f4', casting='same_kind')
np.einsum('ij,ij->i', x, x, dtype='f4', casting='safe')
np.einsum('ij,ij->i', x, x, optimize=False)
np.clip(x, 1, 2, dtype='f4', casting='same_kind')
np.clip(x, 1, 2, out=x.copy(), where=x > 2)
np.full_like(x, 2, dtype=int, order='F', subok=False, shape=(2, 2))
np.zeros_like(x, shape=(2, 2)) + x[0, 0]
np.ones_like(x, dtype='f4', shape=4)
np.empty_like(x, shape=(2, 2)).shape[0] * x
np.ones_like(x, order='F') * x
np.array(x, order='F', copy=True, ndmin=3)
np.array(x, subok=True)
np.reshape(x, 6, order='F')
np.reshape(x, (3, -1), order='F')
x.reshape(3, 2, order='F')
np.reshape(x, 6, order='A')
np.ravel(x, 'F')
x.ravel('F')
x.flatten('F')
x.flatten('C')
x.T.ravel('F')
x.copy('F')
np.copy(x, order='F')
np.sort(x, kind='stable')
np.sort(x, kind='nope')
np.argsort(x, kind='mergesort')
np.unravel_index(np.array([1, 4]), (2, 3), order='F')[0] * x[0, 0]
np.ravel_multi_index(([1, 4], [0, 1]), (2, 3), mode='clip') * x[0, 0]
np.ravel_multi_index(([1, 0], [0, 1]), (2, 3), order='F') * x[0, 0]
np.take(x, [0, 9], mode='clip')
np.take(x, [0, 9], mode='wrap')
np.mean(x, dtype=int)
np.linspace(x[0, 0], 5, 3, dtype=int)
np.linspace(x[0, 0], 5, 3, retstep=True)[1]
np.round(x, out=x)
np.round(x, decimals=1)
np.searchsorted(np.sort(x[0])[::-1], x[0], sorter=np.array([2, 1, 0]))
np.unique(x, axis=0)
np.nan_to_num(x, copy=False, nan=1.0)
np.pad(x, 2, mode='mean')
np.pad(x, 2, mode='linear_ramp', end_values=1)
np.pad(x, 2, mode='reflect', reflect_type='odd')
np.pad(x, 1, constant_values=((1, 2), (3, 4)))
np.histogram(x, bins='auto')[0]
np.percentile(x, 30, method='nearest')
np.quantile(x, 0.3, overwrite_input=True)
np.gradient(x[0], np.array([0.0, 1, 3]))
np.cross(x, x[::-1], axis=1)
np.cov(x[0], x[1], bias=True)
np.cov(x[0], fweights=np.array([1, 2, 1]))
np.isin(x, [0.5, 1], kind='sort')
np.convolve(x[0], x[0], mode='bad')
np.average(x, axis=0, weights=x, returned=True)[1]
np.diff(x, prepend=0.0)
np.diff(x, append=x)
np.interp(x, [0.0, 5.0], [1.0, 2.0], period=4)
np.nanquantile(x, 0.3, method='lower')
np.trace(x, dtype='f4')
np.cumsum(x, axis=1, dtype='f4')
np.tril(x, k=5)
np.roll(x, (1, 2), axis=(0, 1))
np.linalg.norm(x, axis=1, keepdims=True)
np.linalg.svd(x, compute_uv=False, hermitian=False)
np.matmul(x, x.T, unknown=1)
""".strip().split("\n")


def function_of(text):
  *statements, result = (s.strip() for s in text.split(";"))
  lines = ["def call(x):", *(f"  {s}" for s in statements),
           f"  return {result}"]
  scope = {"np": np}
  exec("\n".join(lines), scope)
  return scope["call"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", CALLS)
def test_arguments_are_numpys(text):
  check(function_of(text), (X,))


@pytest.mark.skipif(IS_OLD, reason="NumPy 1 has no copy= in asarray")
def test_asarray_without_a_copy_that_is_needed_is_an_error():
  check(function_of("np.asarray(x, dtype='f4', copy=False)"), (X,))
  check(function_of("np.asarray(x, copy=False)"), (X,))


@pytest.mark.parametrize("name", ["quantile", "percentile", "nanquantile",
                                  "nanpercentile"])
@pytest.mark.parametrize("q", [0.5, (0.25, 1), [0, 1], np.float32(0.5),
                               np.array([0.25, 1]), np.float64(0.25)], ids=repr)
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_quantiles_have_the_dtype_of_q(name, q, dtype):
  function, x = getattr(np, name), X.astype(dtype)
  for axis in (None, 1):
    wanted = [function(row, q, axis=axis) for row in x]
    found = tf.vmap(lambda row, a=axis: function(row, q, axis=a))(x)
    assert found.dtype == wanted[0].dtype
    np.testing.assert_allclose(found, wanted, rtol=1e-3 if dtype == "f2" else
                               1e-6)
