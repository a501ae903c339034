"""Python's builtins that compare values: max, min, sorted, any and all.

Of traced values they are ops, and take the first of equal ones as Python does,
which passes over a NaN unless it comes first. Keys that are no numbers are
compared by Python, each comparison a decision (paths.py).
"""
import builtins
import sys

import numpy as np

from numest import trace_state as state
from numest.tensor import Tensor, call, has_symbolic
from numest.trace import containers
from numest.trace.control import (NeedsPaths, as_bool, is_condition,
                                  snapshot)

_MOST_SORTED = 256
_MOST_ASKED = 4096
_MISSING = object()


def _is_number(value):
  return isinstance(value, (bool, int, float)) or (
      isinstance(value, (Tensor, np.generic)) and np.ndim(value) == 0)


def _is_plain(value):
  return isinstance(value, (int, float)) or (
      isinstance(value, Tensor) and value.is_weak)


def _as_row(numbers):
  """Numbers as one tensor of their common dtype."""
  from numest.trace import namespace  # it names these functions
  return namespace.array(list(numbers))


# --- max and min ---
def _extreme(name):
  builtin = getattr(builtins, name)
  of_one = _Extreme(name)

  def extreme(*args, key=None, default=_MISSING):
    named = {} if default is _MISSING else {"default": default}
    values = args[0] if len(args) == 1 else args
    if key is None and isinstance(values, Tensor) and values.ndim == 1 and (
        values._shape[0] > 0 or not named and values._shape[0] < 0):
      return of_one.value(values)
    values = list(values)
    keys = values if key is None else [key(v) for v in values]
    if not has_symbolic(keys) or not builtins.all(map(_is_number, keys)):
      best = builtin(range(len(keys)), key=keys.__getitem__, **(
          {"default": None} if named else {}))
      return default if best is None else values[best]
    if key is None:
      return of_one.of_numbers(values)
    return containers.one_of(values, of_one.position(_as_row(keys)))
  return extreme


class _Extreme:
  """The largest, or the smallest, of numbers."""

  def __init__(self, name):
    self._is_max = name == "max"
    self._ufunc = "maximum" if self._is_max else "minimum"
    self._beyond = "greater" if self._is_max else "less"

  def of_numbers(self, numbers):
    """Of a list: one after the other, so that Python's stay Python's."""
    result = numbers[0]
    for value in numbers[1:]:
      is_plain = _is_plain(result) and _is_plain(value)
      if _may_be_nan(result) or _may_be_nan(value):
        result = call("where", [call(self._beyond, [value, result]), value,
                                result])
      else:
        result = call(self._ufunc, [result, value])
      result = result._as_weak() if is_plain else result
    return result

  def value(self, row):
    """Of a tensor with one axis."""
    found = call("max" if self._is_max else "min", [self._without_nan(row)])
    return self._unless_first(row, row[0], found) if _may_be_nan(row) else (
        found)

  def position(self, row):
    """Where it is, in a tensor with one axis."""
    found = call("argmax" if self._is_max else "argmin",
                 [self._without_nan(row)])
    return self._unless_first(row, 0, found) if _may_be_nan(row) else found

  def _without_nan(self, row):
    if not _may_be_nan(row):
      return row
    least = -np.inf if self._is_max else np.inf
    return call("where", [call("isnan", [row]), least, row])

  def _unless_first(self, row, first, found):
    return call("where", [call("isnan", [row[0]]), first, found])


def _may_be_nan(value):
  return "float" in value._dtype_name if isinstance(value, Tensor) else (
      isinstance(value, (float, np.floating)) and bool(value != value))


# --- sorted ---
def sorted_(iterable, /, *, key=None, reverse=False):
  """sorted of numbers, or of what has numbers as keys."""
  items = list(iterable)
  keys = items if key is None else [key(v) for v in items]
  if not has_symbolic(keys) or len(keys) > _MOST_SORTED or not (
      builtins.all(map(_is_number, keys)) and containers.is_table(items)):
    order = builtins.sorted(range(len(keys)), key=keys.__getitem__,
                            reverse=reverse)
    return [items[i] for i in order]
  order = _order(_as_row(keys), reverse)
  return [containers.one_of(items, order[i]) for i in range(len(items))]


def _order(row, reverse):
  """Positions in order; equal keys stay in theirs, in reverse, too."""
  if not reverse:
    return call("argsort", [row])
  last = row._shape[0] - 1
  return last - call("argsort", [row[::-1]])[::-1]


# --- any and all ---
def _asked(iterable):
  """The numbers and values of what is asked until one decides: the first that
  is traced may, so what asks for the next ones must change nothing."""
  frame, before = sys._getframe(2), None
  for number, value in enumerate(iterable):
    if before is not None and snapshot(frame) != before:
      raise NeedsPaths("any, or all, of traced values that change a list, a "
                       "dictionary, an object or a variable")
    yield number, value
    if before is None and is_condition(value) and not isinstance(
        iterable, (list, tuple)):
      before = snapshot(frame)


def _truth(name, joined):
  builtin = getattr(builtins, name)
  is_any = name == "any"

  def truth(iterable, /):
    if isinstance(iterable, Tensor) and iterable.ndim == 1 and (
        iterable.is_symbolic):
      return call(name, [iterable])._as_weak()
    if state.in_trace() and state.active().forks:
      return builtin(iterable)
    found = None
    for number, value in _asked(iterable):
      if is_condition(value):
        value = as_bool(value)
        found = value if found is None else call(joined, [found, value])
      elif bool(value) == is_any:  # whatever the others are
        return is_any
      if number == _MOST_ASKED:
        raise state.Untraceable(f"{name} asks more than {number} values")
    return not is_any if found is None else found._as_weak()
  return truth


BUILTINS = {"max": _extreme("max"), "min": _extreme("min"), "sorted": sorted_,
            "any": _truth("any", "logical_or"),
            "all": _truth("all", "logical_and")}
