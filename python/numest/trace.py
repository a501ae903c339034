"""Python functions of elements become programs.

The function runs once on symbolic Tensors, with np.random bound to keyed
draws; a bool of a symbolic Tensor forks: both outcomes are replayed and
merged by `where`. What cannot be traced is called in Python.
"""
import functools
import random as python_random
import sys
import threading
import traceback
import types

import numpy as np

from numest import _core
from numest.dtypes import as_dtype
from numest.tensor import Tensor, call

MAX_PATHS = 64


class Untraceable(Exception):
  """Says why a function cannot become a program."""


class _Trace(threading.local):
  """State of the trace that runs in this thread."""
  active = None


_state = _Trace()


class _Run:
  """One replay of the function: decisions so far, draws so far."""

  def __init__(self, key, decisions):
    self.key = key
    self.decisions = decisions
    self.conditions = []
    self.num_draws = 0

  def decide(self, condition):
    index = len(self.conditions)
    self.conditions.append(condition)
    if index == len(self.decisions):
      self.decisions.append(True)
    return self.decisions[index]

  def next_key(self):
    number = self.num_draws
    self.num_draws += 1
    return call("fold_in", [self.key, number])


def in_trace():
  """True while a function is being traced in this thread."""
  return _state.active is not None


def _bool(self):
  if not self.is_symbolic:
    return bool(self._numpy())
  if _state.active is None:
    raise TypeError("bool of a symbolic tensor: its value is not known while "
                    "the model is built; use np.where")
  if self.ndim:
    raise ValueError("The truth value of an array with more than one element "
                     "is ambiguous. Use a.any() or a.all()")
  return _state.active.decide(self)


Tensor.__bool__ = _bool


class _Random:
  """np.random inside a trace: each draw is an op with a key of its own."""

  def __getattr__(self, name):
    raise Untraceable(f"np.random.{name} has no keyed form")

  def rand(self, *shape):
    return self._uniform(shape)

  def random(self, size=None):
    return self._uniform(_size(size))

  random_sample = ranf = sample = random

  def uniform(self, low=0.0, high=1.0, size=None):
    return low + (high - low) * self._uniform(_size(size))

  def randn(self, *shape):
    return self._normal(shape)

  def normal(self, loc=0.0, scale=1.0, size=None):
    return loc + scale * self._normal(_size(size))

  def standard_normal(self, size=None):
    return self._normal(_size(size))

  def randint(self, low, high=None, size=None, dtype=int):
    if high is None:
      low, high = 0, low
    return call("random_integers", [_state.active.next_key(), low, high],
                shape=_size(size), dtype="int64")

  integers = randint

  def seed(self, value=None):
    """Draws are keyed by their place: a seed changes nothing."""

  def default_rng(self, seed=None):
    return self

  RandomState = default_rng

  def _uniform(self, shape):
    return call("random_uniform", [_state.active.next_key()],
                shape=tuple(shape), dtype="float64")

  def _normal(self, shape):
    return call("random_normal", [_state.active.next_key()],
                shape=tuple(shape), dtype="float64")


class _PythonRandom(_Random):
  """Python's random module inside a trace."""

  def random(self):
    return self._uniform(())

  def randint(self, a, b):
    return _Random.randint(self, a, b + 1)


def _size(size):
  if size is None:
    return ()
  return (size,) if isinstance(size, (int, np.integer)) else tuple(size)


class _NumPy(types.ModuleType):
  """numpy with keyed random draws; all else is numpy's own."""

  def __init__(self):
    super().__init__("numpy")
    self.random = RANDOM

  def __getattr__(self, name):
    return getattr(np, name)


RANDOM = _Random()
_NUMPY = _NumPy()
_PYTHON_RANDOM = _PythonRandom()
_DRAWS = {getattr(np.random, n): getattr(RANDOM, n)
          for n in ("rand", "random", "random_sample", "uniform", "randn",
                    "normal", "standard_normal", "randint")}


def _rebind_value(value, seen):
  if value is np:
    return _NUMPY
  if value is np.random:
    return RANDOM
  if value is python_random:
    return _PYTHON_RANDOM
  if isinstance(value, (np.random.Generator, np.random.RandomState)):
    return RANDOM
  if isinstance(value, types.BuiltinFunctionType) and value in _DRAWS:
    return _DRAWS[value]
  if isinstance(value, types.FunctionType) and _is_users(value):
    return rebind(value, seen)
  return value


def _is_users(function):
  module = function.__module__ or ""
  file = function.__code__.co_filename
  return not (module == "numest" or module.startswith("numest.") or
              module.startswith("numpy") or "site-packages" in file or
              file.startswith(sys.base_prefix + "/lib"))


def rebind(function, seen=None):
  """A copy of a user's function whose np.random draws are keyed ops."""
  if isinstance(function, functools.partial):
    return functools.partial(rebind(function.func, seen), *function.args,
                             **function.keywords)
  if isinstance(function, types.MethodType):
    return types.MethodType(rebind(function.__func__, seen),
                            function.__self__)
  if not isinstance(function, types.FunctionType):
    return function
  seen = {} if seen is None else seen
  if function in seen:
    return seen[function]
  bound = dict(function.__globals__)
  cells = tuple(types.CellType() for _ in function.__closure__ or ())
  made = types.FunctionType(function.__code__, bound, function.__name__,
                            function.__defaults__, cells or None)
  made.__kwdefaults__ = function.__kwdefaults__
  seen[function] = made
  for name in _names(function.__code__):
    if name in bound:
      bound[name] = _rebind_value(bound[name], seen)
  for cell, old in zip(cells, function.__closure__ or ()):
    try:
      cell.cell_contents = _rebind_value(old.cell_contents, seen)
    except ValueError:  # an empty cell
      pass
  return made


def _names(code):
  names = set(code.co_names)
  for constant in code.co_consts:
    if isinstance(constant, types.CodeType):
      names |= _names(constant)
  return names


def flatten(value):
  if isinstance(value, dict):
    return [leaf for v in value.values() for leaf in flatten(v)]
  if isinstance(value, (tuple, list)) and not isinstance(value, str):
    return [leaf for v in value for leaf in flatten(v)]
  return [value]


def _build(spec, leaves, leaf):
  """The structure of a core spec with leaves from an iterator."""
  if isinstance(spec, dict):
    return {k: _build(v, leaves, leaf) for k, v in spec.items()}
  if isinstance(spec, (tuple, list)) and (
      not spec or not isinstance(spec[0], str)):
    return tuple(_build(v, leaves, leaf) for v in spec)
  return leaf(next(leaves), spec)


def _spec_leaves(spec):
  if isinstance(spec, dict):
    return [s for v in spec.values() for s in _spec_leaves(v)]
  if not spec or not isinstance(spec[0], str):
    return [s for v in spec for s in _spec_leaves(v)]
  return [spec]


def _call_user(function, element):
  if isinstance(element, tuple):
    return function(*element)
  return function(element)


def _spec_of(value):
  if isinstance(value, dict):
    return {k: _spec_of(v) for k, v in value.items()}
  if isinstance(value, (tuple, list)):
    return [_spec_of(v) for v in value]
  t = _as_tensor(value)
  return (t._dtype_name, tuple(t._shape))


def _as_tensor(value):
  """Results of mapped functions: Python floats are float32 there."""
  if isinstance(value, float):
    value = np.float32(value)
  elif isinstance(value, (list,)):
    value = np.asarray(value)
  t = _core.tensor(value)
  return _core.constant(t._numpy()) if t.is_weak else t


def _paths(function, key, arguments):
  """All (conditions, decisions, result) by depth-first replay."""
  pending, paths = [[]], []
  while pending:
    run = _Run(key, pending.pop())
    outer, _state.active = _state.active, run
    try:
      result = _call_user(function, arguments)
    finally:
      _state.active = outer
    fixed = len(paths) and 0
    for i in range(fixed, len(run.decisions)):
      alternative = run.decisions[:i] + [False]
      if run.decisions[i] and alternative not in [p[3] for p in paths] and (
          alternative not in pending):
        if not any(p[1][:i + 1] == alternative for p in paths):
          pending.append(alternative)
    paths.append((run.conditions, list(run.decisions), result,
                  list(run.decisions)))
    if len(paths) > MAX_PATHS:
      raise Untraceable(f"more than {MAX_PATHS} paths of conditions")
  return paths


def _merge(paths, depth=0):
  """Selects by the conditions, from the first to the last."""
  if len(paths) == 1:
    return [_as_tensor(v) for v in flatten(paths[0][2])]
  taken = _merge([p for p in paths if p[1][depth]], depth + 1)
  other = _merge([p for p in paths if not p[1][depth]], depth + 1)
  condition = paths[0][0][depth]
  merged = []
  for a, b in zip(taken, other, strict=True):
    if a._dtype_name != b._dtype_name or tuple(a._shape) != tuple(b._shape):
      raise Untraceable("the branches give different dtypes or shapes: "
                        f"{a!r} and {b!r}")
    merged.append(a if a._is_same(b) else call("where", [condition, a, b]))
  return merged


def traced(function, spec):
  """Program of `function` over one element: (graph, output spec, draws)."""
  parameters = [_core.parameter(d, s, "element")
                for d, s in _spec_leaves(spec)]
  key = _core.parameter("uint64", (), "key")
  arguments = _build(spec, iter(parameters), lambda t, s: t)
  paths = _paths(rebind(function), key, arguments)
  outputs = _merge(paths)
  out_spec = _spec_of(paths[0][2])
  # Structure of the first path, types of the merged tensors.
  leaves = iter(outputs)
  out_spec = _retype(out_spec, leaves)
  graph = _core.graph(parameters + [key], outputs, _name(function))
  return graph, out_spec


def _retype(spec, leaves):
  if isinstance(spec, dict):
    return {k: _retype(v, leaves) for k, v in spec.items()}
  if isinstance(spec, list):
    return [_retype(v, leaves) for v in spec]
  t = next(leaves)
  return (t._dtype_name, tuple(t._shape))


def _name(function):
  return getattr(function, "__name__", type(function).__name__)


def _location(function):
  code = getattr(function, "__code__", None)
  return f"{code.co_filename}:{code.co_firstlineno}" if code else ""


def _user_line(error):
  frames = traceback.extract_tb(error.__traceback__)
  users = [f for f in frames if "/numest/" not in f.filename]
  return f"{users[-1].filename}:{users[-1].lineno}" if users else ""


def map_function(function, spec):
  """A core MapFunction of a user's function, and a report for explain."""
  try:
    graph, out_spec = traced(function, spec)
    program = _core.compile(_core.vmap_graph(graph))
  except Exception as error:  # any reason: Python runs it instead
    reason = f"{type(error).__name__}: {error}"
    return _fallback(function, spec, _user_line(error), reason)
  report = {"function": _name(function), "location": _location(function),
            "runs": "native", "nodes": graph.nodes, "reason": ""}
  return _core.program_map(program, out_spec, True), report


def _fallback(function, spec, line, reason):
  def eager(leaves, key):
    element = _build(spec, iter(leaves),
                     lambda a, s: _core.constant(np.asarray(a)))
    result = _call_user(function, element)
    return [_as_tensor(v)._numpy() for v in flatten(result)]

  sample = [_sample(d, s) for d, s in _spec_leaves(spec)]
  state = np.random.get_state()
  element = _build(spec, iter(sample), lambda a, s: _core.constant(a))
  out_spec = _spec_of(_call_user(function, element))
  np.random.set_state(state)
  report = {"function": _name(function), "location": line,
            "runs": "python", "nodes": [], "reason": reason}
  return _core.python_map(eager, out_spec), report


def _sample(dtype, shape):
  extents = tuple(2 if e < 0 else e for e in shape)
  if dtype == "bytes":
    return np.full(extents, b"", dtype=object)
  return np.zeros(extents, as_dtype(dtype).as_numpy_dtype)


def py_function(func, inp, Tout, name=None):
  """Calls `func` on tensors whose .numpy() is their value.

  Inside of a mapped function it is traced like any other code.

  Args:
    func: a Python function over the tensors of `inp`.
    inp: a list of tensors.
    Tout: the dtype of the result, or a list of dtypes.

  Returns:
    A tensor, or a list of tensors.
  """
  function = rebind(func) if in_trace() else func
  result = function(*inp)
  if isinstance(Tout, (list, tuple)):
    return [_cast(r, t) for r, t in zip(result, Tout, strict=True)]
  return _cast(result, Tout)


def numpy_function(func, inp, Tout, stateful=True, name=None):
  """As py_function, but `func` takes ndarrays."""
  if in_trace():
    return py_function(func, inp, Tout)
  return py_function(func, [t._numpy() for t in inp], Tout)


def _cast(value, dtype):
  t = _as_tensor(value)
  name = as_dtype(dtype).name
  name = "bytes" if name == "string" else name
  return t if t._dtype_name == name else call("astype", [t], dtype=name)


def explain(value):
  """Says of each mapped function of a dataset where it runs, and why.

  Args:
    value: a Dataset.

  Returns:
    A text with one line per function and one per source line of it.
  """
  lines = []
  for row in value._explained:
    lines.append(f"{row['function']} ({row['location']}): {row['runs']}")
    if row["reason"]:
      lines.append(f"  called in Python because {row['reason']}")
    for op, location, attrs in row["nodes"]:
      lines.append(f"  {op} {attrs}".rstrip())
  return "\n".join(lines)
