"""NumPy's protocol of ufuncs: np.add(tensor, x), its arguments and methods.

Where a dtype, signature, casting or out is given, NumPy's own resolution says
which loop runs, and what is an error; tensors are cast to that loop.
"""
import numpy as np

from numest import _core, numpy_functions, trace_state
from numest.tensor import Tensor, call, check_ints, has_symbolic

# ufuncs whose op has another name.
RENAMED = {"abs": "absolute", "true_divide": "divide", "mod": "remainder",
           "conj": "conjugate", "bitwise_not": "invert",
           "bitwise_invert": "invert"}
COMPOSED = {"deg2rad": _core.functions.deg2rad,
            "radians": _core.functions.deg2rad,
            "rad2deg": _core.functions.rad2deg,
            "degrees": _core.functions.rad2deg,
            "bitwise_count": numpy_functions.bitwise_count,
            "frexp": numpy_functions.frexp,
            **{name: getattr(_core.functions, name) for name in (
                "fabs", "float_power", "ldexp", "logaddexp2", "matvec", "modf",
                "spacing", "vecdot", "vecmat")}}
_OPS = {row["name"] for row in _core.op_list()}
# Associative ones, accumulated in log2(n) steps.
_SCANNED = {np.maximum, np.minimum, np.fmax, np.fmin, np.logical_and,
            np.logical_or, np.logical_xor, np.bitwise_and, np.bitwise_or,
            np.bitwise_xor, np.logaddexp, np.hypot}
_ACCUMULATIONS = {np.add: "cumsum", np.multiply: "cumprod"}
# Reduced one after the other, as NumPy does.
_FOLDED = {np.fmax, np.fmin, np.logical_xor, np.bitwise_and, np.bitwise_or,
           np.bitwise_xor, np.logaddexp, np.logaddexp2, np.hypot, np.gcd,
           np.lcm}
_MOST_FOLDED = 64
# Arguments that change no value: tensors have no layout and no subclasses.
_OF_MEMORY = ("order", "subok")
# NumPy 1 looks at values when it promotes; ops promote by dtypes, on data too.
BY_VALUE = np.lib.NumpyVersion(np.__version__) < "2.0.0"
_RESOLVED = ("dtype", "signature", "sig", "casting")


def concrete(value):
  if isinstance(value, Tensor):
    return value._numpy()
  if isinstance(value, (list, tuple)):
    return type(value)(concrete(v) for v in value)
  return value


def store(out, value):
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
  kept = kwargs.get("where", True)
  writes = method == "at" or outs[0] is not None
  if not has_symbolic([*inputs, *outs, kept]) and not (
      writes and trace_state.in_trace()):
    return _of_data(ufunc, method, inputs, outs, kwargs)
  if trace_state.in_trace():
    trace_state.mark_location()
  for name in _OF_MEMORY:
    kwargs.pop(name, None)
  if method == "__call__":
    result = _call(ufunc, inputs, outs, kwargs)
  else:
    result = _METHODS[method](ufunc, *inputs, **_given(kwargs))
  return result if outs[0] is None else _stored(ufunc, outs, result)


def _of_data(ufunc, method, inputs, outs, kwargs):
  """NumPy's own call; tensors that it writes to get new arrays."""
  kwargs = {k: concrete(v) for k, v in kwargs.items()}
  arrays, written = list(concrete(inputs)), []
  if outs[0] is not None:
    kwargs["out"] = tuple(_written(o, written) for o in outs)
  elif BY_VALUE and method == "__call__" and not kwargs and (
      _has_op(ufunc, inputs)):
    return as_arrays(_called(ufunc, inputs))
  if method == "at":
    arrays[0] = _written(inputs[0], written)
  result = getattr(ufunc, method)(*arrays, **kwargs)
  for tensor, array in written:
    tensor._replace(_core.constant(array))
  return (outs[0] if len(outs) == 1 else tuple(outs)) if written and (
      method != "at") else result


def _written(target, written):
  """An array for NumPy to write to; what is a tensor's is noted."""
  if not isinstance(target, Tensor):
    return target
  if trace_state.writes_elements():
    return target._numpy()
  written.append((target, np.array(target._numpy())))
  return written[-1][1]


def _has_op(ufunc, inputs):
  name = RENAMED.get(ufunc.__name__, ufunc.__name__)
  return name in _OPS | set(COMPOSED) | {"divmod"} and all(
      np.asarray(concrete(v)).dtype.kind in "biufc" for v in inputs)


def as_arrays(result):
  """Tensors of data as NumPy's arrays and scalars."""
  if isinstance(result, tuple):
    return tuple(map(as_arrays, result))
  return result._numpy()[()]


def _given(kwargs):
  return {k: v for k, v in kwargs.items() if v is not np._NoValue}


def _stored(ufunc, outs, result):
  if len(outs) > 1:
    if None in outs:
      raise TypeError(f"np.{ufunc.__name__}: some of out have no graph form")
    return tuple(map(store, outs, result))
  return store(outs[0], result)


# --- calls ---
def _call(ufunc, inputs, outs, kwargs):
  kept = kwargs.pop("where", True)
  if kept is not True:
    if outs[0] is None or len(outs) > 1:
      raise TypeError(f"np.{ufunc.__name__} with where= and without one out= "
                      "has no graph form: the rest is not defined")
    inputs = [_kept_or_one(v, kept) for v in inputs]
  given = {k: kwargs.pop(k) for k in _RESOLVED if k in kwargs}
  if kwargs:
    raise TypeError(f"np.{ufunc.__name__} with {', '.join(kwargs)} has no "
                    "graph form: it was called on a symbolic tensor")
  if given or outs[0] is not None:
    result = _resolved_call(ufunc, inputs, outs, **given)
  else:
    result = _called(ufunc, inputs)
  return result if kept is True else call("where", [
      kept, result, _core.tensor(outs[0])._alias()])


def _kept_or_one(value, kept):
  """1 where the result is not used: no division by 0 has a derivative."""
  t = _core.tensor(value)
  return call("where", [kept, t, call("ones_like", [t])])


def _resolved_call(ufunc, inputs, outs, dtype=None, signature=None, sig=None,
                   casting="same_kind"):
  """In the loop that NumPy chooses, with its errors."""
  signature = sig if signature is None else signature
  if dtype is not None:
    signature = (None,) * ufunc.nin + (np.dtype(dtype),) * ufunc.nout
  elif isinstance(signature, str):
    signature = tuple(map(np.dtype, signature.replace("->", "")))
  outs = [None if o is None else np.dtype(_core.tensor(o)._dtype_name)
          for o in (outs if len(outs) == ufunc.nout else (None,) * ufunc.nout)]
  given = {} if signature is None else {"signature": signature}
  loop = ufunc.resolve_dtypes((*map(_type_of, inputs), *outs),
                              casting=casting, **given)
  if any(d.kind not in "biufc" for d in loop):
    raise TypeError(f"np.{ufunc.__name__} of {loop[0]} has no graph form")
  result = _called(ufunc, [_core.tensor(v).astype(d)
                           for v, d in zip(inputs, loop)])
  if ufunc.nout == 1:
    return result.astype(loop[-1])
  return tuple(r.astype(d) for r, d in zip(result, loop[ufunc.nin:]))


def _type_of(value):
  """A dtype, or Python's type of a number that is weak."""
  t = value if isinstance(value, Tensor) else None
  if t is not None and not t.is_weak:
    return np.dtype(t._dtype_name)
  if t is None and type(value) not in (int, float, complex):
    return np.asarray(value).dtype
  kind = np.dtype(t._dtype_name).kind if t is not None else None
  return {"i": int, "f": float, "c": complex, "b": np.dtype(bool)}.get(
      kind, type(value))


def _called(ufunc, inputs):
  name = ufunc.__name__
  if name in COMPOSED:
    return COMPOSED[name](*inputs)
  if name == "divmod":
    return (call("floor_divide", list(inputs)),
            call("remainder", list(inputs)))
  name = RENAMED.get(name, name)
  check_ints(name, inputs)
  if name not in _OPS:
    made = called_in_python(ufunc, inputs, {})
    if made is not None:
      return made
    raise TypeError(f"np.{ufunc.__name__} has no graph form: it was called "
                    "on a symbolic tensor")
  return call(name, list(inputs))


def called_in_python(function, args, kwargs):
  """A node that calls it; None where a whole function runs in Python, or if
  it does not take such arrays."""
  from numest.trace import calls  # avoids a cycle at import
  if not calls.are_allowed():
    return None
  try:
    return calls.call_function(function, args, kwargs, "it has no graph form")
  except Exception:  # the caller says what was called
    return None


# --- methods ---
def _no_form(ufunc, method):
  raise TypeError(f"np.{ufunc.__name__}.{method} has no graph form: it was "
                  "called on a symbolic tensor")


def _check_dtype(ufunc, method, dtype):
  if ufunc in _OF_BOOLS and dtype is not None and np.dtype(dtype) != bool:
    _no_form(ufunc, f"{method} with dtype={dtype}")


def _reduce(ufunc, a, axis=0, dtype=None, where=True, **kwargs):
  a = _core.tensor(a)
  _check_dtype(ufunc, "reduce", dtype)
  given = {} if where is True else {"where": where}
  if ufunc in _SUMS:
    return _SUMS[ufunc](a, axis=axis, dtype=dtype, **given, **kwargs)
  if ufunc in _PREDICATES:
    return _PREDICATES[ufunc](a, axis=axis, **given, **kwargs)
  a = a if dtype is None else a.astype(dtype)
  if ufunc in _EXTREMES:
    return _EXTREMES[ufunc](a, axis=axis, **given, **kwargs)
  if ufunc not in _FOLDED or given:
    _no_form(ufunc, "reduce")
  return _fold(ufunc, a, axis, **kwargs)


def _fold(ufunc, a, axis, keepdims=False, initial=None):
  """One after the other along the axes, as NumPy."""
  axes = range(a.ndim) if axis is None else np.atleast_1d(
      np.asarray(axis, np.int64))
  axes = sorted(int(i) % a.ndim for i in axes)
  rest = [i for i in range(a.ndim) if i not in axes]
  flat = call("reshape", [call("transpose", [a], axes=axes + rest)],
              shape=(-1, *(a._shape[i] for i in rest)))
  count = flat._shape[0]
  if len(axes) > 1 and ufunc in (np.gcd, np.lcm):
    _no_form(ufunc, "reduce over several axes")
  if not 0 < count <= _MOST_FOLDED:
    if ufunc is np.logaddexp and initial is None and count:
      return _log_sum_exp(a, tuple(axes), keepdims)
    _no_form(ufunc, f"reduce of {count} elements")
  total = flat[0] if initial is None else _called(ufunc, [initial, flat[0]])
  total = total.astype(bool) if ufunc is np.logical_xor else total
  for i in range(1, count):
    total = _called(ufunc, [total, flat[i]])
  return call("expand_dims", [total], axis=axes) if keepdims and axes else (
      total)


def _log_sum_exp(a, axes, keepdims):
  """np.logaddexp.reduce of many: in one sum, shifted by the largest."""
  a = a if "float" in a._dtype_name else a.astype("float64")
  top = _f.max(a, axis=axes, keepdims=True)
  top = call("where", [call("isfinite", [top]), top, call("zeros_like", [top])])
  total = call("log", [_f.sum(call("exp", [a - top]), axis=axes,
                              keepdims=True)]) + top
  return total if keepdims else call("squeeze", [total], axis=axes)


def _accumulate(ufunc, a, axis=0, dtype=None):
  a = _core.tensor(a)
  _check_dtype(ufunc, "accumulate", dtype)
  if ufunc in _ACCUMULATIONS:
    function = getattr(numpy_functions, _ACCUMULATIONS[ufunc])
    return function(a, axis=axis, dtype=dtype)
  if ufunc not in _SCANNED:
    _no_form(ufunc, "accumulate")
  a = a.astype(bool) if ufunc in _OF_BOOLS else a
  return numpy_functions.accumulate(lambda *pair: _called(ufunc, pair), a,
                                    axis, dtype)


def _outer(ufunc, a, b, **kwargs):
  a, b = (_core.tensor(v) for v in (a, b))
  if b.ndim:
    a = call("expand_dims", [a], axis=tuple(range(a.ndim, a.ndim + b.ndim)))
  return _call(ufunc, (a, b), (None,), kwargs)


def _at(ufunc, a, indices, b=None):
  name = RENAMED.get(ufunc.__name__, ufunc.__name__)
  if name not in _OPS:
    _no_form(ufunc, "at")
  return numpy_functions.ufunc_at(ufunc, name, a, indices, b)


def _reduce_at(ufunc, a, indices, axis=0, dtype=None):
  """The pieces from each index to the next; one element where they fall."""
  a, extent = _core.tensor(a), _core.tensor(a)._shape[axis]
  if extent < 0 or has_symbolic([indices]):
    raise TypeError(f"np.{ufunc.__name__}.reduceat: the extent and the "
                    "indices must be known")
  indices = [int(i) for i in np.atleast_1d(concrete(indices))]
  if any(i < 0 or i >= extent for i in indices):
    raise IndexError(f"{ufunc.__name__}.reduceat: index out of bounds: got "
                     f"{indices}, expected them in [0, {extent})")
  pieces = []
  for start, stop in zip(indices, indices[1:] + [extent]):
    part = call("take", [a, np.arange(start, max(stop, start + 1))], axis=axis)
    pieces.append(_reduce(ufunc, part, axis, dtype))
  return call("concatenate", [call("expand_dims", [p], axis=axis)
                              for p in pieces], axis=axis)


_f = numpy_functions
_SUMS = {np.add: _f.sum, np.multiply: _f.prod}
_EXTREMES = {np.maximum: _f.max, np.minimum: _f.min}
_PREDICATES = {np.logical_and: _f.all, np.logical_or: _f.any}
_OF_BOOLS = {np.logical_and, np.logical_or, np.logical_xor}
_METHODS = {"reduce": _reduce, "accumulate": _accumulate, "outer": _outer,
            "at": _at, "reduceat": _reduce_at}
