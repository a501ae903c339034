"""numest.array_api with every call traced: a namespace for the array API test
suite. Each function, method and operator that gets a tensor runs as a program
of its own, compiled from the traced call; see docs/howto/array_api_suite.md.
"""
import functools
import types

import numpy as np

from numest import _core, array_api, trace_state
from numest.trace import paths
from numest.tensor import Tensor, has_symbolic

# Answered without arrays, or about memory.
_AS_THEY_ARE = {"can_cast", "finfo", "iinfo", "isdtype", "result_type",
                "from_dlpack", "__array_namespace_info__"}
_OPERATORS = ("add sub mul truediv mod pow matmul and or xor lshift rshift lt "
              "le gt ge eq ne radd rsub rmul rtruediv rmod rpow rmatmul rand "
              "ror rxor rlshift rrshift neg pos abs invert getitem").split()
_IN_PLACE = ("iadd isub imul itruediv ifloordiv imod ipow imatmul iand ior "
             "ixor ilshift irshift setitem").split()


class _Slot:
  """Where a tensor stood among the arguments of a call."""

  def __init__(self, number):
    self.number = number


def _taken(value, tensors):
  """`value` with slots for its tensors, which are appended to `tensors`."""
  if isinstance(value, Tensor):
    tensors.append(value)
    return _Slot(len(tensors) - 1)
  if isinstance(value, (list, tuple)):
    return type(value)(_taken(v, tensors) for v in value)
  if isinstance(value, dict):
    return {k: _taken(v, tensors) for k, v in value.items()}
  return value


def _filled(value, tensors):
  if isinstance(value, _Slot):
    return tensors[value.number]
  if isinstance(value, (list, tuple)):
    return type(value)(_filled(v, tensors) for v in value)
  if isinstance(value, dict):
    return {k: _filled(v, tensors) for k, v in value.items()}
  return value


def _rebuilt(like, values):
  """The structure of the traced result with the values of the program."""
  if isinstance(like, Tensor):
    return _core.constant(np.asarray(next(values)))
  if isinstance(like, tuple) and hasattr(like, "_fields"):
    return type(like)(*(_rebuilt(v, values) for v in like))
  if isinstance(like, (list, tuple)):
    return type(like)(_rebuilt(v, values) for v in like)
  return like


def _tensors_of(value):
  if isinstance(value, Tensor):
    yield value
  elif isinstance(value, (list, tuple)):
    for v in value:
      yield from _tensors_of(v)


def run(function, args, kwargs):
  """function(*args, **kwargs) by a program that is traced and compiled."""
  tensors, kept = [], []
  args, kwargs = _taken(tuple(args), tensors), _taken(kwargs, tensors)
  if not tensors:
    return function(*args, **kwargs)

  def traced(*elements):
    kept[:] = [function(*_filled(args, elements),
                        **_filled(kwargs, elements)), *elements]
    return tuple(_tensors_of(kept[0]))
  specs = [(t._dtype_name, tuple(t._shape)) for t in tensors]
  graph, _ = paths.traced(traced, specs)
  values = _core.compile(graph).run([*(t._numpy() for t in tensors),
                                     np.uint64(0)])
  given = {id(e): t for e, t in zip(kept[1:], tensors)}
  return given.get(id(kept[0]), _rebuilt(kept[0], iter(values)))


def _as_program(function):
  @functools.wraps(function)
  def called(*args, **kwargs):
    if trace_state.in_trace() or has_symbolic([*args, *kwargs.values()]):
      return function(*args, **kwargs)
    return run(function, args, kwargs)
  return called


def _in_place(name):
  """An operator that writes: of a copy in the program, then of the tensor."""
  plain = getattr(Tensor, f"__{name}__")

  def written(x, *args):
    x = x.copy()
    result = plain(x, *args)
    return x if result is None else result

  @functools.wraps(plain)
  def called(self, *args):
    if trace_state.in_trace() or self.is_symbolic:
      return plain(self, *args)
    self._replace(run(written, (self, *args), {}))
    return None if name == "setitem" else self
  return called


def _install():
  for name in _OPERATORS:
    method = f"__{name}__"
    setattr(Tensor, method, _as_program(getattr(Tensor, method)))
  for name in _IN_PLACE:
    setattr(Tensor, f"__{name}__", _in_place(name))
  # NumPy's // is what is traced; the standard's, which it permits to differ
  # where an argument is infinite, is floor_divide.
  Tensor.__floordiv__ = _as_program(array_api.floor_divide)
  Tensor.__rfloordiv__ = _as_program(lambda x, y: array_api.floor_divide(y, x))
  Tensor.__ifloordiv__ = Tensor.__floordiv__
  for name in ("T", "mT"):
    setattr(Tensor, name, property(_as_program(getattr(Tensor, name).fget)))


def _namespace(module):
  made = types.ModuleType(f"traced_{module.__name__.rpartition('.')[2]}")
  for name in dir(module):
    value = getattr(module, name)
    is_function = isinstance(value, types.FunctionType)
    setattr(made, name, _as_program(value) if is_function and
            name not in _AS_THEY_ARE else value)
  return made


_install()
globals().update(vars(_namespace(array_api)))
linalg, fft = _namespace(array_api.linalg), _namespace(array_api.fft)
__array_namespace_info__ = array_api.__array_namespace_info__
__array_api_version__ = array_api.__array_api_version__
