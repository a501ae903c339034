"""Sorting, searching, positions and diagonals."""
import builtins

import numpy as np

from numest import _core
from numest.numpy_forms import symbols
from numest.numpy_forms.axes import as_axes
from numest.tensor import call

_f = _core.functions


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


def searchsorted(a, v, side="left", sorter=None):
  if sorter is not None:
    a = call("take", [a, sorter], axis=0)
  return call("searchsorted", [a, v], side=side)


def bincount(x, weights=None, minlength=0):
  counts = call("bincount", [x], minlength=minlength)
  if weights is None:
    return counts
  return call("scatter_add", [call("zeros_like", [counts], dtype="float64"), x,
                              call("astype", [weights], dtype="float64")],
              axis=0)


def diagonal(a, offset=0, axis1=0, axis2=1):
  return call("diagonal", [a], offset=offset, axis1=axis1, axis2=axis2)


def diag(v, k=0):
  v = _core.tensor(v)
  if v.ndim == 2:
    return diagonal(v, k)
  if v._shape[0] < 0:
    return _diagonal_matrix(v, k)
  n = v._shape[0] + builtins.abs(k)
  empty = np.zeros((n, n), v.dtype.as_numpy_dtype)
  return call("set_diagonal", [empty, v], offset=k)


def _diagonal_matrix(v, k):
  """A matrix of as many rows as v has numbers, which are not known."""
  if k:
    raise TypeError("diag: an extent is not known while the function is "
                    "traced, so only k=0 has a graph form")
  at = symbols.positions(v, 0)
  is_here = call("equal", [call("expand_dims", [at], axis=1), at])
  return call("where", [is_here, v, call("zeros_like", [v])])


def triu(m, k=0):
  return call("triu", [m], k=k)


def tril(m, k=0):
  return call("tril", [m], k=k)
