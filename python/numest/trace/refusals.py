"""`raise`, `assert` and `except` of rewritten code: see rewrite.py.

A branch of a traced condition that raises is one that the program refuses: an
element that takes it fails, and so Python runs this element and raises, in the
user's own line. In a model, which Python cannot run, the program's error says
the line.
"""
import linecache
import sys

from numest import _core
from numest import trace_state as state
from numest.tensor import Tensor, has_symbolic


class Refused(BaseException):
  """A traced branch raises. No handler of the user's is meant: Python's own
  run of the element will find it."""


def refusal(make):
  """What `raise make()` raises.

  Args:
    make: gives the user's exception; not called where a condition that is not
      known decides, as its text may ask for values.
  """
  run = state.active()
  taken = None if run is None else run.is_taken()
  if taken is None:
    return make()
  run.refuse(taken, _line(sys._getframe(1)))
  return Refused()


def refuse_where(condition):
  """Elements with a true `condition`, a bool tensor, fail."""
  run, frame = state.active(), sys._getframe(1)
  if run is None:
    raise state.Untraceable("it raises by values")
  while frame.f_back is not None and state.is_ours(frame.f_code.co_filename):
    frame = frame.f_back
  taken = run.is_taken()
  run.refuse(condition if taken is None else _core.call(
      "logical_and", [taken, condition], {}), _line(frame))


def refuse_zero(divisor):
  """Elements with a zero there fail, as Python's numbers do."""
  if has_symbolic([divisor]):
    _refuse_numbers(_core.call("equal", [divisor, 0], {}))
  elif divisor == 0:
    raise ZeroDivisionError("division by zero")


def refuse_nan(*numbers, result=None):
  """Elements fail that have a NaN or infinity among the numbers; with a
  `result`, those that have one there alone, as functions of math do."""
  is_finite = None
  for number in numbers:
    one = _core.call("isfinite", [number], {})
    is_finite = one if is_finite is None else _core.call(
        "logical_and", [is_finite, one], {})
  if result is None:
    _refuse_numbers(_core.call("logical_not", [is_finite], {}))
    return
  _refuse_numbers(_core.call("greater", [is_finite, _core.call(
      "isfinite", [result], {})], {}))


def _refuse_numbers(condition):
  """As `refuse_where`, but in a model, that has no Python to ask."""
  run = state.active()
  if run is not None and not run.is_model:
    refuse_where(condition)


def _line(frame):
  """The user's line, with its text: what is raised."""
  file, number = frame.f_code.co_filename, frame.f_lineno
  text = linecache.getline(file, number).strip()
  return f"`{text}` at {file}:{number}" if text else f"{file}:{number}"


def handled():
  """The start of a handler of the user's.

  Raises:
    Untraceable: the error is not NumPy's but the trace's, or may be.
  """
  error, run = sys.exc_info()[1], state.active()
  if run is None or run.is_model or isinstance(error, Refused):
    return  # in a model they may be those of its layers
  if _is_of_trace(error.__traceback__):
    raise state.Untraceable(
        "it handles an error that NumPy may not raise: "
        f"{type(error).__name__}: {error}") from error


def _is_of_trace(traceback):
  """True if the innermost call of a user's line is ours, of a traced value."""
  ours = None
  while traceback is not None:
    frame, traceback = traceback.tb_frame, traceback.tb_next
    if not state.is_ours(frame.f_code.co_filename):
      ours = None
    elif ours is None:
      ours = frame
  return ours is not None and has_symbolic(list(ours.f_locals.values()))


def required(refusals, value):
  """A nest of tensors, none of which can be computed for an element that is
  refused.

  Args:
    refusals: of the Run that traced the function of this result.
    value: the result.

  Raises:
    TypeError: the function refuses some elements, and gives no tensor.
  """
  if not refusals:
    return value
  checks = [_core.call("refuse", [refused], {"why": why})
            for refused, why in refusals]
  made, count = _with(checks, value)
  if not count:
    raise TypeError("raise under a condition that is not known while the model "
                    f"is built, {refusals[0][1]}: the function gives no tensor "
                    f"that could depend on it: got {value!r}")
  return made


def _with(checks, value):
  """(the nest with its tensors after the checks, number of tensors)."""
  if isinstance(value, Tensor):
    return _core.call("with_dependencies", [value, *checks], {}), 1
  if isinstance(value, dict):
    made = {k: _with(checks, v) for k, v in value.items()}
    return {k: v for k, (v, _) in made.items()}, sum(
        n for _, n in made.values())
  if not isinstance(value, (tuple, list)):
    return value, 0
  made = [_with(checks, v) for v in value]
  values, count = [v for v, _ in made], sum(n for _, n in made)
  kind = type(value)
  return (kind._make if hasattr(kind, "_make") else kind)(values), count
