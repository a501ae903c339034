"""NumPy's protocols: np functions on Tensors build or run ops."""
import numpy as np

from numest import _core, numpy_functions, trace_state
from numest.tensor import Tensor, call, has_symbolic

# ufuncs whose op has another name.
_RENAMED = {"abs": "absolute", "true_divide": "divide", "mod": "remainder",
            "conj": "conjugate", "bitwise_not": "invert",
            "bitwise_invert": "invert", "fabs": "absolute"}
_LN2 = float(np.log(2))
_COMPOSED = {"deg2rad": _core.functions.deg2rad,
             "radians": _core.functions.deg2rad,
             "rad2deg": _core.functions.rad2deg,
             "degrees": _core.functions.rad2deg,
             "float_power": lambda a, b: call("power", [
                 call("astype", [a], dtype="float64"), b]),
             "logaddexp2": lambda a, b: call("logaddexp", [
                 call("multiply", [a, _LN2]),
                 call("multiply", [b, _LN2])]) / _LN2,
             "ldexp": lambda a, b: call("multiply", [
                 a, call("exp2", [call("astype", [b], dtype=_float_of(a))])]),
             "modf": lambda a: (call("fmod", [a, 1.0]), call("trunc", [a])),
             "spacing": lambda a: call("copysign", [call("nextafter", [
                 call("absolute", [a]), np.inf]) - call("absolute", [a]), a]),
             "matvec": lambda a, b: numpy_functions.vecdot(
                 a, call("expand_dims", [b], axis=-2)),
             "vecmat": lambda a, b: call("squeeze", [call("matmul", [
                 call("expand_dims", [a], axis=-2), b])], axis=-2),
             "vecdot": lambda a, b: numpy_functions.vecdot(a, b)}
_OPS = {row["name"] for row in _core.op_list()}
_REDUCTIONS = {np.add: "sum", np.multiply: "prod", np.maximum: "max",
               np.minimum: "min", np.logical_and: "all",
               np.logical_or: "any"}
# Associative ones, accumulated in log2(n) steps.
_SCANNED = {np.maximum, np.minimum, np.fmax, np.fmin, np.logical_and,
            np.logical_or, np.logical_xor, np.bitwise_and, np.bitwise_or,
            np.bitwise_xor, np.logaddexp, np.hypot}
_ACCUMULATIONS = {np.add: "cumsum", np.multiply: "cumprod"}


def _float_of(a):
  name = _core.tensor(a)._dtype_name
  return name if "float" in name else "float64"


def _concrete(value):
  if isinstance(value, Tensor):
    return value._numpy()
  if isinstance(value, (list, tuple)):
    return type(value)(_concrete(v) for v in value)
  return value


def _store(out, value):
  """out=: the value, written to the tensor that was given."""
  if not isinstance(out, Tensor):
    raise TypeError(f"out: got {type(out).__name__}, expected an array made "
                    "in the traced function")
  from numest.trace import views  # avoids a cycle at import
  views.assign(out, value)
  return out


def array_ufunc(self, ufunc, method, *inputs, **kwargs):
  """np.add(tensor, x) and the like."""
  outs = kwargs.pop("out", (None,))
  writes = method == "at" or outs[0] is not None
  if not has_symbolic([*inputs, *outs, kwargs.get("where", True)]) and not (
      writes and trace_state.in_trace()):
    if outs[0] is not None:
      kwargs["out"] = tuple(_concrete(o) for o in outs)
    return getattr(ufunc, method)(*_concrete(inputs), **kwargs)
  if trace_state.in_trace():
    trace_state.mark_location()
  kept = kwargs.get("where", True)
  if kept is not True and method == "__call__" and outs[0] is not None:
    kwargs.pop("where")
    inputs = [_kept_or_one(v, kept) for v in inputs]
    result = _ufunc(ufunc, method, inputs, kwargs)
    result = call("where", [kept, result, _core.tensor(outs[0])._alias()])
  else:
    result = _ufunc(ufunc, method, inputs, kwargs)
  return result if outs[0] is None else _store(outs[0], result)


def _kept_or_one(value, kept):
  """1 where the result is not used: no division by 0 has a derivative."""
  t = _core.tensor(value)
  return call("where", [kept, t, call("ones_like", [t])])


def _ufunc(ufunc, method, inputs, kwargs):
  kept = kwargs.pop("where", True)
  dtype = kwargs.pop("dtype", None)
  kwargs.pop("casting", None)
  if method == "at":
    return numpy_functions.ufunc_at(ufunc, *inputs)
  if ufunc in _SCANNED and method == "accumulate":
    return numpy_functions.accumulate(
        lambda *pair: _called(ufunc, pair), inputs[0], **kwargs)
  table = {"reduce": _REDUCTIONS, "accumulate": _ACCUMULATIONS}.get(method)
  if table is not None and ufunc in table and kept is True:
    kwargs.setdefault("axis", 0)
    function = getattr(numpy_functions, table[ufunc])
    return function(inputs[0], **{k: v for k, v in kwargs.items()
                                  if v is not np._NoValue})
  if method == "outer" and not kwargs:
    a, b = (_core.tensor(v) for v in inputs)
    a = call("expand_dims", [a], axis=tuple(
        range(a.ndim, a.ndim + b.ndim))) if b.ndim else a
    return _ufunc(ufunc, "__call__", (a, b), {})
  if method != "__call__" or kwargs or kept is not True:
    raise TypeError(f"np.{ufunc.__name__}{_method_text(method, kwargs)} has "
                    "no graph form: it was called on a symbolic tensor")
  result = _called(ufunc, inputs)
  return result.astype(dtype) if dtype else result


def _method_text(method, kwargs):
  name = "" if method == "__call__" else f".{method}"
  return name + (f" with {', '.join(kwargs)}" if kwargs else "")


def _called(ufunc, inputs):
  name = ufunc.__name__
  if name in _COMPOSED:
    return _COMPOSED[name](*inputs)
  if name == "divmod":
    return (call("floor_divide", list(inputs)),
            call("remainder", list(inputs)))
  name = _RENAMED.get(name, name)
  if name not in _OPS:
    made = _called_in_python(ufunc, inputs, {})
    if made is not None:
      return made
    raise TypeError(f"np.{ufunc.__name__} has no graph form: it was called "
                    "on a symbolic tensor")
  return call(name, list(inputs))


def _called_in_python(function, args, kwargs):
  """A node that calls it; None where a whole function runs in Python, or if
  it does not take such arrays."""
  from numest.trace import calls  # avoids a cycle at import
  if not calls.are_allowed():
    return None
  try:
    return calls.call_function(function, args, kwargs, "it has no graph form")
  except Exception:  # the caller says what was called
    return None


def array_function(self, func, types, args, kwargs):
  """np.mean(tensor) and the like."""
  if not has_symbolic([*args, *kwargs.values()]) and not (
      trace_state.in_trace() and func in _SHARING):
    return func(*_concrete(args),
                **{k: _concrete(v) for k, v in kwargs.items()})
  ours = numpy_functions.TABLE.get(func)
  if ours is None:
    made = _called_in_python(func, args, kwargs)
    if made is not None:
      return made
    raise TypeError(f"np.{func.__name__} has no graph form: it was called on "
                    "a symbolic tensor")
  if trace_state.in_trace():
    trace_state.mark_location()
  given = numpy_functions.arguments_of(func, args, kwargs)
  out = given.pop("out", None)
  try:
    result = ours(*given.pop("*", ()), **given)
  except TypeError as error:
    raise TypeError(f"np.{func.__name__}: {error}") from error
  return result if out is None else _store(out, result)


# They share memory, or write to it, also of arrays that the trace made.
_SHARING = {np.reshape, np.ravel, np.squeeze, np.expand_dims, np.transpose,
            np.swapaxes, np.moveaxis, np.rollaxis, np.flip, np.fliplr,
            np.flipud, np.rot90,
            np.put, np.place, np.putmask, np.copyto, np.fill_diagonal,
            np.put_along_axis, np.nan_to_num}
