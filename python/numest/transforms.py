"""Functions of functions over plain NumPy: derivatives and vectorizing.

A function is traced once for each combination of dtypes and shapes of its
arguments, and again when what it reads from outside of it has changed;
conditions on values select by `where`, so all branches are computed. Called on
tensors of another trace, each adds its nodes there: transforms nest.
"""
import functools
import inspect

import numpy as np

from numest import _core
from numest import trace_state as state
from numest.tensor import Tensor, call, has_symbolic
from numest.trace import calls, control, keyed, nests, paths
from numest.trace.failures import note_failure
from numest.trace.guards import Guards
from numest.trace.rebind import rebind


def _types(arguments):
  leaves = [np.asarray(v) for v in nests.flatten(arguments)]
  return leaves, tuple((a.dtype.name, a.shape) for a in leaves)


def _spec(value):
  if isinstance(value, dict):
    return {k: _spec(v) for k, v in value.items()}
  if isinstance(value, (tuple, list)):
    return [_spec(v) for v in value]
  if isinstance(value, Tensor):
    return (value._dtype_name, tuple(value._shape))
  a = np.asarray(value)
  return (a.dtype.name, a.shape)


def _as_tuples(spec):
  if isinstance(spec, list):
    return tuple(_as_tuples(s) for s in spec)
  if isinstance(spec, dict):
    return {k: _as_tuples(v) for k, v in spec.items()}
  return spec


class _InTrace:
  """What a transform does on the tensors of a trace; not rebound itself."""

  def __init__(self, function, transform, bindings):
    self._function, self._transform = function, transform
    self._bindings = bindings
    self.__name__ = getattr(function, "__name__", type(function).__name__)

  def __call__(self, *arguments):
    with calls.allowed():
      return self._transform(rebind(self._function, self._bindings),
                             arguments)


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
    outer = state.reads()
    if outer is not None:
      outer.note_inner(found[1])
    return found[0]


class _Transformed:
  """A function of arrays whose program is made on first use of its types."""

  def __init__(self, function, transform, name):
    self._function, self._transform = function, transform
    self._programs = _Programs(name, function, self._make)
    self.__name__ = f"{name}({getattr(function, '__name__', 'function')})"
    self.__doc__ = function.__doc__

  def __call__(self, *arguments):
    leaves = nests.flatten(arguments)
    if leaves and all(has_symbolic([v]) for v in leaves):
      return _InTrace(self._function, self._transform,
                      paths.nested_bindings())(*arguments)
    if state.in_trace() or has_symbolic(leaves):
      return self._with_data(arguments)
    leaves, types = _types(arguments)
    program, spec = self._programs.of(types, arguments)
    outputs = program.run([*leaves, np.uint64(0)])
    return nests.build(_as_tuples(spec), iter(outputs), lambda a, s: a[()])

  def _with_data(self, arguments):
    """Where some arguments are data, which has no node to differentiate by,
    inside of a trace whose values the function may use."""
    inner = _InTrace(self._function, self._transform, paths.nested_bindings())
    graph, spec, captures = paths.traced_inside(
        inner, [_spec(a) for a in arguments], state.reads())
    leaves = [_core.tensor(v) for v in nests.flatten(arguments)]
    outputs = _core.inline_graph(
        graph, [*leaves, state.active().next_key(), *captures])
    return nests.build(_as_tuples(spec), iter(outputs), lambda t, s: t)

  def _make(self, arguments, guards):
    specs = [_spec(a) for a in arguments]
    try:
      graph, spec = self._traced(specs, paths.bindings(guards))
    except control.NeedsPaths:
      graph, spec = self._traced(specs, paths.forking_bindings(guards))
    return _core.compile(graph), spec

  def _traced(self, specs, bindings):
    return paths.traced(_InTrace(self._function, self._transform, bindings),
                        specs, bindings.guards)


def _aliases(value):
  """The same tensors as other objects: a write to these is the callee's."""
  if isinstance(value, dict):
    return {k: _aliases(v) for k, v in value.items()}
  if isinstance(value, (tuple, list)):
    return type(value)(_aliases(v) for v in value)
  return _core.tensor(value)._alias()


def _called(function, arguments):
  """Leaves of function(*arguments) as tensors."""
  result = function(*[_aliases(a) for a in arguments])
  return [nests.as_tensor(v) for v in nests.flatten(result)]


def _one(owner, outputs, expected):
  if len(outputs) != 1:
    raise ValueError(f"{owner}: the function gave {len(outputs)} values, "
                     f"expected {expected}")
  return outputs[0]


def _leaves_of(owner, argument):
  leaves = [v for v in nests.flatten(argument)]
  for v in leaves:
    if not isinstance(v, Tensor) or not v.is_symbolic:
      raise TypeError(f"{owner}: got {v!r} to differentiate by, expected a "
                      "traced tensor")
  return leaves


def _like(value, leaves):
  """The structure of `value` with the next of `leaves` in it."""
  return nests.build(_as_tuples(_spec(value)), leaves, lambda t, s: t)


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
    NotImplementedError: a call of Python is in the path from an argument to
      the value; the message names it.
  """
  numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)

  def transform(traced, arguments):
    loss = _one("grad", _called(traced, arguments), "one floating scalar")
    wrt = [arguments[i] for i in numbers]
    loss, *leaves = _core.sunk_results([loss, *(
        t for a in wrt for t in _leaves_of("grad", a))])
    flat = iter(_core.gradients(loss, leaves))
    gradients = tuple(_like(a, flat) for a in wrt)
    return loss, gradients[0] if isinstance(argnums, int) else gradients

  return _Transformed(function, transform, "value_and_grad")


def grad(function, argnums=0):
  """The gradient of a scalar function; see `value_and_grad`."""
  both = value_and_grad(function, argnums)

  def gradient(*arguments):
    return both(*arguments)[1]
  gradient.__name__ = f"grad({getattr(function, '__name__', 'function')})"
  gradient.__doc__ = function.__doc__
  return gradient


def jacobian(function, argnum=0):
  """The Jacobian of a function from arrays to one array.

  Args:
    function: over arrays; gives one floating array of shape `out`, whose
      extents are known.
    argnum: the argument to differentiate by, an array of shape `in`.

  Returns:
    A function of the same arguments that gives an array of shape (*out, *in).
  """
  def transform(traced, arguments):
    y = _one("jacobian", _called(traced, arguments), "one floating array")
    y, x = _core.sunk_results([
        y, _leaves_of("jacobian", arguments[argnum])[0]])
    flat = call("reshape", [y], shape=(-1,))
    rows = [_core.gradients(flat[i], [x])[0] for i in range(flat._shape[0])]
    shape = (*y._shape, *x._shape)
    if not rows:
      return _core.constant(np.zeros(shape, y._dtype_name))
    return call("reshape", [_core.functions.stack(rows)], shape=shape)

  return _Transformed(function, transform, "jacobian")


def hessian(function, argnum=0):
  """Second derivatives of a scalar function by one array.

  Args:
    function: over arrays; gives one floating scalar.
    argnum: the argument to differentiate by, an array of shape `in`.

  Returns:
    A function of the same arguments that gives an array of shape (*in, *in).
  """
  return jacobian(grad(function, argnum), argnum)


def jvp(function, arguments, tangents):
  """(function(*arguments), its derivative in the direction `tangents`).

  Args:
    function: over arrays; gives one array.
    arguments: a tuple or list of arrays.
    tangents: as many arrays of the same shapes.

  Returns:
    Two arrays of one shape.

  Raises:
    ValueError: there are not as many tangents as arguments.
  """
  count = len(arguments)
  if len(tangents) != count:
    raise ValueError(f"jvp: got {len(tangents)} tangents, expected one for "
                     f"each of the {count} arguments")

  def transform(traced, both):
    y = _one("jvp", _called(traced, both[:count]), "one array")
    # vjp is linear in its cotangent u, so its own vjp by u is the product
    # with the tangents.
    y, *inputs = _core.sunk_results([y, *both[:count]])
    u = call("zeros_like", [y])
    pairs = [(g, _core.tensor(t)) for g, t in zip(
        _core.vjp([y], [u], inputs), both[count:]) if g is not None]
    found = [None] if not pairs else _core.vjp(
        [g for g, _ in pairs], [t for _, t in pairs], [u])
    return y, call("zeros_like", [y]) if found[0] is None else found[0]

  return _Transformed(function, transform, "jvp")(*arguments, *tangents)


def vmap(function):
  """The function over a leading batch axis of every argument.

  Args:
    function: over arrays of one element, or dicts and tuples of them.

  Returns:
    A function of arrays with one more axis in front; so are its results.
  """
  def make(arguments, guards):
    graph, spec = _vmap_graph(function, arguments, guards)
    return _core.compile(graph), spec

  programs = _Programs("vmap", function, make)

  def mapped(*arguments):
    if state.in_trace() or has_symbolic(nests.flatten(arguments)):
      return _vmap_in_trace(function, arguments)
    leaves, _ = _types(arguments)
    size = _batch_size([a.shape for a in leaves])
    types = tuple((a.dtype.name, a.shape[1:]) for a in leaves)
    program, spec = programs.of(types, arguments)
    keys = np.arange(size, dtype=np.uint64)
    return nests.build(_as_tuples(spec), iter(program.run([*leaves, keys])),
                       lambda a, s: a)
  mapped.__name__ = f"vmap({getattr(function, '__name__', 'function')})"
  mapped.__doc__ = function.__doc__
  return mapped


def _vmap_graph(function, arguments, guards=None):
  graph, spec = paths.traced(function, [_without_batch(_spec(a))
                                        for a in arguments], guards)
  return _core.vmap_graph(graph), spec


def _vmap_in_trace(function, arguments):
  leaves = [_core.tensor(v) for v in nests.flatten(arguments)]
  _batch_size([tuple(t._shape) for t in leaves])
  outputs, spec = keyed.vectorized(function, [_without_batch(_spec(a))
                                              for a in arguments], leaves,
                                   state.reads())
  return nests.build(_as_tuples(spec), iter(outputs), lambda t, s: t)


def _batch_size(shapes):
  sizes = {s[0] if s else None for s in shapes}
  if len(sizes) != 1 or None in sizes:
    raise ValueError("vmap: got batch axes of extents "
                     f"{sorted(map(str, sizes))}, expected one extent")
  return sizes.pop()


def _without_batch(spec):
  if isinstance(spec, dict):
    return {k: _without_batch(v) for k, v in spec.items()}
  if isinstance(spec, list):
    return [_without_batch(v) for v in spec]
  return (spec[0], tuple(spec[1][1:]))


def custom_gradient(f):
  """Decorator: a function with a derivative of its own.

  Args:
    f: over arrays, `f(*x) -> (y, grad_fn)`: y an array or a tuple of arrays;
      `grad_fn(*dy)` gives the gradient by each of x, one alone or a list; None
      is zero. If f uses variables of the model beside x, `grad_fn(*dy,
      variables=[...])` gives a pair: the gradients by x, and a list of those by
      the variables. What else f uses has no gradient through it.

  Returns:
    The function x -> y.

  Raises:
    TypeError: f does not give a pair, the gradients do not fit x, or f uses a
      variable for which grad_fn gives no gradient.
  """
  def decorated(*x, **kwargs):
    traced = state.in_trace() and has_symbolic(nests.flatten(x))
    # A write of f to x makes another tensor of it.
    given = [_core.tensor(a)._alias() for a in x] if traced else x
    result = (rebind(f, paths.nested_bindings()) if traced else f)(
        *x, **kwargs)
    if not isinstance(result, tuple) or len(result) != 2 or not callable(
        result[1]):
      raise TypeError("custom_gradient: the function must return (y, grad_fn):"
                      f" got {result!r}")
    y, grad_fn = result
    if not has_symbolic(nests.flatten(y)):
      return y
    leaves = [nests.as_tensor(v) for v in nests.flatten(y)]
    used = _variables_beside(f, grad_fn, leaves, given)
    made = iter(_core.custom_gradient(
        leaves, [*map(_core.tensor, given), *used],
        lambda cotangents: _all_cotangents(grad_fn, cotangents, given, used)))
    return _like(y, made) if isinstance(y, (tuple, list, dict)) else next(made)
  decorated.__name__, decorated.__doc__ = f.__name__, f.__doc__
  decorated.__wrapped__ = f
  return decorated


def _variables_beside(f, grad_fn, leaves, x):
  """The variables of the model that f uses beside its arguments."""
  if not _core.is_in_model():
    return []
  found = _core.variables_beside(leaves, [_core.tensor(a) for a in x])
  if found and "variables" not in inspect.signature(grad_fn).parameters:
    raise TypeError(
        f"custom_gradient: {f.__name__} uses the variable '{found[0][0]}' "
        "beside its arguments, which would get no gradient: pass it as an "
        "argument, give grad_fn an argument `variables` and let it return "
        "(gradients, gradients of variables), or use tf.stop_gradient")
  return [read for _, read in found]


def _all_cotangents(grad_fn, cotangents, x, variables):
  if not variables:
    return _cotangents(grad_fn(*cotangents), x)
  found = grad_fn(*cotangents, variables=variables)
  if not isinstance(found, tuple) or len(found) != 2:
    raise TypeError("custom_gradient: grad_fn must return (gradients, "
                    f"gradients of variables): got {found!r}")
  return _cotangents(found[0], x) + _cotangents(found[1], variables)


def _cotangents(found, x):
  found = list(found) if isinstance(found, (tuple, list)) else [found]
  if len(found) != len(x):
    return [nests.as_tensor(v) for v in found]  # the core names the mistake
  return [call("zeros_like", [a]) if v is None else
          _core.tensor(v).astype(_core.tensor(a)._dtype_name)
          for v, a in zip(found, x)]
