"""What NumPy takes as axes, and its rules for casts."""
import numpy as np


def as_axes(axis):
  if axis is None or isinstance(axis, (int, np.integer)):
    return axis
  return tuple(axis)


def check_casting(name, tensors, dtype, casting):
  """Raises TypeError where NumPy's rule forbids to cast to the dtype."""
  for t in tensors:
    given = np.dtype(t._dtype_name)
    if not np.can_cast(given, dtype, casting):
      raise TypeError(f"{name}: Cannot cast array data from {given!r} to "
                      f"{np.dtype(dtype)!r} according to the rule "
                      f"'{casting}'")
