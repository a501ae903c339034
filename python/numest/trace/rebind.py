"""A copy of a user's function that sees other modules.

Globals and closure cells are looked up live, so that what changes later is
seen; functions of the user that it calls are copied the same way, and so is
what values hold (rebound.py).
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
from numest.trace.guards import MISSING, is_frozen


class Bindings:
  """What stands for numpy, np.random, random, math and builtins.

  Attributes:
    modules: by identity of the original.
    functions: by the original.
    names: values of names that every function sees, builtins among them.
    generator: function of a captured Generator or RandomState to what stands
      for it, or None.
    copies_arrays: captured ndarrays become tensors of the trace.
    code: function of a code object to the one that runs instead, or None.
    guards: gets what the copy reads from outside, or None.
    copies: gets the containers that it sees copies of, or None.
    kept: gets what keeps functions, classes and modules between two calls of
      `renew()`; None: all is looked up each time.
  """

  def __init__(self, numpy, numpy_random, random, math_module=None,
               functions=(), names=(), generator=None,
               copies_arrays=False, code=None, guards=None, modules=()):
    self.modules = {id(np): numpy, id(np.random): numpy_random,
                    id(python_random): random, **dict(modules)}
    if math_module is not None:
      self.modules[id(math)] = math_module
    self.functions = dict(functions)
    self.names = {"super": _super_of(self), **dict(names)}
    self.generator = generator
    self.copies_arrays = copies_arrays
    self.code = code or (lambda code: None)
    self.guards = guards
    self.copies = None
    self.kept = None

  def renew(self):
    """Forgets what is kept and has changed: called before each call."""
    for kept in self.kept:
      kept.renew()

  def read(self, owner, name, value, again, seen):
    """As `value`, of what `again()` reads from outside; noted by the guards."""
    made = self.value(value, seen)
    if self.guards is not None:
      is_watched = made is not value and not isinstance(
          value, (np.ndarray, list, tuple, dict))
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
      return value if self.generator is None else self.generator(value)
    if self.copies_arrays and type(value) is np.ndarray and (
        value.dtype.kind in "biufc"):
      return _captured(value, seen)
    try:
      if value in self.functions:
        return self.functions[value]
    except TypeError:  # not hashable
      pass
    return rebound.value(value, self, {} if seen is None else seen)


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
  bindings. Code that is looked up may be kept, until it is renewed."""

  def __init__(self, original, bindings, seen):
    super().__init__()
    self._original, self._bindings, self._seen = original, bindings, seen
    self["__builtins__"] = {**vars(builtins), "__import__": self._import}
    self["__name__"] = original.get("__name__")
    self._kept = {}  # the original's values
    if bindings.kept is not None:
      bindings.kept.append(self)

  def _import(self, name, globals=None, locals=None, fromlist=(), level=0):
    module = __import__(name, self._original, locals, fromlist, level)
    return self._bindings.value(module, self._seen)

  def __missing__(self, name):
    value = self._bindings.read_item(self._original, name, self._seen)
    if value is MISSING:
      value = self._bindings.names.get(name, MISSING)
    if value is MISSING:
      value = self["__builtins__"].get(name, MISSING)
    if value is MISSING:
      raise KeyError(name)
    if self._bindings.kept is not None:
      self._keep(name, value)
    return value

  def _keep(self, name, value):
    original = self._original.get(name, MISSING)
    if original is MISSING or isinstance(original, _CODE):
      self._kept[name] = original
      self[name] = value

  def renew(self):
    """Forgets what is another value now."""
    original = self._original
    changed = [name for name, value in self._kept.items()
               if original.get(name, MISSING) is not value]
    for name in changed:
      del self._kept[name], self[name]


# What is hardly ever assigned again while a function runs.
_CODE = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType,
         np.ufunc, type, type(np.sum))


def is_users(function):
  """True for code of the user: not the package's, nor an installed one's."""
  if isinstance(function, functools.partial):
    return is_users(function.func)
  function = getattr(function, "__func__", function)
  if not hasattr(function, "__code__"):
    return False
  root = (function.__module__ or "").partition(".")[0]
  return root not in ("numest", "numpy") and not is_installed(
      function.__code__.co_filename)


def is_installed(file):
  """True for a file of Python or of an installed package."""
  return "site-packages" in file or file.startswith(sys.base_prefix + "/lib")


def is_users_module(module):
  """True for a module that the user wrote."""
  file = getattr(module, "__file__", None)
  if file is None:
    return getattr(module, "__name__", "") == "__main__"
  return not is_installed(file) and not state.is_ours(file)


def writes_outside(function):
  """True if the function assigns globals or variables of an outer function:
  a copy would keep the writes to itself."""
  return assigned_outside(function) is not None


def assigned_outside(function):
  """The first global or variable of an outer function that the function
  assigns; None if there is none."""
  code = getattr(getattr(function, "__func__", function), "__code__", None)
  if code is None:
    return None
  return next((i.argval for i in dis.get_instructions(code)
               if i.opname in ("STORE_GLOBAL", "DELETE_GLOBAL") or (
                   i.opname == "STORE_DEREF" and
                   i.argval in code.co_freevars)), None)


def original(function):
  """The function that a copy was made of; others as they are."""
  return getattr(function, "copied_from", function)


def is_rebound(function):
  """True for a function that was made by `rebind`, or in one."""
  return isinstance(function.__globals__, _LiveGlobals)


def rebind(function, bindings, seen=None):
  """A copy of `function` that sees `bindings`; other callables as they are."""
  seen = {} if seen is None else seen
  if not isinstance(function, types.FunctionType):
    return rebound.value(function, bindings, seen)
  if is_rebound(function):
    return function
  if function not in seen:
    assigned = assigned_outside(function)
    if assigned is not None and not bindings.copies_arrays:
      seen[function] = function  # Python's: its writes are seen by all
    else:
      _copy(function, bindings, seen)
    if assigned is not None and bindings.guards is not None:
      bindings.guards.note_assigned(assigned)
  return seen[function]


def _copy(function, bindings, seen):
  """Puts the copy of a function into `seen`, then fills it: it may be asked
  for by what it refers to."""
  code = bindings.code(function.__code__) or function.__code__
  cells = _cells(function, code, bindings)
  made = types.FunctionType(
      code, _LiveGlobals(function.__globals__, bindings, seen),
      function.__name__, None, tuple(cells.values()) or None)
  made.__module__ = function.__module__
  made.copied_from = function
  seen[function] = made
  made.__dict__.update({k: bindings.value(v, seen)
                        for k, v in vars(function).items()})
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


def _super_of(bindings):
  """`super` whose methods see the bindings."""
  def super_(*args):
    if not args:
      frame = sys._getframe(1)
      args = (frame.f_locals["__class__"],
              frame.f_locals[frame.f_code.co_varnames[0]])
    cls = vars(args[0]).get("_numest_original", args[0])
    return _Super(builtins.super(cls, *args[1:]), bindings)
  return super_


class _Super:
  """What super() gives, its methods rebound."""

  def __init__(self, found, bindings):
    self._found, self._bindings = found, bindings

  def __getattr__(self, name):
    return self._bindings.value(getattr(self._found, name), {})


from numest.trace import rebound  # it needs the names above
