"""Functions that write to their first argument, and ufunc.at."""
import numpy as np

from numest import _core, trace_state
from numest.numpy_forms import symbols
from numest.numpy_forms.axes import check_casting
from numest.tensor import Tensor, call

_f = _core.functions


def assign(name, target, value):
  """target[...] = value, for the function `name`."""
  if trace_state.writes_elements() and isinstance(target, Tensor) and (
      not target.is_symbolic):
    target[...] = value
    return
  if not isinstance(target, Tensor) or not trace_state.in_trace():
    raise TypeError(f"{name}: got {type(target).__name__}, expected an array "
                    "made in the traced function")
  from numest.trace import views  # avoids a cycle at import
  views.assign(target, value)


def copyto(dst, src, casting="same_kind", where=True):
  if casting != "same_kind":
    src = _core.tensor(src)
    check_casting("copyto", [src], dst._dtype_name, casting)
    src = src.astype(dst._dtype_name)
  value = src if where is True else call("where", [where, src, dst._alias()])
  assign("copyto", dst, value)


def putmask(a, mask, values):
  assign("putmask", a, _f.putmask(a._alias(), mask, values))


def place(arr, mask, vals):
  assign("place", arr, _f.place(arr._alias(), mask, vals))


def put(a, ind, v, mode="raise"):
  assign("put", a, _f.put(a._alias(), ind, v, mode))


def put_along_axis(arr, indices, values, axis=-1):
  if axis is None:
    return put(arr, indices, values)
  indices = _core.tensor(indices)
  axis %= arr.ndim
  keys = [call("expand_dims", [_positions(indices, i)], axis=tuple(
      j for j in range(arr.ndim) if j != i)) for i in range(arr.ndim)]
  keys[axis] = indices
  arr[tuple(keys)] = values


def _positions(a, axis):
  known = a._shape[axis]
  return np.arange(known) if known >= 0 else symbols.positions(a, axis)


def fill_diagonal(a, val, wrap=False):
  if wrap:
    raise TypeError("fill_diagonal: wrap=True has no graph form")
  assign("fill_diagonal", a, _f.fill_diagonal(a._alias(), val))


def ufunc_at(ufunc, name, a, indices, b):
  """ufunc.at by the op `name`: every repeated position counts."""
  keys = list(indices) if isinstance(indices, tuple) else [indices]
  assign(f"{ufunc.__name__}.at", a, _core.ufunc_at(name, a._alias(), keys, b))
