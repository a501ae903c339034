"""Checks of arguments: what was given, what is expected, what to do."""
import operator

import numpy as np

from numest import _core


def integer(owner, name, value):
  """An int of an integer (or a scalar Tensor); TypeError for others."""
  if hasattr(value, "_numpy") and not value.is_symbolic:
    value = value._numpy()[()]
  try:
    if not isinstance(value, (bool, np.bool_)):
      return operator.index(value)
  except TypeError:
    pass
  raise TypeError(f"{owner}: {name}: got {value!r} of type "
                  f"{type(value).__name__}, expected an integer")


def number(owner, name, value):
  """A float of a real number; TypeError for others."""
  if hasattr(value, "_numpy") and not value.is_symbolic:
    value = value._numpy()[()]
  try:
    if not isinstance(value, (str, bytes)):
      return float(value)
  except (TypeError, ValueError):
    pass
  raise TypeError(f"{owner}: {name}: got {value!r} of type "
                  f"{type(value).__name__}, expected a number")


def function(owner, name, value):
  """A callable; TypeError for others."""
  if not callable(value):
    raise TypeError(f"{owner}: {name}: got {value!r} of type "
                    f"{type(value).__name__}, expected a function")
  return value


def pair(owner, name, value):
  """Two positive ints of one or two."""
  values = list(value) if isinstance(value, (tuple, list)) else [value] * 2
  values = [integer(owner, name, v) for v in values]
  if len(values) != 2 or min(values) < 1:
    raise ValueError(f"{owner}: {name}: got {value!r}, expected a positive "
                     "integer or two")
  return values


def tensor(owner, name, value):
  """A Tensor of a tensor, an array or numbers; TypeError for others."""
  if isinstance(value, dict):
    raise TypeError(f"{owner}: {name}: got a dictionary, expected a tensor; "
                    f"take one by its key: {sorted(map(str, value))}")
  try:
    return _core.tensor(value)
  except Exception as error:
    raise TypeError(f"{owner}: {name}: got {value!r} of type "
                    f"{type(value).__name__}, expected a tensor") from error


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
