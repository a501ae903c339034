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
  for axis_, size in zip(axes, sizes):
    x = _windows(x, size, axis_)
  return x


def _windows(x, size, axis):
  """Windows along an axis; what is inside of them becomes the last axis."""
  extent = x._shape[axis]
  if 0 <= extent < size:
    raise ValueError(f"sliding_window_view: window_shape: got {size} for an "
                     f"axis of extent {extent}, expected at most that")
  first = np.arange(extent - size + 1) if extent >= 0 else symbols.count_up(
      call("extent", [x], axis=axis) - (size - 1))
  positions = call("expand_dims", [first], axis=1) + np.arange(size)
  found = call("take", [x, positions], axis=axis)
  return _core.functions.moveaxis(found, axis + 1, -1)
