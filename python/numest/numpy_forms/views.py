"""What NumPy returns as a view: one while a function is traced, so that
writes go through."""
import builtins

import numpy as np

from numest import _core, trace_state
from numest.numpy_forms.axes import as_axes
from numest.tensor import Tensor, call

_f = _core.functions


def view_of(a, read, write):
  if not trace_state.in_trace() or not isinstance(a, Tensor):
    return read(_core.tensor(a))
  from numest.trace import views  # avoids a cycle at import
  return views.view(a, read, write)


def _shape_view(a, read):
  """A view with other extents; a copy where NumPy's memory is not in order."""
  if not _is_in_order(a):
    return read(_core.tensor(a))
  if trace_state.in_trace() and isinstance(a, Tensor):
    from numest.trace import views  # avoids a cycle at import
    if views.may_be_out_of_order(a):
      return view_of(a, _Once(read), _not_known)

  def _keeps_order(p, v):
    return call("reshape", [v], shape=p._shape)
  return view_of(a, read, _keeps_order)


class _Once:
  """Reads a view that NumPy may have made as a copy: as long as nobody writes,
  that is the same."""

  def __init__(self, read):
    self._read, self._has_read = read, False

  def __call__(self, parent):
    if self._has_read:
      _not_known()
    self._has_read = True
    return self._read(parent)


def _not_known(*_):
  raise trace_state.Untraceable(
      "it writes to an array that it also reshapes, and whether NumPy shares "
      "their memory depends on its order; write .copy() before the reshape")


def _is_in_order(a):
  """True if the elements of a lie one after the other in NumPy's memory."""
  link = getattr(a, "__dict__", {}).get("_view")
  if link is None or link.write is _not_known:
    return True
  if not _is_in_order(link.parent):
    return False
  if link.key is None:
    return link.write.__name__ == "_keeps_order"
  inner = [k for k in link.key if not isinstance(k, int)]
  return builtins.all(isinstance(k, slice) for k in inner) and builtins.all(
      k == slice(None) for k in inner[1:]) and builtins.all(
          k.step in (None, 1) for k in inner)


def reshape(a, shape, order="C"):
  """NumPy's reshape; -1 or None is inferred, an unknown extent stays."""
  if isinstance(shape, (int, np.integer)):
    shape = (shape,)
  if order == "F":
    return _by_columns(a, tuple(shape))
  extents = _extents(_core.tensor(a), shape)
  return _shape_view(a, lambda p: call("reshape", [p], shape=extents))


def _by_columns(a, shape):
  """Elements taken and put column by column: no view of the memory."""
  a = call("transpose", [a])
  rows = call("reshape", [a], shape=_extents(a, shape[::-1]))
  return call("transpose", [rows])


def _extents(a, shape):
  """What reshape takes: symbols, or -1, for traced extents."""
  traced = [isinstance(e, Tensor) and e.is_symbolic for e in shape]
  extents = [-1 if e is None or t else e.__index__()
             for e, t in zip(shape, traced)]
  if extents.count(-1) < 2:
    return extents
  for i, e in enumerate(shape):
    source, axis = getattr(e, "__dict__", {}).get("_extent_of", (None, 0))
    if source is not None and source._shape[axis] in a._shape:
      extents[i] = source._shape[axis]
  if extents.count(-1) < 2:
    return extents
  raise TypeError("reshape: more than one extent depends on values")


def ravel(a, order="C"):
  if order == "F":
    return _by_columns(a, (-1,))
  return _shape_view(a, _f.ravel)


def squeeze(a, axis=None):
  return _shape_view(a, lambda p: call("squeeze", [p], axis=as_axes(axis)))


def expand_dims(a, axis):
  return _shape_view(a, lambda p: call("expand_dims", [p], axis=as_axes(axis)))


def transpose(a, axes=None):
  inverse = None if axes is None else np.argsort(
      np.asarray(axes) % len(axes)).tolist()
  axes = None if axes is None else [int(i) for i in axes]
  return view_of(a, lambda p: call("transpose", [p], axes=axes),
               lambda p, v: call("transpose", [v], axes=inverse))


def swapaxes(a, axis1, axis2):
  return view_of(a, lambda p: _f.swapaxes(p, axis1, axis2),
               lambda p, v: _f.swapaxes(v, axis1, axis2))


def moveaxis(a, source, destination):
  return view_of(a, lambda p: _f.moveaxis(p, source, destination),
               lambda p, v: _f.moveaxis(v, destination, source))


def rollaxis(a, axis, start=0):
  ndim = _core.tensor(a).ndim
  axis, start = axis % ndim, start + ndim if start < 0 else start
  to = start - 1 if axis < start else start
  return moveaxis(a, axis, to)


def flip(m, axis=None):
  return view_of(m, lambda p: _f.flip(p, axis), lambda p, v: _f.flip(v, axis))


def fliplr(m):
  return flip(m, 1)


def flipud(m):
  return flip(m, 0)


def rot90(m, k=1, axes=(0, 1)):
  i, j = axes
  if isinstance(k, Tensor) and k.is_symbolic:  # a path for each quarter turn
    k = 0 if k % 4 == 0 else 1 if k % 4 == 1 else 2 if k % 4 == 2 else 3
  return view_of(m, lambda p: _f._rot90(p, k, i, j),
               lambda p, v: _f._rot90(v, -k, i, j))


def broadcast_to(array, shape):
  return call("broadcast_to", [array], shape=shape)


def atleast_1d(*arys):
  return _each(_f.atleast_1d, arys)


def atleast_2d(*arys):
  return _each(_f.atleast_2d, arys)


def _each(function, arrays):
  found = [function(a) for a in arrays]
  return found[0] if len(found) == 1 else tuple(found)
