"""tf.estimator.train_and_evaluate: training with evaluations between."""
import collections
import os
import time

from numest import arguments
from numest import hooks as _hooks
from numest import logging


def _check_common(kind, input_fn, hooks):
  if not callable(input_fn):
    raise TypeError(f"`input_fn` must be callable, given: {input_fn}")
  for hook in hooks or ():
    if not isinstance(hook, _hooks.SessionRunHook):
      raise TypeError(f"{kind}: All hooks must be `SessionRunHook` instances, "
                      f"given: {hook}")


def _exporters(exporters):
  if exporters is None:
    return ()
  if not isinstance(exporters, (list, tuple)):
    exporters = [exporters]
  names = set()
  for exporter in exporters:
    if not hasattr(exporter, "export") or not hasattr(exporter, "name"):
      raise TypeError("`exporters` must be an Exporter, an iterable of "
                      f"Exporter, or `None`, found {exporter}")
    if not isinstance(exporter.name, str) or not exporter.name:
      raise ValueError("An Exporter must have a name that is a string: got "
                       f"{exporter.name!r}")
    if exporter.name in names:
      raise ValueError("`exporters` must have unique names. Such a name has "
                       f"been used: {exporter.name}")
    names.add(exporter.name)
  return tuple(exporters)


class TrainSpec(collections.namedtuple(
    "TrainSpec", ["input_fn", "max_steps", "hooks", "saving_listeners"])):
  """What train_and_evaluate trains on, and to which global step.

  Raises:
    TypeError: for an input_fn or hooks of another kind.
    ValueError: for max_steps below 1.
  """
  __slots__ = ()

  def __new__(cls, input_fn, max_steps=None, hooks=None,
              saving_listeners=None):
    _check_common("TrainSpec", input_fn, hooks)
    max_steps = arguments.positive_steps("max_steps", max_steps)
    return super().__new__(cls, input_fn, max_steps, tuple(hooks or ()),
                           tuple(saving_listeners or ()))


class EvalSpec(collections.namedtuple(
    "EvalSpec", ["input_fn", "steps", "name", "hooks", "exporters",
                 "start_delay_secs", "throttle_secs"])):
  """What train_and_evaluate evaluates on: `steps` batches (None: all).

  Raises:
    TypeError: for an input_fn, name or hooks of another kind.
    ValueError: for steps below 1 or negative times.
  """
  __slots__ = ()

  def __new__(cls, input_fn, steps=100, name=None, hooks=None, exporters=None,
              start_delay_secs=120, throttle_secs=600):
    _check_common("EvalSpec", input_fn, hooks)
    steps = arguments.positive_steps("steps", steps)
    if name is not None and not isinstance(name, str):
      raise TypeError(f"`name` must be string, given: {name}")
    for what, value in (("start_delay_secs", start_delay_secs),
                        ("throttle_secs", throttle_secs)):
      if arguments.number("EvalSpec", what, value) < 0:
        raise ValueError(f"Must specify {what} >= 0, given: {value}")
    return super().__new__(cls, input_fn, steps, name, tuple(hooks or ()),
                           _exporters(exporters), start_delay_secs,
                           throttle_secs)


class _Evaluation(_hooks.CheckpointSaverListener):
  """Evaluates and exports when a checkpoint was written: at once the first
  time, then not more often than every throttle_secs."""

  def __init__(self, estimator, spec, max_steps):
    self._estimator, self._spec, self._max_steps = estimator, spec, max_steps
    self._time = self._step = None
    self._is_start = True
    self.result, self.exports = None, []

  def after_save(self, session, global_step_value):
    if self._is_start:  # the state that training starts from
      self._is_start = False
      return
    now = time.monotonic()
    if self._time is None or now - self._time >= self._spec.throttle_secs:
      self._evaluate(global_step_value)

  def end(self, session, global_step_value):
    if global_step_value != self._step:
      self._evaluate(global_step_value)

  def _evaluate(self, step):
    spec, estimator = self._spec, self._estimator
    self._step, self._time = step, time.monotonic()
    checkpoint = estimator.latest_checkpoint()
    self.result = estimator.evaluate(
        spec.input_fn, steps=spec.steps, hooks=spec.hooks, name=spec.name,
        checkpoint_path=checkpoint)
    is_final = self._max_steps is not None and step >= self._max_steps
    self.exports = [
        e.export(estimator,
                 os.path.join(estimator.model_dir, "export", e.name),
                 checkpoint, self.result, is_final) for e in spec.exporters]


def train_and_evaluate(estimator, train_spec, eval_spec):
  """Trains to max_steps; evaluates at checkpoints and at the end.

  Returns:
    (metrics of the last evaluation, list of export results); (None, None)
    if nothing was trained because max_steps had been reached.

  Raises:
    TypeError: for arguments of another kind.
  """
  from numest.estimator import Estimator  # a cycle
  for name, value, kind in (("estimator", estimator, Estimator),
                            ("train_spec", train_spec, TrainSpec),
                            ("eval_spec", eval_spec, EvalSpec)):
    if not isinstance(value, kind):
      raise TypeError(f"`{name}` must have type `tf.estimator."
                      f"{kind.__name__}`, given {type(value)}")
  if _is_done(estimator, train_spec.max_steps):
    logging.info("Skipping training since max_steps has already saved.")
    return None, None
  evaluation = _Evaluation(estimator, eval_spec, train_spec.max_steps)
  estimator.train(train_spec.input_fn, hooks=train_spec.hooks,
                  max_steps=train_spec.max_steps,
                  saving_listeners=[*train_spec.saving_listeners, evaluation])
  return evaluation.result, evaluation.exports


def _is_done(estimator, max_steps):
  if max_steps is None or estimator.latest_checkpoint() is None:
    return False
  return estimator.get_variable_value("global_step") >= max_steps
