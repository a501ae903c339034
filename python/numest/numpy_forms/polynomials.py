"""Polynomials as arrays of coefficients, highest power first."""
import numpy as np

from numest import _core
from numest.tensor import call

_f = _core.functions


def polyadd(a1, a2):
  a1, a2 = _f.atleast_1d(a1), _f.atleast_1d(a2)
  return call("add", _of_one_length(a1, a2))


def polysub(a1, a2):
  a1, a2 = _f.atleast_1d(a1), _f.atleast_1d(a2)
  return call("subtract", _of_one_length(a1, a2))


def _of_one_length(a1, a2):
  count = max(a1._shape[0], a2._shape[0])
  return [call("pad", [a], pad_width=(count - a._shape[0], 0))
          for a in (a1, a2)]


def polymul(a1, a2):
  return _f.convolve(_f.atleast_1d(a1), _f.atleast_1d(a2))


def polydiv(u, v):
  """(quotient, rest without its leading numbers of at most 1e-8)."""
  rest, v = (call("add", [_f.atleast_1d(p), 0.0]) for p in (u, v))
  dtype = call("add", [rest[0], v[0]])._dtype_name
  rest, num_steps = rest.astype(dtype), rest._shape[0] - v._shape[0] + 1
  quotient = []
  for i in range(num_steps):
    quotient.append(rest[i] * (1.0 / v[0]))
    padded = call("pad", [quotient[-1] * v], pad_width=(i, num_steps - 1 - i))
    rest = rest - padded
  if not quotient:
    return call("zeros_like", [rest[:1]]), _trimmed(rest)
  return _f.stack(quotient), _trimmed(rest)


def _trimmed(p):
  """From the first number on that is not about zero, or the last."""
  is_number = call("greater", [call("absolute", [p]), 1e-8])
  seen = call("cumsum", [call("astype", [is_number], dtype="int64")])
  last = np.arange(p._shape[0]) == p._shape[0] - 1
  kept = call("nonzero", [call("logical_or", [seen > 0, last])])
  return call("take", [p, kept], axis=0)


def polyder(p, m=1):
  p = _core.tensor(p)
  for _ in range(m):
    powers = np.arange(p._shape[0] - 1, 0, -1)
    p = call("multiply", [call("take", [p, np.arange(len(powers))], axis=0),
                          powers])
  return p


def polyint(p, m=1, k=None):
  p = _core.tensor(p)
  constants = np.broadcast_to(0.0 if k is None else k, (m,))
  for constant in constants:
    powers = np.arange(p._shape[0], 0, -1)
    p = _f.append(call("divide", [p, powers]), float(constant))
  return p


def poly(seq_of_zeros):
  roots = _f.atleast_1d(seq_of_zeros)
  if roots.ndim != 1:
    raise TypeError("poly: the eigenvalues of a matrix have no graph form")
  result = np.ones(1)
  for i in range(roots._shape[0]):
    factor = _f.append(np.ones(1), call("negative", [roots[i:i + 1]]))
    result = _f.convolve(result, factor)
  return result


def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
  """Coefficients of the least squares, by the pseudo-inverse."""
  if full or cov is not False:
    raise TypeError("polyfit: full and cov have no graph form")
  x, y = (call("add", [v, 0.0]) for v in (x, y))
  powers = call("power", [call("expand_dims", [x], axis=-1),
                          np.arange(deg, -1, -1)])
  if w is not None:
    rows = call("expand_dims", [w], axis=-1)
    powers, y = powers * rows, y * (w if y.ndim == 1 else rows)
  scale = call("sqrt", [call("sum", [powers * powers], axis=0)])
  if rcond is None:
    rcond = x._shape[0] * np.finfo(x._dtype_name).eps
  found = call("matmul", [_f._pinv(powers / scale, float(rcond)), y])
  return found / (scale if y.ndim == 1 else call("expand_dims", [scale],
                                                 axis=-1))
