"""Sampled curves and histograms."""
import numpy as np

from numest import _core
from numest.numpy_forms.axes import as_axes
from numest.tensor import Tensor, call

_f = _core.functions


def _is_known(values):
  return not (isinstance(values, Tensor) and values.is_symbolic)


def gradient(f, *varargs, axis=None, edge_order=1):
  found = _f._gradient(f, list(varargs), as_axes(axis), edge_order)
  return found[0] if len(found) == 1 else tuple(found)


def trapezoid(y, x=None, dx=1.0, axis=-1):
  if x is not None:
    return _f._trapezoid_over(y, x, axis)
  return _f._trapezoid(y, float(dx), axis)


def digitize(x, bins, right=False):
  return _f.digitize(x, bins, right)


def _known_bins(bins):
  if isinstance(bins, str) or not np.ndim(bins) and not _is_known(bins):
    raise TypeError(f"histogram: bins={bins!r} has no graph form; the number "
                    "of bins must be known")
  return bins


def histogram_bin_edges(a, bins=10, range=None, weights=None):
  return _f._bin_edges(a, _known_bins(bins), range)


def histogram(a, bins=10, range=None, density=None, weights=None):
  return _f._histogram(a, _known_bins(bins), range, bool(density), weights)


def histogramdd(sample, bins=10, range=None, density=None, weights=None):
  sample = _columns(sample)
  if not isinstance(bins, (list, tuple)) and not np.ndim(bins):
    bins = [bins] * sample._shape[1]
  return _f._histogramdd(sample, list(map(_known_bins, bins)),
                         list(range or ()), bool(density), weights)


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
  return _f.diff(a, n, axis, prepend, append)


def ediff1d(ary, to_end=None, to_begin=None):
  return _f.ediff1d(ary, to_end, to_begin)


def unwrap(p, discont=None, axis=-1, period=6.283185307179586):
  return _f.unwrap(p, discont, axis, period)
