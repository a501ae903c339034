"""np.pad: modes of the op, of known positions, and of statistics of an axis."""
import numpy as np

from numest import _core
from numest.numpy_forms import elementwise, reductions
from numest.numpy_forms.joining import concatenate
from numest.tensor import call

_f = _core.functions
_STATISTICS = {"maximum": reductions.max, "minimum": reductions.min,
               "mean": reductions.mean,
               "median": lambda a, axis, keepdims: _f.median(a, axis,
                                                             keepdims)}


def pad(array, pad_width, mode="constant", constant_values=0, end_values=0):
  array = _core.tensor(array)
  widths = np.broadcast_to(pad_width, (array.ndim, 2)).tolist()
  if mode in ("wrap", "symmetric"):
    return _by_positions(array, widths, mode)
  if mode in _STATISTICS:
    return _by_axes(array, widths, lambda a, axis, count, side: _statistic(
        a, axis, count, _STATISTICS[mode]))
  if mode == "linear_ramp":
    ends = np.broadcast_to(end_values, (array.ndim, 2))
    return _by_axes(array, widths, lambda a, axis, count, side: _ramp(
        a, axis, count, side, ends[axis][side]))
  if mode == "constant" and np.ndim(constant_values):
    values = np.broadcast_to(constant_values, (array.ndim, 2))
    return _by_axes(array, widths, lambda a, axis, count, side: _spread(
        call("full_like", [_edge(a, axis, side), values[axis][side]]), axis,
        count))
  return call("pad", [array], pad_width=[w for both in widths for w in both],
              mode=mode, constant_values=float(constant_values))


def _by_positions(array, widths, mode):
  for axis, (before, after) in enumerate(widths):
    extent = array._shape[axis]
    if extent < 0:
      raise TypeError(f"pad: the extent of axis {axis} is not known")
    at = np.pad(np.arange(extent), (before, after), mode)
    array = call("take", [array, at], axis=axis)
  return array


def _by_axes(array, widths, made):
  """One axis after the other; `made` gives what stands before (side 0) and
  behind (side 1) an axis."""
  for axis, counts in enumerate(widths):
    parts = [made(array, axis, count, side).astype(array._dtype_name)
             for side, count in enumerate(counts)]
    array = concatenate([parts[0], array, parts[1]], axis)
  return array


def _edge(a, axis, side):
  return call("take", [a, np.array([0 if side == 0 else -1])], axis=axis)


def _spread(row, axis, count):
  return call("take", [row, np.zeros(count, np.int64)], axis=axis)


def _statistic(a, axis, count, reduce):
  row = reduce(a, axis=axis, keepdims=True)
  if "int" in a._dtype_name:
    row = _f.round(row, 0)
  return _spread(row, axis, count)


def _ramp(a, axis, count, side, end):
  edge = call("squeeze", [_edge(a, axis, side)], axis=axis)
  if "int" in a._dtype_name:
    raise TypeError("pad: mode='linear_ramp' of integers has no graph form")
  steps = elementwise.linspace(float(end), edge, count, False, None, axis)
  return steps if side == 0 else _f.flip(steps, axis)
