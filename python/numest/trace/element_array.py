"""The arrays of an element as Python's functions get them: ndarrays, with
TensorFlow's names for what they are."""
import numpy as np

from numest.tensor import TensorShape


class _Extents(TensorShape):
  """A shape whose text is that of a tuple, as headers of .npy files hold it."""

  __repr__ = tuple.__repr__
  __hash__ = TensorShape.__hash__


class ElementArray(np.ndarray):
  """An ndarray, for which isinstance, buffers and C functions work, that also
  takes what code for tensors asks: .numpy(), .shape.as_list()."""

  __slots__ = ()

  def numpy(self):
    """The plain ndarray of the same memory, a NumPy scalar if it has no
    axes."""
    return self.view(np.ndarray)[()]

  def __reduce__(self):  # other processes need not know this class
    return self.view(np.ndarray).__reduce__()

  @property
  def shape(self):
    """The extents, a tuple with TensorFlow's methods."""
    return _Extents(np.ndarray.shape.__get__(self))

  @shape.setter
  def shape(self, extents):
    np.ndarray.shape.__set__(self, extents)

  def get_shape(self):
    """As .shape."""
    return self.shape

  def set_shape(self, shape):
    """ValueError if an extent that `shape` tells is another one."""
    given = tuple(shape)
    if len(given) != self.ndim or any(
        e is not None and e != own for e, own in zip(given, self.shape)):
      raise ValueError(f"set_shape: got {given}, but the array has shape "
                       f"{tuple(self.shape)}")

  def __repr__(self):
    return repr(self.view(np.ndarray))

  def __hash__(self):
    """Of the scalar, a key of a dictionary; TypeError with axes."""
    return hash(self.item()) if not self.ndim else hash(self.numpy())


# reprlib, and so pdb, tells types by this name.
ElementArray.__name__ = "ndarray"


def array_repr(arr, *args, **kwargs):
  """np.array_repr, which names the class of what is no plain ndarray."""
  if isinstance(arr, ElementArray):
    arr = arr.view(np.ndarray)
  return np.array_repr(arr, *args, **kwargs)


class ElementBytes(np.bytes_):
  """A text without axes: bytes, with what code for tensors asks.

  NumPy's class of bytes is the only one that np.array takes in lists."""

  __slots__ = ()
  dtype, ndim, shape = np.dtype(object), 0, _Extents(())

  def numpy(self):
    """Plain bytes."""
    return bytes(self)

  item = tolist = numpy
  __repr__ = bytes.__repr__

  def __reduce__(self):
    return bytes, (bytes(self),)

  def get_shape(self):
    """As .shape."""
    return self.shape

  def set_shape(self, shape):
    """ValueError unless `shape` has no axes."""
    _no_axes(shape)


def _no_axes(shape):
  if len(tuple(shape)):
    raise ValueError(f"set_shape: got {tuple(shape)}, but the array has shape "
                     "()")


def _scalar_class(base):
  """`base`, a class of NumPy's scalars, with what code for tensors asks."""
  def plain(self):
    """NumPy's own scalar."""
    return base(self)
  return type(base.__name__, (base,), {
      "__slots__": (), "numpy": plain, "shape": _Extents(()),
      "get_shape": lambda self: self.shape,
      "set_shape": lambda self, shape: _no_axes(shape),
      "__reduce__": lambda self: base(self).__reduce__(),
      "__doc__": f"A {base.__name__} of an element."})


# NumPy's bool is not to be derived from: it stays an array without axes.
_SCALARS = {base: _scalar_class(base) for base in (
    np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32,
    np.uint64, np.float16, np.float32, np.float64, np.complex64,
    np.complex128)}


def element_array(leaf, is_writable=False):
  """A leaf from the core: a read-only view, or a copy that may be written to;
  a scalar or bytes if it has no axes, as rows of arrays are.

  Args:
    leaf: an ndarray, a NumPy scalar or bytes.
  """
  if isinstance(leaf, np.ndarray) and not leaf.ndim:
    leaf = leaf[()]
  if isinstance(leaf, bytes):
    return ElementBytes(leaf)
  if type(leaf) in _SCALARS:
    return _SCALARS[type(leaf)](leaf)
  made = np.array(leaf) if is_writable else np.asarray(leaf)
  made = made.view(ElementArray)
  made.flags.writeable = is_writable
  return made
