"""TensorFlow's names for calling Python from a pipeline."""
from numest.dtypes import as_dtype
from numest.tensor import call
from numest import trace_state as state
from numest.trace import nests
from numest.trace.paths import REWRITING
from numest.trace.rebind import rebind


def py_function(func, inp, Tout, name=None):
  """Calls `func` on tensors whose .numpy() is their value.

  Inside of a mapped function it is traced like any other code.

  Args:
    func: a Python function over the tensors of `inp`.
    inp: a list of tensors.
    Tout: the dtype of the result, or a list of dtypes.

  Returns:
    A tensor, or a list of tensors.
  """
  function = rebind(func, REWRITING) if state.in_trace() else func
  return _cast_all(function(*inp), Tout)


def numpy_function(func, inp, Tout, stateful=True, name=None):
  """As py_function, but `func` takes ndarrays."""
  if state.in_trace():
    return py_function(func, inp, Tout)
  return _cast_all(func(*[nests.as_tensor(t)._numpy() for t in inp]), Tout)


py_func = numpy_function


def _cast_all(result, dtypes):
  if isinstance(dtypes, (list, tuple)):
    return [_cast(r, t) for r, t in zip(result, dtypes, strict=True)]
  return _cast(result, dtypes)


def _cast(value, dtype):
  t = nests.as_tensor(value)
  name = as_dtype(dtype).name
  name = "bytes" if name == "string" else name
  return t if t._dtype_name == name else call("astype", [t], dtype=name)
