"""In-place writes of traced tensors, through views of them.

A tensor of a trace is a Python object that may stand for another value later.
A view knows its parent, how to read itself from the parent's value, and how to
give the parent a value that holds the view's: a write goes up to the root, and
from there down to every view that is alive. Values that nobody reads are dead
code to the compiler.
"""
import contextlib
import weakref

import numpy as np

from numest import _core
from numest import trace_state as state


class _View:
  """What a view shares: `parents` holds (parent, function of the parent's
  value and a new value of the view to the parent's new value)."""

  __slots__ = ("parents", "key", "read")

  def __init__(self, parents, key, read):
    self.parents, self.key, self.read = parents, key, read

  @property
  def parent(self):
    return self.parents[0][0]

  @property
  def write(self):
    return self.parents[0][1]


def view(parent, read, write, key=None):
  """A tensor that shares memory with `parent`, as far as NumPy can tell.

  Args:
    parent: the tensor that is viewed.
    read: function of the parent's value to the view's value.
    write: function of the parent's value and a new value of the view to the
      new value of the parent.
    key: what the parent was indexed with, if it was.
  """
  return _linked([(parent, write)], key, lambda: read(parent))


def either(condition, a, b):
  """A tensor that is `a` where the condition holds, else `b`: writes go to
  the one that it is."""
  def select(x, y):
    return chosen(condition, x, y)
  return _linked([(a, lambda old, new: select(new, old)),
                  (b, lambda old, new: select(old, new))], None,
                 lambda: select(a, b))


def chosen(condition, a, b):
  """`a` where the condition holds, else `b`; their extents may differ."""
  if tuple(a._shape) == tuple(b._shape):
    return _core.call("where", [condition, a, b], {})
  return _core.cond(condition, lambda: a, lambda: b)[0]


def _linked(parents, key, read):
  value = read()._alias()
  if state.in_trace():
    value._view = _View(parents, key, read)
    for parent, _ in parents:
      parent.__dict__.setdefault("_views", []).append(weakref.ref(value))
  return value


def assign(target, value):
  """target[...] = value, for a whole tensor of the trace."""
  _store(target, _fitted(value, target), None)


class _Journal:
  """The tensors that were replaced while it was kept, with their values."""

  def __init__(self):
    self._old = {}

  def note(self, tensor):
    self._old.setdefault(id(tensor), (tensor, tensor._alias()))

  def noted(self):
    """(tensor, value before) of everything that was written."""
    return list(self._old.values())

  def undo(self):
    """Takes all writes back; {id: (tensor, value that it had)}."""
    written = {}
    for key, (tensor, old) in self._old.items():
      written[key] = (tensor, tensor._alias())
      tensor._replace(old)
    return written


@contextlib.contextmanager
def journal():
  """Context that notes writes, for branches that are taken back."""
  kept, journals = _Journal(), state.active().journals
  journals.append(kept)
  try:
    yield kept
  finally:
    journals.pop()


def replace(target, value):
  """Lets `target` alone stand for the value; its views are not told."""
  if "_is_captured" in target.__dict__:
    raise state.Untraceable("it writes to an array from outside of it")
  for kept in state.active().journals:
    kept.note(target)
  may_be_out_of_order(target)  # a write leaves the memory where it is
  target.__dict__.pop("_chosen_by", None)
  target._replace(value)


def may_be_out_of_order(array):
  """True if NumPy may have laid out the array in another order than that of
  its axes, when it was made."""
  found = array.__dict__.get("_may_be_out_of_order")
  if found is None and "_view" not in array.__dict__:
    found = array._may_be_out_of_order = _core.may_be_out_of_order(array)
  return found or False


def _store(target, value, written):
  replace(target, value)
  refresh(target, written)
  link = target.__dict__.get("_view")
  if link is not None:
    for parent, write in link.parents:
      _store(parent, write(parent._alias(), value), target)
    if len(link.parents) > 1:  # one parent may be the other's: it told us and
      replace(target, value)  # our views, `written` among them, too early
      refresh(target, None)


def replace_all(values):
  """Lets tensors stand for the values, pairs of (tensor, value). Views among
  them are read from their parents anew, as all other views are."""
  roots = [(t, v) for t, v in values if "_view" not in t.__dict__]
  for tensor, value in roots:
    replace(tensor, value)
  for tensor, _ in roots:
    refresh(tensor, None)


def refresh(target, written=None):
  """Tells the views of `target`, except `written`, of its new value."""
  for reference in target.__dict__.get("_views", ()):
    one = reference()
    if one is not None and one is not written:
      replace(one, one._view.read())
      refresh(one, None)


def roots(tensor):
  """The tensors that a view writes to in the end; of any other itself."""
  link = tensor.__dict__.get("_view")
  if link is None:
    return [tensor]
  return [root for parent, _ in link.parents for root in roots(parent)]


def chain(tensor):
  """The tensor and all that it writes to, up to the roots."""
  link = tensor.__dict__.get("_view")
  parents = () if link is None else link.parents
  return [tensor, *(one for parent, _ in parents for one in chain(parent))]


def alive(tensor):
  """All views of the tensor, and theirs, that anybody holds."""
  held = (v() for v in tensor.__dict__.get("_views", ()))
  return [one for v in held if v is not None for one in (v, *alive(v))]


def unwritable(tensor, shared):
  """The tensor as one that shares memory in a way that is not known: a write
  to it, or to one of `shared` that it would see, is refused."""
  def refuse(*values):
    raise state.Untraceable("an array that a loop took from another is "
                            "written to, or the other is")
  tensor._view = _View([(tensor._alias(), refuse)], None, refuse)
  tensor._shared = shared
  return tensor


def watch(value):
  """Lets writes to what an `unwritable` tensor shares find it."""
  for root in getattr(value, "__dict__", {}).get("_shared", ()):
    root.__dict__.setdefault("_views", []).append(weakref.ref(value))


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
  return link is not None and link.key is not None and (
      link.parent is parent) and _is_same(link.key, key)


def _is_same(a, b):
  if len(a) != len(b):
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
