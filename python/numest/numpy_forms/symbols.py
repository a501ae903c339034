"""Extents that are not known while a function is traced, as attributes of ops
(docs/design/symbolic_extents.md)."""
import operator

from numest.numpy_forms.extents import count_up, is_traced
from numest.tensor import call


class Symbol(int):
  """A traced extent as a symbol, with the positions that it belongs to."""

  def __new__(cls, extent):
    positions = count_up(extent)
    made = super().__new__(cls, positions._shape[0])
    made.positions = positions
    return made


def symbols(shape):
  """A shape with symbols for traced extents."""
  shape = shape if isinstance(shape, (tuple, list)) else (shape,)
  return tuple(Symbol(e) if is_traced(e) else operator.index(e)
               for e in shape)


def bound(value, shape):
  """`value`, computed when the symbols of `shape` are known; an op that names
  a symbol does not take what makes it."""
  positions = [e.positions for e in shape if isinstance(e, Symbol)]
  if not positions:
    return value
  return call("with_dependencies", [value, *positions])
