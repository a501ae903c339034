"""Functions of one element become graphs by replaying their paths.

Conditions of rewritten source select at once (see rewrite.py). Any other bool
of a traced tensor is a decision: the function runs once for each outcome,
depth first, and the results are merged by `where`; equal nodes of several
paths are merged by the compiler.
"""
import dataclasses
import random as python_random

from numest import _core
from numest.tensor import Tensor
from numest import trace_state as state
from numest.trace import (control, draws, iteration, namespace, nests,
                          python_draws, python_math, refusals, rewrite, rows,
                          views, volatile)
from numest.trace.refusals import Refused
from numest.trace.rebind import Bindings, rebind

MAX_PATHS = 64


def _bindings(code=None, guards=None, is_element=False):
  names = {**namespace.BUILTINS, "range": iteration.range_,
           "enumerate": rows.enumerate_, "zip": rows.zip_,
           rewrite.CONTROL: iteration}
  refused, modules = (volatile.FUNCTIONS, volatile.MODULES) if is_element else (
      {}, {})
  return Bindings(namespace.NUMPY, draws.RANDOM, python_draws.PYTHON_RANDOM,
                  python_math.MATH, namespace.FUNCTIONS | refused, names,
                  draws.Stream, copies_arrays=True, code=code, guards=guards,
                  modules=namespace.MODULES | modules)


def bindings(guards=None):
  """What a traced function sees; conditions select where its source can be
  rewritten."""
  return _bindings(rewrite.rewritten, guards)


def forking_bindings(guards=None):
  """The same, where each condition on a traced value is a decision."""
  return _bindings(guards=guards)


REWRITING = bindings()


def nested_bindings():
  """What functions see that are traced inside of the trace of this thread:
  its guards note what they read."""
  reads = state.reads()
  return REWRITING if reads is None else bindings(reads)


@dataclasses.dataclass
class Path:
  """One replay: the conditions asked, their outcomes, the result, what it
  refuses, and whether it drew by the place of the element."""

  conditions: list
  decisions: list
  result: object  # Refused if it raises
  refusals: list
  draws_by_place: bool


def traced(function, spec, guards=None):
  """As `placed`, without the place: draws of captured generators come from
  the element's key, too."""
  graph, out_spec, _ = placed(function, spec, guards, has_place=False)
  return graph, out_spec


def traced_inside(function, spec, guards=None):
  """As `traced`, of a function that may use values of the trace around it.

  Returns:
    (graph, spec of the result, these values: inputs after the key).
  """
  since, kept = _core.next_node_id(), []

  def graph_of(inputs, outputs, name):
    graph, captures = _core.lifted_graph(inputs, outputs, name, since)
    kept.extend(captures)
    return graph
  graph, out_spec, _ = placed(function, spec, guards, False, graph_of)
  return graph, out_spec, kept


def placed(function, spec, guards=None, has_place=True, graph_of=_core.graph):
  """The program of `function` over one element.

  Args:
    function: takes the components of an element as arguments.
    spec: the core's spec of an element.
    guards: gets what the function reads from outside of it, or None.

  Returns:
    (graph with the element's leaves and a key as inputs, spec of the result,
    True if the key of the place is an input before the key).
  """
  parameters = [_core.parameter(d, s, "element")
                for d, s in nests.spec_leaves(spec)]
  key = _core.parameter("uint64", (), "key")
  place = _core.parameter("uint64", (), "place") if has_place else None

  def arguments():
    return nests.build(spec, iter(parameters), lambda t, s: t._alias())
  with _NoStrayDraws():
    try:
      seen = rebind(function, _bindings(rewrite.rewritten, guards, True))
      paths = explore(seen, key, arguments, guards, place)
    except control.NeedsPaths:  # conditions fork
      state.forget_draws()
      seen = rebind(function, _bindings(None, guards, True))
      paths = explore(seen, key, arguments, guards, place, forks=True)
  results = [p.result for p in paths if p.result is not Refused]
  if not results:
    raise state.Untraceable("it raises on each of its paths")
  _check_structures([nests.structure(r) for r in results])
  outputs = refusals.required([r for p in paths for r in p.refusals],
                              [nests.as_tensor(t) for t in _merge(paths, 0)])
  out_spec = nests.retyped(nests.spec_of(results[0]), iter(outputs))
  name = getattr(function, "__name__", type(function).__name__)
  takes_place = has_place and any(p.draws_by_place for p in paths)
  inputs = [*parameters, place, key] if takes_place else [*parameters, key]
  graph = graph_of(inputs, outputs, name)
  return _core.sink_branches(graph), out_spec, takes_place


def explore(function, key, make_arguments, guards=None, place=None,
            forks=False):
  """All paths of the function, the one of true conditions first."""
  pending, paths = [[]], []
  while pending:
    if len(paths) == MAX_PATHS:
      raise _too_many(run.lines)
    given = pending.pop()
    with state.activate(state.Run(key, list(given), guards, place)) as run:
      run.forks = forks
      result = _result(function, make_arguments())
    pending += [run.decisions[:i] + [False]
                for i in range(len(given), len(run.decisions))]
    paths.append(Path(run.conditions, run.decisions, result, run.refusals,
                      run.draws_by_place))
  return paths


def _result(function, arguments):
  try:
    return namespace.listless(nests.call_user(function, arguments))
  except Refused:
    return Refused


def _too_many(lines):
  """Says which line asks the most of the conditions of a path."""
  error = state.Untraceable(f"it has more than {MAX_PATHS} paths of conditions "
                            "on traced values")
  error.line = max(lines, key=lines.count)
  return error


def _check_structures(found):
  other = next((s for s in found if s != found[0]), None)
  if other is not None:
    raise state.Untraceable(f"its paths give different structures: {found[0]} "
                            f"and {other}")


def _merge(paths, depth):
  """Selects by the conditions, from the first to the last; None if all paths
  raise."""
  if all(p.result is Refused for p in paths):
    return None
  if len(paths) == 1:
    return [nests.leaf(v) for v in nests.flatten(paths[0].result)]
  taken = _merge([p for p in paths if p.decisions[depth]], depth + 1)
  other = _merge([p for p in paths if not p.decisions[depth]], depth + 1)
  if taken is None or other is None:
    return other if taken is None else taken
  condition = paths[0].conditions[depth]
  return [_select(condition, a, b) for a, b in zip(taken, other)]


def _select(condition, a, b):
  a, b = control.alike(a, b)
  if a._dtype_name != b._dtype_name or a.ndim != b.ndim:
    raise state.Untraceable("its paths give different dtypes or numbers of "
                            f"axes: {a!r} and {b!r}")
  if a._is_same(b):
    return a
  chosen = views.chosen(condition, a, b)
  return chosen._as_weak() if a.is_weak else chosen


class _NoStrayDraws:
  """Refuses functions that drew from a global generator while they were
  traced: the number would be the same for every element."""

  def __enter__(self):
    self._numpy = state.random_state()
    self._python = python_random.getstate()

  def __exit__(self, kind, error, traceback):
    if kind is not None:
      return
    if state.random_state() != self._numpy or (
        python_random.getstate() != self._python):
      raise state.Untraceable("it draws random numbers in code that the trace "
                              "does not see")


def _decided(self):
  if not self.is_symbolic:
    return bool(self._numpy())
  run = state.active()
  if run is None:
    raise TypeError("bool of a symbolic tensor: its value is not known while "
                    "the model is built; use np.where")
  if self.ndim:
    raise ValueError("The truth value of an array with more than one element "
                     "is ambiguous. Use a.any() or a.all()")
  condition = self if self._dtype_name == "bool" else self != 0
  return run.decide(condition)


Tensor.__bool__ = _decided
