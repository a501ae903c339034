"""np.lib.stride_tricks over tensors: windows by positions that are known."""
import numpy as np

from numest import _core
from numest.numpy_forms import symbols
from numest.tensor import call


def sliding_window_view(x, window_shape, axis=None, subok=False,
                        writeable=False):
  x = _core.tensor(x)
  sizes = np.atleast_1d(window_shape).tolist()
  axes = range(x.ndim) if axis is None else np.atleast_1d(axis).tolist()
  axes = [a + x.ndim if a < 0 else a for a in axes]
  if len(sizes) != len(axes):
    raise ValueError(
        f"sliding_window_view: window_shape: got {len(sizes)} extents for "
        f"{len(axes)} axes, expected one for each axis")
  made = x
  for axis_, size in zip(axes, sizes):
    made = _windows(made, size, axis_)
  if len(set(axes)) == len(axes):
    made._windows = x._alias(), dict(zip(axes, sizes))
  return made


def of_steps(x, keys):
  """x[keys] of windows where it takes each few of them only, which need not be
  made to leave out most; None of anything else.

  Args:
    keys: (axis, key) of each axis; what has no axis is left out.
  """
  made, sizes = x.__dict__.get("_windows", (None, ()))
  if made is None or len(keys) != x.ndim or not all(
      isinstance(k, slice) and (axis in sizes or k == slice(None))
      for axis, k in keys):
    return None
  steps = dict(keys)
  if all(steps[axis].step in (None, 1) for axis in sizes) or any(
      made._shape[axis] < 0 for axis in sizes):
    return None
  for axis, size in sizes.items():
    made = _windows(made, size, axis, steps[axis])
  return made


def _windows(x, size, axis, taken=slice(None)):
  """Windows along an axis, those that are taken; what is inside of them becomes
  the last axis."""
  extent = x._shape[axis]
  if 0 <= extent < size:
    raise ValueError(f"sliding_window_view: window_shape: got {size} for an "
                     f"axis of extent {extent}, expected at most that")
  first = np.arange(extent - size + 1)[taken] if extent >= 0 else (
      symbols.count_up(call("extent", [x], axis=axis) - (size - 1)))
  positions = call("expand_dims", [first], axis=1) + np.arange(size)
  found = call("take", [x, positions], axis=axis)
  return _core.functions.moveaxis(found, axis + 1, -1)
