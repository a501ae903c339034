"""Traced functions as files, which run without the user's source.

The file is a graph of the core (numest/graph/serialize.h); its name holds the
structure of arguments and results as JSON, so C++ loads the same file.
TensorFlow's SavedModel is another format.
"""
import json
import os

import numpy as np

from numest import _core
from numest.trace import nests, paths

_STRUCTURE = "numest-function:"


class SavedFunction:
  """A program with the structure of its arguments and result.

  Called on arrays, or on dicts and tuples of them, it gives NumPy arrays.
  """

  def __init__(self, graph):
    self._graph, self._program = graph, _core.compile(graph)
    described = json.loads(graph.name.removeprefix(_STRUCTURE))
    self.name, self._arguments, self._result, self._takes_key = (
        described[k] for k in ("name", "arguments", "result", "takes_key"))

  def __call__(self, *arguments, key=0):
    """The result.

    Args:
      arguments: of the structure and dtypes that were traced.
      key: which draws of np.random the function sees.

    Raises:
      ValueError: for arguments of another structure.
    """
    leaves = _leaves(self.name, self._arguments, list(arguments))
    leaves = [np.asarray(v).astype(dtype, copy=False) for v, (dtype, _) in zip(
        leaves, nests.spec_leaves(_specs(self._arguments)))]
    inputs = [*leaves, np.uint64(key)] if self._takes_key else leaves
    return _built(self._result, iter(self._program.run(inputs)))

  def save(self, path):
    """Writes the file; NotImplementedError if the function calls Python."""
    _core.save_program(self._graph, os.fspath(path))


def saved_function(function, *specs):
  """Traces a function of one element or batch for saving.

  Args:
    function: over arrays, or dicts and tuples of them; plain NumPy.
    specs: one for each argument: arrays like those it will get, or
      tf.TensorSpec; a None in a shape is an extent that may vary.

  Returns:
    A SavedFunction.

  Raises:
    Untraceable, TypeError: the function can not become a program.
  """
  arguments = [_spec(s) for s in specs]
  graph, result = paths.traced(function, arguments)
  name = getattr(function, "__name__", type(function).__name__)
  return SavedFunction(_described(graph, name, arguments, result, True))


def load_function(path):
  """A SavedFunction from its file.

  Raises:
    NotFoundError: there is no file.
    DataLossError: it is damaged, or of a newer version.

  A program that C++ wrote takes its inputs as arguments and gives its output,
  or a tuple of several.
  """
  graph = _core.load_program(os.fspath(path))
  if graph.name.startswith(_STRUCTURE):
    return SavedFunction(graph)
  outputs = [_type_of(t) for t in graph.outputs]
  return SavedFunction(_described(
      graph, graph.name, [_type_of(t) for t in graph.inputs],
      outputs[0] if len(outputs) == 1 else outputs, False))


def of_predictions(core_estimator, features):
  """The SavedFunction from a batch of features to an estimator's predictions.

  Args:
    features: arrays like a batch, or tf.TensorSpec; the first extent varies.
  """
  spec = _spec(features)
  batch = _core.fresh_extent()

  def leaf(_, described):
    return _Leaf(described[0], (batch, *described[1][1:]))
  made = nests.build(spec, iter([None] * len(nests.spec_leaves(spec))), leaf)
  graph, keys = core_estimator.prediction_program(made)
  result = ({k: _type_of(t) for k, t in zip(keys, graph.outputs)} if keys else
            _type_of(graph.outputs[0]))
  return SavedFunction(_described(graph, "predict", [spec], result, False))


class _Leaf:
  """A dtype and shape for the core."""

  def __init__(self, dtype, shape):
    self.dtype, self.shape = dtype, shape


def _type_of(t):
  return (t._dtype_name, tuple(t._shape))


def _described(graph, name, arguments, result, takes_key):
  text = json.dumps({"name": name, "arguments": _plain(arguments),
                     "result": _plain(result), "takes_key": takes_key})
  return _core.graph(graph.inputs, graph.outputs, _STRUCTURE + text)


def _spec(value):
  if isinstance(value, dict):
    return {k: _spec(v) for k, v in value.items()}
  if isinstance(value, (tuple, list)):
    return [_spec(v) for v in value]
  dtype = getattr(value.dtype, "name", None) if hasattr(value, "dtype") else (
      np.asarray(value).dtype.name)
  shape = value.shape if hasattr(value, "shape") else np.shape(value)
  return (dtype, tuple(_core.fresh_extent() if e is None else e
                       for e in shape))


def _plain(spec):
  """As JSON: a leaf is {"": [dtype, shape]}, an unknown extent is null."""
  if nests.is_leaf_spec(spec):
    return {"": [spec[0], [None if e is None or e < 0 else int(e)
                           for e in spec[1]]]}
  if isinstance(spec, dict):
    return {f".{k}": _plain(v) for k, v in spec.items()}
  return [_plain(v) for v in spec]


def _specs(plain):
  if isinstance(plain, list):
    return [_specs(v) for v in plain]
  if "" in plain:
    return (plain[""][0], tuple(plain[""][1]))
  return {k[1:]: _specs(v) for k, v in plain.items()}


def _built(plain, leaves):
  return nests.build(_tuples(_specs(plain)), leaves, lambda a, s: a[()])


def _tuples(spec):
  if isinstance(spec, list):
    return tuple(_tuples(s) for s in spec)
  if isinstance(spec, dict):
    return {k: _tuples(v) for k, v in spec.items()}
  return spec


def _leaves(name, plain, value, where="arguments"):
  """Leaves of `value` in the order of the structure."""
  if isinstance(plain, dict) and "" in plain:
    return [value]
  if isinstance(plain, list):
    if not isinstance(value, (list, tuple)) or len(value) != len(plain):
      raise ValueError(f"{name}: {where}: got {value!r}, expected "
                       f"{len(plain)} values")
    return [leaf for i, (p, v) in enumerate(zip(plain, value))
            for leaf in _leaves(name, p, v, f"{where}[{i}]")]
  keys = [k[1:] for k in plain]
  if not isinstance(value, dict) or set(keys) != set(value):
    got = sorted(value) if isinstance(value, dict) else type(value).__name__
    raise ValueError(f"{name}: {where}: got {got}, expected the keys {keys}")
  return [leaf for k, p in plain.items()
          for leaf in _leaves(name, p, value[k[1:]], f"{where}[{k[1:]!r}]")]
