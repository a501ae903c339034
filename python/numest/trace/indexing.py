"""x[key] and x[key] = value of traced tensors.

Static keys are the core's. A slice whose bounds are traced has a known extent
if stop - start is one number; it is then a window that moves. Writing needs no
extent: a mask of positions says what is written.
"""
import numpy as np

from numest import _core
from numest.tensor import Tensor, call
from numest import trace_state as state
from numest.trace import views


def get(x, key):
  """x[key]: a view if NumPy's would be one, else a copy."""
  keys = _normalized(key)
  moving = any(_is_moving(k) for k in keys)
  if not moving and not all(_is_basic(k) for k in keys):
    return _core.index(x, keys)
  read = _read_window if moving else _core.index
  is_scalar = len(keys) == x.ndim and all(isinstance(k, int) for k in keys)
  if not state.in_trace() or is_scalar or not all(map(_is_basic, keys)):
    return read(x, keys)
  return views.view(x, lambda p: read(p, keys),
                    lambda p, v: updated(p, keys, v), keys)


def put(x, key, value):
  """x[key] = value inside of a trace."""
  keys = _normalized(key)
  if views.is_view_at(value, x, keys):
    return
  value = _core.tensor(value)
  views.assign(x, updated(x, keys, value))


def updated(x, keys, value):
  """A copy of x in which x[keys] holds the value."""
  if any(_is_moving(k) for k in keys):
    return _masked_update(x, keys, value)
  return _core.index_update(x, keys, value)


def _normalized(key):
  keys = list(key) if isinstance(key, tuple) else [key]
  return [_guarded(_plain(k)) for k in keys]


def _guarded(k):
  """Positions of a branch, harmless where the branch is not taken."""
  is_position = isinstance(k, Tensor) and k.is_symbolic and (
      "int" in k._dtype_name)
  taken = state.active().is_taken() if is_position and state.in_trace() else (
      None)
  return k if taken is None else call("where", [taken, k, 0])


def _plain(k):
  if isinstance(k, slice):
    return slice(_bound(k.start), _bound(k.stop), _bound(k.step))
  if isinstance(k, np.integer):
    return int(k)
  if isinstance(k, Tensor) and not k.is_symbolic and k.ndim == 0 and (
      "int" in k._dtype_name):
    return int(k._numpy())
  return k


def _bound(b):
  if isinstance(b, Tensor) and b.is_symbolic:
    if "int" not in b._dtype_name:
      raise TypeError("slice indices must be integers or None or have an "
                      f"__index__ method: got {b._dtype_name}")
    return b
  return None if b is None else b.__index__()


def _is_moving(k):
  return isinstance(k, slice) and any(
      isinstance(b, Tensor) for b in (k.start, k.stop, k.step))


def _is_basic(k):
  return k is None or k is Ellipsis or isinstance(k, (int, slice))


def _by_axis(keys, ndim):
  """(axis, key) for each axis: no Ellipsis, no new axes."""
  used = sum(k is not None and k is not Ellipsis for k in keys)
  result, axis, seen = [], 0, False
  for k in keys:
    if k is Ellipsis:
      result += [(axis + i, slice(None)) for i in range(ndim - used)]
      axis, seen = axis + ndim - used, True
    elif k is not None:
      result.append((axis, k))
      axis += 1
  if not seen:
    result += [(i, slice(None)) for i in range(axis, ndim)]
  return result


def _read_window(x, keys):
  starts, sizes = [], []
  for axis, k in _by_axis(keys, x.ndim):
    start, size = _window(x, axis, k) if _is_moving(k) else (
        0, x._shape[axis])
    starts.append(start)
    sizes.append(size)
  position = _core.functions.stack(
      [call("astype", [s], dtype="int64") for s in starts])
  window = call("dynamic_slice", [x, position], sizes=sizes)
  rest = [slice(None) if _is_moving(k) else k for k in keys]
  return _core.index(window, rest)


def _window(x, axis, k):
  """Start, and the extent that all values of the bounds agree on."""
  extent = x._shape[axis]
  if k.step not in (None, 1):
    raise state.Untraceable(f"a slice with traced bounds has step {k.step}")
  start = 0 if k.start is None else k.start
  stop = extent if k.stop is None else k.stop
  size = None
  if isinstance(stop, Tensor) or stop >= 0:
    size = _core.constant_difference(stop, start)
  if size is None or extent < 0:
    raise state.Untraceable(
        "a slice has an extent that depends on values: write its stop as "
        "start + size")
  size = max(size, 0)
  return _checked_start(start, extent - size), size


def _checked_start(start, last):
  """The start, refused when the program runs if the slice leaves the array."""
  taken = state.active().is_taken() if state.in_trace() else None
  if taken is not None:  # another path's start may lie anywhere
    start = call("where", [taken, start, 0])
  return call("check_range", [start], low=0.0, high=float(last),
              what="start of a slice with traced bounds")


def _masked_update(x, keys, value):
  mask, rows = None, {}
  ints = []
  for axis, k in _by_axis(keys, x.ndim):
    position, inside = _positions(x, axis, k)
    rows[axis] = position
    if not isinstance(k, slice):
      ints.append(axis)
    if inside is not None:
      inside = _along(inside, axis, x.ndim)
      mask = inside if mask is None else call("logical_and", [mask, inside])
  value = _without_new_axes(value, keys, x.ndim - len(ints))
  return call("where", [mask, _spread(x, value, rows, ints), x]).astype(
      x._dtype_name)


def _positions(x, axis, k):
  """Where each position of the axis lies in the slice, and if it does."""
  if isinstance(k, slice) and not _is_moving(k) and k == slice(None):
    return None, None
  at = call("arange_like", [x], axis=axis)
  if not isinstance(k, slice):
    k = k + call("extent", [x], axis=axis) if isinstance(k, int) and (
        k < 0) else k
    return call("zeros_like", [at]), call("equal", [at, k])
  if k.step not in (None, 1):
    raise state.Untraceable(f"a slice with traced bounds has step {k.step}")
  extent = call("extent", [x], axis=axis)
  start = _resolved(k.start, extent, 0)
  stop = _resolved(k.stop, extent, extent)
  inside = call("logical_and", [call("greater_equal", [at, start]),
                                call("less", [at, stop])])
  return call("subtract", [at, start]), inside


def _resolved(bound, extent, default):
  if bound is None:
    return default
  bound = call("where", [call("less", [bound, 0]),
                         call("add", [bound, extent]), bound])
  return call("minimum", [call("maximum", [bound, 0]), extent])


def _along(t, axis, ndim):
  return call("expand_dims", [t],
              axis=tuple(i for i in range(ndim) if i != axis))


def _without_new_axes(value, keys, ndim):
  if value.ndim == 0 or not any(k is None for k in keys):
    return value
  raise state.Untraceable("a write at traced bounds has np.newaxis")


def _spread(x, value, rows, ints):
  """The value at the positions of x: taken by row, or broadcast."""
  if value.ndim == 0:
    return value
  axes = [i for i in range(x.ndim) if i not in ints]
  missing = len(axes) - value.ndim
  if missing < 0:
    raise ValueError(f"could not broadcast input array from shape "
                     f"{tuple(value.shape)} into an array of {len(axes)} axes")
  if missing:
    value = call("expand_dims", [value], axis=tuple(range(missing)))
  for i, axis in enumerate(axes):
    extent = value._shape[i]
    if extent != 1 and rows[axis] is not None:
      row = call("clip", [rows[axis], 0, max(extent - 1, 0)])
      value = call("take", [value, row], axis=i)
  for axis in ints:
    value = call("expand_dims", [value], axis=axis)
  return value
