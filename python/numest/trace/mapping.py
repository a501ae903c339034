"""Functions of datasets: programs where they can be traced, calls of Python
where not."""
import traceback

from numest import _core
from numest import trace_state as state
from numest.trace.fallback import python_map
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
  row = {"function": getattr(function, "__name__", type(function).__name__),
         "location": _location(function), "runs": "native", "nodes": [],
         "line": "", "reason": ""}
  try:
    graph, out_spec = traced(function, dataset.spec)
    mapped = _program(graph, out_spec)
  except Exception as error:  # for any reason: Python runs it instead
    row.update(runs="python", line=_users_line(error), reason=_reason(error))
    if is_strict(strict):
      raise refusal(op, row) from error
    return python_map(function, dataset), row
  row["nodes"] = graph.nodes
  return mapped, row


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
