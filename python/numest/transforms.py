"""Functions of functions over plain NumPy: derivatives and vectorizing.

A function is traced once for each combination of dtypes and shapes of its
arguments, and again when what it reads from outside of it has changed;
conditions on values select by `where`, so all branches are computed.
"""
import functools

import numpy as np

from numest import _core
from numest.trace import nests, paths
from numest.trace.failures import note_failure
from numest.trace.guards import Guards


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


def _traced(function, arguments, guards):
  """(inputs of the elements, outputs, structure of the outputs)."""
  graph, spec = paths.traced(function, [_spec(a) for a in arguments], guards)
  return graph.inputs, graph.outputs, spec


class _Programs:
  """The programs of a function, by the types of its arguments.

  Args:
    op: the transform, for messages.
    function: the user's.
    make: gives (program, structure of its results) of arguments and guards.
  """

  def __init__(self, op, function, make):
    self._op, self._function = op, function
    self._make, self._made = make, {}

  def of(self, types, arguments):
    """The program for arguments of these types; made again if what it read
    from outside has changed."""
    found = self._made.get(types)
    if found is None or found[1].changed() is not None:
      guards = Guards()
      try:
        made = self._make(arguments, guards)
      except Exception as error:
        note_failure(error, self._op, self._function,
                     [_spec(a) for a in arguments])
        raise
      found = self._made[types] = (made, guards)
      guards.settle()
    return found[0]


class _Compiled:
  """A function of arrays whose program is made on first use of its types."""

  def __init__(self, function, make, name):
    self._programs = _Programs(name, function, make)
    functools.update_wrapper(self, function)
    self.__name__ = f"{name}({getattr(function, '__name__', 'function')})"

  def __call__(self, *arguments):
    leaves, types = _types(arguments)
    program, spec = self._programs.of(types, arguments)
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

  def make(arguments, guards):
    inputs, outputs, _ = _traced(function, arguments, guards)
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
  def make(arguments, guards):
    element = [_without_batch(a) for a in arguments]
    inputs, outputs, spec = _traced(function, element, guards)
    graph = _core.graph(inputs, outputs, "vmap")
    return _core.compile(_core.vmap_graph(graph)), spec

  programs = _Programs("vmap", function, make)

  @functools.wraps(function)
  def mapped(*arguments):
    leaves, _ = _types(arguments)
    size = _batch_size(leaves)
    types = tuple((a.dtype.name, a.shape[1:]) for a in leaves)
    program, spec = programs.of(types, arguments)
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
  def make(arguments, guards):
    inputs, outputs, _ = _traced(function, arguments, guards)
    y, x = _loss_of(outputs), inputs[argnum]
    flat = _core.call("reshape", [y], {"shape": (-1,)})
    rows = [_core.gradients(flat[i], [x])[0] for i in range(flat._shape[0])]
    stacked = _core.functions.stack(rows)
    shape = (*y._shape, *x._shape)
    result = _core.call("reshape", [stacked], {"shape": shape})
    graph = _core.graph(inputs, [result], "jacobian")
    return _core.compile(graph), (x._dtype_name, shape)

  return _Compiled(function, make, "jacobian")
