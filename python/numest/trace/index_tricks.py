"""np.r_, np.c_ and np.ndenumerate of traced values."""
import numpy as np

from numest.tensor import Tensor, call, has_symbolic
from numest import trace_state as state
from numest.trace import numpy_calls


class _Concatenator:
  """np.r_ or np.c_: parts that are joined along an axis.

  Args:
    original: NumPy's own, for parts that are known.
    axis: what they are joined along.
    ndim: the number of axes that each part has at least; new ones are last.
  """

  def __init__(self, original, axis, ndim):
    self._original, self._axis, self._ndim = original, axis, ndim

  def __getitem__(self, key):
    keys = key if isinstance(key, tuple) else (key,)
    if not has_symbolic(keys):
      return numpy_calls.known(self._original[key])
    if any(isinstance(k, str) for k in keys):
      raise state.Untraceable(
          "np.r_ and np.c_ with directives have no graph form")
    parts = [self._part(k) for k in keys]
    dtype = np.result_type(*map(_type_of, parts)).name
    return call("concatenate", [self._with_axes(p, dtype) for p in parts],
                axis=self._axis)

  def _part(self, key):
    if isinstance(key, slice):
      if has_symbolic([key.start, key.stop, key.step]):
        raise state.Untraceable("a range of np.r_ has traced bounds")
      return np.r_[key]
    if isinstance(key, (list, tuple)) and has_symbolic(key):
      return numpy_calls.joined(key)
    is_kept = isinstance(key, Tensor) or type(key) in _NUMBERS
    return key if is_kept else np.asarray(key)

  def _with_axes(self, part, dtype):
    part = np.asarray(part, dtype) if type(part) in _NUMBERS else part
    t = call("astype", [part], dtype=dtype)
    missing = max(self._ndim - t.ndim, 0)
    return call("expand_dims", [t], axis=tuple(
        range(t.ndim, t.ndim + missing))) if missing else t


_NUMBERS = (bool, int, float, complex)


def _type_of(part):
  """A dtype; a number for Python's, which take the dtype of arrays."""
  if isinstance(part, Tensor):
    dtype = np.dtype(part.dtype.as_numpy_dtype)
    return dtype.type(0).item() if part.is_weak else dtype
  return type(part)() if type(part) in _NUMBERS else part.dtype


R, C = _Concatenator(np.r_, 0, 1), _Concatenator(np.c_, -1, 2)


def ndenumerate(arr):
  """np.ndenumerate of an array whose shape is known."""
  if not has_symbolic([arr]):
    return np.ndenumerate(np.asarray(arr))
  arr = numpy_calls.joined(arr)
  if min(arr._shape, default=0) < 0:
    raise state.Untraceable("np.ndenumerate of an array of unknown extents")
  return ((at, arr[at]) for at in np.ndindex(*arr._shape))
