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
                           exporters, start_delay_secs, throttle_secs)


class _Evaluation(_hooks.CheckpointSaverListener):
  """Evaluates when a checkpoint was written, not more often than asked."""

  def __init__(self, estimator, spec, max_steps):
    self._estimator, self._spec, self._max_steps = estimator, spec, max_steps
    self._time, self.result, self._step = None, None, None

  def begin(self):
    self._first = True

  def after_save(self, session, global_step_value):
    if self._first:  # the state that training starts from
      self._first = False
      self._time = time.monotonic()
      return
    waited = time.monotonic() - self._time
    if waited < self._spec.throttle_secs:
      return
    self.evaluate(global_step_value)

  def end(self, session, global_step_value):
    self.evaluate(global_step_value)

  def evaluate(self, step):
    if step == self._step:
      return
    spec = self._spec
    self.result = self._estimator.evaluate(
        spec.input_fn, steps=spec.steps, hooks=spec.hooks, name=spec.name,
        checkpoint_path=self._estimator.latest_checkpoint())
    self._step, self._time = step, time.monotonic()


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
  return evaluation.result, _exports(estimator, eval_spec, evaluation.result)


def _is_done(estimator, max_steps):
  if max_steps is None or estimator.latest_checkpoint() is None:
    return False
  return estimator.get_variable_value("global_step") >= max_steps


def _exports(estimator, eval_spec, result):
  exporters = eval_spec.exporters
  if exporters is None:
    return []
  if not isinstance(exporters, (list, tuple)):
    exporters = [exporters]
  return [e.export(estimator, os.path.join(estimator.model_dir, "export",
                                           e.name),
                   estimator.latest_checkpoint(), result, True)
          for e in exporters]
