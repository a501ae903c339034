"""What conditions of rewritten code do: see rewrite.py.

Both branches of a traced condition are traced, one after the other, on the same
variables; writes to tensors are noted and taken back in between. Results,
variables and written tensors are selected element by element.
"""
import collections
import sys
import types
import zlib

import numpy as np

from numest import _core
from numest import trace_state as state
from numest.tensor import Tensor, call
from numest.trace import iterators, views
from numest.trace.rebind import is_users_module
from numest.trace.refusals import Refused


class NeedsPaths(Exception):
  """The function has to be replayed once per path instead."""


class _Undefined:
  """A variable that no path has assigned yet."""


def _refuse(self, *args, **kwargs):
  raise NeedsPaths("a variable is used that only some paths assign")


for _name in ("getattr bool add radd sub rsub mul rmul truediv rtruediv pow "
              "rpow mod rmod matmul rmatmul neg abs eq ne lt le gt ge iadd "
              "isub imul itruediv getitem setitem iter len call array index "
              "int float and or xor invert contains format str").split():
  setattr(_Undefined, f"__{_name}__", _refuse)
UNDEFINED = _Undefined()


def value_of(thunk):
  """The value of a local variable, or UNDEFINED."""
  try:
    return thunk()
  except NameError:
    return UNDEFINED


def is_condition(value):
  """True if only the run time knows it."""
  return isinstance(value, Tensor) and value.is_symbolic and (
      value.ndim == 0)


def as_bool(value):
  """The truth of a number, traced."""
  return value if value._dtype_name == "bool" else call(
      "not_equal", [value, 0])


def if_(test, then, orelse, values):
  """`if` as an expression: what then(*values) or orelse(*values) gives."""
  if not is_condition(test):
    return (then if test else orelse)(*values)
  condition = as_bool(test)
  before = snapshot(sys._getframe(1))
  taken, written = _run(condition, then, values)
  other, others = _run(call("logical_not", [condition]), orelse, values)
  if snapshot(sys._getframe(1)) != before:
    raise NeedsPaths("a branch changes a list, a dictionary, an object, an "
                     "iterator or an array that NumPy made of known numbers")
  if taken is _REFUSED and other is _REFUSED:
    raise Refused
  if taken is _REFUSED or other is _REFUSED:  # all that are left go one way
    done, kept = (others, other) if taken is _REFUSED else (written, taken)
    views.replace_all(list(done.values()))
    return _unpinned(kept)
  views.replace_all([
      (tensor, _selected_tensor(condition,
                                written.get(id(tensor), (0, old))[1],
                                others.get(id(tensor), (0, old))[1]))
      for tensor, old in _by_identity(written, others)])
  return _select(condition, taken, other)


def if_expression(test, then, orelse):
  """`then() if test else orelse()`."""
  return if_(test, then, orelse, ())


def and_(first, *rest):
  """`first and rest[0]() and ...`, with logical_and of traced values."""
  return _chain(first, rest, "logical_and", False)


def or_(first, *rest):
  """`first or rest[0]() or ...`, with logical_or of traced values."""
  return _chain(first, rest, "logical_or", True)


def _chain(first, rest, op, decisive):
  value = first
  for thunk in rest:
    if not is_condition(value):
      if bool(value) == decisive:
        return value
      value = thunk()
      continue
    condition = as_bool(value)
    seen = call("logical_not", [condition]) if decisive else condition
    before = snapshot(sys._getframe(1))
    try:
      with state.guarded(seen):
        other = thunk()
    except Refused:
      continue
    if snapshot(sys._getframe(1)) != before:
      raise NeedsPaths("and, or of a traced condition and what changes a list, "
                       "a dictionary, an object or an iterator")
    if is_condition(other):
      value = call(op, [condition, as_bool(other)])
    elif isinstance(other, (bool, np.bool_)):
      value = decisive if bool(other) == decisive else condition
    else:
      raise NeedsPaths("and, or of a traced condition and another value")
  return value


def not_(value):
  """`not value`."""
  if is_condition(value):
    return call("logical_not", [as_bool(value)])
  return not value


# What a branch gives that always raises.
_REFUSED = object()


def filtered(function, kept, selected):
  """`function(kept())`, where that is sum, len, any or all of a comprehension
  with a condition.

  Args:
    selected: gives all elements, with what counts for nothing in place of those
      that the condition leaves out; their number, for len.
  """
  if getattr(function, "__module__", "").partition(".")[0] in (
      "builtins", "numest") and state.in_trace():
    counted = selected()
    return sum(counted) if function.__name__.startswith("len") else (
        function(counted))
  return function(kept())


def _run(condition, branch, values):
  """(result, writes): {id: (tensor, value)} of the tensors written to."""
  with state.guarded(condition), views.journal() as journal:
    try:
      result = _pinned(branch(*values))
    except Refused:
      result = _REFUSED
  return result, journal.undo()


def _pinned(value):
  """Tensors by value: the objects are written to by the other branch."""
  if isinstance(value, tuple):
    return tuple(_pinned(v) for v in value)
  return _Pinned(value, value._alias()) if isinstance(value, Tensor) else value


def _unpinned(value):
  if isinstance(value, tuple):
    return tuple(_unpinned(v) for v in value)
  return value.tensor if isinstance(value, _Pinned) else value


class _Pinned:
  """A tensor object and what it stood for at the end of its branch."""

  def __init__(self, tensor, value):
    self.tensor, self.value = tensor, value


def _by_identity(*journals):
  """(tensor, value before) of everything that was written."""
  found = {}
  for journal in journals:
    for key, (tensor, _) in journal.items():
      found.setdefault(key, (tensor, tensor._alias()))
  return found.values()


def _select(condition, a, b):
  """The values of two branches as one."""
  if isinstance(a, _Pinned) and isinstance(b, _Pinned):
    if a.tensor is b.tensor:
      return a.tensor  # its writes are selected already
    if not a.value.is_weak and _is_alike(a.value, b.value):
      return views.either(condition, a.tensor, b.tensor)
  if a is UNDEFINED or b is UNDEFINED:  # Python would raise at its use
    return _unpinned(b if a is UNDEFINED else a)
  a = a.value if isinstance(a, _Pinned) else a
  b = b.value if isinstance(b, _Pinned) else b
  if a is b:
    return a
  if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
    return tuple(_select(condition, x, y) for x, y in zip(a, b))
  if isinstance(a, dict) and isinstance(b, dict) and list(a) == list(b):
    return {k: _select(condition, a[k], b[k]) for k in a}
  if _is_number(a) and _is_number(b):
    return _selected_tensor(condition, a, b)
  if type(a) is type(b) and isinstance(a, (str, bytes)) and a == b:
    return a
  raise NeedsPaths("branches give values of different kinds")


def _is_number(value):
  return isinstance(value, (bool, int, float, np.generic, np.ndarray, Tensor))


def _selected_tensor(condition, a, b):
  a, b = alike(_core.tensor(a), _core.tensor(b))
  if a._is_same(b):
    return a
  if not _is_alike(a, b):
    raise NeedsPaths("branches give different dtypes or numbers of axes")
  selected = views.chosen(condition, a, b)
  return selected._as_weak() if a.is_weak else selected


def alike(a, b):
  """A Python number takes the type of the array that it may stand for."""
  if a.is_weak and b.is_weak and a._dtype_name != b._dtype_name:
    wide = np.promote_types(a._dtype_name, b._dtype_name).name
    return tuple(call("astype", [t], dtype=wide)._as_weak() for t in (a, b))
  if a.is_weak != b.is_weak and "bytes" not in (a._dtype_name, b._dtype_name):
    weak, strong = (a, b) if a.is_weak else (b, a)
    dtype = call("add", [weak, call("zeros_like", [strong])])._dtype_name
    return tuple(call("astype", [t], dtype=dtype) for t in (a, b))
  return a, b


def _is_alike(a, b):
  """True if a value of both has one type, whichever it is."""
  return a.is_weak == b.is_weak and a._dtype_name == b._dtype_name and (
      a.ndim == b.ndim)


# --- changes that cannot be taken back ---
def snapshot(frame):
  """What lists, dictionaries, objects, iterators and NumPy's own arrays of the
  user's frames hold, and the variables that inner functions may assign."""
  found = []
  for frame in _frames_of_user(frame):
    values = frame.f_locals
    cells = {*frame.f_code.co_cellvars, *frame.f_code.co_freevars}
    found += [_Same(values[n]) for n in sorted(cells) if n in values]
    for value in list(values.values()):
      _note(value, found)
  return found


class _Same:
  """Equal to the same object alone, which it keeps alive."""

  def __init__(self, value):
    self._value = value

  def __eq__(self, other):
    return isinstance(other, _Same) and self._value is other._value


def _frames_of_user(frame):
  while frame is not None:
    if not state.is_ours(frame.f_code.co_filename):
      yield frame
    elif frame.f_code.co_name in ("explore", "building"):
      break  # who calls the traced function sees nothing of the trace
    frame = frame.f_back


def num_names(value, frame):
  """How many variables of the user hold the very value. A branch or a round
  has the variables of the function that it stands in."""
  count, names = 0, set()
  for frame in _frames_of_user(frame):
    names |= {n for n, v in frame.f_locals.items() if _holds(v, value)}
    if not frame.f_code.co_name.startswith("__"):
      count, names = count + len(names), set()
  return count


def _holds(variable, value):
  if isinstance(variable, dict):
    variable = list(variable.values())
  if isinstance(variable, (list, tuple)):
    return any(v is value for v in variable)
  return variable is value


def _note(value, found, depth=2):
  if isinstance(value, np.ndarray):
    if value.flags.writeable and not value.dtype.hasobject:
      found.append(zlib.crc32(value.tobytes()))
    return
  if iterators.is_iterator(value):
    found.append(_same_items(iterators.progress(value)))
    return
  inner = _held(value)
  if inner is None:
    return
  found.append([*(k if isinstance(k, str) else _Same(k) for k in inner),
                *map(_Same, inner.values())])
  if depth:
    for v in inner.values():
      _note(v, found, depth - 1)


def _same_items(held):
  return [_same_items(v) if isinstance(v, list) else
          v if isinstance(v, (int, str)) else _Same(v) for v in held]


def _held(value):
  """{position or name: what stands there} of what may be changed, or None."""
  if isinstance(value, (list, set, collections.deque)):
    return dict(enumerate(value))
  if isinstance(value, dict):
    return value if len(value) < 1000 else None
  if isinstance(value, types.SimpleNamespace) or _is_users(type(value)):
    return {**getattr(value, "__dict__", {}), **_slots(value)}
  return None


def _slots(value):
  """The attributes that have no place in a dictionary."""
  names = [name for base in type(value).__mro__
           for name in np.atleast_1d(vars(base).get("__slots__", ())).tolist()]
  return {n: getattr(value, n) for n in names if hasattr(value, n)}


def _is_users(cls):
  """True for a class that the user wrote."""
  module = sys.modules.get(cls.__module__)
  return module is not None and is_users_module(module)
