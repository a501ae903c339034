"""Functions that run in processes of their own: what goes on in these, and
how an error comes back from there."""
import gc
import os
import pickle
import random
import sys
import traceback
import types

import numpy as np

from numest import _core

KINDS = (None, "process")


def num_workers(isolate, num_parallel_calls):
  """How many processes run the function of a map; 0: none but this one.

  Args:
    isolate: None or "process".
    num_parallel_calls: a count; None or AUTOTUNE (-1): as many as there are
      threads.

  Raises:
    ValueError: another `isolate`, or a count below 1.
    NotImplementedError: "process" on a system without fork.
  """
  if isolate not in KINDS:
    raise ValueError(f"map: isolate: got {isolate!r}, expected one of {KINDS}")
  if isolate is None:
    return 0
  if not hasattr(os, "fork"):
    raise NotImplementedError(
        "map: isolate='process' starts its workers by os.fork, as closures "
        f"and lambdas cannot be sent: got {sys.platform}, which has none; "
        "leave isolate out")
  if num_parallel_calls in (None, -1):
    return _core.num_threads()
  if num_parallel_calls < 1:
    raise ValueError("map: num_parallel_calls: got "
                     f"{num_parallel_calls}, expected 1 or more, or AUTOTUNE")
  return int(num_parallel_calls)


# --- in the worker ---
def flush():
  """What is to be written yet would be written by each worker again."""
  for stream in (sys.stdout, sys.stderr):
    if stream is not None:
      stream.flush()


def begin(index):
  """Called first in worker `index`."""
  gc.freeze()  # what came from the parent is not ours to finalize
  # Draws that are not keyed must differ between workers.
  np.random.seed(np.random.randint(2**32, size=index + 1, dtype=np.uint64)[-1])
  for _ in range(index + 1):
    seed = random.getrandbits(64)
  random.seed(seed)


def end():
  """Called last in a worker."""
  flush()


def packed(error, trace=None):
  """An error as bytes: with its traceback, notes and causes."""
  return pickle.dumps(_parts(error, trace))


def _parts(error, trace=None):
  if error is None:
    return None
  trace = trace or error.__traceback__
  frames = [(f.filename, f.lineno, f.name)
            for f in traceback.extract_tb(trace)]
  return (_pickled(error), frames, getattr(error, "__notes__", []),
          _parts(error.__cause__), _parts(error.__context__),
          error.__suppress_context__)


def _pickled(error):
  try:
    made = pickle.dumps(error)
    pickle.loads(made)
    return made
  except Exception:  # a class of a function, or one that asks for arguments
    return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))


# --- in the parent ---
def raise_packed(parts, position):
  """Raises what `packed` packed, with its note of the element."""
  error = _unpacked(pickle.loads(parts))
  error.add_note(f"numest: raised at element {position} of the mapped function")
  raise error


def _unpacked(parts):
  if parts is None:
    return None
  made, frames, notes, cause, context, is_suppressed = parts
  error = pickle.loads(made)
  error.__notes__ = list(notes)
  error.__cause__, error.__context__ = _unpacked(cause), _unpacked(context)
  error.__suppress_context__ = is_suppressed
  return error.with_traceback(_traceback(frames))


def _traceback(frames):
  made = None
  for file, line, name in reversed(frames):
    # No instruction is known: the line alone says where it was.
    made = types.TracebackType(made, _frame(file, line, name), -1, line)
  return made


def _frame(file, line, name):
  """A frame of a function that looks as the one in the worker."""
  scope = {"take": sys._getframe}
  exec(compile("frame = take()", file, "exec").replace(
      co_name=name, co_qualname=name, co_firstlineno=line), scope)
  return scope["frame"]
