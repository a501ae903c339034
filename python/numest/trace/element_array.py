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

  def __hash__(self):
    """Of the scalar, a key of a dictionary; TypeError with axes."""
    return hash(self.item()) if not self.ndim else hash(self.numpy())


# np.array_repr names the class of what is no plain ndarray.
ElementArray.__name__ = "array"


def element_array(leaf, is_writable=False):
  """A leaf from the core: a read-only view, or a copy that may be written to.

  Args:
    leaf: an ndarray; without axes a NumPy scalar or bytes.
  """
  if isinstance(leaf, bytes):  # NumPy's own bytes lose zeros at the end
    made = np.empty((), object)
    made[()] = leaf
  else:
    made = np.array(leaf) if is_writable else np.asarray(leaf)
  made = made.view(ElementArray)
  made.flags.writeable = is_writable
  return made
