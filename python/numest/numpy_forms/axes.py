"""What NumPy takes as axes, and its rules for casts."""
import numpy as np


def as_axes(axis):
  if axis is None or isinstance(axis, (int, np.integer)):
    return axis
  return tuple(axis)


def broadcast_shapes(*shapes):
  """np.broadcast_shapes, of extents that may be symbols: below 0.

  Raises:
    ValueError: the shapes do not broadcast.
  """
  ndim = max(map(len, shapes), default=0)
  result = [1] * ndim
  for shape in shapes:
    for axis, extent in enumerate(shape, ndim - len(shape)):
      one = _broadcast_extent(result[axis], extent)
      if one is None:
        raise ValueError("shape mismatch: objects cannot be broadcast to a "
                         f"single shape: got {', '.join(map(str, shapes))}")
      result[axis] = one
  return tuple(result)


def _broadcast_extent(a, b):
  """As numest/array/shape.cpp: what may be right passes."""
  if a == b or b == 1 or (a < 0 and b < 0):
    return a
  if a == 1 or a < 0:
    return b
  return a if b < 0 else None


def check_casting(name, tensors, dtype, casting):
  """Raises TypeError where NumPy's rule forbids to cast to the dtype."""
  for t in tensors:
    given = np.dtype(t._dtype_name)
    if not np.can_cast(given, dtype, casting):
      raise TypeError(f"{name}: Cannot cast array data from {given!r} to "
                      f"{np.dtype(dtype)!r} according to the rule "
                      f"'{casting}'")
