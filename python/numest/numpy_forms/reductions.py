"""Sums, extremes, averages and quantiles."""
import numpy as np

from numest import _core
from numest.numpy_forms import masks
from numest.numpy_forms.axes import as_axes
from numest.tensor import call

_f = _core.functions


def _chosen(a, where, other):
  """a, with `other` where `where` does not hold."""
  if where is True:
    return a
  a = _core.tensor(a)
  return call("where", [where, a, call("full_like", [a, other])])


def sum(a, axis=None, dtype=None, keepdims=False, initial=None, where=True):
  of_mask = masks.source(a, axis, keepdims, where)
  if of_mask is not None:
    (a, where), axis = of_mask, None
  total = call("sum", [_chosen(a, where, 0)], axis=as_axes(axis), dtype=dtype,
               keepdims=keepdims)
  return total if initial is None else total + initial


def prod(a, axis=None, dtype=None, keepdims=False, initial=None, where=True):
  total = call("prod", [_chosen(a, where, 1)], axis=as_axes(axis),
               dtype=dtype, keepdims=keepdims)
  return total if initial is None else total * initial


def max(a, axis=None, keepdims=False, initial=None, where=True):
  return _extreme("max", "maximum", a, axis, keepdims, initial, where)


def min(a, axis=None, keepdims=False, initial=None, where=True):
  return _extreme("min", "minimum", a, axis, keepdims, initial, where)


def _extreme(name, joined, a, axis, keepdims, initial, where):
  if where is not True and initial is None:
    raise ValueError(f"{name}: got where= without initial=, expected a number "
                     "for rows without an element")
  a = _chosen(a, where, initial)
  if initial is not None and axis is None and not keepdims:  # a may be empty
    a = call("concatenate", [_f.ravel(a), call("reshape", [
        call("astype", [initial], dtype=_core.tensor(a)._dtype_name)],
        shape=(1,))])
  found = call(name, [a], axis=as_axes(axis), keepdims=keepdims)
  return found if initial is None else call(joined, [found, initial])


def all(a, axis=None, keepdims=False, where=True):
  if where is not True:
    a = call("logical_or", [a, call("logical_not", [where])])
  return call("all", [a], axis=as_axes(axis), keepdims=keepdims)


def any(a, axis=None, keepdims=False, where=True):
  if where is not True:
    a = call("logical_and", [a, where])
  return call("any", [a], axis=as_axes(axis), keepdims=keepdims)


def mean(a, axis=None, dtype=None, keepdims=False, where=True):
  of_mask = masks.source(a, axis, keepdims, where)
  if of_mask is not None:
    return masks.mean(*of_mask, dtype)
  if where is True:
    return _f.mean(a, as_axes(axis), dtype, keepdims)
  a = _core.tensor(a)
  dtype = dtype or ("float64" if "float" not in a._dtype_name
                    else a._dtype_name)
  count = sum(call("broadcast_to", [where], shape=a._shape), axis,
              keepdims=keepdims)
  return sum(a, axis, dtype, keepdims, where=where) / count.astype(dtype)


_mean = mean


def var(a, axis=None, dtype=None, ddof=0, keepdims=False, where=True,
        mean=None, correction=None):
  ddof = ddof if correction is None else correction
  if where is True and mean is None:
    return _f.var(a, as_axes(axis), dtype, float(ddof), keepdims)
  a = _core.tensor(a)
  if mean is None:
    mean = _mean(a, axis, dtype, True, where)
  if "float" not in a._dtype_name and "complex" not in a._dtype_name:
    a = call("astype", [a], dtype=dtype or "float64")
  distance = call("square", [call("absolute", [call("subtract", [a, mean])])])
  count = sum(call("broadcast_to", [where], shape=a._shape), axis,
              keepdims=keepdims)
  total = sum(distance, axis, dtype, keepdims, where=where)
  return total / call("maximum", [count - ddof, 0]).astype(total._dtype_name)


def std(a, axis=None, dtype=None, ddof=0, keepdims=False, where=True,
        mean=None, correction=None):
  return call("sqrt", [var(a, axis, dtype, ddof, keepdims, where, mean,
                           correction)])


def argmax(a, axis=None, keepdims=False):
  return call("argmax", [a], axis=axis, keepdims=keepdims)


def argmin(a, axis=None, keepdims=False):
  return call("argmin", [a], axis=axis, keepdims=keepdims)


def average(a, axis=None, weights=None, keepdims=False):
  if weights is None:
    return _f.mean(a, axis, None, keepdims)
  if keepdims:
    raise TypeError("average: keepdims with weights has no graph form")
  a, weights = _core.tensor(a), _core.tensor(weights)
  if weights.ndim == 1 and a.ndim > 1 and isinstance(axis, (int, np.integer)):
    weights = call("expand_dims", [weights], axis=tuple(
        i for i in range(a.ndim) if i != axis % a.ndim))
    weights = call("broadcast_to", [weights], shape=a._shape)
  return _f._weighted_average(a, axis, weights)


# The elements that the methods take, of a place among the sorted ones.
_PLACES = {"lower": lambda at: (np.floor(at),),
           "higher": lambda at: (np.ceil(at),),
           "nearest": lambda at: (np.round(at),),
           "midpoint": lambda at: (np.floor(at), np.ceil(at))}


def _element(a, q, axis, method, keepdims):
  """An element of the sorted ones, or the mean of two; nan if one is nan."""
  if not (axis is None or isinstance(axis, (int, np.integer))) or keepdims:
    raise TypeError(f"quantile: method={method!r} of several axes or with "
                    "keepdims has no graph form")
  a, axis = (_f.ravel(a), 0) if axis is None else (a, axis)
  extent = a._shape[axis]
  if extent < 1:
    raise TypeError(f"quantile: the extent of axis {axis} is not known or 0")
  if not 0 <= q <= 1:
    raise ValueError("Quantiles must be in the range [0, 1]")
  ordered = call("sort", [a], axis=axis)
  found = [call("select", [ordered], index=int(i), axis=axis)
           for i in _PLACES[method](q * (extent - 1))]
  value = found[0] if len(found) == 1 else (found[0] + found[1]) / 2
  last = call("select", [ordered], index=extent - 1, axis=axis)
  if "float" not in a._dtype_name:
    return value
  return call("where", [call("isnan", [last]), last, value])


def dtype_by(function, a, q):
  """The dtype that NumPy's quantile function gives; None: that of `a`."""
  name = _core.tensor(a)._dtype_name
  if "complex" in name:
    raise TypeError("a must be an array of real numbers")
  if name == "bool":
    raise TypeError("a: got dtype bool, which has no difference")
  if name not in ("float16", "float32"):
    return None
  return function(np.zeros(1, name), q).dtype.name


def quantile(a, q, axis=None, method="linear", keepdims=False):
  kind = np.dtype(_core.tensor(a)._dtype_name).kind
  if method == "linear" and kind in "biu" and (
      np.asarray(q).dtype.kind in "iu"):
    # 0 or 1: an element, which NumPy gives as it is.
    return _quantile(a, q, axis, "lower", keepdims, None)
  return _quantile(a, q, axis, method, keepdims, dtype_by(np.quantile, a, q))


def _quantile(a, q, axis, method, keepdims, dtype):
  if np.ndim(q):
    return _f.stack([_quantile(a, one, axis, method, keepdims, dtype)
                     for one in q])
  if method in _PLACES:
    return _element(_core.tensor(a), float(q), axis, method, keepdims)
  if method != "linear":
    raise TypeError(f"quantile: method={method!r} has no graph form")
  return _f.quantile(a, float(q), axis, keepdims, dtype)


def percentile(a, q, axis=None, method="linear", keepdims=False):
  return _quantile(a, np.asarray(q, np.float64) / 100, axis, method, keepdims,
                   dtype_by(np.percentile, a, q))


def cumsum(a, axis=None, dtype=None):
  return call("cumsum", [a], axis=axis, dtype=dtype)


def cumprod(a, axis=None, dtype=None):
  return call("cumprod", [a], axis=axis, dtype=dtype)


def trace(a, offset=0, axis1=0, axis2=1, dtype=None):
  return sum(call("diagonal", [a], offset=offset, axis1=axis1, axis2=axis2),
             axis=-1, dtype=dtype)
