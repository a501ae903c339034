"""np.vectorize inside of a trace: the function is traced for one element and
vectorized over all of them."""
import re

import numpy as np

from numest import _core
from numest.numpy_forms.axes import broadcast_shapes
from numest.tensor import call, has_symbolic
from numest.trace import nests, paths
from numest.trace.keyed import vectorized
from numest.trace.rebind import original

_WIDE = {"b": "bool", "i": "int64", "u": "uint64", "f": "float64",
         "c": "complex128"}


class vectorize:
  """Stands for np.vectorize; elements have 64 bits, as Python's numbers."""

  def __init__(self, pyfunc=None, otypes=None, doc=None, excluded=None,
               cache=False, signature=None):
    if signature is not None:
      np.vectorize(abs, signature=signature)  # refuses what is none
    self.pyfunc, self.otypes, self.signature = pyfunc, otypes, signature
    self.excluded = frozenset(excluded or ())
    self.__name__ = getattr(pyfunc, "__name__", "vectorize")

  def __call__(self, *args, **kwargs):
    if self.pyfunc is None:  # a decorator with arguments
      return vectorize(args[0], self.otypes, excluded=self.excluded,
                       signature=self.signature)
    if not has_symbolic([*args, *kwargs.values()]):
      return np.vectorize(original(self.pyfunc), self.otypes,
                          excluded=self.excluded,
                          signature=self.signature)(*args, **kwargs)
    return self._traced(args, kwargs)

  def _traced(self, args, kwargs):
    given = {**dict(enumerate(args)), **kwargs}
    varied = [k for k in given if k not in self.excluded]
    tensors = [_core.tensor(given[k]) for k in varied]

    def element(*values):
      at = {**given, **dict(zip(varied, values))}
      return _plain(self.pyfunc(*(at[i] for i in range(len(args))),
                                **{k: at[k] for k in kwargs}))
    if self.signature is None:
      found = self._of_scalars(element, tensors)
    else:
      found = self._of_arrays(element, tensors)
    return found[0] if len(found) == 1 else tuple(found)

  def _of_scalars(self, element, tensors):
    shape = broadcast_shapes(*(tuple(t._shape) for t in tensors))
    self._check_size(shape)
    wide = [call("astype", [t], dtype=_wide(t)) for t in tensors]
    found = _mapped(element, wide, shape, [()] * len(wide))
    dtypes = self._dtypes(element, tensors, found)
    return [call("astype", [t], dtype=d) for t, d in zip(found, dtypes)]

  def _of_arrays(self, element, tensors):
    """With core axes of a signature: parts keep their dtypes, as in NumPy."""
    inputs, outputs = _core_axes(self.signature)
    if len(inputs) != len(tensors):
      raise TypeError(f"wrong number of positional arguments: expected "
                      f"{len(inputs)}, got {len(tensors)}")
    extents, outer, cores = {}, [], []
    for t, names in zip(tensors, inputs):
      rest = t.ndim - len(names)
      if rest < 0:
        raise ValueError(f"{t.ndim}-dimensional argument does not have enough "
                         f"dimensions for all core dimensions {names}")
      outer.append(tuple(t._shape[:rest]))
      cores.append(tuple(t._shape[rest:]))
      _note_extents(extents, names, cores[-1])
    shape = broadcast_shapes(*outer)
    self._check_size(shape)
    found = _mapped(element, tensors, shape, cores)
    if len(found) != len(outputs):
      raise ValueError("wrong number of outputs from pyfunc: expected "
                       f"{len(outputs)}, got {len(found)}")
    for t, names in zip(found, outputs):
      _note_extents(extents, names, tuple(t._shape[len(shape):]))
    if self.otypes is None:
      return found
    return [call("astype", [t], dtype=d)
            for t, d in zip(found, self._named_dtypes())]

  def _check_size(self, shape):
    if 0 in shape and self.otypes is None:
      raise ValueError("cannot call `vectorize` on size 0 inputs unless "
                       "`otypes` is set")

  def _named_dtypes(self):
    otypes = [self.otypes] if isinstance(self.otypes, type) else self.otypes
    return [np.dtype(o).name for o in otypes]

  def _dtypes(self, element, tensors, found):
    """As NumPy has them, by a call with elements of the arrays' dtypes."""
    if self.otypes is not None:
      return self._named_dtypes()
    if all(t._dtype_name == _wide(t) for t in tensors):
      return [t._dtype_name for t in found]
    _, spec, _ = paths.traced_inside(element, [(t._dtype_name, ())
                                               for t in tensors])
    return [dtype for dtype, _ in nests.spec_leaves(spec)]


def _plain(result):
  """The leaves of a result in their own dtypes, a tuple."""
  leaves = [_core.tensor(v) for v in nests.flatten(result)]
  return tuple(call("astype", [t], dtype=t._dtype_name) for t in leaves)


def _wide(tensor):
  return _WIDE[np.dtype(tensor._dtype_name).kind]


def _mapped(element, tensors, shape, cores):
  """element(*tensors) for all of `shape`, of which each takes the part of its
  core axes: tensors of `shape` and the axes of the results."""
  flat = [call("reshape", [call("broadcast_to", [t], shape=(*shape, *core))],
               shape=(-1, *core)) for t, core in zip(tensors, cores)]
  found, _ = vectorized(element, [(t._dtype_name, core)
                                  for t, core in zip(flat, cores)], flat)
  return [call("reshape", [t], shape=(*shape, *t._shape[1:])) for t in found]


def _core_axes(signature):
  """Names of the core axes, a tuple each, of the inputs and the outputs."""
  return [[tuple(filter(None, names.replace(" ", "").split(",")))
           for names in re.findall(r"\(([^()]*)\)", side)]
          for side in signature.split("->")]


def _note_extents(extents, names, core):
  """A core axis of one name has one extent wherever it stands."""
  if len(names) != len(core):
    raise ValueError(f"got a result of shape {core}, expected the core "
                     f"dimensions {names}")
  for name, extent in zip(names, core):
    known = extents.setdefault(name, extent)
    if known != extent and min(known, extent) >= 0:
      raise ValueError(f"inconsistent size for core dimension {name!r}: "
                       f"{extent} vs {known}")


def like(given, pyfunc):
  """The stand-in of an np.vectorize object, of the function `pyfunc`."""
  return vectorize(pyfunc, given.otypes, excluded=given.excluded,
                   signature=given.signature)
