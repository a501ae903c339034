"""What `np`, `math`, `random` and some builtins mean inside of a trace.

Nothing is patched: a copy of the user's function sees these in place of the
modules (see rebind.py). Most of NumPy needs nothing, because its functions ask
our tensors (see protocols.py); here stands what NumPy decides alone: making
arrays, casting by type, and the draws.
"""
import builtins
import types

import numpy as np

from numest import _core, numpy_functions
from numest.numpy_forms import elementwise, extents, writes
from numest import trace_state as state
from numest.tensor import Tensor, call, has_symbolic
from numest.trace import (comparisons, draws, index_tricks, nests,
                           numpy_calls, python_draws, python_math, refusals,
                           views)


class NumPy(types.ModuleType):
  """numpy, with functions of its own where a trace needs them."""

  def __init__(self, replaced):
    super().__init__("numpy")
    self.__dict__.update(replaced)

  def __getattr__(self, name):
    return getattr(np, name)


class _TracedNumPy(NumPy):
  """The same, with the other functions as a trace calls them."""

  _calls = numpy_calls.Calls()

  def __getattr__(self, name):
    return self._calls.member(name)


# --- arrays that may be written to: they are tensors of the trace ---
def _made(name):
  original = getattr(np, name)

  def make(*args, **kwargs):
    if has_symbolic([*args, *kwargs.values()]):
      return _made_of_traced(name, args, kwargs)
    return _constant(original(*args, **kwargs))
  make.__name__ = name
  return make


def _constant(value):
  """An array of numbers as a tensor; any other array as it is."""
  return _born(_core.constant(value)) if value.dtype.kind in "biufc" else value


def _born(tensor):
  """Notes when an array was made: a loop tells its own from others."""
  tensor._born = _core.next_node_id()
  return tensor


def _made_of_traced(name, args, kwargs):
  if name.endswith("_like"):
    return original_like(name, *args, **kwargs)
  if name == "full":
    return _full(*args, **kwargs)
  if name in ("eye", "identity", "arange", "tri"):
    kwargs.pop("order", None)
    made = getattr(extents, "eye" if name == "identity" else name)
    return made(*args, **kwargs)
  return extents.made(name, *args, **{k: v for k, v in kwargs.items()
                                      if k in ("shape", "dtype")})


def _full(shape, fill_value, dtype=None, order="C"):
  t = _core.tensor(numpy_calls.joined(fill_value))
  t = t if dtype is None else t.astype(dtype)
  shape = (shape,) if not isinstance(shape, (tuple, list)) else tuple(shape)
  if has_symbolic(shape):
    return extents.full(shape, t)
  return call("broadcast_to", [t], shape=shape)


def original_like(name, a, *args, **kwargs):
  """zeros_like and its kin of a traced array."""
  a = array(a) if isinstance(a, (list, tuple)) else a
  dtype, shape = kwargs.get("dtype"), kwargs.get("shape")
  if name == "full_like":
    fill = args[0] if args else kwargs["fill_value"]
    return elementwise.full_like(a, fill, args[1] if len(args) > 1 else dtype,
                                 shape)
  dtype = args[0] if args else dtype
  if shape is not None:
    return elementwise.full_like(a, int(name == "ones_like"), dtype, shape)
  op = "ones_like" if name == "ones_like" else "zeros_like"
  return call(op, [a], dtype=dtype)


def array(object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0,
          like=None):
  t = _joined(object)
  if t is None:
    return _constant(np.array(object, dtype=dtype, ndmin=ndmin))
  t = t._alias() if copy else t
  if dtype is not None:
    t = t.astype(dtype)
  elif t.is_weak:
    t = call("astype", [t], dtype=t._dtype_name)
  if t.ndim < ndmin:
    t = call("expand_dims", [t], axis=tuple(range(ndmin - t.ndim)))
  return _born(t) if copy else t


def asarray(a, dtype=None, order=None, copy=None, **ignored):
  if isinstance(a, Tensor) and not a.is_weak and (
      dtype is None or a._dtype_name == np.dtype(dtype).name):
    return array(a) if copy else a
  if copy is False:
    raise ValueError("Unable to avoid copy while creating an array as "
                     "requested.")
  return array(a, dtype)


def asarray_chkfinite(a, dtype=None, order=None):
  """np.asarray_chkfinite: elements with other values are refused."""
  a = asarray(a, dtype)
  if not has_symbolic([a]):
    return asarray(np.asarray_chkfinite(a))
  refusals.refuse_where(call("logical_not", [call("all", [
      call("isfinite", [a])])]))
  return a


def fromiter(iter, dtype, count=-1, *, like=None):
  """np.fromiter of traced values."""
  if isinstance(iter, Tensor):
    return asarray(iter if count < 0 else iter[:count], dtype)
  values = list(iter)
  if not has_symbolic(values):
    return _constant(np.fromiter(values, dtype, count))
  return array(values if count < 0 else values[:count], dtype)


def require(a, dtype=None, requirements=None, *, like=None):
  """np.require: tensors have no layout."""
  return asarray(a, dtype)


def _vectorize(*args, **kwargs):
  from numest.trace import vectorize  # it traces
  return vectorize.vectorize(*args, **kwargs)


def _joined(value):
  """A nested list with traced values as one tensor; None without any."""
  if isinstance(value, Tensor):
    return value
  if isinstance(value, (list, tuple)) and has_symbolic(value):
    rows = [_joined(v) if has_symbolic([v]) else _core.tensor(
        v if isinstance(v, (int, float)) else np.asarray(v)) for v in value]
    return _core.functions.stack(_promoted(rows))
  return None


def listless(value):
  """A result whose lists are arrays, as tf.data takes them, and whose
  dataclasses are dictionaries."""
  value = nests.fields(value)
  if isinstance(value, dict):
    return {k: listless(v) for k, v in value.items()}
  if isinstance(value, tuple):
    return tuple(listless(v) for v in value)
  return array(value) if isinstance(value, list) else value


def _promoted(rows):
  """All rows in the dtype that NumPy's array would have."""
  types_ = [np.dtype(r._dtype_name) for r in rows]
  dtype = np.result_type(*types_).name
  return [r if r._dtype_name == dtype and not r.is_weak
          else call("astype", [r], dtype=dtype) for r in rows]


def apply_along_axis(func1d, axis, arr, *args, **kwargs):
  """Of data, too: the function may use traced values from outside."""
  return numpy_functions.apply_along_axis(func1d, axis, array(arr), *args,
                                          **kwargs)


def copyto(dst, src, casting="same_kind", where=True):
  writes.copyto(dst, src, casting, where)


def put_mask(a, mask, values):
  views.assign(a, call("where", [mask, values, a._alias()]))


# --- types that are called: np.float32(x) ---
def _class_of(value):
  """The class that a value has where NumPy runs: a traced number is a scalar,
  unless np.array made it."""
  if not isinstance(value, Tensor):
    return type(value)
  dtype = np.dtype(value.dtype.as_numpy_dtype)
  if value.is_weak:
    return type(dtype.type(0).item())
  is_array = value.ndim or "_born" in value.__dict__
  return np.ndarray if is_array else dtype.type


def isscalar(element):
  """np.isscalar, of traced numbers, too."""
  return np.isscalar(element) or isinstance(element, Tensor) and (
      _class_of(element) is not np.ndarray)


class _StandIn(type):
  """Type of a class that is its base to isinstance and ==."""

  def __instancecheck__(cls, value):
    return cls.__subclasscheck__(_class_of(value))

  def __subclasscheck__(cls, other):
    return issubclass(other, cls.__mro__[1])

  def __eq__(cls, other):
    return other is cls or other is cls.__mro__[1]

  def __hash__(cls):
    return hash(cls.__mro__[1])


def _scalar_type(base):
  def new(cls, value=0, *args):
    if isinstance(value, Tensor) or has_symbolic([value]):
      return asarray(value).astype(base)
    return base(value, *args)
  return _StandIn(base.__name__, (base,), {"__new__": new})


class _ArrayType(type):
  def __instancecheck__(cls, value):
    return isinstance(value, (np.ndarray, Tensor))


class ndarray(np.ndarray, metaclass=_ArrayType):
  """np.ndarray for isinstance: traced tensors are arrays to the user."""


# --- builtins ---
def _number_type(base, dtype):
  def new(cls, value=0, *args):
    if has_symbolic([value]):
      if base is int and "float" in value._dtype_name and not value.ndim:
        refusals.refuse_nan(value)
      return call("astype", [value], dtype=dtype)._as_weak()
    return base(value, *args)
  return _StandIn(base.__name__, (base,),
                     {"__new__": new, "dtype": np.dtype(dtype)})


def len_(value):
  """len, with the extent of a traced array where it is not known."""
  if isinstance(value, Tensor) and value.is_symbolic and value.ndim:
    return extents.extent(value, 0)
  return builtins.len(value)


def _by_extents(name):
  """A function of extents alone, which may be traced."""
  original, traced = getattr(np, name), getattr(extents, name)

  def make(*args, **kwargs):
    if has_symbolic([*args, *kwargs.values()]):
      return traced(*args, **kwargs)
    return numpy_calls.known(original(*args, **kwargs))
  make.__name__ = name
  return make


def sum_(iterable, /, start=0):
  """sum, of a traced array whose extent is not known along the first axis."""
  if isinstance(iterable, Tensor) and iterable.ndim and iterable._shape[0] < 0:
    return start + call("sum", [iterable], axis=0)
  return builtins.sum(iterable, start)


def arange(*args, **kwargs):
  """np.arange: of known bounds NumPy's own array."""
  if has_symbolic([*args, *kwargs.values()]):
    return _made_of_traced("arange", args, kwargs)
  return numpy_calls.known(np.arange(*args, **kwargs))


def round_(number, ndigits=None):
  if not has_symbolic([number]):
    return builtins.round(number, ndigits)
  rounded = _core.functions.round(number, ndigits or 0)
  return int_(rounded) if ndigits is None else rounded


int_ = _number_type(int, "int64")
float_ = _number_type(float, "float64")


class _TwoParts(_StandIn):
  """complex(a, b) of traced parts."""

  def __call__(cls, real=0, *imag):
    if has_symbolic([real, *imag]):
      parts = [call("astype", [v], dtype="complex128")._as_weak()
               for v in (real, *imag)]
      return parts[0] + parts[1] * 1j if imag else parts[0]
    return complex(real, *imag)


complex_ = _TwoParts("complex", (complex,), {"dtype": np.dtype(complex)})
BUILTINS = {"int": int_, "float": float_, "complex": complex_, "round": round_,
            "len": len_, "sum": sum_, **comparisons.BUILTINS}

_SCALARS = ("int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 "
            "float32 float64").split()
# Classes of scalars, for isinstance and np.issubdtype.
_ABSTRACT = "generic number integer signedinteger unsignedinteger floating"
_MAKERS = ("zeros ones empty full zeros_like ones_like empty_like full_like "
           "eye identity tri").split()
_OF_EXTENTS = "tril_indices triu_indices".split()


# They look at the object, which in a trace is none of NumPy's.
_OF_OBJECTS = "info disp obj2sctype get_array_wrap".split()


def _of_objects(name):
  def look(*args, **kwargs):
    if has_symbolic([*args, *kwargs.values()]):
      raise state.Untraceable(f"np.{name} has no graph form")
    return getattr(np, name)(*args, **kwargs)
  return look


def _replaced():
  replaced = {name: _made(name) for name in _MAKERS}
  replaced |= {name: _by_extents(name) for name in _OF_EXTENTS}
  replaced |= {name: _scalar_type(getattr(np, name)) for name in _SCALARS}
  replaced |= {name: _StandIn(name, (getattr(np, name),), {})
               for name in _ABSTRACT.split()}
  replaced |= {"array": array, "asarray": asarray, "asanyarray": asarray,
               "asarray_chkfinite": asarray_chkfinite,
               "arange": arange, "isscalar": isscalar,
               "ascontiguousarray": asarray, "asfortranarray": asarray,
               "require": require, "fromiter": fromiter,
               "vectorize": _vectorize, "copy": array, "copyto": copyto,
               "putmask": put_mask, "ndarray": ndarray,
               "apply_along_axis": apply_along_axis,
               "r_": index_tricks.R, "c_": index_tricks.C,
               "ndenumerate": index_tricks.ndenumerate,
               "random": draws.RANDOM}
  replaced |= {name: _of_objects(name) for name in _OF_OBJECTS}
  return replaced


REPLACED = _replaced()
NUMPY = _TracedNumPy(REPLACED)
# By identity of NumPy's own.
MODULES = {id(np.linalg): NUMPY.linalg, id(np.fft): NUMPY.fft}
# Functions that code may hold under a name of its own.
FUNCTIONS = {**numpy_calls.stand_ins(), np.r_: index_tricks.R,
             np.c_: index_tricks.C}
FUNCTIONS |= {getattr(np, name): REPLACED[name]
              for name in (*_MAKERS, *_OF_EXTENTS, *_SCALARS, "array",
                           "asarray", "ndarray", "arange", "ascontiguousarray",
                           "asfortranarray", "require", "fromiter",
                           "vectorize", "copy", "copyto", "putmask",
                           "apply_along_axis")}
FUNCTIONS |= draws.FUNCTIONS | python_draws.FUNCTIONS
FUNCTIONS |= python_math.FUNCTIONS
