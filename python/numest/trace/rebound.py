"""Values of the user with what they hold rebound: partials, methods, objects,
classes, modules and containers.
"""
import abc
import enum
import functools
import sys
import types

import numpy as np

from numest.tensor import has_symbolic
from numest.trace.guards import MISSING, class_entries, entries
from numest.trace.rebind import (is_rebound, is_users, is_users_module, rebind)

# Nobody holds more functions or generators in one container.
_MAX_ITEMS = 64
_MEMBERS = (types.FunctionType, property, staticmethod, classmethod,
            np.random.Generator, np.random.RandomState)
_KEPT = ("__new__", "__setattr__", "__getattr__", "__getattribute__",
         "__del__", "__init_subclass__", "__class_getitem__")


def value(given, bindings, seen):
  """`given` with all that it holds rebound; itself if that is nothing."""
  make = _MAKERS.get(type(given))
  if make is not None:
    return make(given, bindings, seen)
  if isinstance(given, types.ModuleType):
    return _module(given, bindings, seen)
  if isinstance(given, type):
    return _class(given, bindings, seen)
  return _object(given, bindings, seen)


def _function(given, bindings, seen):
  return rebind(given, bindings, seen) if is_users(given) else given


def _method(given, bindings, seen):
  owner = given.__self__
  if isinstance(owner, (np.random.Generator, np.random.RandomState)):
    return given if bindings.generator is None else getattr(
        bindings.generator(owner), given.__name__)
  if not is_users(given):
    return given
  return types.MethodType(rebind(given.__func__, bindings, seen),
                          value(owner, bindings, seen))


def _builtin(given, bindings, seen):
  """NumPy 1 makes builtins of the methods of generators."""
  is_draw = isinstance(given.__self__, (np.random.Generator,
                                        np.random.RandomState))
  return _method(given, bindings, seen) if is_draw else given


def _partial(given, bindings, seen):
  args = bindings.read(given, "args", given.args, lambda: given.args, seen)
  keywords = bindings.read(given, "keywords", given.keywords,
                           lambda: given.keywords, seen)
  return functools.partial(bindings.value(given.func, seen), *args, **keywords)


def _cached(given, bindings, seen):
  """A function of lru_cache: what traced values give is not kept."""
  if not is_users(given.__wrapped__):
    return given
  made = rebind(given.__wrapped__, bindings, seen)

  @functools.wraps(given)
  def call(*args, **kwargs):
    is_traced = has_symbolic([*args, *kwargs.values()])
    return (made if is_traced else given)(*args, **kwargs)
  return call


def _vectorized(given, bindings, seen):
  from numest.trace import vectorize  # it traces
  return vectorize.like(given, bindings.value(given.pyfunc, seen))


# --- containers ---
def _items(given, bindings, seen):
  return _container(given, given, bindings, seen, type(given))


def _named_items(given, bindings, seen):
  def make(values):
    return dict(zip(given, values))
  return _container(given, given.values(), bindings, seen, make)


def _container(given, items, bindings, seen, make):
  busy = ("busy", id(given))
  if len(given) > _MAX_ITEMS or busy in seen:
    return given
  seen[busy] = given
  values = [bindings.value(v, seen) for v in items]
  del seen[busy]
  if all(v is old for v, old in zip(values, items)):
    return given
  made = make(values)
  if bindings.guards is not None:
    bindings.guards.note_items(made)
  elif bindings.copies is not None:
    bindings.copies.append((given, made, entries(made)))
  return made


def write_back(copies):
  """Gives lists and dictionaries what was put into their copies."""
  for given, made, before in copies:
    now = entries(made)
    if len(now) == len(before) and all(a is b for a, b in zip(now, before)):
      continue
    given.clear()
    given.extend(made) if isinstance(given, list) else given.update(made)
  copies.clear()


# --- modules ---
class _Module(types.ModuleType):
  """A module of the user, whose functions see the bindings."""

  def __init__(self, module, bindings, seen):
    super().__init__(module.__name__)
    self.__dict__["_of"] = (module, bindings, seen)

  def __getattr__(self, name):
    module, bindings, seen = self._of
    found = bindings.read_item(vars(module), name, seen)
    return getattr(module, name) if found is MISSING else found

  def __setattr__(self, name, value):
    setattr(self._of[0], name, value)


def _module(module, bindings, seen):
  if not is_users_module(module):
    return module
  return seen.setdefault(("module", id(module)),
                         _Module(module, bindings, seen))


# --- objects ---
def _object(given, bindings, seen):
  """An object of a user's class, with the same attributes and rebound
  methods; anything else as it is."""
  cls = type(given)
  if ("original", id(given)) in seen or "_numest_original" in vars(cls) or (
      not _is_users_class(cls)):
    return given
  key = ("object", id(given))
  if key not in seen:
    seen[key] = (_object_like(given, bindings, seen), given)
  return seen[key][0]


def _object_like(given, bindings, seen):
  guards = bindings.guards
  try:
    made = object.__new__(_subclass(type(given), bindings, seen))
  except TypeError:  # a class made in C
    if guards is not None:
      guards.note(given, type(given).__name__, given, lambda: given)
    return given
  if not hasattr(given, "__dict__"):  # what is in slots is noted as a whole
    if guards is not None:
      guards.note(given, type(given).__name__, given, lambda: given)
  elif guards is None or guards.is_model:
    made.__dict__ = given.__dict__  # shared: writes are the object's own
  else:  # what a trace writes is not a value
    made.__dict__ = dict(given.__dict__)
    guards.note_copy(given.__dict__, made.__dict__)
  for name in _slots(type(given)):
    if hasattr(given, name):
      object.__setattr__(made, name, getattr(given, name))
  seen["original", id(made)] = given
  return made


def _slots(cls):
  for base in cls.__mro__:
    slots = vars(base).get("__slots__", ())
    yield from (slots,) if isinstance(slots, str) else slots


# --- classes ---
def _class(cls, bindings, seen):
  """A class of the user with rebound methods."""
  is_ours = "_numest_original" in vars(cls)
  if not is_ours:
    _note_class(cls, bindings)
  if is_ours or not _is_users_class(cls) or cls.__new__ is not object.__new__:
    return cls
  return _subclass(cls, bindings, seen)


def _note_class(cls, bindings):
  if bindings.guards is not None and is_users_module(
      sys.modules.get(cls.__module__)):
    bindings.guards.note(cls, cls.__name__, class_entries(cls),
                         lambda: class_entries(cls))


def _is_users_class(cls):
  if type(cls) not in (type, abc.ABCMeta) or issubclass(
      cls, (BaseException, enum.Enum)):
    return False
  return any(is_users(f) for base in cls.__mro__ for f in vars(base).values()
             if isinstance(f, types.FunctionType))


def _subclass(cls, bindings, seen):
  if cls in seen:
    return seen[cls]
  _note_class(cls, bindings)
  made = seen[cls] = type(cls)(cls.__name__, (cls,), {
      "_numest_original": cls, "__module__": cls.__module__,
      "__qualname__": cls.__qualname__})
  for name, member in _members(cls).items():
    setattr(made, name, _member(member, bindings, seen))
  made.__getattribute__ = _reader(cls, bindings, seen)
  return made


def _members(cls):
  """What to rebind of the class and its bases, as look-up finds it."""
  found = {}
  for base in reversed(cls.__mro__[:-1]):
    found |= vars(base)
  return {name: m for name, m in found.items()
          if name not in _KEPT and isinstance(m, _MEMBERS)}


def _member(member, bindings, seen):
  if isinstance(member, property):
    return property(*(f and _function(f, bindings, seen)
                      for f in (member.fget, member.fset, member.fdel)))
  if isinstance(member, (staticmethod, classmethod)):
    return type(member)(_function(member.__func__, bindings, seen))
  return bindings.value(member, seen)


def _reader(cls, bindings, seen):
  def read(self, name):
    original = seen.get(("original", id(self)))
    if name.startswith("__") or original is None:
      return cls.__getattribute__(self, name)
    if bindings.guards is not None:
      bindings.read_item(getattr(original, "__dict__", {}), name, seen)
    found = cls.__getattribute__(self, name)
    is_own = isinstance(found, types.MethodType) and (
        found.__self__ is self and is_rebound(found.__func__))
    return found if is_own else bindings.value(found, seen)
  return read


_MAKERS = {
    types.FunctionType: _function, types.MethodType: _method,
    types.BuiltinFunctionType: _builtin,
    functools.partial: _partial, functools._lru_cache_wrapper: _cached,
    np.vectorize: _vectorized, list: _items, tuple: _items,
    dict: _named_items,
}
