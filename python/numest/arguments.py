"""Checks of arguments: what was given, what is expected, what to do."""
import numpy as np


def integer(owner, name, value):
  """An int of an integer (or a scalar Tensor); TypeError for others."""
  if hasattr(value, "_numpy") and not value.is_symbolic:
    value = value._numpy()[()]
  if isinstance(value, (bool, np.bool_)) or not hasattr(value, "__index__"):
    raise TypeError(f"{owner}: {name}: got {value!r} of type "
                    f"{type(value).__name__}, expected an integer")
  return int(value)


def number(owner, name, value):
  """A float of a real number; TypeError for others."""
  if hasattr(value, "_numpy") and not value.is_symbolic:
    value = value._numpy()[()]
  if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
    raise TypeError(f"{owner}: {name}: got {value!r} of type "
                    f"{type(value).__name__}, expected a number")
  return float(value)


def function(owner, name, value):
  """A callable; TypeError for others."""
  if not callable(value):
    raise TypeError(f"{owner}: {name}: got {value!r} of type "
                    f"{type(value).__name__}, expected a function")
  return value


def positive_steps(name, value):
  """None, or an int above 0; ValueError or TypeError for others."""
  if value is None:
    return None
  if isinstance(value, (float, np.floating)) and float(value).is_integer():
    value = int(value)
  value = integer("estimator", name, value)
  if value <= 0:
    raise ValueError(f"Must specify {name} > 0, given: {value}")
  return value
