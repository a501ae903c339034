"""Functions whose results have extents that depend on values.

How many elements there are is known when the program runs: `count_up` gives
as many positions, and what has that extent follows from them.
"""
import builtins
import collections
import functools

import numpy as np

from numest import _core
from numest.numpy_forms import joining, pieces
from numest.numpy_forms.symbols import count_up, is_traced
from numest.tensor import Tensor, call

_f = _core.functions
_INVERSE_IS_FLAT = np.unique(np.zeros((1, 1)),
                             return_inverse=True)[1].ndim == 1


def known_only(form):
  """A form that refuses arrays with extents that are not known."""
  @functools.wraps(form)
  def checked(*args, **kwargs):
    given = _tensors([*args, *kwargs.values()])
    if builtins.any(min(t._shape, default=0) < 0 for t in given):
      raise TypeError(f"{form.__name__}: an extent is not known while the "
                      "function is traced")
    return form(*args, **kwargs)
  return checked


def _tensors(values):
  for value in values:
    if isinstance(value, Tensor):
      yield value
    elif isinstance(value, (list, tuple)):
      yield from _tensors(value)


def blank(shape):
  """An int64 tensor of zeros whose extents may be traced."""
  shape = shape if isinstance(shape, (tuple, list)) else (shape,)
  result = np.zeros([1 if is_traced(e) else int(e) for e in shape], np.int64)
  for axis, extent in enumerate(shape):
    if is_traced(extent):
      along = call("expand_dims", [count_up(extent)], axis=tuple(
          i for i in range(len(shape)) if i != axis))
      result = call("add", [result, call("zeros_like", [along])])
  return result


def arange(start, stop=None, step=1, dtype=None):
  """np.arange with traced bounds."""
  start, stop = (0, start) if stop is None else (start, stop)
  step = 1 if step is None else step
  is_whole = builtins.all(_is_int(v) for v in (start, stop, step))
  known = _core.constant_difference(stop, start) if is_whole else None
  if known is not None and not is_traced(step):
    at = _core.constant(np.arange(builtins.max(0, -(-known // step))))
  else:
    at = count_up(_num_steps(start, stop, step, is_whole))
  values = start + at * (step if is_whole else (start + step) - start)
  if dtype is not None:
    return call("astype", [values], dtype=np.dtype(dtype).name)
  return values


def _is_int(value):
  if isinstance(value, Tensor):
    return "int" in value._dtype_name
  return isinstance(value, (int, np.integer))


def _num_steps(start, stop, step, is_whole):
  count = -((start - stop) // step) if is_whole else call(
      "astype", [call("ceil", [(stop - start) / step])], dtype="int64")
  return call("maximum", [count, 0])


# --- positions of what is true ---
def nonzero(a):
  a = _core.tensor(a)
  if a.ndim == 0:
    raise ValueError("Calling nonzero on 0d arrays is not allowed. Use "
                     "np.atleast_1d(scalar).nonzero() instead.")
  found = call("nonzero", [a])
  return found if isinstance(found, tuple) else (found,)


def flatnonzero(a):
  return _f.flatnonzero(a)


def argwhere(a):
  return _f.stack(list(nonzero(a)), axis=-1)


def where(condition, x=None, y=None):
  if (x is None) != (y is None):
    raise ValueError("either both or neither of x and y should be given")
  return nonzero(condition) if x is None else call("where", [condition, x, y])


def extract(condition, arr):
  return _f.extract(condition, arr)


def compress(condition, a, axis=None):
  if not is_traced(condition):
    return pieces.compress(condition, a, axis)
  if condition.ndim != 1:
    raise ValueError("condition must be a 1-d array")
  a, axis = (_f.ravel(a), 0) if axis is None else (_core.tensor(a), axis)
  return call("take", [a, flatnonzero(condition)], axis=axis)


def trim_zeros(filt, trim="fb"):
  filt = _core.tensor(filt)
  if filt.ndim != 1:
    raise TypeError("trim_zeros: more than one axis has no graph form")
  return _f.trim_zeros(filt, trim)


# --- elements several times, or not at all ---
def repeat(a, repeats, axis=None):
  if not is_traced(repeats) and np.ndim(repeats) == 0:
    return joining.repeat(a, repeats, axis)
  a, axis = (_f.ravel(a), 0) if axis is None else (_core.tensor(a), axis)
  extent = call("extent", [a], axis=axis)
  counts = call("check_range", [_core.tensor(repeats)], low=0.0,
                high=2.0**53, what="repeats")
  if counts.ndim == 0 or counts._shape == (1,):
    count = call("reshape", [counts], shape=())
    at = call("count_up", [extent * count]) // call("maximum", [count, 1])
  else:
    ends = call("cumsum", [counts], axis=0, dtype="int64")
    total = call("sum", [counts], dtype="int64")
    at = call("searchsorted", [ends, call("count_up", [total])], side="right")
  return call("take", [a, at], axis=axis)


def insert(arr, obj, values, axis=None):
  if not is_traced(obj):
    if _core.tensor(arr)._shape[axis or 0] >= 0 or isinstance(obj, slice):
      return pieces.insert(arr, obj, values, axis)
    obj = _core.constant(np.asarray(obj))
  arr, axis = (_f.ravel(arr), 0) if axis is None else (_core.tensor(arr), axis)
  axis %= arr.ndim
  values = call("astype", [values], dtype=arr._dtype_name)
  is_number = obj.ndim == 0 or obj._shape == (1,)
  at = flatnonzero(obj) if obj._dtype_name == "bool" else _f.ravel(obj)
  at = call("where", [call("less", [at, 0]),
                      at + call("extent", [arr], axis=axis), at])
  if obj.ndim == 0 and values.ndim:  # takes all along the first axis
    values = _f.moveaxis(values, 0, axis) if values.ndim == arr.ndim else (
        call("expand_dims", [values], axis=axis))
  new = _new_rows(arr, at, values, axis, is_number)
  if is_number:
    at = call("broadcast_to", [at], shape=(new._shape[axis],))
  # Equal positions keep their order: what is new stands before what was.
  order = call("argsort", [call("concatenate", [
      at, call("arange_like", [arr], axis=axis)])])
  return call("take", [joining.concatenate([new, arr], axis), order],
              axis=axis)


def _new_rows(arr, at, values, axis, is_number):
  missing = tuple(range(arr.ndim - values.ndim))
  values = call("expand_dims", [values], axis=missing) if missing else values
  extents = list(arr._shape)
  extents[axis] = values._shape[axis] if is_number else at._shape[0]
  if not is_number:  # gives the extent of the positions to the values
    along = call("expand_dims", [call("zeros_like", [at], dtype=(
        arr._dtype_name))], axis=tuple(i for i in range(arr.ndim)
                                       if i != axis))
    values = call("add", [values, along])
  return call("broadcast_to", [values], shape=extents)


# --- sets ---
_UniqueAll = collections.namedtuple(
    "UniqueAll", "values indices inverse_indices counts")
_UniqueCounts = collections.namedtuple("UniqueCounts", "values counts")
_UniqueInverse = collections.namedtuple("UniqueInverse",
                                       "values inverse_indices")


def unique_all(x):
  return _UniqueAll(*call("unique_all", [x], equal_nan=False))


def unique_counts(x):
  found = unique_all(x)
  return _UniqueCounts(found.values, found.counts)


def unique_inverse(x):
  found = unique_all(x)
  return _UniqueInverse(found.values, found.inverse_indices)


def unique_values(x):
  return _f.unique_values(x)


def unique(ar, return_index=False, return_inverse=False, return_counts=False,
           axis=None, equal_nan=True, sorted=True):
  if axis is not None:
    raise TypeError("unique: axis has no graph form")
  if not (return_index or return_inverse or return_counts):
    return call("unique", [ar], equal_nan=equal_nan)
  values, index, inverse, counts = call("unique_all", [ar],
                                        equal_nan=equal_nan)
  if _INVERSE_IS_FLAT:
    inverse = _f.ravel(inverse)
  asked = ((index, return_index), (inverse, return_inverse),
           (counts, return_counts))
  return (values, *(t for t, is_asked in asked if is_asked))


def _array(value):
  if isinstance(value, (list, tuple)):
    from numest.trace import namespace  # avoids a cycle at import
    value = namespace.array(value)
  return value


def union1d(ar1, ar2):
  return _f.union1d(_array(ar1), _array(ar2))


def intersect1d(ar1, ar2, assume_unique=False, return_indices=False):
  if return_indices:
    raise TypeError("intersect1d: return_indices=True has no graph form")
  return _f.intersect1d(_array(ar1), _array(ar2))


def setdiff1d(ar1, ar2, assume_unique=False):
  return _f.setdiff1d(_array(ar1), _array(ar2), assume_unique)


def setxor1d(ar1, ar2, assume_unique=False):
  return _f.setxor1d(_array(ar1), _array(ar2))


# --- arrays made of traced extents, for the namespace of a trace ---
def made(name, shape, dtype=None):
  """zeros, ones or empty of a shape with traced extents."""
  dtype = np.dtype(dtype or np.float64).name
  op = "ones_like" if name == "ones" else "zeros_like"
  return call(op, [blank(shape)], dtype=dtype)


def full(shape, fill_value, dtype=None):
  fill = _core.tensor(fill_value)
  dtype = fill._dtype_name if dtype is None else np.dtype(dtype).name
  return call("add", [call("astype", [fill], dtype=dtype),
                      call("zeros_like", [blank(shape)], dtype=dtype)])


def eye(N, M=None, k=0, dtype=None):
  dtype = np.dtype(dtype or np.float64).name
  at = [count_up(e) if is_traced(e) else _core.constant(np.arange(e))
        for e in (N, N if M is None else M)]
  rows = call("expand_dims", [at[0]], axis=1)
  return call("astype", [call("equal", [rows + k, at[1]])], dtype=dtype)


def tri(N, M=None, k=0, dtype=float):
  """np.tri of traced extents."""
  return call("astype", [_is_below(N, M, k)], dtype=np.dtype(dtype).name)


def _is_below(n, m, k):
  rows, columns = (count_up(e) if is_traced(e) else _core.constant(
      np.arange(e)) for e in (n, n if m is None else m))
  return call("less_equal", [columns, call("expand_dims", [rows], axis=1) + k])


def tril_indices(n, k=0, m=None):
  """np.tril_indices of traced extents."""
  return nonzero(_is_below(n, m, k))


def triu_indices(n, k=0, m=None):
  """np.triu_indices of traced extents."""
  return nonzero(call("logical_not", [_is_below(n, m, k - 1)]))


def extent(x, axis):
  """The extent of an axis as Python would have it: an int, or a traced one."""
  known = x._shape[axis]
  if known >= 0:
    return known
  traced = call("extent", [x], axis=axis)._as_weak()
  traced._extent_of = (x._alias(), axis)
  return traced
