"""Contractions and linear algebra; LINALG maps those of numpy.linalg."""
import builtins

import numpy as np

from numest import _core
from numest.numpy_forms.axes import broadcast_shapes, check_casting
from numest.numpy_forms.order import diagonal
from numest.numpy_forms.reductions import trace
from numest.tensor import call

_f = _core.functions
# Since NumPy 2.2 one row of a matrix is one observation if rowvar is False.
_TURNS_ONE_ROW = np.lib.NumpyVersion(np.__version__) >= "2.2.0"
# NumPy's named tuples of results.
_SLOGDET, _EIGH, _SVD, _QR = (
    type(getattr(np.linalg, n)(np.eye(1))) for n in ("slogdet", "eigh", "svd",
                                                     "qr"))


# --- contractions ---
def einsum(*operands, dtype=None, casting="safe"):
  """In the order of np.einsum_path; the result's dtype is the operands'."""
  if not isinstance(operands[0], str):
    raise TypeError("einsum: lists of axes have no graph form; use letters")
  tensors = [_core.tensor(a) for a in operands[1:]]
  if dtype is not None:
    check_casting("einsum", tensors, dtype, casting)
    tensors = [t.astype(dtype) for t in tensors]
  stand_ins = [np.broadcast_to(np.float32(0), shape)
               for shape in _known_shapes(operands[0], tensors)]
  _, steps = np.einsum_path(operands[0], *stand_ins, einsum_call=True,
                            optimize="greedy")
  for step in steps:
    positions, subscripts = step[0], step[2]
    tensors.append(_f._einsum(subscripts, [tensors.pop(p)
                                           for p in positions]))
  return tensors[0]


def einsum_path(*operands, optimize="greedy", einsum_call=False):
  """The order is known while tracing: it depends on shapes only."""
  stand_ins = [np.broadcast_to(np.float64(0), _core.tensor(a)._shape)
               for a in operands[1:]]
  return np.einsum_path(operands[0], *stand_ins, optimize=optimize,
                        einsum_call=einsum_call)


_USUAL_EXTENT = 64  # of an axis whose extent is not known: a batch


def _known_shapes(subscripts, tensors):
  """Shapes for choosing an order: a letter has one extent everywhere."""
  axes = [_axes_of(term, t.ndim) for term, t in zip(
      subscripts.split("->")[0].replace(" ", "").split(","), tensors)]
  known = {axis: e for names, t in zip(axes, tensors)
           for axis, e in zip(names, t._shape) if e >= 0}
  return [tuple(known.get(axis, _USUAL_EXTENT) if e < 0 else e
                for axis, e in zip(names, t._shape))
          if len(names) == t.ndim else t._shape
          for names, t in zip(axes, tensors)]


def _axes_of(term, ndim):
  """A name for each axis: letters, and -1, -2, ... for those of dots."""
  before, dots, after = term.partition("...")
  rest = ndim - len(before) - len(after) if dots else 0
  return [*before, *range(-rest, 0), *after]


def tensordot(a, b, axes=2):
  a, b = _core.tensor(a), _core.tensor(b)
  if isinstance(axes, (int, np.integer)):
    axes = (range(a.ndim - axes, a.ndim), range(axes))
  sides = [[int(i) for i in np.atleast_1d(side)] for side in axes]
  return _f._tensordot(a, b, *sides)


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
  if axis is not None:
    axisa = axisb = axisc = axis
  result = _f._cross(_f.moveaxis(a, axisa, -1), _f.moveaxis(b, axisb, -1))
  return _f.moveaxis(result, -1, axisc)


def inner(a, b):
  return _f.inner(a, b)


def vdot(a, b):
  return _f.vdot(a, b)


# --- statistics of rows ---
def cov(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None,
        aweights=None):
  rows = _rows(m, rowvar, is_first=True)
  if y is not None:
    rows = call("concatenate", [rows, _rows(y, rowvar)], axis=0)
  ddof = (0 if bias else 1) if ddof is None else ddof
  return _f._cov(rows, float(ddof), fweights, aweights)


def corrcoef(x, y=None, rowvar=True):
  rows = _rows(x, rowvar, is_first=True)
  if y is not None:
    rows = call("concatenate", [rows, _rows(y, rowvar)], axis=0)
  return _f._corrcoef(rows)


def _rows(m, rowvar, is_first=False):
  is_row = _core.tensor(m).ndim < 2
  m = _f.atleast_2d(m)
  if not (is_first and _TURNS_ONE_ROW):
    is_row = m._shape[0] == 1
  return m if rowvar or is_row else call("transpose", [m])


# --- numpy.linalg ---
def solve(a, b):
  b = _core.tensor(b)
  if b.ndim == 1:
    column = call("expand_dims", [b], axis=-1)
    return call("squeeze", [solve(a, column)], axis=-1)
  a = _core.tensor(a)
  batch = broadcast_shapes(tuple(a._shape[:-2]), tuple(b._shape[:-2]))
  return call("solve", [
      call("broadcast_to", [t], shape=(*batch, *t._shape[-2:]))
      for t in (a, b)])


def cholesky(a, upper=False):
  l = call("cholesky", [a])
  return _f.swapaxes(l, -1, -2) if upper else l


def slogdet(a):
  return _SLOGDET(*call("slogdet", [a]))


def eigh(a, UPLO="L"):
  if UPLO.upper() == "U":
    a = _f.swapaxes(a, -1, -2)
  return _EIGH(*call("eigh", [a]))


def eigvalsh(a, UPLO="L"):
  return eigh(a, UPLO)[0]


def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
  if not compute_uv:
    return _f._svdvals(a)
  a = _core.tensor(a)
  # Of a square matrix they are the same, and only these have derivatives.
  full_matrices = full_matrices and a._shape[-1] != a._shape[-2]
  return _SVD(
      *call("svd", [a], full_matrices=full_matrices))


def svdvals(x):
  return _f._svdvals(x)


def qr(a, mode="reduced"):
  if mode not in ("reduced", "r", "complete"):
    raise TypeError(f"qr: mode={mode!r} has no graph form")
  q, r = call("qr", [a], complete=mode == "complete")
  return r if mode == "r" else _QR(q, r)


def pinv(a, rcond=None, hermitian=False, rtol=None):
  rcond = rtol if rcond is None else rcond
  return _f._pinv(a, 1e-15 if rcond is None else rcond)


def matrix_rank(A, tol=None, hermitian=False):
  return _f._matrix_rank(A, tol)


def lstsq(a, b, rcond=None):
  """(x, residuals, rank, s); residuals as if a had full rank, and where the
  number of rows is not known more rows than columns."""
  a, b = _core.tensor(a), _core.tensor(b)
  eps = np.finfo(a._dtype_name).eps if "float" in a._dtype_name else (
      np.finfo(np.float64).eps)
  if rcond is None:
    rcond = call("astype", [call("maximum", [
        call("extent", [a], axis=i) for i in (0, 1)])], dtype="float64") * eps
  x = call("matmul", [_f._pinv(a, rcond), b])
  squares = call("square", [b - call("matmul", [a, x])])
  residuals = call("sum", [squares], axis=0)
  if residuals.ndim == 0:
    residuals = call("expand_dims", [residuals], axis=0)
  s = _f._svdvals(a)
  bound = call("max", [s]) * rcond
  rank = call("astype", [_f.count_nonzero(s > bound)], dtype="int32")
  if 0 <= a._shape[0] <= a._shape[1]:
    residuals = _core.tensor(np.zeros(0, residuals._dtype_name))
  return x, residuals, rank, s


def tensorsolve(a, b, axes=None):
  if axes is not None:
    raise TypeError("tensorsolve: axes have no graph form; use moveaxis")
  return _f.tensorsolve(a, b)


def tensorinv(a, ind=2):
  return _f.tensorinv(a, ind)


def cond(x, p=None):
  if p is None or p in (2, -2):
    s = _f._svdvals(x)
    ends = call("max", [s], axis=-1), call("min", [s], axis=-1)
    return call("divide", list(ends if p != -2 else ends[::-1]))
  inverse = call("inv", [x])
  return norm(x, p, (-2, -1)) * norm(inverse, p, (-2, -1))


def norm(x, ord=None, axis=None, keepdims=False):
  x = _core.tensor(x)
  if ord is None:
    return _f.norm(x, axis, keepdims)
  axes = tuple(range(x.ndim)) if axis is None else (
      axis if isinstance(axis, tuple) else (axis,))
  if len(axes) == 1:
    return _f._vector_norm(x, _number(ord), axes[0], keepdims)
  if len(axes) != 2:
    raise ValueError("norm: Improper number of dimensions to norm: got "
                     f"{len(axes)}, expected 1 or 2 axes for ord={ord!r}")
  if ord == "fro":
    return _f.norm(x, axes, keepdims)
  last = _f.moveaxis(x, axes, (-2, -1))
  found = (_f._nuclear_norm(last, False) if ord == "nuc"
           else _f._matrix_norm(last, _number(ord), False))
  for i in sorted(i % x.ndim for i in axes) if keepdims else ():
    found = call("expand_dims", [found], axis=i)
  return found


def _number(ord):
  if isinstance(ord, str):
    raise ValueError(f"norm: Invalid norm order for vectors: got {ord!r}, "
                     "expected a number, inf, 'fro' or 'nuc' (matrices)")
  return float(ord)


def matrix_norm(x, keepdims=False, ord="fro"):
  return norm(x, ord, (-2, -1), keepdims)


def vector_norm(x, axis=None, keepdims=False, ord=2):
  if axis is None or isinstance(axis, tuple):
    return _f._vector_norm(x, float(ord), axis, keepdims)
  return norm(x, ord, axis, keepdims)


def matrix_transpose(x):
  return _f.swapaxes(x, -1, -2)


LINALG = {np.linalg.inv: lambda a: call("inv", [a]), np.linalg.det: _f.det,
          np.linalg.matrix_power: _f.matrix_power,
          np.linalg.multi_dot: _f.multi_dot}
LINALG |= {getattr(np.linalg, f.__name__): f for f in (
    solve, cholesky, slogdet, eigh, eigvalsh, svd, qr, pinv, matrix_rank,
    lstsq, cond, norm, tensorsolve, tensorinv)}
# Functions of NumPy 2.
_ADDED = {
    "svdvals": svdvals, "matrix_norm": matrix_norm, "vecdot": _f.vecdot,
    "vector_norm": vector_norm, "matrix_transpose": matrix_transpose,
    "cross": lambda x1, x2, axis=-1: cross(x1, x2, axis=axis),
    "outer": lambda x1, x2: _f.outer(x1, x2),
    "matmul": lambda x1, x2: call("matmul", [x1, x2]),
    "tensordot": lambda x1, x2, axes=2: tensordot(x1, x2, axes),
    "diagonal": lambda x, offset=0: diagonal(x, offset, -2, -1),
    "trace": lambda x, offset=0, dtype=None: trace(x, offset, -2, -1, dtype)}
LINALG |= {getattr(np.linalg, name): function
           for name, function in _ADDED.items() if hasattr(np.linalg, name)}
