"""Statistics that leave nan out, and accumulations along an axis."""
import numpy as np

from numest import _core
from numest.numpy_forms import reductions
from numest.numpy_forms.reductions import cumprod, cumsum
from numest.tensor import call

_f = _core.functions


def nanquantile(a, q, axis=None, method="linear", keepdims=False):
  return _nanquantile(a, q, axis, method, keepdims,
                      reductions.dtype_by(np.nanquantile, a, q))


def _nanquantile(a, q, axis, method, keepdims, dtype):
  if method != "linear":
    raise TypeError(f"nanquantile: method={method!r} has no graph form")
  if np.ndim(q):
    return _f.stack([_nanquantile(a, v, axis, method, keepdims, dtype)
                     for v in q])
  return _f._nanquantile(a, float(q), axis, keepdims, dtype)


def nanpercentile(a, q, axis=None, method="linear", keepdims=False):
  return _nanquantile(a, np.asarray(q, np.float64) / 100, axis, method,
                      keepdims, reductions.dtype_by(np.nanpercentile, a, q))


def nanmedian(a, axis=None, keepdims=False):
  return _f._nanquantile(a, 0.5, axis, keepdims)


def nancumsum(a, axis=None, dtype=None):
  return cumsum(_without_nan(a, 0), axis, dtype)


def nancumprod(a, axis=None, dtype=None):
  return cumprod(_without_nan(a, 1), axis, dtype)


def _without_nan(a, value):
  a = _core.tensor(a)
  if "int" in a._dtype_name or a._dtype_name == "bool":
    return a
  return call("where", [call("isnan", [a]), value, a])


def cumulative_sum(x, axis=None, dtype=None, include_initial=False):
  return _f.cumulative_sum(x, axis, dtype, include_initial)


def cumulative_prod(x, axis=None, dtype=None, include_initial=False):
  return _f.cumulative_prod(x, axis, dtype, include_initial)


def accumulate(function, array, axis=0, dtype=None):
  """ufunc.accumulate of an associative function, by doubling."""
  a = _core.tensor(array)
  a = a if dtype is None else a.astype(dtype)
  extent, step = a._shape[axis], 1
  if extent < 0:
    raise TypeError(f"accumulate: the extent of axis {axis} is not known")
  while step < extent:
    first = call("take", [a, np.arange(step)], axis=axis)
    rest = [call("take", [a, np.arange(step, extent)], axis=axis),
            call("take", [a, np.arange(extent - step)], axis=axis)]
    a = call("concatenate", [first, function(*rest)], axis=axis)
    step *= 2
  return a


def nansum(a, axis=None, dtype=None, keepdims=False, initial=None, where=True):
  return reductions.sum(_without_nan(a, 0), axis, dtype, keepdims, initial,
                        where)


def nanprod(a, axis=None, dtype=None, keepdims=False, initial=None,
            where=True):
  return reductions.prod(_without_nan(a, 1), axis, dtype, keepdims, initial,
                         where)


def nanmax(a, axis=None, keepdims=False, initial=None, where=True):
  return _extreme("nanmax", reductions.max, a, axis, keepdims, initial, where)


def nanmin(a, axis=None, keepdims=False, initial=None, where=True):
  return _extreme("nanmin", reductions.min, a, axis, keepdims, initial, where)


def _extreme(name, reduce, a, axis, keepdims, initial, where):
  if initial is None and where is True:
    return getattr(_f, name)(a, axis, keepdims)
  a = _core.tensor(a)
  return reduce(a, axis, keepdims, initial, _numbers(a, where))


def _numbers(a, where):
  """Where a is a number and counts."""
  return call("logical_and", [call("logical_not", [call("isnan", [a])]),
                              where])


def nanmean(a, axis=None, dtype=None, keepdims=False, where=True):
  if dtype is None and where is True:
    return _f.nanmean(a, axis, keepdims)
  a = _core.tensor(a)
  return reductions.mean(_without_nan(a, 0), axis, dtype, keepdims,
                         _numbers(a, where))


def nanvar(a, axis=None, dtype=None, ddof=0, keepdims=False, where=True,
           mean=None, correction=None):
  if dtype is None and where is True and mean is None:
    return _f.nanvar(a, axis, float(ddof if correction is None else
                                    correction), keepdims)
  a = _core.tensor(a)
  return reductions.var(_without_nan(a, 0), axis, dtype, ddof, keepdims,
                        _numbers(a, where), mean, correction)


def nanstd(a, axis=None, dtype=None, ddof=0, keepdims=False, where=True,
           mean=None, correction=None):
  return call("sqrt", [nanvar(a, axis, dtype, ddof, keepdims, where, mean,
                              correction)])
