"""Element types under TensorFlow's names."""
import numpy as np


# What code that takes ndarrays asks of their dtype.
_OF_NUMPY = {"alignment", "base", "byteorder", "char", "fields", "hasobject",
             "isbuiltin", "isnative", "itemsize", "kind", "names",
             "newbyteorder", "num", "str", "subdtype", "type"}


class DType:
  """An element type: compares equal to its NumPy dtype and to its name, and
  has the attributes of both."""

  def __init__(self, name, numpy_type):
    self.name = name
    self.as_numpy_dtype = numpy_type
    self.as_numpy_name = "bytes" if name == "string" else name

  @property
  def is_floating(self):
    """Whether it is a floating type."""
    return self.name in ("float16", "bfloat16", "float32", "float64")

  @property
  def is_integer(self):
    """Whether it is an integer type, signed or not."""
    return "int" in self.name

  def __eq__(self, other):
    if isinstance(other, DType):
      return self.name == other.name
    if other is None:  # is NumPy's float64 elsewhere
      return False
    try:
      return as_dtype(other).name == self.name
    except TypeError:
      return False

  def __hash__(self):
    return hash(self.name)

  def __repr__(self):
    return f"tf.{self.name}"

  def __array_dtype__(self):
    return np.dtype(self.as_numpy_dtype)

  def __getattr__(self, name):
    if name in _OF_NUMPY:
      return getattr(np.dtype(self.as_numpy_dtype), name)
    raise AttributeError(f"{self!r} has no attribute {name!r}")

  @property
  def dtype(self):  # np.dtype(tf.float32) works through this attribute
    """NumPy's dtype."""
    return np.dtype(self.as_numpy_dtype)


_TYPES = {
    "bool": np.bool_, "int8": np.int8, "int16": np.int16, "int32": np.int32,
    "int64": np.int64, "uint8": np.uint8, "uint16": np.uint16,
    "uint32": np.uint32, "uint64": np.uint64, "float16": np.float16,
    "bfloat16": np.float32, "float32": np.float32, "float64": np.float64,
    "complex64": np.complex64, "complex128": np.complex128,
    "string": np.object_,
}
BY_NAME = {name: DType(name, t) for name, t in _TYPES.items()}
BY_NAME["bytes"] = BY_NAME["string"]


def as_dtype(value):
  """A DType from a name, a NumPy dtype or a Python type; TypeError else."""
  if isinstance(value, DType):
    return value
  if isinstance(value, str) and value in BY_NAME:
    return BY_NAME[value]
  try:
    dtype = np.dtype(value)
  except (TypeError, ValueError):  # a text may be no list of formats
    raise TypeError(f"dtype: got {value!r}, expected one of "
                    f"{', '.join(sorted(BY_NAME))}") from None
  if dtype.kind in "SUO":
    return BY_NAME["string"]
  if dtype.name not in BY_NAME:
    raise TypeError(f"dtype: got {value!r}, expected one of "
                    f"{', '.join(sorted(BY_NAME))}")
  return BY_NAME[dtype.name]
