"""Calls of NumPy's functions in a trace, as `np` there has them.

Lists that hold traced numbers are arrays to them, as NumPy itself would ask
for the numbers. What they give of known numbers stays NumPy's own array, but
its elements may be taken at traced positions.
"""
import functools
import inspect
import itertools
import types

import numpy as np

from numest import _core, numpy_functions, protocols
from numest import trace_state as state
from numest.numpy_forms import parameters
from numest.tensor import has_symbolic


class KnownArray(np.ndarray):
  """An ndarray of known numbers, that takes traced positions."""

  __slots__ = ()

  def __getitem__(self, key):
    if _has_traced(key):
      return _core.constant(self.view(np.ndarray))[key]
    return super().__getitem__(key)

  def __setitem__(self, key, value):
    if _has_traced(key) or has_symbolic([value]):
      raise state.Untraceable(
          "a traced value is written to an array that NumPy made of known "
          "numbers; write to a copy: np.array(a)")
    super().__setitem__(key, value)

  def __array_wrap__(self, array, context=None, return_scalar=False):
    """Numbers are NumPy's scalars, in NumPy 1, too."""
    return array.view(KnownArray) if array.ndim else array[()]

  def __repr__(self):
    return repr(self.view(np.ndarray))


def _has_traced(key):
  keys = key if isinstance(key, tuple) else (key,)
  return has_symbolic([part for k in keys for part in (
      (k.start, k.stop, k.step) if isinstance(k, slice) else (k,))])


def known(made):
  """What a function made of known numbers; arrays take traced positions."""
  if type(made) is np.ndarray and made.dtype.kind in "biufc" and made.ndim:
    return made.view(KnownArray)
  return type(made)(map(known, made)) if type(made) in (tuple, list) else made


# --- lists of traced numbers ---
# Parameters that are arrays, wherever NumPy's functions have them.
_ARRAYS = set(
    "a a1 a2 a_max a_min append ar ar1 ar2 arr array ary b bins c condition "
    "default "
    "element fill_value fp indices m mask p prepend q repeats test_elements "
    "start stop to_begin to_end v values weights x x1 x2 xp y z A".split())
# Those of several arrays.
_SEQUENCES = {"arrays", "tup", "keys", "condlist", "choicelist", "choices"}


def joined(value):
  """A list that holds traced numbers as an array; anything else as it is."""
  if isinstance(value, (list, tuple)) and has_symbolic(value):
    from numest.trace import namespace  # its functions are called from here
    return namespace.array(value)
  return value


def _given(name, kind, value):
  if kind is inspect.Parameter.VAR_POSITIONAL or name in _ARRAYS:
    return joined(value)
  if name in _SEQUENCES and isinstance(value, (list, tuple)):
    return [joined(v) for v in value]
  return value


def _parameters(function):
  """(name, kind) of each positional argument, without an end."""
  names = parameters.OF.get(function)
  if names is not None:
    return itertools.chain(((n, None) for n in names),
                           itertools.repeat(("", None)))
  found = [(p.name, p.kind)
           for p in inspect.signature(function).parameters.values()]
  kinds = [kind for _, kind in found]
  if inspect.Parameter.VAR_POSITIONAL in kinds:
    found = found[:kinds.index(inspect.Parameter.VAR_POSITIONAL) + 1]
  return itertools.chain(found, itertools.repeat(found[-1]))


def _of_traced(function, args, kwargs):
  if function is np.roots:  # asks the elements of its argument for a form
    return protocols.array_function(None, function, (), args, kwargs)
  if function not in numpy_functions.TABLE or function is np.block:
    return function(*args, **kwargs)
  args = [_given(*parameter, value)
          for parameter, value in zip(_parameters(function), args)]
  kwargs = {k: _given(k, None, v) for k, v in kwargs.items()}
  return protocols.array_function(None, function, (), args, kwargs)


def _function(function):
  @functools.wraps(function)
  def call(*args, **kwargs):
    if has_symbolic([*args, *kwargs.values()]):
      return _of_traced(function, args, kwargs)
    return known(function(*args, **kwargs))
  return call


class _Ufunc:
  """A ufunc that takes lists of traced numbers."""

  def __init__(self, ufunc):
    self._ufunc = ufunc
    self.__name__, self.__doc__ = ufunc.__name__, ufunc.__doc__

  def __call__(self, *args, **kwargs):
    return known(self._ufunc(*map(joined, args), **kwargs))

  def __getattr__(self, name):
    found = getattr(self._ufunc, name)
    if name == "at":
      return self._at
    if name not in ("reduce", "accumulate", "outer", "reduceat"):
      return found
    return lambda *args, **kwargs: known(found(*map(joined, args), **kwargs))

  def _at(self, a, indices, *b):
    is_several = isinstance(indices, tuple)
    indices = tuple(map(joined, indices)) if is_several else joined(indices)
    return self._ufunc.at(a, indices, *map(joined, b))

  def __eq__(self, other):
    return self._ufunc == (other._ufunc if isinstance(other, _Ufunc) else other)

  def __hash__(self):
    return hash(self._ufunc)

  def __repr__(self):
    return repr(self._ufunc)


def _member(value):
  if isinstance(value, np.ufunc):
    return _Ufunc(value)
  if isinstance(value, types.ModuleType):
    return _Submodule(value) if value in (np.linalg, np.fft) else value
  is_function = callable(value) and not isinstance(value, type)
  return _function(value) if is_function else value


class _Submodule(types.ModuleType):
  """np.linalg and np.fft, with their functions as in `Calls`."""

  def __init__(self, module):
    super().__init__(module.__name__)
    self.__dict__["_module"] = module

  def __getattr__(self, name):
    found = self.__dict__[name] = _member(getattr(self._module, name))
    return found


class Calls:
  """Members of NumPy as a trace calls them."""

  def __init__(self):
    self._made = {}

  def member(self, name):
    """`np.<name>`; AttributeError if NumPy has none."""
    value = getattr(np, name)
    kept = self._made.get(name)
    if kept is None or kept[0] is not value:
      kept = self._made[name] = (value, _member(value))
    return kept[1]


def stand_ins():
  """{function: what stands for it} of the functions and ufuncs of NumPy that
  code may hold under names of its own."""
  own = (np.ufunc, type(np.sum))
  return {value: _member(value) for module in (np, np.linalg, np.fft)
          for value in vars(module).values() if isinstance(value, own)}
