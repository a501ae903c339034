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
from numest import trace_state as state
from numest.trace.guards import MISSING, class_entries, is_frozen


class Bindings:
  """What stands for numpy, np.random, random, math and builtins.

  Attributes:
    values: by identity of the original.
    names: values of names that every function sees, builtins among them.
    generator: stands for captured Generators and RandomStates, or None.
    copies_arrays: captured ndarrays become tensors of the trace.
    code: function of a code object to the one that runs instead, or None.
    guards: gets what the copy reads from outside, or None.
  """

  def __init__(self, numpy, numpy_random, random, math_module=None,
               functions=(), names=(), generator=None,
               copies_arrays=False, code=None, guards=None):
    self.modules = {id(np): numpy, id(np.random): numpy_random,
                    id(python_random): random}
    if math_module is not None:
      self.modules[id(math)] = math_module
    self.functions = dict(functions)
    self.names = dict(names)
    self.generator = generator
    self.copies_arrays = copies_arrays
    self.code = code or (lambda code: None)
    self.guards = guards

  def read(self, owner, name, value, again, seen):
    """As `value`, of what `again()` reads from outside; noted by the guards."""
    made = self.value(value, seen)
    if self.guards is not None:
      is_watched = made is not value and not isinstance(value, np.ndarray)
      self.guards.note(owner, name, value, again, is_watched)
    return made

  def read_item(self, owner, name, seen):
    """As `read`, of an entry of a dictionary."""
    return self.read(owner, name, owner.get(name, MISSING),
                     lambda: owner.get(name, MISSING), seen)

  def value(self, value, seen):
    """What the copy sees in place of `value`."""
    if id(value) in self.modules:
      return self.modules[id(value)]
    if isinstance(value, (np.random.Generator, np.random.RandomState)):
      return value if self.generator is None else self.generator
    if self.copies_arrays and type(value) is np.ndarray and (
        value.dtype.kind in "biufc"):
      return _captured(value, seen)
    try:
      if value in self.functions:
        return self.functions[value]
    except TypeError:  # not hashable
      return value
    if isinstance(value, (types.FunctionType, types.MethodType,
                          functools.partial)) and is_users(value):
      return rebind(value, self, seen)
    if isinstance(value, types.ModuleType):
      return _rebound_module(value, self, seen)
    if isinstance(value, type):
      return self._noted_class(value)
    return _rebound_object(value, self, seen)

  def _noted_class(self, cls):
    module = sys.modules.get(cls.__module__)
    if self.guards is not None and _is_users_module(module):
      self.guards.note(cls, cls.__name__, class_entries(cls),
                       lambda: class_entries(cls))
    return cls


def _captured(array, seen):
  """An array from outside: what it holds now, that nobody writes to."""
  key = ("array", id(array))
  if key not in seen:
    made = _core.constant(array if is_frozen(array) else array.copy())
    made._is_captured = True
    seen[key] = (made, array)  # kept: its id stays its own
  return seen[key][0]


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
    value = self._bindings.read_item(self._original, name, self._seen)
    if value is not MISSING:
      return value
    if name in self._bindings.names:
      return self._bindings.names[name]
    raise KeyError(name)


def is_users(function):
  """True for code of the user: not the package's, nor an installed one's."""
  if isinstance(function, functools.partial):
    return is_users(function.func)
  function = getattr(function, "__func__", function)
  root = (function.__module__ or "").partition(".")[0]
  return root not in ("numest", "numpy") and not _is_installed(
      function.__code__.co_filename)


def _is_installed(file):
  return "site-packages" in file or file.startswith(sys.base_prefix + "/lib")


def _is_users_module(module):
  file = getattr(module, "__file__", None)
  if file is None:
    return getattr(module, "__name__", "") == "__main__"
  return not _is_installed(file) and not state.is_ours(file)


def writes_outside(function):
  """True if the function assigns globals or variables of an outer function:
  a copy would keep the writes to itself."""
  code = getattr(getattr(function, "__func__", function), "__code__", None)
  if code is None:
    return False
  return any(i.opname in ("STORE_GLOBAL", "DELETE_GLOBAL") or (
      i.opname == "STORE_DEREF" and i.argval in code.co_freevars)
             for i in dis.get_instructions(code))


def rebind(function, bindings, seen=None):
  """A copy of `function` that sees `bindings`; other callables as they are."""
  seen = {} if seen is None else seen
  if isinstance(function, functools.partial):
    return _rebound_partial(function, bindings, seen)
  if isinstance(function, types.MethodType):
    return types.MethodType(
        rebind(function.__func__, bindings, seen),
        _rebound_object(function.__self__, bindings, seen))
  if not isinstance(function, types.FunctionType):
    return _rebound_object(function, bindings, seen)
  if isinstance(function.__globals__, _LiveGlobals):  # made in a copy
    return function
  if function not in seen:
    _copy(function, bindings, seen)
  return seen[function]


def _rebound_partial(function, bindings, seen):
  args = bindings.read(function, "args", function.args,
                       lambda: function.args, seen)
  keywords = bindings.read(function, "keywords", function.keywords,
                           lambda: function.keywords, seen)
  return functools.partial(
      rebind(function.func, bindings, seen),
      *(bindings.value(v, seen) for v in args),
      **{k: bindings.value(v, seen) for k, v in keywords.items()})


def _copy(function, bindings, seen):
  """Puts the copy of a function into `seen`, then fills it: it may be asked
  for by what it refers to."""
  code = bindings.code(function.__code__) or function.__code__
  cells = _cells(function, code, bindings)
  made = types.FunctionType(
      code, _LiveGlobals(function.__globals__, bindings, seen),
      function.__name__, None, tuple(cells.values()) or None)
  made.__module__ = function.__module__
  seen[function] = made
  made.__defaults__, made.__kwdefaults__ = _defaults(function, bindings, seen)
  for name, old in zip(function.__code__.co_freevars,
                       function.__closure__ or ()):
    value = bindings.read(old, name, _contents(old),
                          lambda old=old: _contents(old), seen)
    if value is not MISSING and cells.get(name, old) is not old:
      cells[name].cell_contents = value


_LIVE = (type(None), bool, int, float, complex, str, bytes, tuple, list, dict,
         set, np.ndarray, np.generic)


def _cells(function, code, bindings):
  """Cells by name: what a call of Python sees through them stays live."""
  old = dict(zip(function.__code__.co_freevars, function.__closure__ or ()))
  is_traced = bindings.copies_arrays
  return {name: old[name] if not is_traced and isinstance(
      _contents(old[name]), _LIVE) else types.CellType()
          for name in code.co_freevars}


def _contents(cell):
  try:
    return cell.cell_contents
  except ValueError:  # an empty cell
    return MISSING


def _defaults(function, bindings, seen):
  plain = bindings.read(function, "defaults", function.__defaults__,
                        lambda: function.__defaults__, seen)
  named = bindings.read(function, "keyword defaults", function.__kwdefaults__,
                        lambda: function.__kwdefaults__, seen)
  return (plain and tuple(bindings.value(v, seen) for v in plain),
          named and {k: bindings.value(v, seen) for k, v in named.items()})


class _Module(types.ModuleType):
  """A module of the user, whose functions see the bindings."""

  def __init__(self, module, bindings, seen):
    super().__init__(module.__name__)
    self.__dict__["_of"] = (module, bindings, seen)

  def __getattr__(self, name):
    module, bindings, seen = self._of
    value = bindings.read_item(vars(module), name, seen)
    return getattr(module, name) if value is MISSING else value

  def __setattr__(self, name, value):
    setattr(self._of[0], name, value)


def _rebound_module(module, bindings, seen):
  if not _is_users_module(module):
    return module
  return seen.setdefault(("module", id(module)),
                         _Module(module, bindings, seen))


def _rebound_object(value, bindings, seen):
  """An object of a user's class, with the same attributes and rebound
  methods; anything else as it is."""
  cls = type(value)
  if ("original", id(value)) in seen or not _is_users_class(cls):
    return value
  key = ("object", id(value))
  if key not in seen:
    seen[key] = (_made_object(value, bindings, seen), value)
  return seen[key][0]


def _made_object(value, bindings, seen):
  cls = type(value)
  if cls not in seen:
    seen[cls] = _rebound_class(cls, bindings, seen)
  try:
    made = object.__new__(seen[cls])
    if bindings.guards is None:
      made.__dict__ = value.__dict__  # shared: writes are the object's own
    else:  # what a trace writes is not a value
      made.__dict__ = dict(value.__dict__)
      bindings.guards.note_copy(value.__dict__, made.__dict__)
  except (TypeError, AttributeError):  # slots, or a class made in C
    if bindings.guards is not None:
      bindings.guards.note(value, cls.__name__, value, lambda: value)
    return value
  seen["original", id(made)] = value
  return made


def _rebound_class(cls, bindings, seen):
  methods = {name: rebind(function, bindings, seen)
             for name, function in _methods(cls)}
  if bindings.guards is not None:
    bindings._noted_class(cls)

    def read_attribute(self, name):
      original = seen.get(("original", id(self)))
      if original is None or name.startswith("__"):
        return cls.__getattribute__(self, name)
      bindings.read_item(vars(original), name, seen)
      return bindings.value(cls.__getattribute__(self, name), seen)
    methods["__getattribute__"] = read_attribute
  return type(cls.__name__, (cls,), methods)


def _is_users_class(cls):
  return any(is_users(function) for _, function in _methods(cls))


def _methods(cls):
  return [(name, function) for base in reversed(cls.__mro__)
          for name, function in vars(base).items()
          if isinstance(function, types.FunctionType) and
          name not in ("__init__", "__new__", "__setattr__", "__getattr__",
                       "__getattribute__")]
