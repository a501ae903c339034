"""Basic indexing of symbolic tensors."""
import numpy as np

from numest.tensor import call


def get(x, key):
  """x[key] with ints, slices, None, Ellipsis, or one array of ints."""
  keys = key if isinstance(key, tuple) else (key,)
  if len(keys) == 1 and not _is_basic(keys[0]):
    return call("take", [x, keys[0]], axis=0)
  keys = _expand_ellipsis(keys, x.ndim)
  drop, new = [], []
  axis = 0
  for k in keys:
    if k is None:
      new.append(axis + len(new) - len(drop))
      continue
    if isinstance(k, (int, np.integer)):
      drop.append(axis)
    axis += 1
  for i, k in enumerate([k for k in keys if k is not None]):
    x = _slice_axis(x, i, k)
  if drop:
    x = call("squeeze", [x], axis=tuple(drop))
  for position in new:
    x = call("expand_dims", [x], axis=position)
  return x


def _is_basic(k):
  return k is None or k is Ellipsis or isinstance(
      k, (int, np.integer, slice))


def _expand_ellipsis(keys, ndim):
  used = sum(k is not None and k is not Ellipsis for k in keys)
  if Ellipsis not in [k for k in keys if not isinstance(k, np.ndarray)]:
    return list(keys) + [slice(None)] * (ndim - used)
  at = keys.index(Ellipsis)
  return (list(keys[:at]) + [slice(None)] * (ndim - used) +
          list(keys[at + 1:]))


def _slice_axis(x, axis, k):
  if isinstance(k, slice) and k == slice(None):
    return x
  if isinstance(k, (int, np.integer)):
    index = np.array([int(k)])
  else:
    extent = x._shape[axis]
    if extent < 0:
      raise TypeError(
          f"slice {k} of an axis whose extent is not known while tracing")
    index = np.arange(extent)[k]
  return call("take", [x, index], axis=axis)
