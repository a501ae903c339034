"""Functions of datasets: programs where they can be traced, calls of Python
where not."""
import random as python_random
import traceback

import numpy as np

from numest import _core
from numest import trace_state as state
from numest.trace import namespace, nests
from numest.trace.paths import traced
from numest.trace.rebind import Bindings, rebind, writes_outside


def map_function(function, spec):
  """A core MapFunction of a user's function, and a row for explain.

  Args:
    function: takes the components of an element as arguments.
    spec: the core's spec of an element.

  Returns:
    (MapFunction, dict with function, location, runs, nodes, line, reason).
  """
  row = {"function": getattr(function, "__name__", type(function).__name__),
         "location": _location(function), "runs": "native", "nodes": [],
         "line": "", "reason": ""}
  try:
    graph, out_spec = traced(function, spec)
    mapped = _program(graph, out_spec)
  except Exception as error:  # for any reason: Python runs it instead
    row.update(runs="python", line=_users_line(error), reason=_reason(error))
    return _fallback(function, spec), row
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


class _KeyedRandom:
  """np.random for one element: NumPy's own generators, seeded by its key."""

  def __init__(self):
    self._bits = np.random.Philox(0)
    self._legacy = np.random.RandomState(self._bits)
    self._generator = np.random.Generator(self._bits)
    self.python = python_random.Random(0)

  def start(self, key):
    """All draws from now on follow from `key` alone."""
    fresh = np.random.Philox(key=int(key)).state
    self._bits.state = fresh
    self.python.seed(int(key))

  def seed(self, value=None):
    """Draws are keyed by the element: a seed changes nothing."""

  def default_rng(self, seed=None):
    return self._generator

  def RandomState(self, seed=None):
    return self._legacy

  def __getattr__(self, name):
    found = getattr(self._legacy, name, None)
    return getattr(np.random, name) if found is None else found


def _keyed(function):
  """The function with its draws keyed, and the generator; or as it is."""
  if writes_outside(function):
    return function, None
  keyed = _KeyedRandom()
  numpy = namespace.NumPy({"random": keyed})
  bindings = Bindings(numpy, keyed, keyed.python, generator=None,
                      functions=_legacy_functions(keyed))
  return rebind(function, bindings), keyed


def _legacy_functions(keyed):
  """Functions of np.random that code may hold under a name of its own."""
  names = (n for n in dir(np.random) if not n.startswith("_"))
  return {getattr(np.random, n): getattr(keyed, n) for n in names
          if callable(getattr(np.random, n)) and
          not isinstance(getattr(np.random, n), type)}


def _fallback(function, spec):
  called, keyed = _keyed(function)

  def eager(leaves, key):
    if keyed is not None:
      keyed.start(key)
    element = nests.build(spec, iter(leaves),
                          lambda a, s: _core.constant(np.array(a)))
    result = _called(called, element)
    return [nests.as_tensor(v)._numpy() for v in nests.flatten(result)]

  return _core.python_map(eager, _learned_spec(called, keyed, spec))


def _called(function, element):
  with state.element():
    return _plain(nests.call_user(function, element))


def _learned_spec(called, keyed, spec):
  """What the function gives for a sample element of zeros."""
  if keyed is not None:
    keyed.start(0)
  leaves = iter([nests.sample(d, s) for d, s in nests.spec_leaves(spec)])
  element = nests.build(spec, leaves, lambda a, s: _core.constant(a))
  saved = np.random.get_state()
  try:
    return nests.spec_of(_called(called, element))
  finally:
    np.random.set_state(saved)


def _plain(value):
  """Lists become arrays, as in the trace."""
  if isinstance(value, dict):
    return {k: _plain(v) for k, v in value.items()}
  if isinstance(value, tuple):
    return tuple(_plain(v) for v in value)
  if isinstance(value, list):
    return np.asarray([np.asarray(v) for v in value])
  return value
