"""What draws of a trace share: shapes, numbers, and keys of vectorized rows."""
import numpy as np

from numest import _core
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

