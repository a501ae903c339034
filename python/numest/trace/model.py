"""Functions that build a model see NumPy as mapped functions do.

There is one path: a condition on a traced value selects where the source can
be rewritten, and is an error elsewhere. What the functions read from outside is
compared before the model is used again.
"""
import contextlib
import functools

from numest import _core
from numest import logging
from numest import trace_state as state
from numest.trace import calls, nests
from numest.trace.guards import Guards
from numest.trace.paths import nested_bindings
from numest.trace.refusals import required
from numest.trace.rebind import rebind, writes_outside


class ModelRun(state.Run):
  """The one replay of a function that builds a model."""

  is_model = True

  def __init__(self):
    super().__init__(None, [], Guards(is_model=True))

  def decide(self, condition):
    raise TypeError("bool of a symbolic tensor: its value is not known while "
                    "the model is built; use np.where")

  def next_key(self):
    """The key of the next draw: another one in every step."""
    key = _core.next_key()
    return self.keyed(key, key, 0)

  def next_keys(self):
    """Keys that all draws of a loop come from."""
    key = _core.next_key()
    return key, key


def of_model(function):
  """`function`, with NumPy, np.random and math of a trace while a model is
  built; called on arrays it is as it was."""
  if writes_outside(function):
    return function

  @functools.wraps(function)
  def building(*args, **kwargs):
    if not _core.is_in_model():
      return function(*args, **kwargs)
    with _building() as run:
      made = rebind(function, nested_bindings())(*args, **kwargs)
      return required(run.refusals, made) if run is not None else made
  return building


def of_tensors(function):
  """As `of_model` for a function of tensors alone: an activation, a loss, a
  metric. Python calls it if it can not become a program, which is logged."""
  made = of_model(function)

  def building(*tensors):
    try:
      return made(*tensors)
    except Exception as error:
      if not _core.is_in_model() or isinstance(error, NotImplementedError):
        raise
      return _called(function, tensors, error)
  return building


def _called(function, tensors, error):
  name = getattr(function, "__name__", type(function).__name__)
  try:
    with _building():
      result = calls.call_python(function, nests.flatten(tensors), str(error),
                                 is_whole=True)
  except Exception:  # it is no function of arrays either
    raise error from None
  logging.warning("%s runs in Python, for every batch: %s", name, error)
  return result


@contextlib.contextmanager
def _building():
  """Gives the Run of the outermost function; None inside of it."""
  with calls.allowed():
    if state.in_trace():
      yield None
      return
    with state.activate(ModelRun()) as run:
      yield run
    run.reads.leave_changed()
    _core.watch_model(lambda: run.reads.changed() is None)
