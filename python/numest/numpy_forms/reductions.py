"""Sums, extremes, averages and quantiles."""
import numpy as np

from numest import _core
from numest.numpy_forms.axes import as_axes
from numest.tensor import call

_f = _core.functions


def sum(a, axis=None, dtype=None, keepdims=False):
  return call("sum", [a], axis=as_axes(axis), dtype=dtype, keepdims=keepdims)


def prod(a, axis=None, dtype=None, keepdims=False):
  return call("prod", [a], axis=as_axes(axis), dtype=dtype, keepdims=keepdims)


def max(a, axis=None, keepdims=False):
  return call("max", [a], axis=as_axes(axis), keepdims=keepdims)


def min(a, axis=None, keepdims=False):
  return call("min", [a], axis=as_axes(axis), keepdims=keepdims)


def all(a, axis=None, keepdims=False):
  return call("all", [a], axis=as_axes(axis), keepdims=keepdims)


def any(a, axis=None, keepdims=False):
  return call("any", [a], axis=as_axes(axis), keepdims=keepdims)


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
  return sum(call("diagonal", [a], offset=offset, axis1=axis1, axis2=axis2),
             axis=-1)
