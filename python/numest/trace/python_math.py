"""Python's math inside of a trace: of traced numbers the ops, with its errors
for numbers that have no result; of others math's own functions."""
import functools
import math
import types

import numpy as np

from numest import _core
from numest.tensor import call, has_symbolic
from numest.trace import refusals

# Function: its op.
_FLOATS = {"sqrt": "sqrt", "cbrt": "cbrt", "exp": "exp", "exp2": "exp2",
           "log2": "log2", "log10": "log10", "log1p": "log1p",
           "expm1": "expm1", "sin": "sin", "cos": "cos", "tan": "tan",
           "asin": "arcsin", "acos": "arccos", "atan": "arctan",
           "atan2": "arctan2", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
           "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
           "fabs": "absolute", "pow": "power", "erf": "erf", "fmod": "fmod",
           "copysign": "copysign", "nextafter": "nextafter"}
_PREDICATES = {"isnan": "isnan", "isinf": "isinf", "isfinite": "isfinite"}
_ROUNDED = {"floor": "floor", "ceil": "ceil", "trunc": "trunc"}


def _float(value):
  if not has_symbolic([value]):
    return float(value)
  return call("astype", [value], dtype="float64")


def _floats(op, args):
  wide = [_float(a) for a in args]
  result = call(op, wide)
  refusals.refuse_nan(*wide, result=result)
  return result._as_weak()


def _predicate(op, args):
  return call(op, [_float(a) for a in args])._as_weak()


def _rounded(op, args):
  value = call(op, [_float(a) for a in args])
  refusals.refuse_nan(value)
  return call("astype", [value], dtype="int64")._as_weak()


def _log(x, *base):
  result = _floats("log", [x])
  return (result / _floats("log", base))._as_weak() if base else result


def _hypot(*coordinates):
  return functools.reduce(lambda a, b: _floats("hypot", [a, b]), coordinates,
                          0.0)


def _dist(p, q):
  if len(p) != len(q):
    raise ValueError("both points must have the same number of dimensions")
  return _hypot(*(_float(a) - _float(b) for a, b in zip(p, q)))


def _of_ints(op):
  def function(*args):
    for a in args:
      if np.dtype(_core.tensor(a)._dtype_name).kind not in "iub":
        raise TypeError("'float' object cannot be interpreted as an integer")
    wide = [call("astype", [a], dtype="int64") for a in args]
    return functools.reduce(lambda a, b: call(op, [a, b]), wide[1:],
                            call("absolute", wide[:1]))._as_weak()
  return function


def _isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
  a, b = _float(a), _float(b)
  distance = call("absolute", [call("subtract", [a, b])])
  size = call("maximum", [call("absolute", [a]), call("absolute", [b])])
  near = call("less_equal", [distance, call("maximum", [
      call("multiply", [rel_tol, size]), abs_tol])])
  finite = call("isfinite", [distance])
  return call("logical_or", [call("equal", [a, b]), call(
      "logical_and", [near, finite])])._as_weak()


def _modf(x):
  x = _float(x)
  whole = call("trunc", [x])
  rest = call("where", [call("isinf", [x]), 0.0, call("subtract", [x, whole])])
  return (call("copysign", [rest, x])._as_weak(), whole._as_weak())


def _frexp(x):
  mantissa, exponent = _core.functions.frexp(_float(x))
  return mantissa._as_weak(), exponent.astype("int64")._as_weak()


def _ldexp(x, i):
  # In two halves: the power alone may be more than a float holds.
  half = call("floor", [call("multiply", [_float(i), 0.5])])
  powers = (call("exp2", [p]) for p in (half, call("subtract", [_float(i),
                                                                half])))
  return functools.reduce(lambda a, b: call("multiply", [a, b]), powers,
                          _float(x))._as_weak()


def _radians(x):
  return x * (math.pi / 180)


def _degrees(x):
  return x * (180 / math.pi)


_COMPOSED = {"log": _log, "hypot": _hypot, "dist": _dist,
             "gcd": _of_ints("gcd"), "lcm": _of_ints("lcm"),
             "isclose": _isclose, "modf": _modf, "frexp": _frexp,
             "ldexp": _ldexp, "radians": _radians, "degrees": _degrees}


def _traced_or_own(name, traced):
  own = getattr(math, name)

  def function(*args, **kwargs):
    if not has_symbolic([*args, *kwargs.values()]):
      return own(*args, **kwargs)
    return traced(*args, **kwargs)
  function.__name__ = name
  return function


def _functions():
  functions = dict(_COMPOSED)
  for table, made in ((_FLOATS, _floats), (_PREDICATES, _predicate),
                      (_ROUNDED, _rounded)):
    for name, op in table.items():
      functions[name] = lambda *args, op=op, made=made: made(op, args)
  return {name: _traced_or_own(name, traced)
          for name, traced in functions.items()
          if hasattr(math, name)}  # Python 3.11 has more of them


def _module(functions):
  module = types.ModuleType("math")
  module.__dict__.update({**math.__dict__, **functions})
  return module


_BY_NAME = _functions()
MATH = _module(_BY_NAME)
# math's functions that code may hold under a name of its own.
FUNCTIONS = {getattr(math, name): f for name, f in _BY_NAME.items()}
