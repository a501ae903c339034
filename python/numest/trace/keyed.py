"""Draws that all others are made of: each an op with a key of its own."""
import functools

import numpy as np

from numest import _core
from numest.numpy_forms.axes import broadcast_shapes
from numest.numpy_forms import symbols
from numest.tensor import call, has_symbolic
from numest import trace_state as state


def shape_of(size):
  if size is None:
    return ()
  if has_symbolic([size]):
    return symbols.of(size)
  return tuple(int(e) for e in (size if isinstance(size, (tuple, list))
                                else np.ravel(size)))


def number(value, size, is_plain=True):
  """A scalar draw as the Python number that NumPy gives."""
  is_number = size is None and is_plain and not value.ndim
  return value._as_weak() if is_number else value


def extent_of(size, *parameters):
  """The shape of a draw: `size`, or that of the broadcast parameters."""
  if size is not None:
    return shape_of(size)
  shapes = [tuple(_core.tensor(p)._shape) for p in parameters]
  return broadcast_shapes(*shapes)


def of_arrays(*names):
  """A class decorator: in these methods lists among the arguments are
  arrays."""
  def decorate(cls):
    for name in names:
      setattr(cls, name, _of_arrays(getattr(cls, name)))
    return cls
  return decorate


def _of_arrays(method):
  @functools.wraps(method)
  def call_with_arrays(self, *args, **kwargs):
    return method(self, *map(_array, args),
                  **{k: _array(v) for k, v in kwargs.items()})
  return call_with_arrays


def _array(value):
  return np.asarray(value) if isinstance(value, (list, tuple)) and (
      not has_symbolic(value)) else value


def _key(shape):
  return symbols.bound(state.active().next_key(), shape)


def uniform_01(shape, dtype="float64"):
  return call("random_uniform", [_key(shape)], shape=shape,
              dtype=dtype)


def normal_01(shape, dtype="float64"):
  return call("random_normal", [_key(shape)], shape=shape,
              dtype=dtype)


def integers(low, high, shape, dtype="int64"):
  t = call("random_integers", [_key(shape), low, high],
           shape=shape, dtype="int64")
  return t if dtype == "int64" else t.astype(dtype)


def open_01(shape):
  """Uniform over (0, 1]: its logarithm is finite."""
  return 1.0 - uniform_01(shape)


def gamma_1(alpha, shape):
  """Gamma draws of scale 1."""
  return call("random_gamma", [_key(shape), alpha], shape=shape)


def poisson_draws(lam, shape):
  return call("random_poisson", [_key(shape), lam], shape=shape)


def zipf_draws(a, shape):
  return call("random_zipf", [_key(shape), a], shape=shape)


def angles(kappa, shape):
  """Von Mises draws of mean 0."""
  return call("random_vonmises", [_key(shape), kappa],
              shape=shape)


def marbles(good, bad, sample, shape):
  """Hypergeometric draws."""
  return call("random_hypergeometric", [
      _key(shape), good, bad, sample], shape=shape)


def written(out, size, draw):
  """draw(size), stored in `out` if that is given."""
  if out is None:
    return draw(size)
  if size is not None and shape_of(size) != tuple(out._shape):
    raise ValueError("size must match out.shape when used together: got size "
                     f"{shape_of(size)} and out of shape {out._shape}")
  from numest.trace import views  # views needs the state only
  views.assign(out, draw(tuple(out._shape)))
  return out


def vectorized(function, specs, rows, guards=None):
  """`function`, traced for one element and run for each row of `rows` inside
  of a trace, whose values it may use.

  Args:
    function: of arrays, or of dicts and tuples of them.
    specs: types of its arguments.
    rows: their leaves, tensors of as many rows each.
    guards: gets what the function reads from outside, or None.

  Returns:
    (leaves of the results, with an axis of rows in front; their spec).
  """
  from numest.trace import paths  # it needs the draws
  graph, spec, captures = paths.traced_inside(function, specs, guards)
  is_batched = [True] * (len(rows) + 1) + [False] * len(captures)
  block = _core.vmap_graph(graph, is_batched)
  return _core.inline_graph(
      block, [*rows, _keys_of(graph, rows), *captures]), spec


def _keys_of(graph, rows):
  """Keys for the elements of a graph that is vectorized in a trace: where it
  draws, they follow from the key of the element that is traced."""
  count = rows[0]._shape[0]
  keys = _core.constant(np.arange(count, dtype=np.uint64)) if count >= 0 else (
      call("astype", [call("arange_like", [rows[0]], axis=0)], dtype="uint64"))
  run = state.active()
  if run is not None and "random_" in str(graph):
    return call("fold_in", [run.next_key(), keys])
  return keys


def binomial_draws(n, p, shape):
  return call("random_binomial", [_key(shape), n, p],
              shape=shape)
