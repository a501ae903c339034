"""Python functions as nodes of a program: what no trace can follow.

The types of the results are learned from calls with made-up arguments, where
extents that are not known are 2 in one call and 3 in the other: a result's
extent that follows an argument's is that argument's.
"""
import contextlib
import threading

import numpy as np

from numest import _core
from numest import trace_state as state
from numest.dtypes import as_dtype
from numest.tensor import Tensor
from numest.trace import nests
from numest.trace.rebind import original


class _Allowed(threading.local):
  value = False


_allowed = _Allowed()


@contextlib.contextmanager
def allowed():
  """Context in which what has no graph form becomes a node that calls it."""
  outer, _allowed.value = _allowed.value, True
  try:
    yield
  finally:
    _allowed.value = outer


def are_allowed():
  return _allowed.value


def call_function(function, args, kwargs, reason):
  """`function(*args, **kwargs)` as a node; tensors may stand in lists."""
  tensors = []

  def marked(value):
    if isinstance(value, Tensor):
      tensors.append(value)
      return _Mark(len(tensors) - 1)
    if isinstance(value, (list, tuple)):
      return [marked(v) for v in value]
    return value
  args = [marked(a) for a in args]
  kwargs = {k: marked(v) for k, v in kwargs.items()}

  def called(*arrays):
    def filled(value):
      if isinstance(value, _Mark):
        return arrays[value.index]
      return [filled(v) for v in value] if isinstance(value, list) else value
    return function(*[filled(a) for a in args],
                    **{k: filled(v) for k, v in kwargs.items()})
  called.__name__ = getattr(function, "__name__", type(function).__name__)
  return call_python(called, tensors, reason)


class _Mark:
  """Where a tensor stood among arguments."""

  def __init__(self, index):
    self.index = index


def call_python(function, arguments, reason="", grad=None, is_whole=False):
  """`function` over ndarrays, called each time the program runs.

  Args:
    function: gives an array, or a list or tuple of them.
    arguments: tensors.
    reason: why it is no program, for reports.
    grad: None (an error in the path from a loss to a variable), or "numeric":
      central differences, two calls for each number of the arguments.
    is_whole: no line of the user's calls it: reports show its own.

  Returns:
    A tensor, or a list of tensors if the function gives several.

  Raises:
    ValueError: for another `grad`.
  """
  if grad not in (None, "numeric"):
    raise ValueError(f"grad: got {grad!r}, expected None or 'numeric'")
  arguments = [_core.tensor(a) for a in arguments]
  function = original(function)  # a copy sees tensors, Python sees arrays
  specs, is_one = _learned(function, arguments)
  values = _node(_listed(function), function, reason, arguments, specs,
                 is_whole)
  if grad == "numeric":
    values = _core.custom_gradient(
        values, arguments, lambda cotangents: _node(
            _numeric_vjp(_listed(function), len(arguments)), function,
            "central differences", [*arguments, *cotangents],
            [(a._dtype_name, a._shape) for a in arguments]))
  return values[0] if is_one else values


def _node(called, function, reason, arguments, specs, is_whole=False):
  name = getattr(function, "__name__", type(function).__name__)
  code = getattr(function, "__code__", None)
  location = f"{code.co_filename}:{code.co_firstlineno}" if code else ""
  if is_whole and code:
    _core.set_location(location)
  else:
    state.mark_location()
  return _core.python_call(called, name, location, reason, arguments, specs)


def _listed(function):
  """`function` over ndarrays with a list of ndarrays as its result."""
  def called(*arrays):
    result = function(*[np.array(a) for a in arrays])
    return [np.asarray(v) for v in _list_of(result)]
  return called


def _learned(function, arguments):
  """(types of the results, whether there is one that is no list)."""
  first, second = (_made_up(function, arguments, extent) for extent in (2, 3))
  unknown = {e for a in arguments for e in a._shape if e < 0}
  symbols = {(2, 3): unknown.pop()} if len(unknown) == 1 else {}
  specs = []
  for x, y in zip(_list_of(first), _list_of(second)):
    x, y = np.asarray(x), np.asarray(y)
    if x.ndim != y.ndim:
      raise TypeError(f"{function!r}: the number of axes of its result "
                      f"depends on extents: got {x.shape} and {y.shape}")
    shape = [a if a == b else symbols.get((a, b), _core.fresh_extent())
             for a, b in zip(x.shape, y.shape)]
    specs.append((np.result_type(x, y).name, shape))
  return specs, not isinstance(first, (list, tuple))


def _list_of(result):
  return result if isinstance(result, (list, tuple)) else [result]


def _made_up(function, arguments, extent):
  arrays = []
  for a in arguments:
    if not a.is_symbolic:
      arrays.append(np.array(a._numpy()))
      continue
    shape = tuple(extent if e < 0 else e for e in a._shape)
    dtype = as_dtype(a._dtype_name).as_numpy_dtype
    arrays.append(np.linspace(0.25, 0.75, int(np.prod(shape))).reshape(
        shape).astype(dtype))
  return function(*arrays)


def _numeric_vjp(function, count):
  """Cotangents of `count` arguments by central differences, in float64."""
  def vjp(*arrays):
    at, cotangents = [np.array(a) for a in arrays[:count]], arrays[count:]
    return [_by_differences(function, at, i, cotangents)
            for i in range(count)]
  return vjp


def _by_differences(function, at, index, cotangents):
  x = at[index]
  result = np.zeros(x.shape, x.dtype)
  if x.dtype.kind != "f":
    return result
  scale = np.finfo(x.dtype).eps ** (1 / 3)
  for where in np.ndindex(x.shape):
    step = x.dtype.type(scale * max(1.0, abs(float(x[where]))))
    ends = [_moved(function, at, index, where, s, cotangents)
            for s in (step, -step)]
    (above, high), (below, low) = ends
    result[where] = (above - below) / (high - low)
  return result


def _moved(function, at, index, where, step, cotangents):
  """(<cotangents, function>, the argument's number), moved by `step`."""
  moved = list(at)
  moved[index] = at[index].copy()
  moved[index][where] += step
  values = function(*moved)
  total = sum(float(np.sum(np.asarray(c, np.float64) * v))
              for c, v in zip(cotangents, values))
  return total, float(moved[index][where])
