"""Draws that all others are made of: each an op with a key of its own."""
import numpy as np

from numest import _core
from numest.tensor import call
from numest import trace_state as state


def shape_of(size):
  if size is None:
    return ()
  return (int(size),) if not isinstance(size, (tuple, list)) else tuple(
      int(e) for e in size)


def number(value, size, is_plain=True):
  """A scalar draw as the Python number that NumPy gives."""
  return value._as_weak() if size is None and is_plain else value


def extent_of(size, *parameters):
  """The shape of a draw: `size`, or that of the broadcast parameters."""
  if size is not None:
    return shape_of(size)
  shapes = [tuple(_core.tensor(p)._shape) for p in parameters]
  return np.broadcast_shapes(*shapes)


def uniform_01(shape, dtype="float64"):
  return call("random_uniform", [state.active().next_key()], shape=shape,
              dtype=dtype)


def normal_01(shape, dtype="float64"):
  return call("random_normal", [state.active().next_key()], shape=shape,
              dtype=dtype)


def integers(low, high, shape, dtype="int64"):
  t = call("random_integers", [state.active().next_key(), low, high],
           shape=shape, dtype="int64")
  return t if dtype == "int64" else t.astype(dtype)


def open_01(shape):
  """Uniform over (0, 1]: its logarithm is finite."""
  return 1.0 - uniform_01(shape)
