"""Functions of tensors under NumPy's names, composed from ops."""
import numpy as np

from numest import _core
from numest.tensor import call


def _axes(axis):
  if axis is None or isinstance(axis, (int, np.integer)):
    return axis
  return tuple(axis)


def sum(a, axis=None, dtype=None, keepdims=False):
  return call("sum", [a], axis=_axes(axis), dtype=dtype, keepdims=keepdims)


def prod(a, axis=None, keepdims=False):
  return call("prod", [a], axis=_axes(axis), keepdims=keepdims)


def max(a, axis=None, keepdims=False):
  return call("max", [a], axis=_axes(axis), keepdims=keepdims)


def min(a, axis=None, keepdims=False):
  return call("min", [a], axis=_axes(axis), keepdims=keepdims)


def all(a, axis=None, keepdims=False):
  return call("all", [a], axis=_axes(axis), keepdims=keepdims)


def any(a, axis=None, keepdims=False):
  return call("any", [a], axis=_axes(axis), keepdims=keepdims)


def _count(a, axis):
  axes = range(a.ndim) if axis is None else (
      [axis] if isinstance(axis, (int, np.integer)) else axis)
  known = 1
  count = None
  for i in axes:
    extent = a._shape[i]
    if extent >= 0:
      known *= extent
    else:
      n = call("extent", [a], axis=int(i))
      count = n if count is None else count * n
  return known if count is None else count * known


def mean(a, axis=None, dtype=None, keepdims=False):
  a = _core.tensor(a)
  if not a.dtype.is_floating:
    a = a.astype(dtype or "float64")
  total = sum(a, axis, dtype, keepdims)
  count = _count(a, axis)
  if isinstance(count, int):
    return total / float(count)
  return total / count.astype(total.dtype)


def var(a, axis=None, dtype=None, ddof=0, keepdims=False):
  a = _core.tensor(a)
  center = mean(a, axis, dtype, keepdims=True)
  squares = call("square", [a - center])
  if not ddof:
    return mean(squares, axis, dtype, keepdims)
  total = sum(squares, axis, dtype, keepdims)
  return total / float(_count(a, axis) - ddof)


def std(a, axis=None, dtype=None, ddof=0, keepdims=False):
  return call("sqrt", [var(a, axis, dtype, ddof, keepdims)])


def argmax(a, axis=None, keepdims=False):
  return call("argmax", [a], axis=axis, keepdims=keepdims)


def argmin(a, axis=None, keepdims=False):
  return call("argmin", [a], axis=axis, keepdims=keepdims)


def reshape(a, shape):
  """NumPy's reshape; None or -1 is inferred, an unknown extent stays."""
  a = _core.tensor(a)
  if isinstance(shape, (int, np.integer)):
    shape = (shape,)
  extents = [_extent(e) for e in shape]
  own = list(a._shape)
  if -1 in extents:
    extents[extents.index(-1)] = _missing_extent(own, extents)
  return call("reshape", [a], shape=extents)


def _extent(e):
  if e is None:
    return -1
  return int(e)


def _missing_extent(own, extents):
  known = [e for e in extents if e != -1]
  symbols = [e for e in own if e < 0 and e not in known]
  size = int(np.prod([e for e in own if e >= 0], dtype=np.int64))
  rest = int(np.prod([e for e in known if e >= 0], dtype=np.int64))
  if not symbols:
    if rest == 0 or size % rest:
      raise ValueError(f"reshape: cannot reshape {tuple(own)} into "
                       f"{tuple(extents)}")
    return size // rest
  if len(symbols) == 1 and size == rest:
    return symbols[0]
  return _core.fresh_extent()


def transpose(a, axes=None):
  return call("transpose", [a], axes=axes)


def expand_dims(a, axis):
  return call("expand_dims", [a], axis=_axes(axis))


def squeeze(a, axis=None):
  return call("squeeze", [a], axis=_axes(axis))


def concatenate(arrays, axis=0):
  return call("concatenate", list(arrays), axis=axis)


def stack(arrays, axis=0):
  arrays = [_core.tensor(a) for a in arrays]
  if axis < 0:
    axis += arrays[0].ndim + 1
  return concatenate([expand_dims(a, axis) for a in arrays], axis)


def where(condition, x=None, y=None):
  return call("where", [condition, x, y])


def clip(a, a_min=None, a_max=None):
  if a_min is not None:
    a = call("maximum", [a, a_min])
  return a if a_max is None else call("minimum", [a, a_max])


def flip(a, axis=None):
  a = _core.tensor(a)
  if axis is None:
    axis = tuple(range(a.ndim))
  for i in (axis,) if isinstance(axis, (int, np.integer)) else axis:
    a = call("take", [a, np.arange(a._shape[i])[::-1].copy()], axis=int(i))
  return a


def fliplr(a):
  return flip(a, 1)


def flipud(a):
  return flip(a, 0)


def zeros_like(a, dtype=None):
  return call("zeros_like", [a], dtype=dtype)


def ones_like(a, dtype=None):
  return call("ones_like", [a], dtype=dtype)


def dot(a, b):
  a, b = _core.tensor(a), _core.tensor(b)
  if not a.ndim or not b.ndim:
    return a * b
  return call("matmul", [a, b])


def ravel(a):
  return reshape(a, (-1,))


def swapaxes(a, axis1, axis2):
  a = _core.tensor(a)
  axes = list(range(a.ndim))
  axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
  return transpose(a, axes)


def cumsum(a, axis=None):
  return call("cumsum", [a], axis=axis)


def norm(a, axis=None, keepdims=False):
  return call("sqrt", [sum(call("square", [a]), axis, keepdims=keepdims)])
