"""Sampled curves and histograms."""
import builtins

import numpy as np

from numest import _core
from numest.tensor import Tensor, call

_f = _core.functions


def _is_known(values):
  return not (isinstance(values, Tensor) and values.is_symbolic)


def gradient(f, *varargs, axis=None, edge_order=1):
  """With spacings that are numbers."""
  f = _core.tensor(f)
  axes = tuple(range(f.ndim)) if axis is None else (
      axis if isinstance(axis, tuple) else (axis,))
  spacings = varargs or (1.0,)
  if len(spacings) == 1:
    spacings = spacings * len(axes)
  if any(np.ndim(s) or not _is_known(s) for s in spacings):
    raise TypeError("gradient: positions of samples have no graph form; give "
                    "their distance")
  found = [_f._gradient(f, float(s), a, edge_order)
           for s, a in zip(spacings, axes, strict=True)]
  return found[0] if len(found) == 1 else tuple(found)


def diff(a, n=1, axis=-1, prepend=None, append=None):
  a = _core.tensor(a)
  ends = [None if e is None else _end(a, _core.tensor(e), axis)
          for e in (prepend, append)]
  if ends != [None, None]:
    a = call("concatenate", [t for t in (ends[0], a, ends[1])
                             if t is not None], axis=axis)
  return _f.diff(a, n, axis)


def _end(a, value, axis):
  """What stands before or behind an axis: numbers are spread over the rest."""
  if value.ndim:
    return value
  edge = call("take", [a, np.zeros(1, np.int64)], axis=axis)
  return call("full_like", [edge, value], dtype=np.result_type(
      a._dtype_name, value._dtype_name).name)


def trapezoid(y, x=None, dx=1.0, axis=-1):
  if x is not None:
    return _f._trapezoid_over(y, x, axis)
  return _f._trapezoid(y, float(dx), axis)


def digitize(x, bins, right=False):
  if not _is_known(bins):
    raise TypeError("digitize: the order of traced bins is not known")
  bins = np.asarray(bins)
  step = np.diff(bins)
  if not (np.all(step >= 0) or np.all(step <= 0)):
    raise ValueError("bins must be monotonically increasing or decreasing")
  if len(bins) > 1 and bins[0] > bins[-1]:
    found = call("searchsorted", [bins[::-1], x],
                 side="right" if right else "left")
    return len(bins) - found
  return call("searchsorted", [bins, x], side="left" if right else "right")


def histogram_bin_edges(a, bins=10, range=None, weights=None):
  if isinstance(bins, str):
    raise TypeError(f"histogram: bins={bins!r} has no graph form; the number "
                    "of bins must be known")
  if np.ndim(bins):
    return _core.tensor(bins)
  if range is None:
    return _f._bin_edges(a, int(bins))
  if all(_is_known(v) for v in range):
    known = np.zeros(1, _core.tensor(a)._dtype_name)
    return _core.constant(np.histogram_bin_edges(known, bins, range))
  return _f._linspace(*range, int(bins) + 1, True)


def histogram(a, bins=10, range=None, density=None, weights=None):
  edges = histogram_bin_edges(a, bins, range)
  counts = (_f._histogram(a, edges) if weights is None
            else _f._weighted_histogram(a, edges, weights))
  if density:
    widths = _f.diff(edges)
    counts = counts / widths / call("sum", [counts])
  return counts, edges


def histogramdd(sample, bins=10, range=None, density=None, weights=None):
  sample = _columns(sample)
  count = sample._shape[1]
  is_list = isinstance(bins, (list, tuple)) or np.ndim(bins)
  bins = bins if is_list else (bins,) * count
  if len(bins) != count:
    raise ValueError("The dimension of bins must be equal to the dimension of "
                     f"the sample x: got {len(bins)} and {count}")
  edges = [histogram_bin_edges(sample[:, i], b, range and range[i])
           for i, b in enumerate(bins)]
  extents = [e._shape[0] - 1 for e in edges]
  at, is_inside = 0, True
  for i, (e, extent) in enumerate(zip(edges, extents)):
    x = sample[:, i]
    found = call("searchsorted", [e, x], side="right") - (x == e[-1])
    is_inside = call("logical_and", [is_inside, call(
        "logical_and", [found > 0, found <= extent])])
    at = at * extent + call("clip", [found - 1, 0, extent - 1])
  each = call("where", [is_inside, 1.0 if weights is None else call(
      "astype", [weights], dtype="float64"), 0.0])
  total = call("scatter_add", [np.zeros(int(np.prod(extents))), at, each])
  total = call("reshape", [total], shape=extents)
  if density:
    for i, e in enumerate(edges):
      total = total / call("reshape", [_f.diff(e)], shape=[
          -1 if i == k else 1 for k in builtins.range(count)])
    total = total / call("sum", [each])
  return total, tuple(edges)


def _columns(sample):
  """One row for each point: of a list, the coordinates."""
  if isinstance(sample, (list, tuple)):
    return _f.stack([_core.tensor(c) for c in sample], -1)
  sample = _core.tensor(sample)
  return sample if sample.ndim == 2 else call(
      "transpose", [_f.atleast_2d(sample)])


def histogram2d(x, y, bins=10, range=None, density=None, weights=None):
  if (isinstance(bins, (list, tuple)) or np.ndim(bins)) and len(bins) > 2:
    bins = [np.asarray(bins)] * 2
  counts, edges = histogramdd([x, y], bins, range, density, weights)
  return counts, *edges


def diff(a, n=1, axis=-1, prepend=None, append=None):
  a = _core.tensor(a)
  parts = [a if part is a else _along(part, a, axis)
           for part in (prepend, a, append) if part is not None]
  joined = parts[0] if len(parts) == 1 else call(
      "concatenate", parts, axis=axis)
  return _f.diff(joined, n, axis)


def _along(part, a, axis):
  """What np.diff puts before or behind: a number is one element of each row,
  and Python's numbers are int64 or float64 as np.asanyarray has them."""
  part = _core.tensor(part)
  part = part.astype(part._dtype_name) if part.is_weak else part
  if part.ndim:
    return part
  first = call("take", [a, [0]], axis=axis) if a._shape[axis] else a
  shape = [1 if i == axis % a.ndim else e for i, e in enumerate(first._shape)]
  if min(shape) < 0:
    return call("zeros_like", [first]).astype(part._dtype_name) + part
  return call("broadcast_to", [part], shape=shape)


def ediff1d(ary, to_end=None, to_begin=None):
  parts = [_f.ediff1d(ary)]
  if to_begin is not None:
    parts.insert(0, _f.ravel(to_begin))
  if to_end is not None:
    parts.append(_f.ravel(to_end))
  return parts[0] if len(parts) == 1 else call("concatenate", parts, axis=0)


def unwrap(p, discont=None, axis=-1, period=6.283185307179586):
  p = _core.tensor(p)
  step = _f.diff(p, 1, axis)
  half = period / 2
  turned = call("remainder", [step + half, period]) - half
  turned = call("where", [(turned == -half) & (step > 0), half, turned])
  limit = half if discont is None else max(discont, half)
  correction = call("where", [call("absolute", [step]) < limit, 0.0,
                              turned - step])
  first = call("take", [p, [0]], axis=axis)
  return p + call("concatenate", [call("zeros_like", [first]), call(
      "cumsum", [correction], axis=axis)], axis=axis)
