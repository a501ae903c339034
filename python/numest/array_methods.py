"""Methods and attributes that tensors share with ndarrays."""
from typing import Any

import numpy as np

from numest import _core, trace_state
from numest._core import Tensor

def _functions():
  from numest import numpy_functions  # avoids a cycle at import
  return numpy_functions


def _method(name):
  """A method that is the NumPy function of the same name."""
  def method(self, *args, out=None, **kwargs):
    result = getattr(_functions(), name)(self, *args, **kwargs)
    if out is None:
      return result
    _functions().assign(f"{name} with out=", out, result)
    return out
  method.__name__ = name
  method.__doc__ = f"As np.{name} of this tensor."
  if name != "nonzero":  # a tuple
    method.__annotations__["return"] = Tensor
  return method


def _transpose(self, *axes) -> Tensor:
  """The axes in another order, reversed by default."""
  axes = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
  return _functions().transpose(self, axes or None)


def _reshape(self, *shape, order="C") -> Tensor:
  """The elements in another shape; one extent may be -1."""
  shape = shape[0] if len(shape) == 1 else shape
  return _functions().reshape(self, shape, order)


def _astype(self, dtype, order="K", casting="unsafe", subok=True,
            copy=True) -> Tensor:
  """The elements converted to another dtype; None is float64."""
  dtype = "float64" if dtype is None else dtype
  if isinstance(dtype, str) and len(dtype) < 3:  # "f", "i4"
    dtype = np.dtype(dtype).name
  if casting != "unsafe":
    from numest.numpy_forms.axes import check_casting  # avoids a cycle
    check_casting("astype", [self], dtype, casting)
  result = _core.call("astype", [self], {"dtype": dtype})
  same = result._dtype_name == self._dtype_name and not self.is_weak
  return self if same and not copy else result


def _compress(self, condition, axis=None) -> Tensor:
  """The elements of the axis where the condition is true."""
  return _functions().compress(condition, self, axis)


def _partition(self, kth, axis=-1) -> None:
  """Orders in place around the kth element; in traced functions only."""
  self[...] = _functions().partition(self, kth, axis)


def _copy(self, order="C") -> Tensor:
  """A tensor of its own with the same elements."""
  return _own(self)


def _own(tensor):
  """A tensor of the same value that shares no memory that is written to."""
  if trace_state.writes_elements() and not tensor.is_symbolic:
    return _core.constant(np.array(tensor._numpy()))
  made = tensor._alias()
  made._born = _core.next_node_id()
  return made


def _fill(self, value) -> None:
  """Writes one value everywhere; in traced functions only."""
  self[...] = value


def _flat(self):
  """All elements in row-major order; writes go through for any strides."""
  from numest.numpy_forms.views import view_of  # avoids a cycle at import
  return view_of(self, _core.functions.ravel, lambda p, v: _core.call(
      "reshape", [v], {"shape": p._shape}))


def _fill_flat(self, value) -> None:
  """Writes values in row-major order; in traced functions only."""
  _functions().put(self, np.arange(self.size), value)


def _sort(self, axis=-1, kind=None, order=None, *, stable=None) -> None:
  """Sorts in place; in traced functions only."""
  self[...] = _functions().sort(self, axis)


def _item(self, *args) -> Any:
  """One element as a Python number."""
  args = args[0] if len(args) == 1 and isinstance(args[0], tuple) else args
  flat = _functions().ravel(self) if len(args) == 1 else self
  value = flat[args] if args else self
  if value.is_symbolic:
    return _functions().reshape(value, ())._as_weak()
  return value._numpy().item()


def _tolist(self) -> list:
  """Nested lists of Python numbers; TypeError if symbolic."""
  if self.is_symbolic:
    raise TypeError("tolist: the values of a symbolic tensor are not known")
  return self._numpy().tolist()


def _size(self) -> Any:
  """Number of elements, an int where the shape is known."""
  if min(self._shape, default=0) < 0:
    return _core.call("extent", [_core.functions.ravel(self)],
                      {"axis": 0})._as_weak()
  return int(np.prod(self._shape, dtype=np.int64))


def _view(self, dtype=None, type=None) -> Tensor:
  """The same memory, its bytes read as those of `dtype`, which the last axis
  holds a whole number of."""
  own = self._dtype_name
  wanted = np.dtype(own if dtype is None else dtype)
  if not wanted.isnative or wanted.fields:
    raise TypeError(f"view: got {wanted}, expected a dtype of numbers in the "
                    "machine's byte order")
  if wanted.name == own:
    return self[...]

  from numest.trace import views  # avoids a cycle at import

  def read_as(name, value):
    return _core.call("bitcast", [value], {"dtype": name})
  return views.view(self, lambda value: read_as(wanted.name, value),
                    lambda old, new: read_as(own, new))


def _deepcopy(self, memo) -> Tensor:
  return _own(self)


def _flatten(self, order="C") -> Tensor:
  """The elements along one axis, a tensor of its own."""
  return _own(_functions().ravel(self, order))


def _conjugate(self) -> Tensor:
  """Complex conjugates."""
  return _core.call("conjugate", [self], {})


def _real(self) -> Tensor:
  """Real parts; the tensor itself unless complex."""
  return _functions().real(self)


def _imag(self) -> Tensor:
  """Imaginary parts; zeros unless complex."""
  return _functions().imag(self)


def _itemsize(self) -> int:
  """Bytes of one element."""
  return self.dtype.dtype.itemsize


def _nbytes(self) -> Any:
  """Bytes of all elements."""
  return self.size * self.itemsize


def _dlpack_device(self) -> tuple[int, int]:
  return _exported(self).__dlpack_device__()


def _dlpack(self, *, stream=None, max_version=None, dl_device=None, copy=None):
  """The memory of the tensor, for np.from_dlpack and its kin; no copy."""
  given = {"stream": stream, "max_version": max_version,
           "dl_device": dl_device, "copy": copy}
  return _exported(self).__dlpack__(
      **{k: v for k, v in given.items() if v is not None})


def _exported(self):
  value = self._numpy()
  if value.dtype == object:
    raise BufferError("__dlpack__: strings have no memory that others read")
  return value


def _array_namespace(self, /, *, api_version=None):
  """The array API standard over tensors, numest.array_api."""
  from numest import array_api  # its functions use the methods of this module
  known = ("2021.12", "2022.12", "2023.12", array_api.__array_api_version__)
  if api_version not in (None, *known):
    raise ValueError(f"__array_namespace__: got api_version={api_version!r}, "
                     f"expected one of {', '.join(known)}")
  return array_api


def _to_device(self, device, /, *, stream=None) -> Tensor:
  """The tensor itself: "cpu" is the only device."""
  if device != "cpu" or stream is not None:
    raise ValueError(f"to_device: got device {device!r} and stream {stream!r},"
                     " expected 'cpu' and None")
  return self


def _of_data(name):
  """An attribute of ndarrays that tells of memory: of data, the ndarray's."""
  def attribute(self) -> Any:
    if self.is_symbolic:
      raise AttributeError(f"'Tensor' object has no attribute {name!r} while "
                           "the function is traced: it tells of memory")
    return getattr(self._numpy(), name)
  return property(attribute, doc=f"{name} of the ndarray; of data only.")


_SAME_NAME = (
    "sum mean max min prod std var all any argmax argmin cumsum cumprod clip "
    "round repeat dot argsort take swapaxes squeeze ravel diagonal trace ptp "
    "nonzero searchsorted argpartition put choose").split()


def install(cls):
  """Adds the methods to the Tensor class."""
  for name in _SAME_NAME:
    setattr(cls, name, _method(name))
  cls.transpose = _transpose
  cls.reshape = _reshape
  cls.astype = _astype
  cls.copy = cls.__copy__ = _copy
  cls.__deepcopy__ = _deepcopy
  cls.flatten = _flatten
  cls.fill = _fill
  cls.sort = _sort
  cls.partition = _partition
  cls.compress = _compress
  cls.item = _item
  cls.tolist = _tolist
  cls.view = _view
  cls.__dlpack__ = _dlpack
  cls.__dlpack_device__ = _dlpack_device
  cls.__array_namespace__ = _array_namespace
  cls.to_device = _to_device
  cls.device = property(lambda self: "cpu", doc="Always 'cpu'.")
  cls.T = property(_transpose)
  cls.mT = property(lambda self: _functions().swapaxes(self, -1, -2),
                    doc="The matrices of the last two axes, transposed.")
  cls.flat = property(_flat, _fill_flat)
  cls.size = property(_size)
  cls.itemsize = property(_itemsize)
  cls.nbytes = property(_nbytes)
  cls.real = property(_real)
  cls.imag = property(_imag)
  cls.conj = cls.conjugate = _conjugate
  for name in dir(np.ndarray):
    if name[0] != "_" and not hasattr(cls, name):
      setattr(cls, name, _of_data(name))
