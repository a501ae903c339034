"""Functions of the standard that NumPy names or defines otherwise, or that
NumPy 1 lacks. Arguments are those of signatures.py, with NumPy's dtypes."""
import builtins
import collections
import dataclasses

import numpy as np

from numest import _core, functions
from numest.array_api.dispatch import as_numpy
from numest.dtypes import DType, as_dtype
from numest.tensor import (Tensor, call, floor_of_quotient as floor_divide,
                           has_symbolic)
from numest.trace import namespace


# --- arrays ---
def asarray(obj, dtype=None, copy=None):
  if copy is False and not isinstance(obj, Tensor) and not hasattr(
      obj, "__dlpack__"):
    raise ValueError("asarray: copy=False, but numbers have no memory to "
                     f"share: got {type(obj).__name__}; use copy=None")
  if has_symbolic([obj]):
    return (namespace.array if copy else namespace.asarray)(obj, dtype)
  if isinstance(obj, Tensor):
    if not copy and (dtype is None or as_numpy(obj.dtype) == dtype):
      return obj
    value = obj._numpy()
  else:
    value = np.asarray(_plain(obj))
  if copy is False and dtype not in (None, value.dtype):
    raise ValueError(f"asarray: copy=False, but dtype {value.dtype} is not "
                     f"{dtype}; use copy=None")
  return np.array(value, dtype=dtype) if copy else value.astype(
      dtype or value.dtype, copy=False)


def _plain(value):
  """Nested lists with the values of tensors."""
  if isinstance(value, Tensor):
    return value._numpy()
  return type(value)(map(_plain, value)) if isinstance(
      value, (list, tuple)) else value


def from_dlpack(x, copy=None):
  found = functions.from_dlpack(x)
  return found._numpy().copy() if copy else found


def full(shape, fill_value, dtype=None):
  if has_symbolic([fill_value]):
    return namespace._full(shape, fill_value, dtype)
  return np.full(shape, _plain(fill_value), dtype)


def full_like(x, fill_value, dtype=None):
  if has_symbolic([x, fill_value]):
    return call("full_like", [x, fill_value], dtype=dtype)
  return np.full(x.shape, _plain(fill_value), dtype or as_numpy(x.dtype))


def _like(name):
  def make(x, dtype=None):
    if has_symbolic([x]):
      return namespace.original_like(name, x, dtype=dtype)
    return getattr(np, name[:-len("_like")])(x.shape,
                                             dtype or as_numpy(x.dtype))
  return make


zeros_like, ones_like, empty_like = map(
    _like, ("zeros_like", "ones_like", "empty_like"))


def eye(n_rows, n_cols=None, k=0, dtype=float):
  return np.eye(n_rows, n_cols, k, dtype or float)


def linspace(start, stop, num, dtype=None, endpoint=True):
  return np.linspace(start, stop, num, dtype=dtype, endpoint=endpoint)


# --- dtypes ---
def astype(x, dtype, copy=True):
  if x._dtype_name == dtype.name and not copy:
    return x
  if "complex" in x._dtype_name and dtype.kind != "c":
    raise TypeError(f"astype: got a complex x and dtype {dtype}, expected a "
                    "complex dtype; use real or imag")
  return x.astype(dtype)


def _dtype_of(value):
  return as_numpy(value.dtype) if isinstance(value, Tensor) else value


def can_cast(from_, to):
  return np.can_cast(_dtype_of(from_), to)


def result_type(*arrays_and_dtypes):
  """Python's numbers are weak beside arrays and dtypes, as in NEP 50."""
  kinds = {bool: 0, int: 1, float: 2, complex: 3}
  strong = [_dtype_of(v) for v in arrays_and_dtypes if type(v) not in kinds]
  found = np.result_type(*strong)
  for value in arrays_and_dtypes:
    if type(value) in kinds:
      found = _with_number(found, kinds[type(value)])
  return found


def _with_number(dtype, kind):
  if kind <= "biufc".replace("u", "").index(dtype.kind.replace("u", "i")):
    return dtype
  if kind == 3:
    return np.result_type(dtype, np.complex64 if dtype.itemsize <= 4 else
                          np.complex128)
  return np.dtype(np.int64 if kind == 1 else np.float64)


_KINDS = {"bool": "b", "signed integer": "i", "unsigned integer": "u",
          "integral": "iu", "real floating": "f", "complex floating": "c",
          "numeric": "iufc"}


def isdtype(dtype, kind):
  dtype = as_numpy(dtype)
  if isinstance(kind, tuple):
    return builtins.any(isdtype(dtype, k) for k in kind)
  if not isinstance(kind, str) or kind not in _KINDS:
    if isinstance(kind, str):
      raise ValueError(f"isdtype: got kind {kind!r}, expected a dtype or one "
                       f"of {', '.join(map(repr, _KINDS))}")
    return dtype == as_numpy(kind)
  return dtype.kind in _KINDS[kind]


@dataclasses.dataclass(frozen=True)
class finfo_object:
  """Limits of a floating dtype."""
  bits: int
  eps: float
  max: float
  min: float
  smallest_normal: float
  dtype: DType


@dataclasses.dataclass(frozen=True)
class iinfo_object:
  """Limits of an integer dtype."""
  bits: int
  max: int
  min: int
  dtype: DType


def finfo(type):
  found = np.finfo(_dtype_of(type))
  return finfo_object(found.bits, float(found.eps), float(found.max),
                      float(found.min), float(found.smallest_normal),
                      as_dtype(found.dtype))


def iinfo(type):
  found = np.iinfo(_dtype_of(type))
  return iinfo_object(found.bits, int(found.max), int(found.min),
                      as_dtype(found.dtype))


# --- elementwise, searching, sorting ---
def _of_complex(name):
  """C's values at infinities, which NumPy's complex functions do not have."""
  def function(x):
    return call(name, [x]) if _is_complex(x) else getattr(np, name)(x)
  return function


acosh, expm1, tanh = map(_of_complex, ("arccosh", "expm1", "tanh"))


def clip(x, min=None, max=None):
  """In the dtype of x."""
  for op, bound in (("maximum", min), ("minimum", max)):
    if bound is not None:
      if isinstance(bound, Tensor):
        bound = bound.astype(as_numpy(x.dtype))
      x = call(op, [x, bound])
  return x


def sort(x, axis=-1, descending=False, stable=True):
  found = np.sort(x, axis=axis, kind="stable")
  return np.flip(found, axis) if descending else found


def argsort(x, axis=-1, descending=False, stable=True):
  if not descending:
    return np.argsort(x, axis=axis, kind="stable")
  # Of the reversed array, so that equal elements keep their order.
  found = np.flip(np.argsort(np.flip(x, axis), axis=axis, kind="stable"), axis)
  return x.shape[axis] - 1 - found


def searchsorted(x1, x2, side="left", sorter=None):
  if sorter is not None:
    x1 = np.take(x1, sorter)
  return np.searchsorted(x1, x2, side)


def take_along_axis(x, indices, axis=-1):
  return np.take_along_axis(x, indices, axis)


def count_nonzero(x, axis=None, keepdims=False):
  return np.count_nonzero(x, axis=axis, keepdims=keepdims)


def diff(x, axis=-1, n=1, prepend=None, append=None):
  parts = [t for t in (prepend, x, append) if t is not None]
  joined = np.concatenate(parts, axis=axis) if len(parts) > 1 else x
  return np.diff(joined, n=n, axis=axis)


# --- sets: each nan is an element of its own ---
def unique_all(x):
  return _UniqueAll(*_unique(x))


def unique_counts(x):
  values, _, _, counts = _unique(x)
  return _UniqueCounts(values, counts)


def unique_inverse(x):
  values, _, inverse, _ = _unique(x)
  return _UniqueInverse(values, inverse)


def unique_values(x):
  return np.unique(x, equal_nan=False)


def _unique(x):
  values, first, inverse, counts = np.unique(
      x, return_index=True, return_inverse=True, return_counts=True,
      equal_nan=False)
  return values, first, np.reshape(inverse, x.shape), counts


_UniqueAll = collections.namedtuple(
    "UniqueAllResult", "values indices inverse_indices counts")
_UniqueCounts = collections.namedtuple("UniqueCountsResult", "values counts")
_UniqueInverse = collections.namedtuple(
    "UniqueInverseResult", "values inverse_indices")


# --- shapes ---
def reshape(x, shape, copy=None):
  found = np.reshape(x, tuple(shape))
  return found.copy() if copy else found


def broadcast_to(x, shape):
  return np.broadcast_to(x, tuple(shape))


def broadcast_arrays(*arrays):
  return list(np.broadcast_arrays(*arrays))


def meshgrid(*arrays, indexing="xy"):
  return list(np.meshgrid(*arrays, indexing=indexing))


def unstack(x, axis=0):
  return tuple(np.moveaxis(x, axis, 0)[i] for i in range(x.shape[axis]))


def repeat(x, repeats, axis=None):
  if isinstance(repeats, Tensor) and not repeats.is_symbolic:
    repeats = repeats._numpy()
  return np.repeat(x, repeats, axis=axis)


# --- statistics ---
def _cumulative(name, initial):
  def cumulative(x, axis=None, dtype=None, include_initial=False):
    if axis is None and x.ndim > 1:
      raise ValueError(f"{name}: got x of {x.ndim} axes without axis, "
                       "expected an axis")
    axis = 0 if axis is None else axis
    dtype = _accumulator(x) if dtype is None else dtype
    found = getattr(np, name)(x, axis=axis, dtype=dtype)
    if not include_initial:
      return found
    extents = list(x.shape)
    extents[axis] = 1
    return np.concatenate([_core.constant(np.full(extents, initial, dtype)),
                           found], axis=axis)
  return cumulative


cumulative_sum = _cumulative("cumsum", 0)
cumulative_prod = _cumulative("cumprod", 1)


def _accumulator(x):
  """The dtype of sums: small integers are summed in 64 bits."""
  dtype = as_numpy(x.dtype)
  return {"i": np.dtype(np.int64), "u": np.dtype(np.uint64)}.get(
      dtype.kind, dtype)


def _spread(name):
  def spread(x, axis=None, correction=0.0, keepdims=False):
    return getattr(np, name)(x, axis=axis, ddof=correction, keepdims=keepdims)
  return spread


std, var = _spread("std"), _spread("var")


# --- linear algebra ---
def vecdot(x1, x2, axis=-1):
  return _core.functions.vecdot(x1, x2, axis)


def _is_complex(x):
  return "complex" in x._dtype_name


def matrix_transpose(x):
  if x.ndim < 2:
    raise ValueError(f"matrix_transpose: got x of {x.ndim} axes, expected at "
                     "least 2")
  return np.swapaxes(x, -1, -2)


def cross(x1, x2, axis=-1):
  return np.cross(x1, x2, axis=axis)


def cholesky(x, upper=False):
  lower = np.linalg.cholesky(x)
  if not upper:
    return lower
  upper_ = np.swapaxes(lower, -1, -2)
  return np.conjugate(upper_) if _is_complex(x) else upper_


def diagonal(x, offset=0):
  return np.diagonal(x, offset, -2, -1)


def outer(x1, x2):
  return np.outer(x1, x2)


def trace(x, offset=0, dtype=None):
  return np.trace(x, offset, -2, -1,
                  dtype=_accumulator(x) if dtype is None else dtype)


def matrix_norm(x, keepdims=False, ord="fro"):
  return np.linalg.norm(x, ord, (-2, -1), keepdims)


def vector_norm(x, axis=None, keepdims=False, ord=2):
  axes = range(x.ndim) if axis is None else np.atleast_1d(axis)
  axes = [int(i) % x.ndim for i in axes] if x.ndim else []
  rest = [i for i in range(x.ndim) if i not in axes]
  flat = np.reshape(np.transpose(x, (*rest, *axes)),
                    (*[x.shape[i] for i in rest], -1))
  found = np.linalg.norm(flat, ord, -1)
  return np.reshape(found, [1 if i in axes else x.shape[i]
                            for i in range(x.ndim)]) if keepdims else found


def matrix_rank(x, rtol=None):
  if rtol is None:
    return np.linalg.matrix_rank(x)
  s = svdvals(x)
  largest = np.max(s, axis=-1, keepdims=True)
  rtol = rtol if has_symbolic([rtol]) else np.asarray(_plain(rtol))
  return np.count_nonzero(s > largest * np.expand_dims(rtol, -1), axis=-1)


def pinv(x, rtol=None):
  if rtol is None:
    rtol = builtins.max(x.shape[-2:]) * np.finfo(as_numpy(x.dtype)).eps
  is_data = not has_symbolic([x, rtol])
  return np.linalg.pinv(x, _plain(rtol) if is_data else rtol)


def svdvals(x):
  return np.linalg.svd(x, compute_uv=False)


def solve(x1, x2):
  """x2 of one axis is a vector, of more axes matrices (NumPy 1 guesses)."""
  if x2.ndim == 1:
    return np.squeeze(np.linalg.solve(x1, np.expand_dims(x2, -1)), -1)
  return np.linalg.solve(x1, x2)


# --- Fourier ---
def _frequencies(name):
  def frequencies(n, d=1.0, dtype=None):
    return getattr(np.fft, name)(n, d).astype(dtype or np.float64)
  return frequencies


fftfreq, rfftfreq = _frequencies("fftfreq"), _frequencies("rfftfreq")
