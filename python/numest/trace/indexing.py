"""x[key] and x[key] = value of traced tensors.

Static keys are the core's. A slice whose bounds are traced has a known extent
if stop - start is one number; it is then a window that moves. Else it is as
long as its bounds say when the program runs. Writing needs no extent: a mask
of positions says what is written.
"""
import functools

import numpy as np

from numest import _core
from numest.tensor import Tensor, call, has_symbolic
from numest import trace_state as state
from numest.numpy_forms import extents, masks, windows
from numest.trace import refusals, views


def get(x, key):
  """x[key]: a view if NumPy's would be one, else a copy."""
  keys = _normalized(key)
  moving = any(_is_moving(k) for k in keys)
  is_basic = all(_is_basic(k) or _is_number(k) for k in keys)
  if not moving and not is_basic:
    return _masked_whole(x, keys) if _is_truth(keys) else masks.note(
        _core.index(x, keys), x, keys)
  taken = None if moving or None in keys else windows.of_steps(
      x, _by_axis(keys, x.ndim))
  if taken is not None:
    return taken
  read = _read_window if moving else _core.index
  is_scalar = len(keys) == x.ndim and all(
      isinstance(k, int) or _is_number(k) for k in keys)
  if not state.in_trace() or is_scalar or not is_basic:
    return read(x, keys)
  return views.view(x, lambda p: read(p, keys),
                    lambda p, v: updated(p, keys, v), keys)


def _is_truth(keys):
  """True for x[condition] of a condition without axes."""
  return len(keys) == 1 and isinstance(keys[0], Tensor) and (
      keys[0]._dtype_name == "bool" and keys[0].ndim == 0)


def _masked_whole(x, keys):
  """The array once where the condition holds, else no times."""
  count = call("astype", [keys[0]], dtype="int64")
  return call("take", [call("expand_dims", [x], axis=0),
                       extents.count_up(count)], axis=0)


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
  return [_plain(k) for k in keys]


def _plain(k):
  if isinstance(k, slice):
    return slice(_bound(k.start), _bound(k.stop), _bound(k.step))
  if isinstance(k, np.integer):
    return int(k)
  if isinstance(k, list) and has_symbolic(k):
    from numest.trace import namespace  # it needs this module
    return namespace.asarray(k)
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


def _is_number(k):
  """A traced position: it takes one element, as an int does."""
  return isinstance(k, Tensor) and k.ndim == 0 and "int" in k._dtype_name


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
  windows = {axis: _window(x, axis, k) for axis, k in _by_axis(keys, x.ndim)
             if _is_moving(k)}
  rest = [slice(None) if _is_moving(k) else k for k in keys]
  if any(size is None for _, size in windows.values()):
    return _core.index(_read_steps(x, keys), rest)
  starts = [windows.get(i, (0, 0))[0] for i in range(x.ndim)]
  sizes = [windows[i][1] if i in windows else x._shape[i]
           for i in range(x.ndim)]
  position = _core.functions.stack(
      [call("astype", [s], dtype="int64") for s in starts])
  return _core.index(call("dynamic_slice", [x, position], sizes=sizes), rest)


def _window(x, axis, k):
  """Start, and the extent that all values of the bounds agree on, if any."""
  extent = x._shape[axis]
  start = 0 if k.start is None else k.start
  stop = extent if k.stop is None else k.stop
  if k.step not in (None, 1) or extent < 0 or not (
      isinstance(stop, Tensor) or stop >= 0):
    return None, None
  size = _core.constant_difference(stop, start)
  if size is None or size < 0:
    return None, None
  return _checked_start(start, extent - size), size


def _read_steps(x, keys):
  """The elements at start, start + step, ...: as many as there are."""
  for axis, k in _by_axis(keys, x.ndim):
    if _is_moving(k):
      start, stop, step = _bounds(x, axis, k)
      counted = extents.count_up(_count(start, stop, step))
      at = start + (counted if step == 1 else step * counted)
      x = call("take", [x, at], axis=axis)
  return x


def _bounds(x, axis, k):
  """start, stop and step of a slice with traced bounds, as Python clips
  them."""
  step = 1 if k.step is None else k.step
  if isinstance(step, Tensor):
    raise state.Untraceable("a slice has a step that depends on values")
  known = x._shape[axis]
  extent = call("extent", [x], axis=axis) if known < 0 else known
  low, high = (0, extent) if step > 0 else (-1, extent - 1)
  start = _resolved(k.start, extent, low if step > 0 else high, low, high)
  stop = _resolved(k.stop, extent, high if step > 0 else low, low, high)
  return start, stop, step


def _checked_start(start, last):
  """The start, refused when the program runs if the slice leaves the array."""
  return call("check_range", [start], low=0.0, high=float(last),
              what="start of a slice with traced bounds")


def _masked_update(x, keys, value):
  mask, rows = None, {}
  ints = []
  by_axis = _by_axis(keys, x.ndim)
  extents_of_value = _extents_by_axis(value, by_axis)
  for axis, k in by_axis:
    position, inside = _positions(x, axis, k, extents_of_value.get(axis))
    rows[axis] = position
    if not isinstance(k, slice):
      ints.append(axis)
    if inside is not None:
      inside = _along(inside, axis, x.ndim)
      mask = inside if mask is None else call("logical_and", [mask, inside])
  value = _without_new_axes(value, keys, x.ndim - len(ints))
  return call("where", [mask, _spread(x, value, rows, ints), x]).astype(
      x._dtype_name)


def _extents_by_axis(value, by_axis):
  """{axis: extent of the value there}, numbers and tensors, of all that are
  not broadcast."""
  axes = [axis for axis, k in by_axis if isinstance(k, slice)]
  axes = axes[max(len(axes) - value.ndim, 0):]
  found = {}
  for axis, (i, extent) in zip(axes[::-1], [*enumerate(value._shape)][::-1]):
    if extent != 1:
      found[axis] = _core.extent_at(value, i) if extent < 0 else extent
  return found


def _positions(x, axis, k, value_extent):
  """Where each position of the axis lies in the slice, and if it does.

  Args:
    value_extent: of the value that is written there; None: it is broadcast.
  """
  if isinstance(k, slice) and not _is_moving(k) and k == slice(None):
    return None, None
  at = call("arange_like", [x], axis=axis)
  if not isinstance(k, slice):
    k = k + call("extent", [x], axis=axis) if isinstance(k, int) and (
        k < 0) else k
    return call("zeros_like", [at]), call("equal", [at, k])
  start, stop, step = _bounds(x, axis, k)
  row, inside = _steps(at - start, step), [
      call("greater_equal", [at, start] if step > 0 else [start, at]),
      call("less", [at, stop] if step > 0 else [stop, at])]
  if step not in (1, -1):
    inside.append(call("equal", [(at - start) % step, 0]))
  if value_extent is not None:
    _check_count(_count(start, stop, step), value_extent)
  return row, functools.reduce(lambda a, b: call("logical_and", [a, b]),
                               inside)


def _steps(distance, step):
  return distance if step == 1 else distance // step


def _count(start, stop, step):
  """How many positions a slice has."""
  distance = stop - start if step == 1 else -((start - stop) // step)
  return call("maximum", [distance, 0])


def _check_count(count, given):
  """Refuses elements for which a slice has not as many positions as a value
  has elements."""
  differ = call("not_equal", [count, given])
  if isinstance(given, Tensor):  # one element is broadcast
    differ = call("logical_and", [differ, call("not_equal", [given, 1])])
  refusals.refuse_where(differ)


def _resolved(bound, extent, default, low, high):
  if bound is None:
    return default
  bound = call("where", [call("less", [bound, 0]),
                         call("add", [bound, extent]), bound])
  return call("minimum", [call("maximum", [bound, low]), high])


def _along(t, axis, ndim):
  return call("expand_dims", [t],
              axis=tuple(i for i in range(ndim) if i != axis))


def _without_new_axes(value, keys, ndim):
  if value.ndim == 0 or not any(k is None for k in keys):
    return value
  raise state.Untraceable("a write at traced bounds has np.newaxis")


def _with_a_row(value, axis):
  """The value with one row more, so that even an empty one has a row."""
  shape = [1 if i == axis else e for i, e in enumerate(value._shape)]
  if min(shape) < 0:
    raise state.Untraceable("a value that is written at traced bounds has "
                            "several extents that depend on values")
  return call("concatenate", [value, np.zeros(
      shape, value.dtype.as_numpy_dtype)], axis=axis)


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
    if extent < 0 and rows[axis] is not None:
      read = _core.elements_at(value, rows[axis], i)
      if read is not None:
        value = read
        continue
      value = _with_a_row(value, i)
      last = call("maximum", [call("extent", [value], axis=i) - 2, 0])
      row = call("minimum", [call("maximum", [rows[axis], 0]), last])
      value = call("take", [value, row], axis=i)
    elif extent != 1 and rows[axis] is not None:
      row = call("clip", [rows[axis], 0, max(extent - 1, 0)])
      value = call("take", [value, row], axis=i)
  for axis in ints:
    value = call("expand_dims", [value], axis=axis)
  return value
