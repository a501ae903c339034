"""np.vectorize inside of a trace: the function is traced for one element and
vectorized over all of them."""
import numpy as np

from numest import _core
from numest import trace_state as state
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
    if self.signature is not None:
      raise state.Untraceable("np.vectorize with signature= has no graph form")
    return self._traced(args, kwargs)

  def _traced(self, args, kwargs):
    given = {**dict(enumerate(args)), **kwargs}
    varied = [k for k in given if k not in self.excluded]
    tensors = [_core.tensor(given[k]) for k in varied]
    shape = broadcast_shapes(*(tuple(t._shape) for t in tensors))
    if 0 in shape and self.otypes is None:
      raise ValueError("cannot call `vectorize` on size 0 inputs unless "
                       "`otypes` is set")

    def element(*values):
      at = {**given, **dict(zip(varied, values))}
      return _plain(self.pyfunc(*(at[i] for i in range(len(args))),
                                **{k: at[k] for k in kwargs}))
    found = _mapped(element, tensors, shape)
    dtypes = self._dtypes(element, tensors, found)
    found = [call("astype", [t], dtype=d) for t, d in zip(found, dtypes)]
    return found[0] if len(found) == 1 else tuple(found)

  def _dtypes(self, element, tensors, found):
    """As NumPy has them, by a call with elements of the arrays' dtypes."""
    if self.otypes is not None:
      otypes = [self.otypes] if isinstance(self.otypes, type) else self.otypes
      return [np.dtype(o).name for o in otypes]
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


def _mapped(element, tensors, shape):
  """element(*tensors) for all elements: tensors of `shape`."""
  flat = [call("reshape", [call("broadcast_to", [call(
      "astype", [t], dtype=_wide(t))], shape=shape)], shape=(-1,))
      for t in tensors]
  found, _ = vectorized(element, [(t._dtype_name, ()) for t in flat], flat)
  return [call("reshape", [t], shape=(*shape, *t._shape[1:])) for t in found]


def like(given, pyfunc):
  """The stand-in of an np.vectorize object, of the function `pyfunc`."""
  return vectorize(pyfunc, given.otypes, excluded=given.excluded,
                   signature=given.signature)
