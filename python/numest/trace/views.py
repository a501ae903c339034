"""In-place writes of traced tensors, through views of them.

A tensor of a trace is a Python object that may stand for another value later.
A view knows its parent, how to read itself from the parent's value, and how to
give the parent a value that holds the view's: a write goes up to the root, and
from there down to every view that is alive. Values that nobody reads are dead
code to the compiler.
"""
import weakref

import numpy as np

from numest import _core
from numest import trace_state as state


class _View:
  __slots__ = ("parent", "key", "read", "write")

  def __init__(self, parent, key, read, write):
    self.parent, self.key, self.read, self.write = parent, key, read, write


def view(parent, read, write, key=None):
  """A tensor that shares memory with `parent`, as far as NumPy can tell.

  Args:
    parent: the tensor that is viewed.
    read: function of the parent's value to the view's value.
    write: function of the parent's value and a new value of the view to the
      new value of the parent.
    key: what the parent was indexed with, if it was.
  """
  value = read(parent)._alias()
  if state.in_trace():
    value._view = _View(parent, key, read, write)
    parent.__dict__.setdefault("_views", []).append(weakref.ref(value))
  return value


def assign(target, value):
  """target[...] = value, for a whole tensor of the trace."""
  _store(target, _fitted(value, target), None)


def _store(target, value, written):
  target._replace(value)
  _refresh(target, written)
  link = target.__dict__.get("_view")
  if link is not None:
    _store(link.parent, link.write(link.parent._alias(), value), target)


def _refresh(target, written):
  for reference in target.__dict__.get("_views", ()):
    one = reference()
    if one is not None and one is not written:
      one._replace(one._view.read(target))
      _refresh(one, None)


def _fitted(value, target):
  value = _core.tensor(value)
  _check_cast(value, target)
  if value._dtype_name != target._dtype_name or value.is_weak:
    value = _core.call("astype", [value], {"dtype": target._dtype_name})
  if tuple(value._shape) != tuple(target._shape):
    value = _core.call("broadcast_to", [value], {"shape": target._shape})
  return value


def _check_cast(value, target):
  """NumPy's rule for `a op= b`: casts stay within the kind."""
  if "bytes" in (value._dtype_name, target._dtype_name) or value.is_weak:
    return
  if not np.can_cast(value._dtype_name, target._dtype_name, "same_kind"):
    raise TypeError(f"cannot cast the result from {value._dtype_name} to "
                    f"{target._dtype_name} with casting rule 'same_kind'")


def is_view_at(value, parent, key):
  """True if `value` is parent[key], so that writing it back is nothing."""
  link = getattr(value, "__dict__", {}).get("_view")
  return link is not None and link.parent is parent and _is_same(link.key, key)


def _is_same(a, b):
  if a is None or len(a) != len(b):
    return False
  for x, y in zip(a, b):
    if x is y:
      continue
    basic = (int, slice, type(None), type(...))
    if not isinstance(x, basic) or type(x) is not type(y):
      return False
    if isinstance(x, slice):
      parts = ((x.start, y.start), (x.stop, y.stop), (x.step, y.step))
      if not all(p is q or (isinstance(p, int) and isinstance(q, int) and
                            p == q) for p, q in parts):
        return False
    elif x != y:
      return False
  return True
