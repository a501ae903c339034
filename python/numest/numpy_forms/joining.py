"""Joining, splitting, repeating and rolling arrays."""
import numpy as np

from numest import _core
from numest.numpy_forms import symbols
from numest.numpy_forms.axes import as_axes, check_casting
from numest.tensor import Tensor, call, has_symbolic

_f = _core.functions


def concatenate(arrays, axis=0, dtype=None, casting="same_kind"):
  if dtype is not None:
    check_casting("concatenate", map(_core.tensor, arrays), dtype, casting)
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
    if _core.tensor(a)._shape[axis] < 0:
      return _parts(a, int(where_), axis, function is _f._split)
    return function(a, int(where_), axis)
  return _f._split_at(a, [int(i) for i in where_], axis)


def _parts(a, count, axis, are_equal):
  """Parts of an axis whose extent is not known, longer ones first."""
  extent = call("extent", [a], axis=axis)
  longer = call("remainder", [extent, count])
  if are_equal:
    longer = call("check_range", [longer], low=0.0, high=0.0,
                  what="split does not give equal parts: what is left")
  ends = [call("floor_divide", [extent, count]) * i + call("minimum", [
      longer, i]) for i in range(count + 1)]
  return [call("take", [a, start + symbols.count_up(end - start)], axis=axis)
          for start, end in zip(ends, ends[1:])]


def hsplit(ary, indices_or_sections):
  return split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


def vsplit(ary, indices_or_sections):
  return split(ary, indices_or_sections, 0)


def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
  if sparse:
    raise TypeError("meshgrid: sparse=True has no graph form")
  return tuple(_f._meshgrid(list(xi), indexing))


def tile(A, reps):
  reps = tuple(reps) if isinstance(reps, (tuple, list)) else (reps,)
  known = [1 if symbols.is_traced(r) else int(r) for r in reps]
  result = call("tile", [A], reps=known)
  for axis, count in enumerate(reps, result.ndim - len(reps)):
    if symbols.is_traced(count):
      result = _tiled(result, count, axis)
  return result


def _tiled(a, count, axis):
  """As often one after the other along an axis as a traced count says."""
  extent = call("extent", [a], axis=axis)
  at = call("remainder", [symbols.count_up(extent * count), extent])
  return call("take", [a, at], axis=axis)


def repeat(a, repeats, axis=None):
  return call("repeat", [a], repeats=int(repeats), axis=axis)


def roll(a, shift, axis=None):
  if not has_symbolic([shift]):
    return call("roll", [a], shift=as_axes(shift), axis=as_axes(axis))
  shifts = _each_shift(shift)
  axes = list(axis) if isinstance(axis, (tuple, list)) else [axis]
  count = max(len(shifts), len(axes))
  if axis is None and count > 1:  # NumPy rolls the flat array by their sum
    return _rolled(_core.tensor(a), sum(shifts), None)
  if len(shifts) not in (1, count) or len(axes) not in (1, count):
    raise ValueError("roll: 'shift' and 'axis' should be scalars or 1D "
                     f"sequences of one length: got {len(shifts)} shifts and "
                     f"{len(axes)} axes")
  result = _core.tensor(a)
  for k in range(count):
    result = _rolled(result, shifts[k % len(shifts)], axes[k % len(axes)])
  return result


def _each_shift(shift):
  if not isinstance(shift, Tensor):
    return list(shift)
  return [shift] if shift.ndim == 0 else [shift[k]
                                          for k in range(shift.shape[0])]


def _rolled(a, shift, axis):
  """roll by a shift that is not known: a window of the array, twice."""
  if axis is None:
    return call("reshape", [_rolled(_f.ravel(a), shift, 0)], shape=a._shape)
  twice = call("concatenate", [a, a], axis=axis)
  start = call("astype", [-shift % call("extent", [a], axis=axis)],
               dtype="int64")
  start = call("expand_dims", [start], axis=0)
  starts = [np.zeros(1, np.int64)] * a.ndim
  starts[axis] = start
  return call("dynamic_slice", [twice, call("concatenate", starts, axis=0)],
              sizes=a._shape)
