"""Extents that are not known while a function is traced: traced ints, and
symbols as attributes of ops have them (docs/design/symbolic_extents.md)."""
import operator

from numest.tensor import Tensor, call


def is_traced(value):
  return isinstance(value, Tensor) and value.is_symbolic


def count_up(count):
  """0, 1, ..., count - 1 for a traced count."""
  known = getattr(count, "__dict__", {}).get("_extent_of")
  if known is not None:
    return call("arange_like", [known[0]], axis=known[1])
  if "int" not in count._dtype_name:
    raise TypeError(f"'{count._dtype_name}' object cannot be interpreted as "
                    "an integer")
  return call("count_up", [count])


class Symbol(int):
  """A traced extent as a symbol, with the positions that it belongs to."""

  def __new__(cls, extent):
    positions = count_up(extent)
    made = super().__new__(cls, positions._shape[0])
    made.positions = positions
    return made


def of(shape):
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


def positions(a, axis):
  """0, 1, ... along an axis of a tensor, whose extent may not be known."""
  return call("arange_like", [a], axis=axis)
