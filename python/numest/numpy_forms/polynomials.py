"""Polynomials as arrays of coefficients, highest power first: the core's."""
import numpy as np

from numest import _core

_f = _core.functions


def polyadd(a1, a2):
  return _f.polyadd(a1, a2)


def polysub(a1, a2):
  return _f.polysub(a1, a2)


def polymul(a1, a2):
  return _f.polymul(a1, a2)


def polydiv(u, v):
  return _f.polydiv(u, v)


def polyder(p, m=1):
  return _f.polyder(p, m)


def polyint(p, m=1, k=None):
  k = 0.0 if k is None else k
  return _f.polyint(p, m, k[0] if np.shape(k) == (1,) else k)


def poly(seq_of_zeros):
  roots = _f.atleast_1d(seq_of_zeros)
  if roots.ndim != 1:
    raise TypeError("poly: the eigenvalues of a matrix have no graph form")
  return _f.poly(roots)


def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
  """Coefficients of the least squares, by the pseudo-inverse."""
  if full or cov is not False:
    raise TypeError("polyfit: full and cov have no graph form")
  return _f.polyfit(x, y, deg, rcond, w)
