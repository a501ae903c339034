"""NumPy's protocols: np functions on Tensors build or run ops."""
import numpy as np

from numest import _core
from numest import math
from numest.tensor import Tensor, call

# ufuncs whose op has another name.
_RENAMED = {"abs": "absolute", "true_divide": "divide", "mod": "remainder",
            "conj": "conjugate", "deg2rad": None, "rad2deg": None}
_OPS = {row["name"] for row in _core.op_list()}
# np function -> ours; the names agree.
_FUNCTIONS = {
    getattr(np, name): getattr(math, name)
    for name in ("sum", "prod", "max", "min", "all", "any", "mean", "var",
                 "std", "argmax", "argmin", "reshape", "transpose",
                 "expand_dims", "squeeze", "concatenate", "stack", "where",
                 "clip", "flip", "fliplr", "flipud", "zeros_like",
                 "ones_like", "dot", "ravel", "swapaxes", "cumsum")
}
_FUNCTIONS[np.amax] = math.max
_FUNCTIONS[np.amin] = math.min
_FUNCTIONS[np.linalg.norm] = math.norm


def _is_symbolic(values):
  for value in values:
    if isinstance(value, Tensor) and value.is_symbolic:
      return True
    if isinstance(value, (list, tuple)) and _is_symbolic(value):
      return True
  return False


def _concrete(value):
  if isinstance(value, Tensor):
    return value._numpy()
  if isinstance(value, (list, tuple)):
    return type(value)(_concrete(v) for v in value)
  return value


def array_ufunc(self, ufunc, method, *inputs, **kwargs):
  """np.add(tensor, x) and the like."""
  if not _is_symbolic(inputs):
    return getattr(ufunc, method)(*_concrete(inputs), **kwargs)
  name = _RENAMED.get(ufunc.__name__, ufunc.__name__)
  if method == "reduce" and ufunc in (np.add, np.maximum, np.minimum):
    reduce = {np.add: math.sum, np.maximum: math.max,
              np.minimum: math.min}[ufunc]
    return reduce(inputs[0], axis=kwargs.get("axis", 0))
  if method != "__call__" or name not in _OPS:
    raise TypeError(f"np.{ufunc.__name__}.{method} has no graph form: it was "
                    "called on a symbolic tensor")
  unknown = set(kwargs) - {"dtype"}
  if unknown:
    raise TypeError(f"np.{ufunc.__name__}: {sorted(unknown)} cannot be used "
                    "on symbolic tensors")
  result = call(name, list(inputs))
  return result.astype(kwargs["dtype"]) if kwargs.get("dtype") else result


def array_function(self, func, types, args, kwargs):
  """np.mean(tensor) and the like."""
  if not _is_symbolic(list(args) + list(kwargs.values())):
    return func(*_concrete(args),
                **{k: _concrete(v) for k, v in kwargs.items()})
  ours = _FUNCTIONS.get(func)
  if ours is None:
    raise TypeError(f"np.{func.__name__} has no graph form: it was called on "
                    "a symbolic tensor")
  return ours(*args, **kwargs)
