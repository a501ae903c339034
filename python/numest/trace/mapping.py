"""Functions of datasets: programs where they can be traced, calls of Python
where not; made anew when what they read from outside has changed."""
from numest import _core
from numest import logging
from numest import trace_state as state
from numest.trace import nests
from numest.trace.explain import in_python, of_steps, report
from numest.trace.failures import (location_of, name_of, note_failure,
                                   reason_of, users_line)
from numest.trace.fallback import python_map
from numest.trace.first_use import compare
from numest.trace.guards import Guards
from numest.trace.paths import placed
from numest.trace.rebind import assigned_outside
from numest.trace.strictness import is_strict, refusal


def map_function(function, dataset, op="map", strict=None, num_workers=0):
  """A core MapFunction of a user's function, and what explain asks.

  Args:
    function: takes the components of an element as arguments.
    dataset: the core's dataset of the elements.
    op: the method that asks, for messages.
    strict: True if calls of Python are refused; None: as tf.strict says.
    num_workers: how many processes call it, if Python has to; 0: this one.

  Returns:
    (MapFunction, object whose report() says where the function runs).

  Raises:
    Untraceable: strict, and the function would be called in Python.
    TypeError: workers are asked for, and the function changes what is outside
      of it, which only they would see.
  """
  mapped = _Mapped(function, dataset, op, is_strict(strict), num_workers)
  return _core.following_map(mapped.runs, mapped.refresh), mapped


class _Mapped:
  """The latest form of a user's function.

  Attributes:
    function: the core's MapFunction.
    runs: the one that the dataset calls: `function`, and Python for elements
      that its program refuses.
  """

  def __init__(self, function, dataset, op, is_strict, num_workers):
    self._users, self._dataset = function, dataset
    self._op, self._is_strict = op, is_strict
    self._num_workers = num_workers
    self._row = report(name_of(function), location_of(function), op)
    self._calls = None  # of Python
    self._rescuing = None  # the calls of Python for refused elements
    self.function, self._spec = self._made()
    self.runs = self._rescued(self.function)

  def report(self):
    """Where it runs, and what that took so far; see `Explanation`."""
    calls, ns, copied = self.function.costs()
    if self._calls is None:
      return of_steps(self._row, self.function.profile(), self._nodes,
                      (calls, ns, copied))
    return in_python({**self._row, "processes": self._num_workers}, *self._why,
                     (calls, ns, copied + self._calls.num_bytes_copied))

  def refresh(self):
    """The MapFunction for an iterator that is made now."""
    name = self._guards and self._guards.changed()
    if name is not None:
      made, spec = self._made()
      if not _has_types(spec, self._spec):
        raise TypeError(
            f"{self._op}: {name_of(self._users)} gives other types since "
            f"`{name}` has changed: got {spec}, expected {self._spec}, as when "
            "the dataset was made; make the dataset again")
      self.function, self.runs = made, self._rescued(made)
    return self.runs

  def _rescued(self, made):
    """`made`, with Python for the elements that it refuses if it is a program:
    NumPy knows its own errors, and the lines of the user's that they are in."""
    if self._calls is not None or self._is_strict:
      return made
    return _core.rescued_map(made, self._in_python_for_refused,
                             self._note_refused)

  def _in_python_for_refused(self):
    self._rescuing, made, _ = python_map(self._users, self._dataset, 0,
                                         self._spec)
    return made

  def _note_refused(self, why):
    logging.warning(
        "%s: the program of %s fails where NumPy does not, so Python runs such "
        "elements: %s", self._op, name_of(self._users), why)

  def _made(self):
    """(MapFunction, spec of its results)."""
    self._calls, self._guards = None, Guards()
    try:
      graph, spec, takes_place = self._traced()
      made = _core.program_map(graph, spec, takes_place)
    except Exception as error:  # for any reason: Python runs it instead
      return self._in_python(error)
    self._nodes = graph.nodes
    return made, spec

  def _traced(self):
    drawn = []
    try:
      with state.watched_draws(drawn):
        made = placed(self._users, self._dataset.spec, self._guards)
    finally:
      name = self._guards.written()
    if name is not None:
      raise WritesOutside(_writes(name))
    called = [line for op, line, _ in made[0].nodes if op == "python_call"]
    if self._is_strict and called:
      raise state.Untraceable(f"it calls Python at {called[0]}")
    graph, _, takes_place = made
    compare(self._users, self._dataset, graph, drawn, takes_place)
    return made

  def _in_python(self, error):
    self._guards = None  # Python looks at what there is
    self._why = reason_of(error), users_line(error)
    if self._is_strict:
      raise refusal(self._op, name_of(self._users), *self._why,
                    location_of(self._users)) from error
    if self._num_workers:
      self._check_isolated(error)
    try:
      self._calls, made, spec = python_map(self._users, self._dataset,
                                           self._num_workers)
    except Exception as failure:
      note_failure(failure, self._op, self._users, self._dataset.spec, error)
      raise
    return made, spec

  def _check_isolated(self, error):
    name = assigned_outside(self._users)
    if isinstance(error, WritesOutside) or name is not None:
      why = error if name is None else _writes(name)
      raise TypeError(
          f"{self._op}: isolate: {name_of(self._users)} can not run in other "
          f"processes: {why}, and only its worker would see that; return the "
          "value, or leave isolate out") from error


class WritesOutside(state.Untraceable):
  """A function changes what is outside of it."""


def _writes(name):
  return f"it changes `{name}`, which is outside of it"


class InPython:
  """A function that Python always calls, for explain."""

  def __init__(self, function, op, reason):
    self._row = report(name_of(function), location_of(function), op)
    self._reason = reason

  def report(self):
    """A function of an `Explanation`."""
    return in_python(self._row, self._reason, "")


def _has_types(spec, expected):
  """True if values of `spec` are of the type `expected`."""
  if isinstance(spec, tuple) and isinstance(expected, tuple):
    return spec[0] == expected[0] and len(spec[1]) == len(expected[1]) and all(
        nests.is_unknown(b) or a == b for a, b in zip(spec[1], expected[1]))
  if type(spec) is not type(expected) or len(spec) != len(expected):
    return False
  if isinstance(spec, dict):
    return all(k in expected and _has_types(v, expected[k])
               for k, v in spec.items())
  return all(map(_has_types, spec, expected))
