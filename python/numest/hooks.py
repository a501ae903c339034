"""Hooks: Python objects that look into a running session."""
import collections
import time

from numest import _core
from numest import logging
from numest import names
from numest._core import NanLossError as NanLossDuringTrainingError
from numest.tensor import Tensor

__all__ = [
    "SessionRunHook", "SessionRunArgs", "SessionRunContext",
    "SessionRunValues", "CheckpointSaverListener", "StopAtStepHook",
    "LoggingTensorHook", "NanTensorHook", "NanLossDuringTrainingError",
]

SessionRunArgs = collections.namedtuple(
    "SessionRunArgs", ["fetches", "feed_dict", "options"],
    defaults=[None, None])
SessionRunValues = collections.namedtuple(
    "SessionRunValues", ["results", "options", "run_metadata"],
    defaults=[None, None])
SessionRunArgs.__doc__ = "What before_run asks for: a nest of tensors or names."
SessionRunValues.__doc__ = "What after_run gets: results, nested as asked."


class SessionRunContext:
  """What a hook sees of a step."""

  def __init__(self, core):
    self._core = core
    self.session = Session(core)
    self.original_args = None

  def request_stop(self):
    """Asks the loop to end after this step."""
    self._core.request_stop()

  @property
  def stop_requested(self):
    """Whether a hook asked to stop."""
    return self._core.stop_requested


class Session:
  """Reads values of variables by tensor."""

  def __init__(self, core):
    self._core = core

  def run(self, fetches):
    """Values of variables, given as tensors or by name; a list for a
    list."""
    if isinstance(fetches, (list, tuple)):
      return [self.run(f) for f in fetches]
    if not isinstance(fetches, (str, Tensor)):
      raise TypeError(f"Session.run: got {fetches!r}, expected variables of "
                      "the model or their names; ask for other tensors by "
                      "SessionRunArgs in before_run")
    name = fetches if isinstance(fetches, str) else fetches._node_name
    return self._core.variable(name.split(":")[0])


class SessionRunHook:
  """Base of hooks; every method may be left out."""

  def begin(self):
    """Called once, while the model may still be extended."""

  def after_create_session(self, session, coord):
    """Called when variables have values."""

  def before_run(self, run_context):
    """Returns SessionRunArgs(fetches) to see their values, or None."""
    return None

  def after_run(self, run_context, run_values):
    """Gets the fetched values."""

  def end(self, session):
    """Called when the run ended without an error."""


class _Adapter:
  """The core's view of a Python hook: flat lists of tensors."""

  def __init__(self, hook):
    self._hook = hook
    self._fetches = None

  def begin(self):
    self._hook.begin()

  def after_create_session(self, core):
    self._hook.after_create_session(Session(core), None)

  def before_run(self, core):
    self._context = SessionRunContext(core)
    args = self._hook.before_run(self._context)
    if args is not None and not isinstance(args, SessionRunArgs):
      raise TypeError(f"{type(self._hook).__name__}.before_run: got {args!r}, "
                      "expected None or SessionRunArgs(fetches)")
    self._fetches = args.fetches if args is not None else None
    return [_tensor_of(t, core) for t in _flatten(self._fetches)]

  def after_run(self, core, values):
    results = _rebuild(self._fetches, iter(values))
    self._hook.after_run(self._context, SessionRunValues(results))

  def end(self, core):
    self._hook.end(Session(core))


class _ListenerAdapter:
  """The core's view of a checkpoint listener."""

  def __init__(self, listener):
    self._listener = listener

  def begin(self):
    self._listener.begin()

  def before_save(self, core, step):
    self._listener.before_save(Session(core), step)

  def after_save(self, core, step):
    return self._listener.after_save(Session(core), step)

  def end(self, core, step):
    self._listener.end(Session(core), step)


def _tensor_of(value, core):
  if isinstance(value, str):
    named = names.find(value)
    bare = value.split(":")[0]
    if named is None and bare == "loss":
      return core.loss
    if named is None:
      named = core.variable_tensor(bare)
    if named is None:
      raise KeyError(f"The name '{value}' refers to a Tensor which does not "
                     "exist: expected 'loss', a variable, or a name= that "
                     "the model function gave")
    return named
  return _core.tensor(value)


def _flatten(fetches):
  if fetches is None:
    return []
  if isinstance(fetches, dict):
    return [t for v in fetches.values() for t in _flatten(v)]
  if isinstance(fetches, (list, tuple)):
    return [t for v in fetches for t in _flatten(v)]
  return [fetches]


def _rebuild(fetches, values):
  if fetches is None:
    return None
  if isinstance(fetches, dict):
    return {k: _rebuild(v, values) for k, v in fetches.items()}
  if isinstance(fetches, (list, tuple)):
    return [_rebuild(v, values) for v in fetches]
  return next(values)


def to_core(hooks):
  """Core hooks of a list of SessionRunHook; TypeError for others."""
  result = []
  if isinstance(hooks, SessionRunHook):
    raise TypeError(f"hooks: got {type(hooks).__name__}, expected a list of "
                    "hooks")
  for hook in hooks or ():
    if not isinstance(hook, SessionRunHook):
      raise TypeError("All hooks must be SessionRunHook instances, given: "
                      f"{hook}")
    result.append(_core.python_hook(_Adapter(hook)))
  return result


class CheckpointSaverListener:
  """Told before and after each checkpoint is written."""

  def begin(self):
    """Before training."""

  def before_save(self, session, global_step_value):
    """Before a checkpoint is written."""

  def after_save(self, session, global_step_value):
    """After it; True asks to stop."""

  def end(self, session, global_step_value):
    """After training."""


def listeners_to_core(listeners):
  result = []
  for listener in listeners or ():
    if not isinstance(listener, CheckpointSaverListener):
      raise TypeError("saving_listeners must be a list of "
                      f"CheckpointSaverListener, given: {listener}")
    result.append(_core.python_listener(_ListenerAdapter(listener)))
  return result


class StopAtStepHook(SessionRunHook):
  """Stops after `num_steps` more steps, or at step `last_step`."""

  def __init__(self, num_steps=None, last_step=None):
    if (num_steps is None) == (last_step is None):
      raise ValueError("Exactly one of num_steps or last_step must be "
                       "specified.")
    self._num_steps, self._last_step = num_steps, last_step

  def before_run(self, run_context):
    if self._last_step is None:
      self._last_step = run_context._core.global_step + self._num_steps

  def after_run(self, run_context, run_values):
    if run_context._core.global_step >= self._last_step:
      run_context.request_stop()


class LoggingTensorHook(SessionRunHook):
  """Logs tensors every n steps or seconds."""

  def __init__(self, tensors, every_n_iter=None, every_n_secs=None,
               at_end=False, formatter=None):
    only_at_end = at_end and every_n_iter is None and every_n_secs is None
    if not only_at_end and (every_n_iter is None) == (every_n_secs is None):
      raise ValueError("either at_end and/or exactly one of every_n_iter and "
                       "every_n_secs must be provided.")
    if every_n_iter is not None and every_n_iter <= 0:
      raise ValueError(f"invalid every_n_iter={every_n_iter}.")
    if not isinstance(tensors, dict):
      tensors = {str(t): t for t in tensors}
    self._tensors, self._formatter = tensors, formatter
    self._every, self._seconds = every_n_iter, every_n_secs
    self._at_end, self._last = at_end, None

  def begin(self):
    self._count, self._time = 0, None

  def before_run(self, run_context):
    return SessionRunArgs(self._tensors)

  def _is_due(self):
    if self._every is not None:
      return self._count % self._every == 0
    if self._seconds is None:
      return False
    now = time.monotonic()
    if self._time is None or now - self._time >= self._seconds:
      self._time = now
      return True
    return False

  def after_run(self, run_context, run_values):
    self._last = run_values.results
    if self._is_due():
      self._log()
    self._count += 1

  def _log(self):
    values = self._last
    text = (self._formatter(values) if self._formatter else
            ", ".join(f"{k} = {v}" for k, v in sorted(values.items())))
    logging.info("%s", text)

  def end(self, session):
    if self._at_end and self._last is not None:
      self._log()


class NanTensorHook(SessionRunHook):
  """Raises, or stops, when the loss is NaN."""

  def __init__(self, loss_tensor, fail_on_nan_loss=True):
    self._loss, self._fails = loss_tensor, fail_on_nan_loss

  def before_run(self, run_context):
    return SessionRunArgs(self._loss)

  def after_run(self, run_context, run_values):
    if run_values.results == run_values.results:
      return
    if self._fails:
      raise NanLossDuringTrainingError("NaN loss during training.")
    run_context.request_stop()
