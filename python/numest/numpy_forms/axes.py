"""What NumPy takes as axes."""
import numpy as np


def as_axes(axis):
  if axis is None or isinstance(axis, (int, np.integer)):
    return axis
  return tuple(axis)
