"""Where a user's function failed: its name, its line, what it was given."""
import linecache
import traceback

from numest import trace_state as state
from numest.trace.rebind import is_installed


def name_of(function):
  """The name under which the user knows the function."""
  function = getattr(function, "func", function)  # of a partial
  return getattr(function, "__name__", type(function).__name__)


def location_of(function):
  """"file:line" of its definition, or "" if it has none."""
  function = getattr(function, "func", function)
  code = getattr(function, "__code__", None)
  return f"{code.co_filename}:{code.co_firstlineno}" if code else ""


def users_line(error):
  """The line that the error names, or the innermost one of the user's that it
  passed; one of an installed package if there is none."""
  if getattr(error, "line", ""):
    return error.line
  frames = _frames(error)
  return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def _frames(error):
  foreign = [f for f in traceback.extract_tb(error.__traceback__)
             if not state.is_ours(f.filename)]
  return [f for f in foreign if not is_installed(f.filename)] or foreign


def place(location):
  """(file, line number) of "file:line"."""
  file, _, number = location.rpartition(":")
  return file, int(number) if number.isdigit() else 0


def source(location):
  """The text of the line."""
  return linecache.getline(*place(location)).strip()


def reason_of(error):
  """What an error says, with its class unless that says nothing."""
  return str(error) if isinstance(error, state.Untraceable) else (
      f"{type(error).__name__}: {error}")


def note_failure(error, op, function, spec, traced=None):
  """Adds to an error the user's line, and the types that were given there.

  Args:
    traced: the error of the trace before: what it says of the same line, with
      shapes, is added.
  """
  inside = _frames(error)
  is_inside = inside and inside[-1].name == name_of(function)
  line = users_line(error) if is_inside or len(inside) > 1 else ""
  line = line or location_of(function)
  text = source(line)
  error.add_note(f"numest: {op}: {name_of(function)} failed at {line}"
                 f"{f': `{text}`' if text else ''}, called on {given(spec)}")
  if traced is not None and str(traced) != str(error) and (
      users_line(traced) == line):
    error.add_note(f"numest: while it was traced: {reason_of(traced)}")


def given(spec):
  """The types of the arguments as a text: float32 (3, ?)."""
  if isinstance(spec, dict):
    return "{" + ", ".join(f"{k}: {given(v)}" for k, v in spec.items()) + "}"
  if len(spec) == 2 and isinstance(spec[0], str):
    extents = ["?" if e is None or e < 0 else str(e) for e in spec[1]]
    return f"{spec[0]} ({', '.join(extents)}{',' if len(extents) == 1 else ''})"
  return ", ".join(map(given, spec))
