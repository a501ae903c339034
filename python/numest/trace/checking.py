"""Runs one function in every form that it can take, and compares."""
import time

import numpy as np

from numest import _core
from numest import trace_state as state
from numest.dtypes import as_dtype
from numest.trace import nests
from numest.trace.advice import advice
from numest.trace.eager import differing, Eager
from numest.trace.paths import traced


class Disagreement(AssertionError):
  """A function gives other values in one form than as NumPy."""


class Report:
  """What `check` found.

  Attributes:
    function: its name.
    runs: "native", or "python" for a function that cannot be traced.
    reason, advice: why it cannot be traced, and what to write instead.
    forms: a list of dictionaries: form, max_difference, us (one run of all
      elements, the fastest of three).
    num_elements, num_values: elements, and values of each that were compared.
  """

  def __init__(self, function, num_elements):
    self.function, self.num_elements = function, num_elements
    self.runs, self.reason, self.advice = "native", "", ""
    self.forms, self.num_values = [], 0

  def to_dict(self):
    """The attributes, plain values all of them."""
    return dict(vars(self))

  def __repr__(self):
    if self.reason:
      return "\n".join((f"{self.function}: {self.runs}",
                        f"  not traced: {self.reason}",
                        f"  instead: {self.advice}"))
    lines = [f"{self.function}: {self.runs}; {self.num_values} values of each "
             f"of {self.num_elements} elements agree"]
    lines += [f"  {f['form']:<24} max difference {f['max_difference']:.2g}, "
              f"{f['us']:.1f} us" for f in self.forms]
    return "\n".join(lines)


def check(function, sample, *, num_elements=4, seed=0):
  """Runs a function of an element as NumPy, traced, vectorized over a block,
  compiled without and with passes, and exported to bytes and loaded again, on
  the same values with the same draws.

  Args:
    function: over arrays, or dictionaries and tuples of them; plain NumPy.
    sample: an element; a tuple is its arguments.
    num_elements: how often it runs, with other draws each time.
    seed: of the draws, an int.

  Returns:
    A `Report`. A function that cannot be traced has only the form "numpy", and
    the reason.

  Raises:
    Disagreement: a form gives other values, dtypes or shapes than NumPy.
  """
  name = getattr(function, "__name__", type(function).__name__)
  report = Report(name, num_elements)
  leaves = [nests.as_tensor(v)._numpy() for v in nests.flatten(sample)]
  spec = _spec_like(sample, iter(leaves))
  keys = np.arange(num_elements, dtype=np.uint64) + np.uint64(seed << 20)
  drawn = []
  try:
    with state.watched_draws(drawn):
      graph, out_spec = traced(function, spec)
  except Exception as error:  # for any reason, as Dataset.map does
    report.runs, report.reason = "python", f"{type(error).__name__}: {error}"
    report.advice = advice(report.reason)
    return report
  eager = Eager(function, spec, graph, drawn)
  dtypes = [np.dtype(as_dtype(d).as_numpy_dtype)
            for d, _ in nests.spec_leaves(out_spec)]

  def run_eagerly():
    return [eager.values(dtypes, leaves, key) for key in keys]
  expected = run_eagerly()
  report.num_values = sum(v.size for v in expected[0])
  report.forms.append({"form": "numpy", "max_difference": 0.0, "us": _time(
      run_eagerly)})
  for form, run in _forms(graph, leaves, keys):
    report.forms.append({"form": form, "us": _time(run), "max_difference":
                         _compared(name, form, run(), expected)})
  return report


def _spec_like(value, leaves):
  if isinstance(value, dict):
    return {k: _spec_like(v, leaves) for k, v in value.items()}
  if isinstance(value, (tuple, list)):
    return [_spec_like(v, leaves) for v in value]
  leaf = next(leaves)
  return (_core.constant(leaf)._dtype_name, leaf.shape)


def _forms(graph, leaves, keys):
  """(name, function that gives the values of all elements) of each form."""
  def each(run):
    return lambda: [run([*leaves, key]) for key in keys]

  yield "traced", each(lambda inputs: _core.evaluate(graph, inputs))
  yield "compiled without passes", each(_core.compile_as_written(graph).run)
  yield "compiled", each(_core.compile(graph).run)
  loaded = _core.deserialize(_core.serialize(graph))
  yield "exported", each(_core.compile(loaded).run)
  try:
    block = _core.vmap_graph(graph)
  except NotImplementedError:  # extents of its results differ by element
    return
  stacked = [np.stack([leaf] * len(keys)) for leaf in leaves]
  for form, program in (
      ("vectorized", _core.compile(block)),
      ("vectorized and exported", _core.compile(_core.deserialize(
          _core.serialize(block))))):
    yield form, lambda program=program: list(
        zip(*program.run([*stacked, keys])))


def _time(run):
  def once():
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1e6
  return min(once() for _ in range(3))


def _compared(name, form, found, expected):
  """The largest difference; raises if it is too large."""
  worst = 0.0
  for at, (values, wanted) in enumerate(zip(found, expected, strict=True)):
    where = f"check: {name}: {form}: element {at}"
    if len(values) != len(wanted):
      raise Disagreement(f"{where}: got {len(values)} components, expected "
                         f"{len(wanted)}, as NumPy gives")
    for i, (a, b) in enumerate(zip(values, wanted)):
      worst = max(worst, _difference(f"{where}, component {i}",
                                     np.asarray(a), np.asarray(b)))
  return worst


def _difference(where, a, b):
  if a.dtype != b.dtype or a.shape != b.shape:
    raise Disagreement(f"{where}: got {a.dtype} of shape {a.shape}, expected "
                       f"{b.dtype} of shape {b.shape}, as NumPy gives")
  is_wrong = differing(a, b)
  if np.any(is_wrong):
    first = tuple(int(i) for i in np.argwhere(is_wrong)[0])
    raise Disagreement(
        f"{where}: {int(np.sum(is_wrong))} of {a.size} values differ: got "
        f"{a[first]} at index {first}, expected {b[first]}, as NumPy gives; "
        "does the function look at the class of its arguments, or at values "
        "that change? Else it is an error of numest")
  if a.dtype.kind not in "fc" or not a.size:
    return 0.0
  with np.errstate(invalid="ignore"):
    return float(np.nanmax(np.where(a == b, 0, np.abs(a - b)), initial=0.0))
