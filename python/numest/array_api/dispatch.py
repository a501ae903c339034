"""How a function of the standard becomes one over tensors: the parameters are
the standard's, the work is NumPy's function of the table of forms."""
import inspect

import numpy as np

from numest import _core, trace_state
from numest.dtypes import DType, as_dtype
from numest.tensor import Tensor

# The standard's names of NumPy's functions, where they differ.
RENAMED = {
    "acos": "arccos", "acosh": "arccosh", "asin": "arcsin",
    "asinh": "arcsinh", "atan": "arctan", "atan2": "arctan2",
    "atanh": "arctanh", "bitwise_invert": "invert",
    "bitwise_left_shift": "left_shift", "bitwise_right_shift": "right_shift",
    "concat": "concatenate", "conj": "conjugate", "permute_dims": "transpose",
    "pow": "power",
}


def as_numpy(dtype):
  """A dtype argument as NumPy's; None stays."""
  return None if dtype is None else np.dtype(as_dtype(dtype).as_numpy_dtype)


def check_device(device):
  """Raises ValueError for a device that is not the CPU."""
  if device not in (None, "cpu"):
    raise ValueError(f"device: got {device!r}, expected 'cpu' or None")


def as_tensors(value):
  """NumPy's results as tensors; tuples keep their types."""
  if isinstance(value, (np.ndarray, np.generic)):
    return _core.constant(np.asarray(value))
  if isinstance(value, (bool, int, float, complex)):
    return _core.constant(np.asarray(value))
  if isinstance(value, np.dtype):
    return as_dtype(value)
  if isinstance(value, tuple) and hasattr(value, "_fields"):
    return type(value)(*map(as_tensors, value))
  if isinstance(value, (list, tuple)):
    return tuple(map(as_tensors, value))
  return value


def _adapted(name, value):
  if name == "dtype" or isinstance(value, DType):
    return as_numpy(value)
  return value


def function(name, parameters, form):
  """`form` under the parameters of the standard; positional ones are given by
  place, keyword ones by name where they differ from their defaults."""
  signature = inspect.signature(eval(f"lambda {parameters}: None"))
  defaults = {k: p.default for k, p in signature.parameters.items()}
  by_name = [k for k, p in signature.parameters.items()
             if p.kind is p.KEYWORD_ONLY]

  def call(*args, **kwargs):
    given = signature.bind(*args, **kwargs)
    check_device(given.kwargs.get("device"))
    named = {k: _adapted(k, given.arguments[k]) for k in by_name
             if k in given.arguments and k != "device" and
             given.arguments[k] is not defaults[k]}
    return as_tensors(form(*(_adapted("", a) for a in given.args), **named))

  call.__name__ = call.__qualname__ = name
  call.__signature__ = signature
  call.__doc__ = f"{name}({parameters}), as the array API standard has it."
  return call


def numpy_form(name, module=np):
  """NumPy's function, or the one of the tables where NumPy has none."""
  return getattr(module, RENAMED.get(name, name), None)


def in_trace(*values):
  """Whether the values are promises, or arrays that a trace may write to."""
  return trace_state.in_trace() or any(
      isinstance(v, Tensor) and v.is_symbolic for v in values)
