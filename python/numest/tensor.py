"""Tensor: operators, NumPy protocols and TensorFlow's attributes.

The class is the core's; this module adds what belongs to Python.
"""
import operator
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from numest import _core, trace_state
from numest.dtypes import DType, as_dtype

Tensor = _core.Tensor


class TensorShape(tuple):
  """A shape; unknown extents are None. Equals a tuple or a list.

  While a function is traced, an item that is not known is a traced int."""

  def as_list(self) -> list[int | None]:
    """The extents as a list; unknown ones are None."""
    return [None if isinstance(e, Tensor) else e for e in self]

  @property
  def ndims(self) -> int:
    """Number of axes."""
    return len(self)

  rank = ndims

  @property
  def dims(self) -> list[int | None]:
    """The extents as a list."""
    return self.as_list()

  def is_fully_defined(self) -> bool:
    """Whether every extent is known."""
    return None not in self.as_list()

  def num_elements(self) -> int | None:
    """Product of the extents; None if one is unknown."""
    return int(np.prod(self)) if self.is_fully_defined() else None

  def __eq__(self, other):
    return self.as_list() == TensorShape(other).as_list()

  def __ne__(self, other):
    return not self == other

  def __hash__(self):
    return hash(tuple(self.as_list()))

  def __repr__(self):
    return f"TensorShape({self.as_list()})"


def call(name, inputs, **attrs) -> Any:
  """Calls an op of the table by name."""
  if trace_state.in_trace():
    trace_state.mark_location()
  return _core.call(name, inputs, attrs)


def _shape(self) -> TensorShape:
  """Extents of the axes; None, or a traced int, where unknown."""
  known = self._shape
  if min(known, default=0) >= 0:
    return TensorShape(known)
  if not trace_state.in_trace():
    return TensorShape(None if e < 0 else e for e in known)
  from numest.numpy_forms import extents  # avoids a cycle at import
  return TensorShape(extents.extent(self, i) for i in range(self.ndim))


def _array(self, dtype=None, copy=None) -> np.ndarray:
  if self.is_symbolic:
    raise TypeError(f"NumPy asked for the values of {self!r}, which are not "
                    "known while a model function or mapped function is "
                    "traced: a function without graph form, or array[tensor], "
                    "where the array is data; write tf.gather(array, tensor) "
                    "for the latter")
  value = self._numpy()
  return value if dtype is None else value.astype(dtype)


def floor_of_quotient(x1, x2) -> Tensor:
  """floor(x1 / x2), as the array API standard and TensorFlow have it: NumPy
  and Python have nan or -1 where an argument is infinite."""
  result = call("floor_divide", [x1, x2])
  if "float" not in result._dtype_name:
    return result
  is_infinite = call("logical_or", [call("isinf", [x1]), call("isinf", [x2])])
  quotient = call("divide", [x1, x2]).astype(result._dtype_name)
  return call("where", [is_infinite, call("floor", [quotient]), result])


# What takes Python's ints as numbers, of whatever size.
_OF_ANY_INT = {"equal", "not_equal", "less", "less_equal", "greater",
               "greater_equal", "logical_and", "logical_or", "logical_xor",
               "divide", "arctan2", "hypot", "logaddexp", "logaddexp2",
               "copysign", "nextafter", "heaviside", "float_power", "ldexp"}


def check_ints(name, operands):
  """Raises OverflowError for a Python int that the arrays' dtype, an integer,
  does not hold, as NumPy 2 does."""
  for value in operands:
    if type(value) is not int or name in _OF_ANY_INT:
      continue
    for other in operands:
      if isinstance(other, Tensor) and not other.is_weak and (
          "int" in other._dtype_name):
        limits = np.iinfo(other._dtype_name)
        if not limits.min <= value <= limits.max:
          raise OverflowError(f"Python integer {value} out of bounds for "
                              f"{other._dtype_name}")


def _is_data(*operands):
  """True outside of functions that are NumPy to their users."""
  return not (trace_state.in_trace() or trace_state.writes_elements() or
              has_symbolic(operands))


def _binary(name, reverse=False):
  def method(self, other) -> Tensor:
    if not _is_operand(other) and not _is_text(name, self, other):
      return NotImplemented
    if isinstance(other, (list, tuple)) and has_symbolic(other):
      from numest.trace import numpy_calls  # avoids a cycle at import
      other = numpy_calls.joined(other)
    operands = (other, self) if reverse else (self, other)
    if type(other) is int:
      check_ints(name, operands)
    result = (floor_of_quotient(*operands)
              if name == "floor_divide" and _is_data(*operands)
              else call(name, operands))
    # Python numbers give Python numbers, which take the dtype of arrays.
    is_number = self.is_weak and (isinstance(other, (int, float, complex)) or (
        isinstance(other, Tensor) and other.is_weak))
    if not is_number:
      return result
    if name in _BY_ZERO and trace_state.in_trace():
      from numest.trace import refusals  # avoids a cycle at import
      refusals.refuse_zero(operands[1])
    return result._as_weak()
  return method


# Python's numbers refuse 0 on their right, where arrays give inf, nan or 0.
_BY_ZERO = ("divide", "floor_divide", "remainder")


def _unary(name):
  def method(self) -> Tensor:
    result = call(name, [self])
    return result._as_weak() if self.is_weak else result
  return method


def _in_place(name):
  plain = _binary(name)

  def method(self, other) -> Tensor:
    if trace_state.writes_elements() and not self.is_symbolic:
      value = self._numpy()
      _ELEMENTWISE[name](value, _concrete(other), out=value,
                         casting="same_kind")
      return self
    result = plain(self, other)
    if result is NotImplemented or self.is_weak or (
        not trace_state.in_trace()):
      return result
    from numest.trace import views  # avoids a cycle at import
    views.assign(self, result)
    return self
  return method


def _concrete(x):
  return x._numpy() if isinstance(x, Tensor) else x


def has_symbolic(values):
  """True if one of the values, or of lists and tuples in them, is symbolic."""
  for value in values:
    if isinstance(value, Tensor) and value.is_symbolic:
      return True
    if isinstance(value, (list, tuple)) and has_symbolic(value):
      return True
  return False


def _is_operand(x):
  return isinstance(x, (Tensor, np.ndarray, np.generic, bool, int, float,
                        complex, list, tuple)) or hasattr(x, "_as_tensor")


def _is_text(name, tensor, other):
  """True for == and != of texts, which are bytes: Python compares by identity
  what no operator takes."""
  return name in ("equal", "not_equal") and isinstance(other, bytes) and (
      tensor._dtype_name == "bytes")


def _getitem(self, key) -> Tensor:
  if isinstance(key, (str, bytes)):
    raise TypeError(f"a tensor has no key {key!r}: it is one array, expected "
                    "a dictionary of features; let input_fn return one")
  if not self.is_symbolic and not trace_state.in_trace():
    return _core.constant(self._numpy()[_concrete_key(key)])
  from numest.trace import indexing  # avoids a cycle at import
  if trace_state.in_trace():
    trace_state.mark_location()
  return indexing.get(self, key)


def _setitem(self, key, value) -> None:
  """x[key] = value. On data the tensor gets a new array: what it was made of,
  and tensors that were taken out of it, stay as they are."""
  if trace_state.writes_elements() and not self.is_symbolic:
    self._numpy()[_concrete_key(key)] = _concrete(value)
    return
  if not trace_state.in_trace():
    _set_on_data(self, key, value)
    return
  from numest.trace import indexing  # avoids a cycle at import
  trace_state.mark_location()
  indexing.put(self, key, value)


def _set_on_data(tensor, key, value):
  if tensor.is_symbolic:
    raise TypeError("'Tensor' object does not support item assignment: its "
                    "values are not known while the model is built; use "
                    "np.where")
  changed = np.array(tensor._numpy())
  changed[_concrete_key(key)] = _concrete(value)
  tensor._replace(_core.constant(changed))


def _concrete_key(key):
  return tuple(map(_concrete, key)) if isinstance(key, tuple) else (
      _concrete(key))


def _repr(self) -> str:
  if self.is_symbolic:
    _check_text()
    return f"<tf.{self._to_string()}>"
  value = self._numpy()
  shown = repr(value) if value.ndim else str(value.item())
  return (f"<tf.Tensor: shape={tuple(self._shape)}, dtype={self.dtype.name}, "
          f"numpy={shown}>")


_OPERATORS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide",
    "floordiv": "floor_divide", "mod": "remainder", "pow": "power",
    "matmul": "matmul", "and": "bitwise_and", "or": "bitwise_or",
    "xor": "bitwise_xor", "lshift": "left_shift", "rshift": "right_shift",
}
_UNARY = {"neg": "negative", "abs": "absolute", "pos": "positive",
          "invert": "invert"}
_ELEMENTWISE = {op: getattr(np, op) for op in _OPERATORS.values()}
_COMPARISONS = {"lt": "less", "le": "less_equal", "gt": "greater",
                "ge": "greater_equal", "eq": "equal", "ne": "not_equal"}


def _install():
  for python_name, op in _OPERATORS.items():
    setattr(Tensor, f"__{python_name}__", _binary(op))
    setattr(Tensor, f"__r{python_name}__", _binary(op, reverse=True))
    setattr(Tensor, f"__i{python_name}__", _in_place(op))
  for python_name, op in _COMPARISONS.items():
    setattr(Tensor, f"__{python_name}__", _binary(op))
  Tensor.__hash__ = _hash
  for python_name, op in _UNARY.items():
    setattr(Tensor, f"__{python_name}__", _unary(op))
  Tensor.__divmod__, Tensor.__rdivmod__ = _divmod, _rdivmod
  Tensor.__round__ = _round
  Tensor.__getitem__ = _getitem
  Tensor.__setitem__ = _setitem
  Tensor.__contains__ = _contains
  Tensor.__array__ = _array
  Tensor.__repr__ = _repr
  Tensor.__len__ = _len
  Tensor.__bool__ = _bool
  Tensor.__int__ = _int
  Tensor.__index__ = _index
  Tensor.__float__ = _float
  Tensor.__complex__ = _complex
  Tensor.__iter__ = _iter
  Tensor.__format__ = _format
  Tensor.shape = property(_shape)
  Tensor.dtype = property(_dtype)
  Tensor.numpy = _value
  Tensor.get_shape = _get_shape
  Tensor.set_shape = _set_shape
  Tensor.name = property(_name)
  Tensor.op = property(_op)
  from numest import array_methods  # uses the operators above
  array_methods.install(Tensor)
  from numest import protocols, ufuncs
  Tensor.__array_ufunc__ = ufuncs.array_ufunc
  Tensor.__array_function__ = protocols.array_function


def _hash(self) -> int:
  """By identity; but of the value where the function of an element asks, for
  which a tensor is a number: as a key of a dictionary or a member of a set."""
  run = trace_state.active()
  if run is None or run.is_model or trace_state.is_ours(
      sys._getframe(1).f_code.co_filename):
    return object.__hash__(self)
  if self.ndim:
    raise TypeError("unhashable type: 'numpy.ndarray'")
  if self.is_symbolic:
    trace_state.refuse_key()
  return hash(self._numpy().item())


def _divmod(self, other) -> tuple[Tensor, Tensor]:
  return self // other, self % other


def _rdivmod(self, other) -> tuple[Tensor, Tensor]:
  return other // self, other % self


def _round(self, ndigits=None) -> Any:
  value = self._numpy()
  value = value[()] if value.ndim == 0 else value
  return value.__round__() if ndigits is None else value.round(ndigits)


def _bool(self) -> bool:
  return bool(self._numpy())


def _int(self) -> int:
  if self.is_symbolic and trace_state.in_trace():
    raise TypeError(f"Python asked for the number of {self!r}, which is not "
                    "known while the function is traced: it is a position in "
                    "a list or the bound of a range; write "
                    "np.array(items)[i] for items[i]")
  return int(self._numpy())


def _index(self) -> int:
  if self.is_symbolic and trace_state.in_trace():
    return _int(self)  # says what to write
  return operator.index(self._numpy()[()])


def _float(self) -> float:
  return float(self._numpy())


def _complex(self) -> complex:
  return complex(self._numpy())


def _contains(self, value) -> bool:
  return bool((self == value).any())


def _iter(self) -> Iterator[Tensor]:
  if self.ndim and self._shape[0] < 0:
    raise TypeError(f"the rows of {self!r} are not counted while the function "
                    "is traced, so a for statement can go over them, but "
                    "nothing else; write f(x) by axis=, or tf.vmap(f)(x) for "
                    "np.array([f(row) for row in x])")
  return (self[i] for i in range(len(self)))


def _format(self, spec: str) -> str:
  if not self.is_symbolic:
    return format(self._numpy(), spec)
  _check_text()
  return format(f"<tf.{self._to_string()}>", "")  # no number to be formatted


def _check_text():
  if trace_state.in_trace():
    from numest.trace import texts  # avoids a cycle at import
    texts.check()


def _dtype(self) -> DType:
  """The element type; compares equal to its NumPy dtype and its name."""
  return as_dtype(self._dtype_name)


def _get_shape(self) -> TensorShape:
  """As .shape."""
  return self.shape


def _op(self) -> Tensor:
  """The operation that makes it, here the tensor itself."""
  return self


def _value(self) -> Any:
  """The value as an ndarray, a NumPy scalar if it has no axes; read-only
  memory stays so. While a function is traced: the tensor itself."""
  if trace_state.in_trace():  # the value is what flows through the trace
    return self
  value = self._numpy()
  return value[()] if value.ndim == 0 else value


def _name(self) -> str:
  """Name in the graph, such as "Tensor:0"."""
  name = self._node_name or "Tensor"
  return name if ":" in name else f"{name}:0"


def _len(self) -> int:
  if not self.ndim:
    raise TypeError("len() of a scalar tensor")
  if self._shape[0] < 0:
    raise TypeError("len() of a tensor whose first extent is not known "
                    "while it is traced; use tf.shape(x)[0]")
  return self._shape[0]


def _set_shape(self, shape) -> None:
  """Checks the extents that are known; ValueError if one differs."""
  known = tuple(None if e < 0 else e for e in self._shape)
  if len(known) != len(tuple(shape)) or any(
      a is not None and b is not None and a != b
      for a, b in zip(known, tuple(shape))):
    raise ValueError(f"set_shape: got {tuple(shape)}, but the tensor has "
                     f"shape {known}")


_install()
