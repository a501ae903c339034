"""Functions of functions over plain NumPy: derivatives and vectorizing.

A function is traced once for each combination of dtypes and shapes of its
arguments; conditions on values select by `where`, so all branches are computed.
"""
import functools

import numpy as np

from numest import _core
from numest.trace import nests, paths


def _types(arguments):
  leaves = [np.asarray(v) for v in nests.flatten(arguments)]
  return leaves, tuple((a.dtype.name, a.shape) for a in leaves)


def _spec(value):
  if isinstance(value, dict):
    return {k: _spec(v) for k, v in value.items()}
  if isinstance(value, (tuple, list)):
    return [_spec(v) for v in value]
  a = np.asarray(value)
  return (a.dtype.name, a.shape)


def _traced(function, arguments):
  """(inputs of the elements, outputs, structure of the outputs)."""
  graph, spec = paths.traced(function, [_spec(a) for a in arguments])
  return graph.inputs, graph.outputs, spec


class _Compiled:
  """A function of arrays whose program is made on first use of its types."""

  def __init__(self, function, make, name):
    self._make, self._programs = make, {}
    functools.update_wrapper(self, function)
    self.__name__ = f"{name}({getattr(function, '__name__', 'function')})"

  def __call__(self, *arguments):
    leaves, types = _types(arguments)
    if types not in self._programs:
      self._programs[types] = self._make(arguments)
    program, spec = self._programs[types]
    outputs = program.run([*leaves, np.uint64(0)])
    return nests.build(_as_tuples(spec), iter(outputs), lambda a, s: a[()])


def _as_tuples(spec):
  if isinstance(spec, list):
    return tuple(_as_tuples(s) for s in spec)
  if isinstance(spec, dict):
    return {k: _as_tuples(v) for k, v in spec.items()}
  return spec


def _argument_leaves(arguments, inputs, argnums):
  """The traced leaves of each argument in `argnums`."""
  found, start = [], 0
  for i, argument in enumerate(arguments):
    count = len(nests.flatten(argument))
    if i in argnums:
      found.append(inputs[start:start + count])
    start += count
  return found


def _loss_of(outputs):
  if len(outputs) != 1:
    raise ValueError(f"grad: the function gave {len(outputs)} values, "
                     "expected one floating scalar")
  return outputs[0]


def value_and_grad(function, argnums=0):
  """The function of (value, gradient) of a scalar function.

  Args:
    function: over arrays, or dicts and tuples of them; plain NumPy. Gives one
      floating scalar.
    argnums: the argument to differentiate by, or a tuple of them.

  Returns:
    A function of the same arguments. Gradients have the structure, shapes and
    dtypes of their arguments; one for an int, a tuple for several.

  Raises:
    ValueError: the function does not give a floating scalar.
  """
  numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)

  def make(arguments):
    inputs, outputs, _ = _traced(function, arguments)
    loss = _loss_of(outputs)
    wrt = _argument_leaves(arguments, inputs, numbers)
    flat = _core.gradients(loss, [t for leaves in wrt for t in leaves])
    graph = _core.graph(inputs, [loss, *flat], "value_and_grad")
    specs = [_spec(arguments[i]) for i in numbers]
    gradient = specs[0] if isinstance(argnums, int) else specs
    return _core.compile(graph), [_leaf_spec(loss), gradient]

  return _Compiled(function, make, "value_and_grad")


def _leaf_spec(t):
  return (t._dtype_name, tuple(t._shape))


def grad(function, argnums=0):
  """The gradient of a scalar function; see `value_and_grad`."""
  both = value_and_grad(function, argnums)

  @functools.wraps(function)
  def gradient(*arguments):
    return both(*arguments)[1]
  return gradient


def vmap(function):
  """The function over a leading batch axis of every argument.

  Args:
    function: over arrays of one element, or dicts and tuples of them.

  Returns:
    A function of arrays with one more axis in front; so are its results.
  """
  def make(arguments):
    element = [_without_batch(a) for a in arguments]
    inputs, outputs, spec = _traced(function, element)
    graph = _core.graph(inputs, outputs, "vmap")
    return _core.compile(_core.vmap_graph(graph)), spec

  programs = {}

  @functools.wraps(function)
  def mapped(*arguments):
    leaves, _ = _types(arguments)
    size = _batch_size(leaves)
    types = tuple((a.dtype.name, a.shape[1:]) for a in leaves)
    if types not in programs:
      programs[types] = make(arguments)
    program, spec = programs[types]
    keys = np.arange(size, dtype=np.uint64)
    return nests.build(_as_tuples(spec), iter(program.run([*leaves, keys])),
                       lambda a, s: a)
  return mapped


def _batch_size(leaves):
  sizes = {a.shape[0] if a.ndim else None for a in leaves}
  if len(sizes) != 1 or None in sizes:
    raise ValueError("vmap: got batch axes of extents "
                     f"{sorted(map(str, sizes))}, expected one extent")
  return sizes.pop()


def _without_batch(value):
  if isinstance(value, dict):
    return {k: _without_batch(v) for k, v in value.items()}
  if isinstance(value, (tuple, list)):
    return tuple(_without_batch(v) for v in value)
  a = np.asarray(value)
  return np.zeros(a.shape[1:], a.dtype)


def jacobian(function, argnum=0):
  """The Jacobian of a function from arrays to one array.

  Args:
    function: over arrays; gives one floating array of shape `out`.
    argnum: the argument to differentiate by, an array of shape `in`.

  Returns:
    A function of the same arguments that gives an array of shape (*out, *in).
  """
  def make(arguments):
    inputs, outputs, _ = _traced(function, arguments)
    y, x = _loss_of(outputs), inputs[argnum]
    flat = _core.call("reshape", [y], {"shape": (-1,)})
    rows = [_core.gradients(flat[i], [x])[0] for i in range(flat._shape[0])]
    stacked = _core.functions.stack(rows)
    shape = (*y._shape, *x._shape)
    result = _core.call("reshape", [stacked], {"shape": shape})
    graph = _core.graph(inputs, [result], "jacobian")
    return _core.compile(graph), (x._dtype_name, shape)

  return _Compiled(function, make, "jacobian")
