"""NumPy's functions inside of a trace: a list or tuple that holds traced values
is the array that NumPy makes of it.

NumPy asks the arguments of a function for a form of their own, not what lists
hold (protocols.py), so in a trace each function is called with tensors in the
place of such lists.
"""
import functools
import inspect
import itertools
import types

import numpy as np

from numest import _core, numpy_functions
from numest.numpy_forms import joining, parameters
from numest.tensor import Tensor, has_symbolic

# Parameters that are no arrays, whatever stands in them.
_PLAIN = frozenset(
    "shape new_shape newshape reps axis axes shift s dims source destination "
    "indices_or_sections pad_width constant_values end_values range num "
    "out dtype window_shape kth".split())
# Parameters that are several arrays.
_SEVERAL = frozenset("arrays tup condlist choicelist choices keys multi_index "
                     "array_list funclist seq".split())
# Of nested lists of arrays, or of dtypes.
_AS_THEY_ARE = (np.block, np.result_type, np.can_cast, np.min_scalar_type)
_DISPATCHER = type(np.sum)


class Sequences:
  """Makes a function of NumPy take lists of traced values.

  Args:
    joined: function of a nested list to one tensor.
  """

  def __init__(self, joined):
    self._joined = joined

  def array(self, value):
    """A list of traced values as an array; others as they are."""
    is_list = isinstance(value, (list, tuple)) and has_symbolic(value)
    return self._joined(value) if is_list else value

  def arrays(self, values):
    """A sequence with an array for each list in it."""
    if not isinstance(values, (list, tuple)):
      return values
    made = [self.array(v) for v in values]
    return tuple(made) if isinstance(values, tuple) else made

  def of_function(self, function):
    """`function`, one of NumPy's that dispatches."""
    @functools.wraps(function)
    def call(*args, **kwargs):
      if not has_symbolic([*args, *kwargs.values()]):
        return function(*args, **kwargs)
      names = itertools.chain(_parameters(function), itertools.repeat(None))
      args = [self._argument(name, a) for name, a in zip(names, args)]
      return function(*args, **{k: self._argument(k, v)
                                for k, v in kwargs.items()})
    return call

  def _argument(self, name, value):
    if name in _PLAIN:
      return value
    return self.arrays(value) if name in _SEVERAL else self.array(value)


@functools.cache
def _parameters(function):
  """Names of the positional parameters, where they are known."""
  names = parameters.OF.get(function)
  if names is not None:
    return names
  try:
    found = inspect.signature(function).parameters.values()
  except ValueError:
    return ()
  return tuple(p.name for p in found if p.kind in (
      p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD))


class Ufunc:
  """A ufunc with its methods; equal to NumPy's own."""

  def __init__(self, ufunc, sequences):
    self._ufunc, self._sequences = ufunc, sequences
    self.__name__, self.__doc__ = ufunc.__name__, ufunc.__doc__

  def __call__(self, *args, **kwargs):
    return self._called(self._ufunc, args, kwargs)

  def _called(self, function, args, kwargs):
    args = map(self._sequences.array, args)
    return function(*args, **{k: v if k in _PLAIN else self._sequences.array(v)
                              for k, v in kwargs.items()})

  def reduce(self, array, axis=0, *args, **kwargs):
    return self._ufunc.reduce(self._sequences.array(array), axis, *args,
                              **kwargs)

  def accumulate(self, array, *args, **kwargs):
    return self._ufunc.accumulate(self._sequences.array(array), *args,
                                  **kwargs)

  def reduceat(self, array, *args, **kwargs):
    return self._ufunc.reduceat(self._sequences.array(array), *args, **kwargs)

  def outer(self, *args, **kwargs):
    return self._called(self._ufunc.outer, args, kwargs)

  def at(self, a, indices, *b):
    of = self._sequences
    indices = (of.arrays if isinstance(indices, tuple) else of.array)(indices)
    return self._ufunc.at(a, indices, *map(of.array, b))

  def __getattr__(self, name):
    return getattr(self._ufunc, name)

  def __eq__(self, other):
    return self._ufunc is getattr(other, "_ufunc", other)

  def __hash__(self):
    return hash(self._ufunc)


class Module(types.ModuleType):
  """A module of NumPy's with some names replaced."""

  def __init__(self, module, replaced):
    super().__init__(module.__name__)
    self.__dict__.update(replaced)
    self._module = module

  def __getattr__(self, name):
    return getattr(self._module, name)


def stand_ins(module, sequences, made):
  """{name: what stands for it} of the functions and ufuncs of a module.

  Args:
    made: {function: what stands for it}, one for all of its names.
  """
  found = {}
  for name, value in vars(module).items():
    if isinstance(value, np.ufunc):
      found[name] = made.setdefault(value, Ufunc(value, sequences))
    elif isinstance(value, _DISPATCHER) and value not in _AS_THEY_ARE:
      found[name] = made.setdefault(value, sequences.of_function(value))
  return found


# --- np.r_ and np.c_ ---
class Concatenator:
  """np.r_ or np.c_, whose items may be traced.

  Args:
    original: NumPy's own, for items that are known.
    sequences: makes arrays of lists.
    as_columns: items of one axis stand upright, and are joined along the last
      axis.
  """

  def __init__(self, original, sequences, as_columns):
    self._original, self._sequences = original, sequences
    self._as_columns = as_columns

  def __getitem__(self, key):
    items = key if isinstance(key, tuple) else (key,)
    bounds = [(i.start, i.stop, i.step) for i in items if isinstance(i, slice)]
    if not has_symbolic([*items, *bounds]):
      return self._original[key]
    if any(isinstance(i, str) for i in items):
      raise TypeError("np.r_ and np.c_: directives in text have no graph form")
    parts = [self._array(i) for i in items]
    dtype = np.result_type(*(
        i if type(i) in (bool, int, float, complex) else np.dtype(
            p._dtype_name) for i, p in zip(items, parts)))
    return joining.concatenate([p.astype(dtype) for p in parts],
                               -1 if self._as_columns else 0)

  def _array(self, item):
    if isinstance(item, slice):
      item = self._original[item] if not has_symbolic(
          [item.start, item.stop, item.step]) else numpy_functions.arange(
              item.start or 0, item.stop, item.step)
    item = self._sequences.array(item)
    made = _core.tensor(item if isinstance(item, Tensor) else np.asarray(item))
    missing = (2 if self._as_columns else 1) - made.ndim
    axes = tuple(range(made.ndim, made.ndim + missing))
    return numpy_functions.expand_dims(made, axes) if missing > 0 else made
