"""A copy of a user's function that sees other modules.

Globals and closure cells are looked up live, so that what changes later is
seen; functions of the user that it calls are copied the same way.
"""
import builtins
import dis
import functools
import random as python_random
import sys
import math
import types

import numpy as np

from numest import _core


class Bindings:
  """What stands for numpy, np.random, random, math and builtins.

  Attributes:
    values: by identity of the original.
    names: values of names that every function sees, builtins among them.
    generator: stands for captured Generators and RandomStates, or None.
    copies_arrays: captured ndarrays become tensors of the trace.
    code: function of a code object to the one that runs instead, or None.
  """

  def __init__(self, numpy, numpy_random, random, math_module=None,
               functions=(), names=(), generator=None,
               copies_arrays=False, code=None):
    self.modules = {id(np): numpy, id(np.random): numpy_random,
                    id(python_random): random}
    if math_module is not None:
      self.modules[id(math)] = math_module
    self.functions = dict(functions)
    self.names = dict(names)
    self.generator = generator
    self.copies_arrays = copies_arrays
    self.code = code or (lambda code: None)

  def value(self, value, seen):
    """What the copy sees in place of `value`."""
    if id(value) in self.modules:
      return self.modules[id(value)]
    if isinstance(value, (np.random.Generator, np.random.RandomState)):
      return value if self.generator is None else self.generator
    if self.copies_arrays and type(value) is np.ndarray and (
        value.dtype.kind in "biufc"):
      return _core.constant(value)
    try:
      if value in self.functions:
        return self.functions[value]
    except TypeError:  # not hashable
      return value
    if isinstance(value, (types.FunctionType, types.MethodType,
                          functools.partial)) and is_users(value):
      return rebind(value, self, seen)
    return _rebound_object(value, self, seen)


class _LiveGlobals(dict):
  """The globals of a copy: the original's at each look-up, seen through the
  bindings."""

  def __init__(self, original, bindings, seen):
    super().__init__()
    self._original, self._bindings, self._seen = original, bindings, seen
    self["__builtins__"] = {**vars(builtins), "__import__": self._import}
    self["__name__"] = original.get("__name__")

  def _import(self, name, globals=None, locals=None, fromlist=(), level=0):
    module = __import__(name, globals, locals, fromlist, level)
    return self._bindings.modules.get(id(module), module)

  def __missing__(self, name):
    if name in self._original:
      return self._bindings.value(self._original[name], self._seen)
    if name in self._bindings.names:
      return self._bindings.names[name]
    raise KeyError(name)


def is_users(function):
  """True for code of the user: not the package's, nor an installed one's."""
  if isinstance(function, functools.partial):
    return is_users(function.func)
  function = getattr(function, "__func__", function)
  module = function.__module__ or ""
  file = function.__code__.co_filename
  installed = "site-packages" in file or file.startswith(
      sys.base_prefix + "/lib")
  ours = module == "numest" or module.startswith("numest.")
  return not (ours or installed or module.partition(".")[0] == "numpy")


def writes_outside(function):
  """True if the function assigns globals or variables of an outer function:
  a copy would keep the writes to itself."""
  code = getattr(getattr(function, "__func__", function), "__code__", None)
  if code is None:
    return False
  return any(i.opname in ("STORE_GLOBAL", "DELETE_GLOBAL") or (
      i.opname == "STORE_DEREF" and i.argval in code.co_freevars)
             for i in dis.get_instructions(code))


def original(function):
  """The function that a copy was made of; others as they are."""
  return getattr(function, "copied_from", function)


def rebind(function, bindings, seen=None):
  """A copy of `function` that sees `bindings`; other callables as they are."""
  if isinstance(function, functools.partial):
    return functools.partial(rebind(function.func, bindings, seen),
                             *function.args, **function.keywords)
  if isinstance(function, types.MethodType):
    return types.MethodType(
        rebind(function.__func__, bindings, seen),
        _rebound_object(function.__self__, bindings, seen))
  if not isinstance(function, types.FunctionType):
    return _rebound_object(function, bindings, seen)
  if isinstance(function.__globals__, _LiveGlobals):  # made in a copy
    return function
  seen = {} if seen is None else seen
  if function in seen:
    return seen[function]
  code = bindings.code(function.__code__) or function.__code__
  cells = {name: types.CellType() for name in code.co_freevars}
  made = types.FunctionType(
      code, _LiveGlobals(function.__globals__, bindings, seen),
      function.__name__, function.__defaults__, tuple(cells.values()) or None)
  made.__kwdefaults__ = function.__kwdefaults__
  made.__module__ = function.__module__
  made.copied_from = function
  seen[function] = made
  for name, old in zip(function.__code__.co_freevars,
                       function.__closure__ or ()):
    try:
      cells.get(name, types.CellType()).cell_contents = bindings.value(
          old.cell_contents, seen)
    except ValueError:  # an empty cell
      pass
  return made


def _rebound_object(value, bindings, seen):
  """An object of a user's class, with the same attributes and rebound
  methods; anything else as it is."""
  cls = type(value)
  if not _is_users_class(cls):
    return value
  seen = {} if seen is None else seen
  if cls not in seen:
    seen[cls] = type(cls.__name__, (cls,), {
        name: rebind(function, bindings, seen)
        for name, function in _methods(cls)})
  try:
    made = object.__new__(seen[cls])
    made.__dict__ = value.__dict__  # shared: writes are the object's own
  except (TypeError, AttributeError):  # slots, or a class made in C
    return value
  return made


def _is_users_class(cls):
  return any(is_users(function) for _, function in _methods(cls))


def _methods(cls):
  return [(name, function) for base in reversed(cls.__mro__)
          for name, function in vars(base).items()
          if isinstance(function, types.FunctionType) and
          name not in ("__init__", "__new__", "__setattr__", "__getattr__",
                       "__getattribute__")]
