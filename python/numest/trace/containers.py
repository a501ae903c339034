"""Lists and dictionaries of rewritten code at traced positions: see rewrite.py.

Items that are numbers, or arrays of one shape, are a table in the program. Of
other items, functions or texts, each is a path of its own (paths.py).
"""
import numpy as np

from numest import _core
from numest import trace_state as state
from numest.tensor import call, has_symbolic
from numest.trace.control import is_condition

_NUMBERS = (bool, int, float, complex)


def item(container, key):
  """container[key]."""
  if not state.in_trace() or not has_symbolic([key]):
    return container[key]
  if isinstance(container, (list, tuple, range)) and is_condition(key) and (
      "int" in key._dtype_name):
    return _at(list(container), key)
  if type(container) is dict and container and _are_keys(container, key):
    matches = call("equal", [key, _row_of(container)])
    found = call("where", [call("any", [matches]), call("argmax", [matches]),
                           len(container)])
    return _at(list(container.values()), found)
  _refuse_hash(container)
  return container[key]


def contains(value, container):
  """`value in container`."""
  if not state.in_trace() or not has_symbolic([value]):
    return value in container
  if not isinstance(container, (*_HASHED, range)) or not _are_keys(
      container, value):
    _refuse_hash(container)
    return value in container
  if not container:
    return False
  return call("any", [call("equal", [value, _row_of(container)])])


def lacks(value, container):
  """`value not in container`."""
  found = contains(value, container)
  return call("logical_not", [found]) if is_condition(found) else not found


_HASHED = (dict, set, frozenset)


def _refuse_hash(container):
  """What is traced has no hash by which a set or dictionary could find it."""
  if isinstance(container, _HASHED) and not state.active().is_model:
    state.refuse_key()


def _are_keys(container, key):
  """True for ints, or texts, that a traced number or text may be equal to."""
  if not is_condition(key):
    return False
  kinds = (bytes,) if key._dtype_name == "bytes" else (int, bool)
  return all(type(k) in kinds for k in container)


def _row_of(keys):
  """All keys as an array."""
  keys = list(keys)
  return np.array(keys, object if isinstance(keys[0], bytes) else None)


def _at(items, key):
  """The item at a traced position; there is an error at run time if there is
  none, for which Python gives its own."""
  key = call("take", [np.arange(len(items)), key], axis=0) if items else key
  return one_of(items, key)


def one_of(items, key):
  """The item at a traced position that all elements have."""
  kind = type(items[0]) if items else None
  if kind in (list, tuple) and _are_alike(items):
    return kind(one_of(list(column), key) for column in zip(*items))
  if not _is_row(items):
    for position, value in enumerate(items[:-1]):
      if key == position:  # a decision
        return value
    return items[-1]
  if has_symbolic(items):
    found = _core.functions.stack([_core.tensor(v) for v in items])[key]
    return found._as_weak() if all(map(_is_plain, items)) else found
  found = call("take", [np.array(items), key], axis=0)
  return found._as_weak() if all(
      type(v) in _NUMBERS for v in items) else found


def _is_plain(value):
  return type(value) in _NUMBERS or getattr(value, "is_weak", False)


def _are_alike(items):
  """True for lists, or tuples, of one length."""
  return all(type(v) is type(items[0]) and len(v) == len(items[0])
             for v in items)


def is_table(items):
  """True for what is taken from without a decision: rows, and lists or tuples
  of them."""
  if items and type(items[0]) in (list, tuple) and _are_alike(items):
    return all(is_table(list(column)) for column in zip(*items))
  return _is_row(items)


def _is_row(items):
  """True for numbers, or arrays and tensors of one dtype and shape."""
  if all(type(v) in _NUMBERS for v in items):
    return bool(items)
  try:
    tensors = [_core.tensor(v) for v in items]
  except TypeError:
    return False
  types = {(t._dtype_name, tuple(t._shape)) for t in tensors}
  return len(types) == 1 and not any(isinstance(v, (str, bytes))
                                     for v in items)
