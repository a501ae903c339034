"""NumPy's functions of tensors, with NumPy's parameter names and order.

Ops of the table and the core's composites; what NumPy returns as a view is one
while a function is traced, so that writes go through. `TABLE` maps NumPy's own
functions to these.
"""
import builtins
import inspect

import numpy as np

from numest import _core, trace_state
from numest.tensor import Tensor, call

_f = _core.functions


def _axes(axis):
  if axis is None or isinstance(axis, (int, np.integer)):
    return axis
  return tuple(axis)


# --- views ---
def _view(a, read, write):
  if not trace_state.in_trace() or not isinstance(a, Tensor):
    return read(_core.tensor(a))
  from numest.trace import views  # avoids a cycle at import
  return views.view(a, read, write)


def _shape_view(a, read):
  """A view with other extents; a copy where NumPy's memory is not in order."""
  if not _is_in_order(a):
    return read(_core.tensor(a))

  def _keeps_order(p, v):
    return call("reshape", [v], shape=p._shape)
  return _view(a, read, _keeps_order)


def _is_in_order(a):
  """True if the elements of a lie one after the other in NumPy's memory."""
  link = getattr(a, "__dict__", {}).get("_view")
  if link is None:
    return True
  if not _is_in_order(link.parent):
    return False
  if link.key is None:
    return link.write.__name__ == "_keeps_order"
  inner = [k for k in link.key if not isinstance(k, int)]
  return builtins.all(isinstance(k, slice) for k in inner) and builtins.all(
      k == slice(None) for k in inner[1:]) and builtins.all(
          k.step in (None, 1) for k in inner)


def reshape(a, shape, order="C"):
  """NumPy's reshape; -1 or None is inferred, an unknown extent stays."""
  if order != "C":
    raise TypeError(f"reshape: order={order!r} has no graph form")
  if isinstance(shape, (int, np.integer)):
    shape = (shape,)
  extents = [-1 if e is None else e.__index__() for e in shape]
  return _shape_view(a, lambda p: call("reshape", [p], shape=extents))


def ravel(a, order="C"):
  return _shape_view(a, _f.ravel)


def squeeze(a, axis=None):
  return _shape_view(a, lambda p: call("squeeze", [p], axis=_axes(axis)))


def expand_dims(a, axis):
  return _shape_view(a, lambda p: call("expand_dims", [p], axis=_axes(axis)))


def transpose(a, axes=None):
  inverse = None if axes is None else np.argsort(
      np.asarray(axes) % len(axes)).tolist()
  axes = None if axes is None else [int(i) for i in axes]
  return _view(a, lambda p: call("transpose", [p], axes=axes),
               lambda p, v: call("transpose", [v], axes=inverse))


def swapaxes(a, axis1, axis2):
  return _view(a, lambda p: _f.swapaxes(p, axis1, axis2),
               lambda p, v: _f.swapaxes(v, axis1, axis2))


def moveaxis(a, source, destination):
  return _view(a, lambda p: _f.moveaxis(p, source, destination),
               lambda p, v: _f.moveaxis(v, destination, source))


def rollaxis(a, axis, start=0):
  ndim = _core.tensor(a).ndim
  axis, start = axis % ndim, start + ndim if start < 0 else start
  to = start - 1 if axis < start else start
  return moveaxis(a, axis, to)


def flip(m, axis=None):
  return _view(m, lambda p: _f.flip(p, axis), lambda p, v: _f.flip(v, axis))


def fliplr(m):
  return flip(m, 1)


def flipud(m):
  return flip(m, 0)


def rot90(m, k=1, axes=(0, 1)):
  i, j = axes
  if isinstance(k, Tensor) and k.is_symbolic:  # a path for each quarter turn
    k = 0 if k % 4 == 0 else 1 if k % 4 == 1 else 2 if k % 4 == 2 else 3
  return _view(m, lambda p: _f._rot90(p, k, i, j),
               lambda p, v: _f._rot90(v, -k, i, j))


def broadcast_to(array, shape):
  return call("broadcast_to", [array], shape=shape)


def atleast_1d(*arys):
  return _each(_f.atleast_1d, arys)


def atleast_2d(*arys):
  return _each(_f.atleast_2d, arys)


def _each(function, arrays):
  found = [function(a) for a in arrays]
  return found[0] if len(found) == 1 else tuple(found)


# --- joining and splitting ---
def concatenate(arrays, axis=0, dtype=None):
  if axis is None:
    arrays, axis = [_f.ravel(a) for a in arrays], 0
  joined = call("concatenate", list(arrays), axis=axis)
  return joined if dtype is None else joined.astype(dtype)


def split(ary, indices_or_sections, axis=0):
  return _split(_f._split, ary, indices_or_sections, axis)


def array_split(ary, indices_or_sections, axis=0):
  return _split(_f._array_split, ary, indices_or_sections, axis)


def _split(function, a, where_, axis):
  if isinstance(where_, (int, np.integer)):
    return function(a, int(where_), axis)
  return _f._split_at(a, [int(i) for i in where_], axis)


def hsplit(ary, indices_or_sections):
  return split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


def vsplit(ary, indices_or_sections):
  return split(ary, indices_or_sections, 0)


def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
  if sparse:
    raise TypeError("meshgrid: sparse=True has no graph form")
  return tuple(_f._meshgrid(list(xi), indexing))


def delete(arr, obj, axis=None):
  arr, axis = (_f.ravel(arr), 0) if axis is None else (arr, axis)
  extent = arr._shape[axis]
  at = np.arange(extent)[obj] if isinstance(obj, slice) else obj
  return _f._remove(arr, [int(i) for i in np.atleast_1d(at)], axis)


def pad(array, pad_width, mode="constant", constant_values=0):
  widths = np.broadcast_to(pad_width, (_core.tensor(array).ndim, 2))
  return call("pad", [array], pad_width=[int(w) for w in widths.ravel()],
              mode=mode, constant_values=float(constant_values))


def tile(A, reps):
  reps = (reps,) if isinstance(reps, (int, np.integer)) else tuple(reps)
  return call("tile", [A], reps=[int(r) for r in reps])


def repeat(a, repeats, axis=None):
  return call("repeat", [a], repeats=int(repeats), axis=axis)


def roll(a, shift, axis=None):
  if isinstance(shift, Tensor) and shift.is_symbolic:
    return _rolled(_core.tensor(a), shift, axis)
  return call("roll", [a], shift=_axes(shift), axis=_axes(axis))


def _rolled(a, shift, axis):
  """roll by a shift that is not known: a gather of shifted positions."""
  if axis is None:
    return call("reshape", [_rolled(_f.ravel(a), shift, 0)], shape=a._shape)
  extent = call("extent", [a], axis=axis)
  at = (call("arange_like", [a], axis=axis) - shift) % extent
  return call("take", [a, at], axis=axis)


# --- reductions ---
def sum(a, axis=None, dtype=None, keepdims=False):
  return call("sum", [a], axis=_axes(axis), dtype=dtype, keepdims=keepdims)


def prod(a, axis=None, dtype=None, keepdims=False):
  return call("prod", [a], axis=_axes(axis), dtype=dtype, keepdims=keepdims)


def max(a, axis=None, keepdims=False):
  return call("max", [a], axis=_axes(axis), keepdims=keepdims)


def min(a, axis=None, keepdims=False):
  return call("min", [a], axis=_axes(axis), keepdims=keepdims)


def all(a, axis=None, keepdims=False):
  return call("all", [a], axis=_axes(axis), keepdims=keepdims)


def any(a, axis=None, keepdims=False):
  return call("any", [a], axis=_axes(axis), keepdims=keepdims)


def argmax(a, axis=None, keepdims=False):
  return call("argmax", [a], axis=axis, keepdims=keepdims)


def argmin(a, axis=None, keepdims=False):
  return call("argmin", [a], axis=axis, keepdims=keepdims)


def average(a, axis=None, weights=None):
  if weights is None:
    return _f.mean(a, axis)
  return _f._weighted_average(a, axis, weights)


def quantile(a, q, axis=None, method="linear", keepdims=False):
  if method != "linear":
    raise TypeError(f"quantile: method={method!r} has no graph form")
  if np.ndim(q):
    return _f.stack([quantile(a, one, axis, method, keepdims) for one in q])
  return _f.quantile(a, float(q), axis, keepdims)


def percentile(a, q, axis=None, method="linear", keepdims=False):
  return quantile(a, np.asarray(q, np.float64) / 100, axis, method, keepdims)


def cumsum(a, axis=None, dtype=None):
  return call("cumsum", [a], axis=axis, dtype=dtype)


def cumprod(a, axis=None, dtype=None):
  return call("cumprod", [a], axis=axis, dtype=dtype)


def trace(a, offset=0, axis1=0, axis2=1):
  return sum(diagonal(a, offset, axis1, axis2), axis=-1)


def norm(x, ord=None, axis=None, keepdims=False):
  x = _core.tensor(x)
  absolute = call("absolute", [x])
  vector = axis is None and x.ndim == 1 or isinstance(axis, int)
  if ord is None or (ord == 2 and vector):
    return _f.norm(x, axis, keepdims)
  if vector and ord == 1:
    return sum(absolute, axis, keepdims=keepdims)
  if vector and ord == np.inf:
    return max(absolute, axis, keepdims=keepdims)
  raise TypeError(f"norm: ord={ord!r} with axis={axis!r} has no graph form")


# --- elementwise ---
def where(condition, x=None, y=None):
  if x is None:
    return nonzero(condition)
  return call("where", [condition, x, y])


def clip(a, a_min=None, a_max=None, min=None, max=None):
  low, high = a_min if min is None else min, a_max if max is None else max
  if low is not None:
    a = call("maximum", [a, low])
  return _core.tensor(a) if high is None else call("minimum", [a, high])


def select(condlist, choicelist, default=0):
  result = default
  for condition, choice in reversed(list(zip(condlist, choicelist))):
    result = call("where", [condition, choice, result])
  return result


def real(val):
  return call("real", [val]) if "complex" in val._dtype_name else val


def imag(val):
  return (call("imag", [val]) if "complex" in val._dtype_name
          else call("zeros_like", [val]))


def zeros_like(a, dtype=None, shape=None):
  return call("zeros_like", [a], dtype=dtype)


def ones_like(a, dtype=None, shape=None):
  return call("ones_like", [a], dtype=dtype)


def full_like(a, fill_value, dtype=None):
  return call("full_like", [a, fill_value], dtype=dtype)


def copy(a, order="K"):
  return _core.tensor(a)._alias()


def linspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
  steps = num - 1 if endpoint else num
  at = np.arange(num, dtype=np.float64) / builtins.max(steps, 1)
  values = call("expand_dims", [call("subtract", [stop, start])], axis=-1)
  values = call("expand_dims", [_core.tensor(start)], axis=-1) + values * at
  return values if dtype is None else values.astype(dtype)


# --- order, search, positions ---
def sort(a, axis=-1, kind=None):
  if axis is None:
    a, axis = _f.ravel(a), -1
  return call("sort", [a], axis=axis)


def argsort(a, axis=-1, kind=None):
  if axis is None:
    a, axis = _f.ravel(a), -1
  return call("argsort", [a], axis=axis)


def take(a, indices, axis=None, mode="raise"):
  return call("take", [a, indices], axis=axis, mode=mode)


def take_along_axis(arr, indices, axis=-1):
  return call("take_along_axis", [arr, indices], axis=axis)


def searchsorted(a, v, side="left"):
  return call("searchsorted", [a, v], side=side)


def nonzero(a):
  found = call("nonzero", [a])
  return found if isinstance(found, tuple) else (found,)


def unique(ar):
  return call("unique", [ar])


def bincount(x, weights=None, minlength=0):
  if weights is not None:
    raise TypeError("bincount: weights have no graph form")
  return call("bincount", [x], minlength=minlength)


def diagonal(a, offset=0, axis1=0, axis2=1):
  return call("diagonal", [a], offset=offset, axis1=axis1, axis2=axis2)


def diag(v, k=0):
  v = _core.tensor(v)
  if v.ndim == 2:
    return diagonal(v, k)
  n = v._shape[0] + builtins.abs(k)
  empty = np.zeros((n, n), v.dtype.as_numpy_dtype)
  return call("set_diagonal", [empty, v], offset=k)


def triu(m, k=0):
  return call("triu", [m], k=k)


def tril(m, k=0):
  return call("tril", [m], k=k)


def inner(a, b):
  return sum(call("multiply", [a, b]), axis=-1)


def vdot(a, b):
  return _f.dot(_f.ravel(a), _f.ravel(b))


# --- from the core as they are ---
_CORE = ("mean var std diff ptp median count_nonzero nansum nanmean round "
         "nan_to_num isclose allclose interp stack vstack hstack column_stack "
         "append dot outer argwhere").split()
globals().update({name: getattr(_f, name) for name in _CORE})

_NAMES = [n for n, f in list(globals().items())
          if callable(f) and not n.startswith("_") and hasattr(np, n) and
          n not in ("Tensor", "call")]
TABLE = {getattr(np, n): globals()[n] for n in _NAMES}
TABLE |= {np.amax: max, np.amin: min, np.around: round, np.linalg.norm: norm,
          np.linalg.trace: trace}
# Parameters of NumPy's functions that do not say their own.
_PARAMETERS = {
    np.concatenate: ("arrays", "axis", "out", "dtype", "casting"),
    np.where: ("condition", "x", "y"), np.dot: ("a", "b", "out"),
    np.inner: ("a", "b"), np.vdot: ("a", "b"),
    np.bincount: ("x", "weights", "minlength"),
    np.copyto: ("dst", "src", "casting", "where"),
}
# Arguments that change nothing here.
_IGNORED = {"kind", "order", "casting", "subok", "overwrite_input", "stable",
            "like", "device", "copy", "optimize"}


def arguments_of(function, args, kwargs):
  """Arguments of a NumPy function by name, without those left at defaults.

  Raises:
    TypeError: an argument that our form does not have.
  """
  names = _PARAMETERS.get(function)
  if names is not None:
    given = dict(zip(names, args)) | kwargs
  else:
    bound = inspect.signature(function).bind(*args, **kwargs)
    given = _flat(function, bound)
  return {k: v for k, v in given.items()
          if v is not None and v is not np._NoValue and k not in _IGNORED}


def _flat(function, bound):
  given = {}
  for name, value in bound.arguments.items():
    kind = bound.signature.parameters[name].kind
    if kind is inspect.Parameter.VAR_KEYWORD:
      given |= value
    elif kind is inspect.Parameter.VAR_POSITIONAL:
      given["*"] = value
    else:
      given[name] = value
  return given
