"""Strictness: a function that Python would have to call is an error."""
import contextlib
import threading

from numest.trace.advice import advice
from numest.trace.failures import source
from numest.trace_state import Untraceable


class _Thread(threading.local):
  asked = None  # by the innermost context of this thread


_thread = _Thread()


@contextlib.contextmanager
def strict(on=True):
  """A context in which Dataset.map and filter raise Untraceable for a function
  that Python would call, unless they are given strict=False. It holds in this
  thread; `tf.strict.always = True` holds in all, outside of such contexts.

  Args:
    on: False allows calls of Python in the block.
  """
  outer, _thread.asked = _thread.asked, bool(on)
  try:
    yield
  finally:
    _thread.asked = outer


strict.always = False


def is_strict(asked=None):
  """True if strict: what was `asked` for, else what the context says."""
  for choice in (asked, _thread.asked):
    if choice is not None:
      return bool(choice)
  return bool(strict.always)


def refusal(op, name, reason, line, location):
  """The error for a function that would run in Python because of a line."""
  place = line or location
  text = source(place)
  quoted = f" `{text}`" if text else ""
  return Untraceable(
      f"{op}: {name} would be called in Python for each element: {place}:"
      f"{quoted} {reason}; expected a function that becomes a program, as "
      f"strict was asked for; {advice(reason)}, or give strict=False")
