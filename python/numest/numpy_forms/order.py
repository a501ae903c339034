"""Sorting, searching, positions and diagonals."""
from numest import _core
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
  return _f.diag(v, k)


def triu(m, k=0):
  return call("triu", [m], k=k)


def tril(m, k=0):
  return call("tril", [m], k=k)
