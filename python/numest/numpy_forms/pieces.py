"""Shapes, arrays put together, and what NumPy says about positions: where the
positions are known, NumPy itself moves them and the elements follow."""
import numpy as np

from numest import _core
from numest.numpy_forms.axes import broadcast_shapes
from numest.numpy_forms.joining import concatenate
from numest.tensor import Tensor, call

_f = _core.functions
_FEW_ROWS = 8


# --- shapes ---
def shape(a):
  return tuple(_extent(a, i) for i in range(a.ndim))


def _extent(a, axis):
  known = a._shape[axis]
  return call("extent", [a], axis=axis) if known < 0 else known


def ndim(a):
  return a.ndim


def size(a, axis=None):
  return a.size if axis is None else _extent(a, axis)


def array_equal(a1, a2, equal_nan=False):
  a1, a2 = _core.tensor(a1), _core.tensor(a2)
  if tuple(a1._shape) != tuple(a2._shape):
    return False
  same = call("equal", [a1, a2])
  if equal_nan:
    same = same | (call("isnan", [a1]) & call("isnan", [a2]))
  return call("all", [same])


def array_equiv(a1, a2):
  return _f.array_equiv(a1, a2)


def broadcast_arrays(*args):
  tensors = [_core.tensor(a) for a in args]
  shape = broadcast_shapes(*(tuple(t._shape) for t in tensors))
  return tuple(call("broadcast_to", [t], shape=shape) for t in tensors)


def atleast_3d(*arys):
  found = [_f.atleast_3d(a) for a in arys]
  return found[0] if len(found) == 1 else tuple(found)


def dstack(tup):
  return _f.dstack(tup)


def dsplit(ary, indices_or_sections):
  from numest.numpy_forms.joining import split
  return split(ary, indices_or_sections, 2)


def unstack(x, axis=0):
  count = range(x._shape[axis])
  return tuple(call("select", [x], index=i, axis=axis) for i in count)


def block(arrays):
  depth, ndim = _depth(arrays), _ndim(arrays)
  return _blocks(arrays, depth, max(depth, ndim))


def _depth(arrays):
  return 1 + _depth(arrays[0]) if isinstance(arrays, list) else 0


def _ndim(arrays):
  if isinstance(arrays, list):
    return max(_ndim(a) for a in arrays)
  return _core.tensor(arrays).ndim


def _blocks(arrays, depth, ndim):
  if isinstance(arrays, list):
    return concatenate([_blocks(a, depth - 1, ndim) for a in arrays], -depth)
  t = _core.tensor(arrays)
  missing = tuple(range(ndim - t.ndim))
  return call("expand_dims", [t], axis=missing) if missing else t


# --- elements follow their positions ---
def _moved(a, positions, axis):
  return call("take", [a, positions], axis=axis)


def resize(a, new_shape):
  return _f.resize(a, tuple(np.atleast_1d(new_shape).tolist()))


def insert(arr, obj, values, axis=None):
  arr, values = _core.tensor(arr), _core.tensor(values)
  if axis is None:
    arr, axis = _f.ravel(arr), 0
  axis %= arr.ndim
  if not isinstance(obj, (int, np.integer, slice, list, tuple, np.ndarray)):
    raise TypeError("insert: the positions must be known")
  obj = np.array(obj) if isinstance(obj, (list, tuple)) else obj
  count = arr._shape[axis]
  missing = tuple(range(arr.ndim - values.ndim))
  values = call("expand_dims", [values], axis=missing) if missing else values
  if isinstance(obj, (int, np.integer)):  # takes all along the first axis
    values = _f.moveaxis(values, 0, axis)
    num_new = values._shape[axis]
  else:
    num_new = np.insert(np.arange(count), obj, -1).size - count
  extents = list(arr._shape)
  extents[axis] = num_new
  values = call("astype", [values], dtype=arr._dtype_name)
  values = call("broadcast_to", [values], shape=extents)
  order = np.insert(np.arange(count), obj, count + np.arange(num_new))
  return _moved(concatenate([arr, values], axis), order, axis)


def diagflat(v, k=0):
  return _f.diagflat(v, k)


def vander(x, N=None, increasing=False):
  return _f.vander(x, N, increasing)


def fftshift(x, axes=None):
  return _half_rolled(_core.tensor(x), axes, 1)


def ifftshift(x, axes=None):
  return _half_rolled(_core.tensor(x), axes, -1)


def _half_rolled(x, axes, sign):
  axes = range(x.ndim) if axes is None else np.atleast_1d(axes)
  if min((x._shape[i] for i in axes), default=0) < 0:
    raise TypeError("fftshift: an extent is not known while the function is "
                    "traced")
  shifts = [sign * (int(x._shape[i]) // 2) for i in axes]
  return call("roll", [x], shift=shifts, axis=[int(i) for i in axes])


# --- what is known of a traced array ---
def _stand_in(value):
  """An array of its dtype and shape, without memory."""
  if not isinstance(value, Tensor):
    return value
  one = np.zeros((), value.dtype.as_numpy_dtype)
  return one[()] if value.is_weak else np.broadcast_to(one, value._shape)


def result_type(*arrays_and_dtypes):
  return np.result_type(*map(_stand_in, arrays_and_dtypes))


def min_scalar_type(a):
  if _core.tensor(a).ndim == 0:
    raise TypeError("min_scalar_type: the type of a number depends on its "
                    "value")
  return np.dtype(a._dtype_name)


def common_type(*arrays):
  return np.common_type(*map(_stand_in, arrays))


def tril_indices_from(arr, k=0):
  return np.tril_indices(arr._shape[-2], k, arr._shape[-1])


def triu_indices_from(arr, k=0):
  return np.triu_indices(arr._shape[-2], k, arr._shape[-1])


def diag_indices_from(arr):
  return np.diag_indices_from(_stand_in(arr))


# --- positions ---
def ix_(*args):
  """Positions that stand for a block, one axis each; bools for their places."""
  return tuple(_f.ix_(args))


def unravel_index(indices, shape):
  extents = shape if isinstance(shape, (tuple, list)) else (
      (shape,) if np.ndim(shape) == 0 else shape)
  return tuple(_f.unravel_index(indices, list(extents)))


def ravel_multi_index(multi_index, dims, mode="raise", order="C"):
  return _f.ravel_multi_index(list(multi_index), [int(e) for e in dims], mode,
                              order)


def partition(a, kth, axis=-1):
  """Sorted, which is one of the orders that NumPy may give."""
  from numest.numpy_forms.order import sort
  return sort(a, axis)


def argpartition(a, kth, axis=-1):
  from numest.numpy_forms.order import argsort
  return argsort(a, axis)


def lexsort(keys, axis=-1):
  keys = unstack(keys) if isinstance(keys, Tensor) else list(keys)
  moved = [_f.moveaxis(k, axis, -1) for k in keys]
  return _f.moveaxis(_f._lexsort(moved), -1, axis)


def isin(element, test_elements, assume_unique=False, invert=False):
  found = call("isin", [element, test_elements])
  return call("logical_not", [found]) if invert else found


def in1d(ar1, ar2, assume_unique=False, invert=False):
  return isin(_f.ravel(ar1), ar2, assume_unique, invert)


def compress(condition, a, axis=None):
  if isinstance(condition, Tensor) and condition.is_symbolic:
    raise TypeError("compress: the condition must be known")
  kept = np.flatnonzero(np.asarray(condition))
  return _moved(_f.ravel(a) if axis is None else a, kept, axis or 0)


def apply_along_axis(func1d, axis, arr, *args, **kwargs):
  arr = _f.moveaxis(_core.tensor(arr), axis, -1)
  outer = tuple(arr._shape[:-1])
  rows = call("reshape", [arr], shape=(-1, arr._shape[-1]))
  result = _by_rows(lambda r: func1d(r, *args, **kwargs), rows)
  inner = tuple(result._shape[1:])
  result = call("reshape", [result], shape=(*outer, *inner))
  for i in range(len(inner)):
    result = _f.moveaxis(result, len(outer) + i, axis % arr.ndim + i)
  return result


def _by_rows(function, rows):
  """The array of function(row) for each row; traced once if they are many."""
  if 0 <= rows._shape[0] <= _FEW_ROWS:
    return _f.stack([_core.tensor(function(r)) for r in unstack(rows)])
  from numest.trace import keyed  # it traces
  found, _ = keyed.vectorized(
      function, [(rows._dtype_name, (rows._shape[1],))], [rows])
  if len(found) != 1:
    raise TypeError(f"apply_along_axis: the function gave {len(found)} values, "
                    "expected one array")
  return found[0]


def apply_over_axes(func, a, axes):
  a = _core.tensor(a)
  for axis in axes if np.ndim(axes) else (axes,):
    result = _core.tensor(func(a, axis))
    if result.ndim != a.ndim:
      result = call("expand_dims", [result], axis=axis)
    a = result
  return a
