"""What loops of rewritten code do: see rewrite.py.

A loop whose rounds are known is unrolled. One that is left by a value, or
whose rounds would make too many nodes, becomes a node: its variables, and the
tensors that a round writes to, go in and come out of each round.
"""
import contextlib
import sys

import numpy as np

from numest import _core
from numest import trace_state as state
from numest.numpy_forms import extents
from numest.tensor import Tensor, call
from numest.trace import control, views
from numest.trace.containers import contains, item, lacks
from numest.trace.control import (UNDEFINED, NeedsPaths, and_, filtered, if_,
                                  if_expression, not_, or_, value_of)
from numest.trace.refusals import handled, refusal, required
from numest.trace.rows import TracedItems

# What rewritten code calls.
__all__ = ["and_", "contains", "filtered", "for_", "handled", "if_",
           "if_expression", "item", "lacks", "not_", "or_", "refusal",
           "value_of", "while_"]

# Nodes that unrolled rounds of one loop may make, by estimate.
MAX_UNROLLED = 4000


class TracedRange:
  """range() of traced bounds: only `for` can go over it."""

  def __init__(self, *bounds):
    start, stop, step = (0, *bounds, 1) if len(bounds) == 1 else (
        *bounds, 1)[:3]
    if isinstance(step, Tensor):
      raise state.Untraceable("a range has a step that depends on values")
    self.start, self.step = start, step
    self.count = call("maximum", [-((start - stop) // step), 0])._as_weak()

  def __iter__(self):
    raise state.Untraceable("a range that depends on values is gone over "
                            "outside of a for statement")

  def __len__(self):
    raise state.Untraceable("len of a range that depends on values")


def range_(*bounds):
  """range, or one whose bounds are values."""
  symbolic = any(isinstance(b, Tensor) and b.is_symbolic for b in bounds)
  return TracedRange(*bounds) if symbolic else range(*bounds)


def while_(test, body, values, is_carried, is_pure):
  """`while test(*values): values = body(*values)`; the last values."""
  values = list(values)
  first, rounds, rolls = _core.next_node_id(), 0, is_pure
  while True:
    asked = test(*values)
    if control.is_condition(asked):
      return _node(lambda _, *v: test(*v), lambda _, *v: body(*v), values,
                   is_carried, is_pure)
    if not asked:
      return tuple(values)
    if rolls and rounds > 8 and _core.next_node_id() - first > MAX_UNROLLED:
      try:
        return _node(lambda _, *v: test(*v), lambda _, *v: body(*v), values,
                     is_carried, is_pure)
      except (NeedsPaths, state.Untraceable):
        rolls = False
    _check_size(first)
    values, rounds = list(body(*values)), rounds + 1


def for_(items, body, values, is_carried, is_pure, stop):
  """`for item in items: values = body(item, *values)`; the last values.

  Args:
    stop: position of the flag among the values that ends the loop, or None.
  """
  count, item_at = indexed(items)
  if isinstance(count, Tensor):
    return _counted(count, item_at, body, values, is_carried, is_pure, stop)
  values = list(values)
  first, rolls = _core.next_node_id(), is_pure and count is not None
  for i, item in enumerate(items):
    made = _core.next_node_id() - first
    if rolls and i >= 2 and made // i * count > MAX_UNROLLED:
      try:
        return _counted(count, item_at, body, values, is_carried, is_pure,
                        stop, i)
      except (NeedsPaths, state.Untraceable):
        rolls = False
    _check_size(first)
    stopped = False if stop is None else values[stop]
    if control.is_condition(stopped):
      values = if_(stopped, lambda *v: v,
                           lambda *v: tuple(body(item, *v)), tuple(values))
    elif stopped:
      break
    else:
      values = body(item, *values)
    values = list(values)
    if stop is not None and not control.is_condition(values[stop]) and (
        values[stop]):
      break
  return tuple(values)


def _check_size(first):
  if _core.next_node_id() - first > 50 * MAX_UNROLLED:
    raise state.Untraceable("a loop of known rounds is too long to unroll, "
                            "and its rounds are no program of their own")


def indexed(items):
  """(number of items, function of a traced position to the item) of what a
  loop goes over; (None, None) where items come one by one."""
  if isinstance(items, TracedRange):
    return items.count, lambda k: (items.start + items.step * k)._as_weak()
  if isinstance(items, TracedItems):
    return items.count, items.item_at
  if isinstance(items, range):
    return len(items), lambda k: (items.start + items.step * k)._as_weak()
  if isinstance(items, Tensor) and items.ndim:
    known = items._shape[0]
    return (known if known >= 0 else extents.extent(items, 0),
            lambda k: items[k])
  if isinstance(items, np.ndarray) and items.ndim and items.dtype.kind in (
      "biufc"):
    data = _core.constant(items)
    return len(items), lambda k: data[k]
  return None, None


def _counted(count, item_at, body, values, is_carried, is_pure, stop, first=0):
  def test(k, *v):
    goes_on = call("less", [k, count])
    return goes_on if stop is None else call("logical_and", [
        goes_on, call("logical_not", [v[stop]])])
  return _node(test, lambda k, *v: body(item_at(k), *v), values, is_carried,
               is_pure, first, isinstance(count, int) and first < count)


def _node(test, body, values, is_carried, is_pure, first=0, runs_once=False):
  if not is_pure:
    raise state.Untraceable("a loop that depends on values changes a list, a "
                            "dictionary or an object")
  return _Loop(test, body, values, is_carried, first, runs_once).run()


class _Again(Exception):
  """The round has to be traced anew, with what was learned."""


class _Slot:
  """A value that goes through the loop: its initial tensor."""

  def __init__(self, value):
    self.value = _core.tensor(value)
    self.shared = None  # roots of the arrays that it may share memory with

  def takes(self, value, runs_once):
    """True if a round's result fits; else learns its type."""
    t, mine = _core.tensor(value), self.value
    same = t._dtype_name == mine._dtype_name and t.ndim == mine.ndim
    if same and (t.is_weak or not mine.is_weak):
      return True
    if "bytes" in (t._dtype_name, mine._dtype_name):
      raise state.Untraceable("a loop changes text")
    if t.ndim != mine.ndim:
      if not runs_once or t.ndim < mine.ndim or min(t._shape) < 0:
        raise state.Untraceable("a loop changes the number of axes of a "
                                "variable")
      self.value = call("broadcast_to", [mine], shape=t._shape)
    wanted = t if mine.is_weak and not t.is_weak else None
    dtype = wanted._dtype_name if wanted is not None else np.promote_types(
        t._dtype_name, mine._dtype_name).name
    is_weak = mine.is_weak and t.is_weak
    if dtype == mine._dtype_name and is_weak == mine.is_weak and (
        t.ndim == mine.ndim):
      return True
    self.value = call("astype", [self.value], dtype=dtype)
    if is_weak:
      self.value = self.value._as_weak()
    return False

  def result(self, value):
    t = _core.tensor(value)
    dtype = self.value._dtype_name
    return t if t._dtype_name == dtype and not t.is_weak else call(
        "astype", [t], dtype=dtype)

  def stands_for(self, t):
    if self.value.is_weak:
      return t._as_weak()
    return t._alias() if self.shared is None else views.unwritable(
        t._alias(), self.shared)


class _Loop:
  """One loop as a node. Its round is traced until all types are settled."""

  def __init__(self, test, body, values, is_carried, first, runs_once):
    self._test, self._body, self._values = test, body, list(values)
    self._runs_once = runs_once
    run = state.active()
    self._taken = run.is_taken()
    self._key, self._place = run.next_keys()
    self._counter = _Slot(np.int64(first))
    # By variable: a tree of slots, _SAME (no round changes it), or
    # UNDEFINED (each round has its own).
    self._plan = [_tree(v) if kept else UNDEFINED
                  for v, kept in zip(values, is_carried)]
    self._kept = is_carried
    self._written = []  # (tensor, slot)
    self._same = {i for i, v in enumerate(values) if self._kept[i] and
                  not isinstance(v, (bool, int, float, np.generic)) and
                  v is not UNDEFINED}

  def run(self):
    for _ in range(20):
      slots, self._first_inner = self._slots(), _core.next_node_id()
      try:
        results = _core.while_node(self._asked, self._round,
                                   [s.value for s in slots])
      except _Again:
        continue
      except NeedsPaths as error:
        raise state.Untraceable("in a loop that depends on values, "
                                f"{error}") from error
      return self._finished(slots, results)
    raise state.Untraceable("the types of a loop's variables do not settle")

  def _slots(self):
    found = [self._counter]
    for i, tree in enumerate(self._plan):
      if i not in self._same:
        found += _leaves(tree)
    return found + [slot for _, slot in self._written]

  def _bound(self, tensors):
    """(counter, values, [(written tensor, its value)]) of a round."""
    slots = self._slots()
    stood = iter([s.stands_for(t) for s, t in zip(slots, tensors)])
    counter, values = next(stood), []
    for i, tree in enumerate(self._plan):
      values.append(self._values[i] if i in self._same
                    else _filled(tree, stood))
    for value in values:
      views.watch(value)
    return counter, values, [(t, next(stood)) for t, _ in self._written]

  @contextlib.contextmanager
  def _entered(self, tensors, number):
    """Draws, decisions and written tensors are the round's own."""
    counter, values, written = self._bound(tensors)
    run = state.active()
    key = _core.call("fold_in", [self._key, counter], {})
    place = _core.call("fold_in", [self._place, counter], {})
    with _own_draws(run, key, place, number), views.journal() as journal:
      try:
        for tensor, value in written:
          views.replace(tensor, value)
        for tensor, _ in written:
          views.refresh(tensor)
        yield counter, values, journal
      finally:
        journal.undo()

  def _goes_on(self, counter, values):
    asked = self._test(counter, *values)
    asked = control.as_bool(_core.tensor(asked))
    return asked if self._taken is None else call(
        "logical_and", [self._taken, asked])

  def _asked(self, *tensors):
    with self._entered(tensors, 0) as (counter, values, _):
      return required(state.active().refusals, self._goes_on(counter, values))

  def _round(self, *tensors):
    with self._entered(tensors, 0) as (counter, values, _):
      alive = self._goes_on(counter, values)
    with self._entered(tensors, 1) as (counter, values, journal):
      before = control.snapshot(sys._getframe(1))
      with state.guarded(alive):
        results = self._body(counter, *values)
      if control.snapshot(sys._getframe(1)) != before:
        raise state.Untraceable("a loop that depends on values changes a list "
                                "or a dictionary")
      outputs, self._seen = [_core.tensor(counter) + 1], {}
      self._is_settled = True
      self._learn_writes(journal)
      for i, result in enumerate(results):
        outputs += self._outputs(i, values[i], result)
      for tensor, slot in self._written:
        outputs.append(slot.result(tensor._alias()))
      if not self._is_settled:
        raise _Again
      outputs[0] = required(state.active().refusals, outputs[0])
      return tuple(outputs)

  def _learn_writes(self, journal):
    known = {id(t) for t, _ in self._written}
    new = [(t, old) for t, old in journal.noted() if id(t) not in known and
           "_view" not in t.__dict__ and not self._is_inner(t, old)]
    if new:
      self._written += [(t, _Slot(old)) for t, old in new]
      raise _Again

  def _is_inner(self, tensor, value):
    """True for what the round itself made."""
    born = tensor.__dict__.get("_born", value._node_id)
    return born >= self._first_inner

  def _outputs(self, i, before, result):
    if not self._kept[i]:
      return []
    if i in self._same:
      if result is before:
        return []
      self._leave_same(i, before)
    tree = self._plan[i]
    if tree is UNDEFINED:
      if result is UNDEFINED:
        return []
      self._plan[i] = _tree(_blank(result))
      raise _Again
    found = _fitted(tree, result, self._runs_once)
    self._note_shared(tree, result)
    return found

  def _leave_same(self, i, before):
    """The variable goes through the loop after all."""
    if self._plan[i] is _SAME:
      raise state.Untraceable("a loop that depends on values changes a "
                              f"{type(before).__name__}")
    if isinstance(before, Tensor) and before.ndim and _is_shared(before):
      self._plan[i].shared = views.roots(before)
    self._same.discard(i)
    raise _Again

  def _note_shared(self, tree, result):
    """Notes arrays that may share memory with others: they are not written
    to after the round that made them."""
    if not isinstance(tree, _Slot):
      children = result.items() if isinstance(tree, dict) else enumerate(
          result if isinstance(tree, tuple) else ())
      for k, value in children:
        self._note_shared(tree[k], value)
      return
    if not isinstance(result, Tensor) or result.ndim == 0:
      return
    for root in views.roots(result):
      twin, _ = self._seen.setdefault(id(root), (tree, root))
      if twin is not tree or not self._is_inner(root, root):
        self._share((twin, tree), root)

  def _share(self, slots, root):
    for slot in slots:
      if slot.shared is None:
        slot.shared = [root]
        self._is_settled = False

  def _finished(self, slots, results):
    stood = iter([s.stands_for(t) for s, t in zip(slots, results)])
    next(stood)
    values = []
    for i, tree in enumerate(self._plan):
      values.append(self._values[i] if i in self._same
                    else _filled(tree, stood))
    views.replace_all([(t, next(stood)) for t, _ in self._written])
    for value in values:
      views.watch(value)
    return tuple(values)


_SAME = object()


def _is_shared(tensor):
  """True if the user sees the array under another name, or through a view."""
  chain, frame = views.chain(tensor), sys._getframe(1)
  seen = [v for one in chain for v in views.alive(one)]
  return any(control.num_names(one, frame) > (one is tensor)
             for one in [*chain, *seen])


def _is_number(value):
  return isinstance(value, (bool, int, float, np.generic, np.ndarray, Tensor))


def _tree(value):
  """Slots for the numbers and arrays of a value."""
  if _is_number(value):
    return _Slot(value)
  if isinstance(value, tuple):
    return tuple(_tree(v) for v in value)
  if isinstance(value, dict):
    return {k: _tree(v) for k, v in value.items()}
  return UNDEFINED if value is UNDEFINED else _SAME


def _leaves(tree):
  if isinstance(tree, _Slot):
    return [tree]
  if isinstance(tree, (tuple, dict)):
    children = tree.values() if isinstance(tree, dict) else tree
    return [leaf for child in children for leaf in _leaves(child)]
  return []


def _filled(tree, tensors):
  if isinstance(tree, _Slot):
    return next(tensors)
  if isinstance(tree, tuple):
    return tuple(_filled(t, tensors) for t in tree)
  if isinstance(tree, dict):
    return {k: _filled(t, tensors) for k, t in tree.items()}
  return UNDEFINED


def _fitted(tree, value, runs_once):
  """A round's results for the slots of a variable."""
  if isinstance(tree, _Slot):
    if not _is_number(value):
      raise state.Untraceable("a loop that depends on values gives a variable "
                              f"a {type(value).__name__}")
    if not tree.takes(value, runs_once):
      raise _Again
    return [tree.result(value)]
  if type(tree) is type(value) and len(tree) == len(value):
    pairs = ([(t, value[k]) for k, t in tree.items()] if isinstance(tree, dict)
             else zip(tree, value))
    return [leaf for t, v in pairs for leaf in _fitted(t, v, runs_once)]
  raise state.Untraceable("a loop that depends on values changes the kind of "
                          "a variable")


def _blank(value):
  """Zeros like the numbers and arrays of a value: what a variable holds
  before the round that assigns it first."""
  if isinstance(value, tuple):
    return tuple(_blank(v) for v in value)
  if isinstance(value, dict):
    return {k: _blank(v) for k, v in value.items()}
  if not _is_number(value):
    raise state.Untraceable("a loop that depends on values gives a variable "
                            f"a {type(value).__name__}")
  t = _core.tensor(value)
  zeros = _core.constant(np.zeros([max(e, 0) for e in t._shape],
                                  t.dtype.as_numpy_dtype))
  return zeros._as_weak() if t.is_weak else zeros


@contextlib.contextmanager
def _own_draws(run, key, place, number):
  """Draws of a round follow from its key, and no path may be asked for; what
  the round refuses is its own."""
  kept = {n: run.__dict__.get(n) for n in ("next_keys", "next_key", "decide",
                                           "refusals")}
  count = iter(range(number << 20, (number + 1) << 20))

  def decide(condition):
    raise state.Untraceable("inside of a loop that depends on values, a "
                            "condition cannot be rewritten")
  run.next_key = lambda: run.keyed(key, place, next(count))
  run.next_keys = lambda: [_core.call("fold_in", [k, n], {})
                           for n in [next(count)] for k in (key, place)]
  run.decide, run.refusals = decide, []
  try:
    yield
  finally:
    for name, old in kept.items():
      if old is None:
        del run.__dict__[name]
      else:
        run.__dict__[name] = old
