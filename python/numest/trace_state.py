"""What this thread is tracing, and the user's line that is being traced."""
import contextlib
import os
import sys
import threading

import numpy as np

from numest import _core

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep


class Untraceable(Exception):
  """Says why a function cannot become a program.

  Attributes:
    line: the user's "file:line", or "" where the traceback says it.
  """

  line = ""


class Run:
  """One replay of a function: its decisions, conditions and draws so far.

  Attributes:
    key: uint64 scalar tensor that all draws of the element come from.
    decisions: outcomes of the conditions, the given ones first.
    conditions: the bool tensors that were asked, in order.
    lines: the user's lines that asked, "file:line".
    guards: conditions of the branches that run, the outer ones first.
    journals: notes of writes of these branches.
    reads: the Guards of what the trace reads from outside, or None.
    place: as `key`, but the same in every run: for draws of a stream.
    stream: the seed of the generator that draws, or None.
    draws_by_place: a generator drew so far.
    refusals: (bool tensor, the user's line): elements for which it raises.
    is_model: whether it builds a model.
    forks: whether each condition is a decision, and none a selection.
  """

  is_model = False
  forks = False

  def __init__(self, key, decisions, reads=None, place=None):
    self.key = key
    self.place = key if place is None else place
    self.stream = None
    self.draws_by_place = False
    self.reads = reads
    self.decisions = decisions
    self.conditions = []
    self.lines = []
    self.guards = []
    self.journals = []
    self.refusals = []
    self._num_draws = 0

  def decide(self, condition):
    """The outcome of `condition` on this path; True on a new one. What was
    asked before has the same outcome."""
    for asked, decision in zip(self.conditions, self.decisions):
      if _core.is_equal_computation(asked, condition):
        return decision
    index = len(self.conditions)
    self.conditions.append(condition)
    self.lines.append(_users_line())
    if index == len(self.decisions):
      self.decisions.append(True)
    _core.set_guard(self.is_taken())
    return self.decisions[index]

  def next_key(self):
    """The key of the next draw, a tensor."""
    number = self._num_draws
    self._num_draws += 1
    if _state.drawn is not None:
      _state.drawn.append((number, self.is_taken()))
    return self.keyed(self.key, self.place, number)

  def next_keys(self):
    """Keys that all draws of a loop come from: of the run, and of the place."""
    return self.next_key(), _core.call("fold_in", [
        self.place, self._num_draws - 1], {})

  def keyed(self, key, place, number):
    """The key of a draw by its number: from `key`, or for a captured generator
    from `place` and its seed."""
    if self.stream is not None:
      self.draws_by_place = True
      key = _core.call("fold_in", [place, np.uint64(self.stream)], {})
    return _core.call("fold_in", [key, number], {})

  def refuse(self, condition, line):
    """Elements with a true `condition` fail, at the user's line."""
    self.refusals.append((condition, line))

  def is_taken(self):
    """A bool tensor: the element takes this path so far; None if all do."""
    taken = None
    for guard in self.guards:
      taken = guard if taken is None else _core.call(
          "logical_and", [taken, guard], {})
    for condition, decision in zip(self.conditions, self.decisions):
      c = condition if decision else _core.call("logical_not", [condition], {})
      taken = c if taken is None else _core.call("logical_and", [taken, c], {})
    return taken


class _State(threading.local):
  run = None
  eager_run = None
  writes_elements = False
  drawn = None


_state = _State()


def in_trace():
  """True while a function is being traced in this thread."""
  return _state.run is not None


def active():
  """The Run of this thread, or None."""
  return _state.run


def drawing():
  """The Run of this thread that draws are taken from, or None."""
  return _state.eager_run if _state.run is None else _state.run


@contextlib.contextmanager
def gives_draws(run):
  """Context in which draws of code that runs eagerly are those of `run`."""
  outer, _state.eager_run = _state.eager_run, run
  try:
    yield
  finally:
    _state.eager_run = outer


def reads():
  """The Guards of the trace of this thread, or None."""
  return None if _state.run is None else _state.run.reads


class activate:
  """Context in which `run` is the active one."""

  def __init__(self, run):
    self._run = run

  def __enter__(self):
    self._outer, _state.run = _state.run, self._run
    self._outer_guard = _core.set_guard(None)
    return self._run

  def __exit__(self, *exception):
    _state.run = self._outer
    _core.set_guard(self._outer_guard)
    _core.set_location("")


def writes_elements():
  """True while Python is called with an element: tensors are its arrays."""
  return _state.writes_elements


@contextlib.contextmanager
def element():
  """Context in which a user's function may write to the element it got."""
  outer, _state.writes_elements = _state.writes_elements, True
  try:
    yield
  finally:
    _state.writes_elements = outer


@contextlib.contextmanager
def watched_draws(drawn):
  """Context in which `drawn` gets (number, bool tensor or None: the elements
  that take it) of each draw that is traced."""
  _state.drawn = drawn
  try:
    yield
  finally:
    _state.drawn = None


def forget_draws():
  """The draws so far were those of a trace that is given up."""
  if _state.drawn is not None:
    _state.drawn.clear()


@contextlib.contextmanager
def guarded(condition):
  """Context in which only elements with a true `condition` count."""
  run = active()
  run.guards.append(condition)
  outer = _core.set_guard(run.is_taken())
  try:
    yield
  finally:
    run.guards.pop()
    _core.set_guard(run.is_taken() if run.conditions else outer)


def refuse_key():
  """Raises for a traced value that a set or a dictionary is asked for."""
  raise Untraceable("a set, or a dictionary, has a traced value as a key")


def random_state():
  """What np.random's global generator draws next: equal if nothing drew."""
  found = np.random.get_state(legacy=False)
  inner = found["state"]
  return (inner["pos"], inner["key"].tobytes(), found["has_gauss"],
          found["gauss"])


def is_ours(filename):
  """True for files of the package itself."""
  return filename.startswith(_PACKAGE) or "/python_package/numest/" in filename


def mark_location():
  """Nodes made next carry the innermost line that is not the package's."""
  line = _users_line()
  if line:
    _core.set_location(line)


def _users_line():
  frame = sys._getframe(2)
  while frame is not None and is_ours(frame.f_code.co_filename):
    frame = frame.f_back
  return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"
