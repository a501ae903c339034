"""TensorFlow's names for calling Python from a pipeline."""
import numpy as np

from numest import _core
from numest.dtypes import as_dtype
from numest.tensor import call
from numest import trace_state as state
from numest.trace import calls, nests
from numest.trace.paths import nested_bindings
from numest.trace.rebind import original, rebind


def py_function(func, inp, Tout, name=None, grad=None):
  """Calls `func` on tensors whose .numpy() is their value.

  Inside of a mapped function it is traced like any other code.

  Args:
    func: a Python function over the tensors of `inp`.
    inp: a list of tensors.
    Tout: the dtype of the result, or a list of dtypes.
    grad: "numeric": Python calls `func` in any case, and its derivative is by
      central differences, two calls for each number of `inp`.

  Returns:
    A tensor, or a tuple of tensors for a list of dtypes. In a model, a function
    that can not become a program is a node that calls Python; without `grad` it
    has no derivative.
  """
  if not state.in_trace():
    return _cast_all(func(*map(_tensor, inp)), Tout)
  return _cast_all(_in_trace(func, inp, grad, _on_tensors(func)), Tout)


def _tensor(value):
  """An array of an element as the tensor that TensorFlow would give."""
  return _core.constant(value) if isinstance(value, np.ndarray) else value


def _in_trace(func, inp, grad, of_arrays):
  """`of_arrays` is `func` as a function of ndarrays."""
  if grad is not None:
    return calls.call_python(of_arrays, inp, "grad is given", grad)
  try:
    return rebind(func, nested_bindings())(*inp)
  except Exception as error:
    if not calls.are_allowed():
      raise  # a mapped function is called in Python as a whole
    try:
      return calls.call_python(of_arrays, inp, str(error))
    except Exception:
      raise error from None


def _on_tensors(func):
  func = original(func)

  def called(*arrays):
    result = func(*[_core.constant(a) for a in arrays])
    many = isinstance(result, (list, tuple))
    values = [nests.as_tensor(v)._numpy() for v in (
        result if many else [result])]
    return values if many else values[0]
  called.__name__ = getattr(func, "__name__", type(func).__name__)
  return called


def numpy_function(func, inp, Tout, stateful=True, name=None, grad=None):
  """As py_function, but `func` takes ndarrays."""
  if state.in_trace():
    return _cast_all(_in_trace(func, inp, grad, func), Tout)
  return _cast_all(func(*[nests.as_tensor(t)._numpy() for t in inp]), Tout)


py_func = numpy_function


def _cast_all(result, dtypes):
  if isinstance(dtypes, (list, tuple)):
    return _cast_each(result, dtypes)
  return _cast(result, dtypes)


def _cast_each(result, dtypes):
  """A tuple, as what a mapped function returns: a list would be an array."""
  many = result if isinstance(result, (list, tuple)) else [result]
  if len(many) != len(dtypes):
    raise ValueError(f"py_function: the function gave {len(many)} values, but "
                     f"Tout has {len(dtypes)} dtypes: {dtypes}")
  return tuple(map(_cast, many, dtypes))


def _cast(value, dtype):
  if isinstance(value, tuple):
    raise ValueError(f"py_function: the function gave {len(value)} values, but "
                     f"Tout is one dtype: {dtype}; give a list of dtypes")
  t = nests.as_tensor(value)
  name = as_dtype(dtype).name
  name = "bytes" if name == "string" else name
  return t if t._dtype_name == name else call("astype", [t], dtype=name)
