"""What a trace read from outside of its function: a change is noticed.

Each read is kept with a snapshot of its value. Plain values, containers, arrays
and objects of Python classes are compared by content, functions by code,
defaults and cells, other objects by their pickled bytes, or by identity where
there are none.
"""
import functools
import pickle
import types

import numpy as np

from numest import _core

MISSING = object()  # the value of a name that is not bound
_CONSTANTS = (type(None), bool, int, str, bytes, type(Ellipsis), np.dtype)
_BY_IDENTITY = (types.ModuleType, types.BuiltinFunctionType, type, property,
                np.ufunc, type(np.sum))
_GENERATORS = (np.random.Generator, np.random.RandomState)


class Guards:
  """The reads of one trace, in order, and the objects that it saw copies of.

  Args:
    is_model: the trace builds a model: what it writes to objects is meant.
  """

  def __init__(self, is_model=False):
    self.is_model = is_model
    self._reads = {}
    self._copies = []
    self._items = []
    self._undo = []
    self._assigned = None
    self._inner = []

  def note_inner(self, guards):
    """Notes that the trace used a program of other guards."""
    if guards not in self._inner:
      self._inner.append(guards)

  def note_assigned(self, name):
    """Notes that the trace runs code that assigns a name outside of it."""
    self._assigned = self._assigned or name

  def note(self, owner, name, value, read, is_watched=False):
    """Notes that `owner` has `value` under `name`, as `read()` says later.

    Args:
      is_watched: what is in the value is noted when it is read.
    """
    key = (id(owner), name)
    if key not in self._reads:
      self._reads[key] = _Read(owner, name, value, read, is_watched,
                               self._undo)

  def note_item(self, owner, name, is_watched=False):
    """Notes an entry of a dictionary: globals, or attributes of an object."""
    self.note(owner, name, owner.get(name, MISSING),
              lambda: owner.get(name, MISSING), is_watched)

  def note_copy(self, original, copy):
    """Notes that the trace writes to a copy of the attributes `original`."""
    self._copies.append((original, copy, dict(original)))

  def note_items(self, made):
    """Notes that the trace sees `made` in place of a container."""
    self._items.append((made, entries(made)))

  def changed(self):
    """The name of the first value that is not what it was; None if all are."""
    own = next((r.name for r in self._reads.values() if r.is_changed()), None)
    if own is not None:
      return own
    return next(filter(None, (g.changed() for g in self._inner)), None)

  def written(self):
    """The name of the first value that the trace itself changed, or None; its
    lists, dictionaries, sets and generators are put back."""
    name = self.changed()
    if name is not None:
      for undo in reversed(self._undo):
        undo()
      return name
    if self._assigned is not None:
      return self._assigned
    for _, copy, before in self._copies:
      for name in {**before, **copy}:
        if copy.get(name, MISSING) is not before.get(name, MISSING):
          return name
    for made, before in self._items:
      if len(before) != len(made) or any(
          a is not b for a, b in zip(entries(made), before)):
        return f"a {type(made).__name__}"
    return None

  def leave_changed(self):
    """What the trace itself changed is not compared: the next trace changes it
    again."""
    self._reads = {key: read for key, read in self._reads.items()
                   if not read.is_changed()}

  def settle(self):
    """What the trace itself changed, a note of its calls say, is as it should
    be: only later changes count."""
    for read in self._reads.values():
      if read.is_changed():
        read.take()


def entries(container):
  """The items of a list or tuple, the values of a dictionary."""
  return list(container.values() if isinstance(container, dict)
              else container)


class _Read:
  """One value from outside, what it was and how to read it again."""

  __slots__ = ("_owner", "name", "_read", "_value", "_snapshot")

  def __init__(self, owner, name, value, read, is_watched, undo):
    self._owner, self.name, self._read = owner, name, read
    self._value = value
    self._snapshot = None if is_watched else _Snapshot(undo).of(value)

  def take(self):
    """The value now is the one to compare with."""
    self._value = self._read()
    if self._snapshot is not None:
      self._snapshot = _Snapshot().of(self._value)

  def is_changed(self):
    value = self._read()
    if value is self._value and (
        self._snapshot is None or _is_constant(value)):
      return False
    return self._snapshot is None or _Snapshot().of(value) != self._snapshot


def _is_constant(value):
  return value is MISSING or isinstance(value, (*_CONSTANTS, *_BY_IDENTITY))


def is_frozen(value):
  """True for an array that owns its memory and refuses writes."""
  return value.flags.owndata and not value.flags.writeable


def class_entries(cls):
  """What a class holds under names of its user."""
  return {k: v for k, v in vars(cls).items() if not k.startswith("__")}


class _Same:
  """Equal to itself alone; keeps the value, so its id stays its own."""

  __slots__ = ("value",)

  def __init__(self, value):
    self.value = value

  def __eq__(self, other):
    return isinstance(other, _Same) and self.value is other.value

  __hash__ = None


class _Traced(_Same):
  """A tensor of an outer trace, as it is now: it may be written to."""

  def __eq__(self, other):
    return isinstance(other, _Traced) and self.value._is_same(other.value)

  __hash__ = None


class _Plain:
  pass


class _Snapshot:
  """Makes equal things of values that a trace cannot tell apart.

  Args:
    undo: a list that gets functions which put containers back.
  """

  def __init__(self, undo=None):
    self._undo = undo
    self._seen = {}

  def of(self, value):
    if isinstance(value, (float, complex, np.generic)):
      return type(value), repr(value), getattr(value, "dtype", None)
    if isinstance(value, _CONSTANTS):
      return type(value), value
    if value is MISSING or isinstance(value, _BY_IDENTITY):
      return _Same(value)
    if id(value) in self._seen:  # a cycle, or one object twice
      return self._seen[id(value)]
    self._seen[id(value)] = len(self._seen)
    try:
      return next(make(self, value) for kind, make in _MAKERS
                  if isinstance(value, kind))
    except RecursionError:
      return _Same(value)

  def all(self, values):
    return [self.of(v) for v in values]

  def _on_undo(self, undo):
    if self._undo is not None:
      self._undo.append(undo)

  def tensor(self, value):
    if value.is_symbolic:
      return _Traced(value._alias())
    return self.array(value._numpy())

  def array(self, value):
    if is_frozen(value):
      return _Same(value)
    if value.dtype.kind in "OV":
      return self.all(value.ravel().tolist())
    return value.dtype, value.shape, value.tobytes()

  def dictionary(self, value):
    kept = dict(value)
    self._on_undo(lambda: (value.clear(), value.update(kept)))
    return type(value), self.all(value), self.all(value.values())

  def list(self, value):
    kept = list(value)
    self._on_undo(lambda: value.__setitem__(slice(None), kept))
    return type(value), self.all(value)

  def tuple(self, value):
    return type(value), self.all(value)

  def set(self, value):
    kept = frozenset(value)
    self._on_undo(lambda: (value.clear(), value.update(kept)))
    return type(value), kept

  def frozenset(self, value):
    return type(value), value

  def generator(self, value):
    bits = getattr(value, "bit_generator", getattr(value, "_bit_generator",
                                                   None))
    kept = pickle.dumps(bits.state)
    self._on_undo(lambda: setattr(bits, "state", pickle.loads(kept)))
    return type(value), kept

  def function(self, value):
    cells = [c.cell_contents for c in value.__closure__ or ()
             if c != types.CellType()]
    return (_Same(value.__code__), self.of(value.__defaults__),
            self.of(value.__kwdefaults__), self.all(cells))

  def method(self, value):
    return self.of(value.__func__), self.of(value.__self__)

  def partial(self, value):
    return self.all((value.func, value.args, value.keywords))

  def object(self, value):
    cls = type(value)
    if cls.__basicsize__ == _Plain.__basicsize__ and hasattr(value,
                                                             "__dict__"):
      return cls, self.of(vars(value))
    try:
      return cls, pickle.dumps(value)
    except Exception:  # whatever its class raises
      return _Same(value)


_MAKERS = ((_core.Tensor, _Snapshot.tensor), (np.ndarray, _Snapshot.array),
           (dict, _Snapshot.dictionary), (list, _Snapshot.list),
           (tuple, _Snapshot.tuple), (set, _Snapshot.set),
           (frozenset, _Snapshot.frozenset),
           (_GENERATORS, _Snapshot.generator),
           (types.FunctionType, _Snapshot.function),
           (types.MethodType, _Snapshot.method),
           (functools.partial, _Snapshot.partial), (object, _Snapshot.object))
