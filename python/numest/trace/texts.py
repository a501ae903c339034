"""Texts of traced values: of a message, they may say how the value is traced;
anything else that a function makes of a text needs the value itself."""
import ast
import functools
import linecache
import sys

from numest import trace_state as state


def check():
  """Raises Untraceable where the function of an element asks for the text of a
  traced value, but in a statement that prints, logs or raises."""
  run, frame = state.active(), sys._getframe(3)
  if run is None or run.is_model or state.is_ours(frame.f_code.co_filename):
    return
  from numest.trace.rebind import is_installed  # it imports this module's user
  while frame is not None and (state.is_ours(frame.f_code.co_filename) or
                               is_installed(frame.f_code.co_filename)):
    frame = frame.f_back
  if frame is not None and not _is_message(frame.f_code.co_filename,
                                           frame.f_lineno):
    raise state.Untraceable("it makes text of a traced value")


def _is_message(file, line):
  """True if no value of the user's follows from the statement at the line, or
  if its source is not at hand."""
  found = None
  for start, end, is_message in _statements("".join(linecache.getlines(file))):
    if start <= line <= end and (found is None or end - start <= found[0]):
      found = end - start, is_message
  return found is None or found[1]


@functools.lru_cache(maxsize=64)
def _statements(text):
  """(first line, last line, whether it is a message) of each statement."""
  try:
    tree = ast.parse(text)
  except SyntaxError:
    return []
  return [(n.lineno, n.end_lineno, _says(n)) for n in ast.walk(tree)
          if isinstance(n, ast.stmt)]


_SAYING = {"print", "pprint", "write", "warn", "warning", "debug", "info",
           "error", "exception", "critical", "log"}


def _says(statement):
  if isinstance(statement, (ast.Raise, ast.Assert)):
    return True
  call = statement.value if isinstance(statement, ast.Expr) else None
  function = call.func if isinstance(call, ast.Call) else None
  return getattr(function, "id", getattr(function, "attr", "")) in _SAYING
