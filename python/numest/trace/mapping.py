"""Functions of datasets: programs where they can be traced, calls of Python
where not; made anew when what they read from outside has changed."""
import traceback

from numest import _core
from numest import trace_state as state
from numest.trace import nests
from numest.trace.fallback import python_map
from numest.trace.guards import Guards
from numest.trace.paths import traced
from numest.trace.strictness import is_strict, refusal


def map_function(function, dataset, op="map", strict=None):
  """A core MapFunction of a user's function, and a row for explain.

  Args:
    function: takes the components of an element as arguments.
    dataset: the core's dataset of the elements.
    op: the method that asks, for messages.
    strict: True if calls of Python are refused; None: as tf.strict says.

  Returns:
    (MapFunction, dict with function, location, runs, nodes, line, reason).

  Raises:
    Untraceable: strict, and the function would be called in Python.
  """
  mapped = _Mapped(function, dataset, op, is_strict(strict))
  return _core.following_map(mapped.function, mapped.refresh), mapped.row


class _Mapped:
  """The latest form of a user's function.

  Attributes:
    function: the core's MapFunction.
    row: says where it runs, for explain; always of the latest form.
  """

  def __init__(self, function, dataset, op, is_strict):
    self._users, self._dataset = function, dataset
    self._op, self._is_strict = op, is_strict
    self.row = {"function": getattr(function, "__name__",
                                    type(function).__name__),
                "location": _location(function)}
    self.function, self._spec = self._made()

  def refresh(self):
    """The MapFunction for an iterator that is made now."""
    name = self._guards and self._guards.changed()
    if name is not None:
      made, spec = self._made()
      if not _has_types(spec, self._spec):
        raise TypeError(
            f"{self._op}: {self.row['function']} gives other types since "
            f"`{name}` has changed: got {spec}, expected {self._spec}, as when "
            "the dataset was made; make the dataset again")
      self.function = made
    return self.function

  def _made(self):
    """(MapFunction, spec of its results)."""
    self.row.update(runs="native", nodes=[], line="", reason="")
    self._guards = Guards()
    try:
      graph, spec = self._traced()
      made = _program(graph, spec)
    except Exception as error:  # for any reason: Python runs it instead
      return self._in_python(error)
    self.row["nodes"] = graph.nodes
    return made, spec

  def _traced(self):
    try:
      graph, spec = traced(self._users, self._dataset.spec, self._guards)
    finally:
      name = self._guards.written()
    if name is not None:
      raise state.Untraceable(f"it changes `{name}`, which is outside of it")
    return graph, spec

  def _in_python(self, error):
    self._guards = None  # Python looks at what there is
    self.row.update(runs="python", line=_users_line(error),
                    reason=_reason(error))
    if self._is_strict:
      raise refusal(self._op, self.row) from error
    return python_map(self._users, self._dataset)


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


def _program(graph, out_spec):
  """One program for a block of elements, or, where extents of the results
  differ by element, one that runs on each."""
  try:
    block = _core.vmap_graph(graph)
  except NotImplementedError:
    return _core.element_map(graph, out_spec)
  return _core.program_map(block, out_spec)


def _reason(error):
  text = str(error)
  return text if isinstance(error, state.Untraceable) else (
      f"{type(error).__name__}: {text}")


def _location(function):
  function = getattr(function, "func", function)  # of a partial
  code = getattr(function, "__code__", None)
  return f"{code.co_filename}:{code.co_firstlineno}" if code else ""


def _users_line(error):
  """The innermost line outside of the package that the error passed."""
  frames = traceback.extract_tb(error.__traceback__)
  users = [f for f in frames if not state.is_ours(f.filename)]
  return f"{users[-1].filename}:{users[-1].lineno}" if users else ""
