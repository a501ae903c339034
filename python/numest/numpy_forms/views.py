"""What NumPy returns as a view: one while a function is traced, so that
writes go through."""
import builtins

import numpy as np

from numest import _core, trace_state
from numest.numpy_forms.axes import as_axes
from numest.numpy_forms import symbols
from numest.tensor import Tensor, call

_f = _core.functions


def view_of(a, read, write):
  if not trace_state.in_trace() or not isinstance(a, Tensor):
    return read(_core.tensor(a))
  from numest.trace import views  # avoids a cycle at import
  return views.view(a, read, write)


def _shape_view(a, read, is_ravel=False):
  """A view with other extents; a copy where NumPy's memory is not in order."""
  order = _is_in_order(a)
  if order is False or (is_ravel and order == "stepped"):
    return read(_core.tensor(a))
  if order is True:
    return _extent_view(a, read)
  return view_of(a, _Once(read), _not_known)


def _extent_view(a, read):
  """A view with the same elements in the same order."""
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
  """Whether the elements of a lie one after the other in NumPy's memory: True,
  False, "stepped" if with gaps, which a reshape may keep, or None: unknown."""
  link = getattr(a, "__dict__", {}).get("_view")
  if link is None:
    from numest.trace import views  # avoids a cycle at import
    is_unknown = trace_state.in_trace() and isinstance(a, Tensor) and (
        views.may_be_out_of_order(a))
    return None if is_unknown else True
  if link.write is _not_known:
    return True
  order = _is_in_order(link.parent)
  if order is not True:
    return order
  if link.key is None:
    return link.write.__name__ == "_keeps_order"
  return True if _takes_neighbours(link.key) else "stepped"


def _takes_neighbours(keys):
  """True if an index takes elements that lie one after the other: positions,
  then one run of an axis, then whole axes."""
  has_run = False
  for k in keys:
    if k is None:
      continue
    if k is Ellipsis:
      has_run = True
    elif not isinstance(k, slice):
      if has_run:
        return False
    elif not (k.start is k.stop is k.step is None):
      if has_run or k.step not in (None, 1):
        return False
      has_run = True
    else:
      has_run = True
  return True


def reshape(a, shape, order="C"):
  """NumPy's reshape; -1 or None is inferred, an unknown extent stays."""
  if not isinstance(shape, (tuple, list)) and np.ndim(shape) == 0:
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
  return _shape_view(a, _f.ravel, is_ravel=True)


def squeeze(a, axis=None):
  return _extent_view(a, lambda p: call("squeeze", [p], axis=as_axes(axis)))


def expand_dims(a, axis):
  return _extent_view(a, lambda p: call("expand_dims", [p], axis=as_axes(axis)))


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
  shape = symbols.of(shape)
  return call("broadcast_to", [symbols.bound(array, shape)], shape=shape)


def atleast_1d(*arys):
  return _each(_f.atleast_1d, arys)


def atleast_2d(*arys):
  return _each(_f.atleast_2d, arys)


def _each(function, arrays):
  found = [function(a) for a in arrays]
  return found[0] if len(found) == 1 else tuple(found)
