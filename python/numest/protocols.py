"""NumPy's protocol of functions: np functions on Tensors build or run ops; that
of ufuncs is ufuncs.py."""
import numpy as np

from numest import _core, numpy_functions, trace_state
from numest.tensor import has_symbolic
from numest.ufuncs import (BY_VALUE, as_arrays, called_in_python, concrete,
                           store)


def array_function(self, func, types, args, kwargs):
  """np.mean(tensor) and the like."""
  is_data = not has_symbolic([*args, *kwargs.values()])
  if is_data and BY_VALUE and func in _PROMOTING and len(args) == 3:
    return as_arrays(numpy_functions.TABLE[func](*args, **kwargs))
  if is_data and not (trace_state.in_trace() and func in _SHARING):
    made = func(*concrete(args), **{k: concrete(v) for k, v in kwargs.items()})
    return _as_traced(made) if trace_state.in_trace() else made
  ours = numpy_functions.TABLE.get(func)
  if ours is None:
    made = called_in_python(func, args, kwargs)
    if made is not None:
      return made
    raise TypeError(f"np.{func.__name__} has no graph form: it was called on "
                    "a symbolic tensor")
  if trace_state.in_trace():
    trace_state.mark_location()
  given = numpy_functions.arguments_of(func, args, kwargs)
  out = given.pop("out", None)
  try:
    result = ours(*given.pop("*", ()), **given)
  except TypeError as error:
    raise TypeError(f"np.{func.__name__}: {error}") from error
  if out is None:
    return result
  if func not in _BROADCASTING and tuple(out._shape) != tuple(result._shape):
    raise ValueError(f"np.{func.__name__}: out: got shape "
                     f"{tuple(out._shape)}, expected that of the result, "
                     f"{tuple(result._shape)}")
  return store(out, result)


def _as_traced(made):
  """Arrays as tensors: the trace has to see what is written to them."""
  if isinstance(made, (tuple, list)) and type(made) in (tuple, list):
    return type(made)(map(_as_traced, made))
  if type(made) is np.ndarray and made.dtype.kind in "biufc":
    return _core.constant(made)
  return made


# They share memory, or write to it, also of arrays that the trace made.
_SHARING = {np.reshape, np.ravel, np.squeeze, np.expand_dims, np.transpose,
            np.swapaxes, np.moveaxis, np.rollaxis, np.flip, np.fliplr,
            np.flipud, np.rot90,
            np.put, np.place, np.putmask, np.copyto, np.fill_diagonal,
            np.put_along_axis, np.nan_to_num}
# What promotes beside the ufuncs.
_PROMOTING = {np.where, np.clip}
# As ufuncs do, results spread over an `out` of more axes.
_BROADCASTING = {np.clip, np.round, np.around, np.fix, np.nan_to_num}
