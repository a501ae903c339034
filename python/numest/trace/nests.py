"""Nests of values: tuples and dicts of leaves, and their specs."""
import dataclasses

import numpy as np

from numest import _core
from numest.dtypes import as_dtype


def fields(value):
  """A dictionary of what a dataclass holds; any other value as it is."""
  if dataclasses.is_dataclass(value) and not isinstance(value, type):
    return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
  return value


def flatten(value):
  """Leaves in order: dict values, items of tuples and lists."""
  if isinstance(value, dict):
    return [leaf for v in value.values() for leaf in flatten(v)]
  if isinstance(value, (tuple, list)):
    return [leaf for v in value for leaf in flatten(v)]
  return [value]


def is_leaf_spec(spec):
  return not isinstance(spec, dict) and len(spec) == 2 and isinstance(
      spec[0], str)


def spec_leaves(spec):
  """(dtype name, shape) of each leaf of a core spec."""
  if is_leaf_spec(spec):
    return [spec]
  children = spec.values() if isinstance(spec, dict) else spec
  return [leaf for child in children for leaf in spec_leaves(child)]


def structure(value):
  """A text that is equal for nests of one structure: {a: *, b: (*, *)}."""
  value = fields(value)
  if isinstance(value, dict):
    return "{" + ", ".join(f"{k}: {structure(v)}"
                           for k, v in value.items()) + "}"
  if isinstance(value, (tuple, list)):
    return "(" + ", ".join(map(structure, value)) + ")"
  return "*"


def build(spec, leaves, leaf):
  """The structure of a core spec, with `leaf(next(leaves), spec)` in it."""
  if is_leaf_spec(spec):
    return leaf(next(leaves), spec)
  if isinstance(spec, dict):
    return {k: build(v, leaves, leaf) for k, v in spec.items()}
  return tuple(build(v, leaves, leaf) for v in spec)


def retyped(spec, leaves):
  """The structure of `spec` with the types of the tensors `leaves`."""
  if isinstance(spec, dict):
    return {k: retyped(v, leaves) for k, v in spec.items()}
  if isinstance(spec, list):
    return [retyped(v, leaves) for v in spec]
  t = next(leaves)
  return (t._dtype_name, tuple(t._shape))


def spec_of(value):
  """The core spec of a nest of values; lists stand for tuples."""
  if isinstance(value, dict):
    return {k: spec_of(v) for k, v in value.items()}
  if isinstance(value, (tuple, list)):
    return [spec_of(v) for v in value]
  t = as_tensor(value)
  return (t._dtype_name, tuple(t._shape))


def as_tensor(value):
  """A leaf that a user's function gave, as a tensor of its final type.

  Raises:
    OverflowError: an int of Python that int32 does not hold; what is known
      only when the program runs is an error then.
  """
  t = leaf(value)
  if not t.is_weak:
    return t
  if t._dtype_name == "int64":
    t = _of_32_bits(t)
  dtype = _PLAIN.get(t._dtype_name, t._dtype_name)
  return _core.call("astype", [t], {"dtype": dtype})


def leaf(value):
  """A leaf that a user's function gave, as a tensor; weak for Python's
  numbers."""
  if value is None:
    raise TypeError("the function returned None, expected tensors, arrays or "
                    "numbers, in tuples or dicts")
  # A subclass of bytes with a dtype and a shape would be taken for an array.
  return _core.tensor(bytes(value) if isinstance(value, bytes) else value)


def _of_32_bits(t):
  if t.is_symbolic:
    return _core.call("check_range", [t], {
        "low": _INT32.min, "high": _INT32.max, "what": (
            "int that the function returned, an int32 as all ints of Python "
            "(return np.int64(value))")})
  value = int(t._numpy())
  if not _INT32.min <= value <= _INT32.max:
    raise OverflowError(
        f"the function returned the int {value}, but ints of Python become "
        "int32, which does not hold it; return np.int64(value)")
  return t


# Python's numbers have TensorFlow's default types.
_INT32 = np.iinfo(np.int32)
_PLAIN = {"float64": "float32", "int64": "int32"}


def call_user(function, element):
  """Tuples are the arguments; anything else is the only one."""
  return function(*element) if isinstance(element, tuple) else function(
      element)


def sample(dtype, shape):
  """Zeros of the type, to learn what a function gives."""
  extents = _extents(shape, unknown=2)
  if dtype == "bytes":
    return np.full(extents, b"", dtype=object)
  return np.zeros(extents, as_dtype(dtype).as_numpy_dtype)


def ramp(dtype, shape):
  """As `sample`, but with other values and other extents where unknown."""
  extents = _extents(shape, unknown=3)
  if dtype == "bytes":
    return np.full(extents, b"1", dtype=object)
  made = as_dtype(dtype).as_numpy_dtype
  numbers = np.arange(1, 1 + int(np.prod(extents))).reshape(extents)
  # Integers are often positions in something: 0 and 1 are the safest.
  kind = np.dtype(made).kind
  if kind == "c":
    numbers = numbers * (1 + 1j)
  return (numbers if kind in "fc" else numbers % 2).astype(made)


def is_unknown(extent):
  return extent is None or extent < 0


def _extents(shape, unknown):
  return tuple(unknown if is_unknown(e) else e for e in shape)
