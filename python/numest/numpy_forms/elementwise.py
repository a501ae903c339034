"""Choices by element, filling and numbers evenly spaced."""
import builtins

import numpy as np

from numest import _core
from numest.numpy_forms import symbols
from numest.numpy_forms.writes import assign
from numest.tensor import call

_f = _core.functions


def clip(a, a_min=None, a_max=None, min=None, max=None):
  low, high = (_within(bound, _core.tensor(a)._dtype_name) for bound in (
      a_min if min is None else min, a_max if max is None else max))
  if low is not None:
    a = call("maximum", [a, low])
  return _core.tensor(a) if high is None else call("minimum", [a, high])


def _within(bound, dtype):
  """An int outside of an integer dtype as the dtype's own limit."""
  if type(bound) is not int or "int" not in dtype:
    return bound
  limits = np.iinfo(dtype)
  return sorted((limits.min, bound, limits.max))[1]


def select(condlist, choicelist, default=0):
  return _f.select(list(condlist), list(choicelist), default)


def real(val):
  return call("real", [val]) if "complex" in val._dtype_name else val


def imag(val):
  return (call("imag", [val]) if "complex" in val._dtype_name
          else call("zeros_like", [val]))


def zeros_like(a, dtype=None, shape=None):
  if shape is not None:
    return full_like(a, 0, dtype, shape)
  return call("zeros_like", [a], dtype=dtype)


def ones_like(a, dtype=None, shape=None):
  if shape is not None:
    return full_like(a, 1, dtype, shape)
  return call("ones_like", [a], dtype=dtype)


def full_like(a, fill_value, dtype=None, shape=None):
  if shape is not None:
    fill = call("astype", [fill_value], dtype=dtype or a._dtype_name)
    shape = symbols.of(shape)
    return call("broadcast_to", [symbols.bound(fill, shape)], shape=shape)
  return call("full_like", [a, fill_value], dtype=dtype)


def copy(a, order="K"):
  return _core.tensor(a)._alias()


def linspace(start, stop, num=50, endpoint=True, dtype=None, axis=0,
             retstep=False):
  if retstep:
    steps = num - 1 if endpoint else num
    step = call("subtract", [stop, start]) / steps if steps > 0 else np.nan
    return linspace(start, stop, num, endpoint, dtype, axis), step
  if symbols.is_traced(num):
    values = _spaced(start, stop, num, endpoint)
  else:
    values = _f._linspace(start, stop, int(num), endpoint)
  if axis not in (0, -values.ndim):
    values = _f.moveaxis(values, 0, axis)
  return values if dtype is None else values.astype(dtype)


def _spaced(start, stop, num, endpoint):
  """linspace of a traced number of values between numbers."""
  at = call("astype", [symbols.count_up(num)], dtype="float64")
  last = call("astype", [num - 1 if endpoint else num], dtype="float64")
  step = call("subtract", [stop, start]) / call("maximum", [last, 1])
  values = at * step + start
  if not endpoint:
    return values
  is_last = call("logical_and", [at > 0, call("equal", [at, last])])
  return call("where", [is_last, stop, values])


def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None,
             axis=0):
  exponents = linspace(start, stop, num, endpoint, None, axis)
  values = call("power", [base, exponents])
  return values if dtype is None else values.astype(dtype)


def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
  """Of positive numbers."""
  ends = (call("log10", [v]) for v in (start, stop))
  return logspace(*ends, num, endpoint, 10.0, dtype, axis)


def choose(a, choices, mode="raise"):
  return _f.choose(a, list(choices), mode)


def piecewise(x, condlist, funclist, *args, **kw):
  x = _core.tensor(x)
  if not isinstance(condlist, (list, tuple)):
    condlist = [condlist]
  values = [piece(x, *args, **kw) if callable(piece) else piece
            for piece in funclist]
  return _f.piecewise(x, condlist, values)


def angle(z, deg=False):
  return _f.angle(z, deg)


def isneginf(x):
  return _f.isneginf(x)


def isposinf(x):
  return _f.isposinf(x)


def fix(x):
  return _f.fix(x)


def isreal(x):
  return _f.isreal(x)


def iscomplex(x):
  return _f.iscomplex(x)


def iscomplexobj(x):
  return "complex" in x._dtype_name


def isrealobj(x):
  return not iscomplexobj(x)


def astype(x, dtype, copy=True):
  return x.astype(dtype, copy=copy)


def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
  clean = _core.functions.nan_to_num(x, nan, posinf, neginf)
  if copy:
    return clean
  assign("nan_to_num with copy=False", x, clean)
  return x
