"""tf.estimator: Estimator, specs, configs, canned estimators."""
import contextlib
import copy
import functools
import inspect
import os
import signal
import threading

import numpy as np

from numest import _core
from numest import data as _data
from numest import arguments
from numest import hooks as _hooks
from numest import export, logging, trace_state
from numest import run_config as _run_config
from numest import names as names_of_model
from numest.heads import (BinaryClassHead, Head, LogisticRegressionHead,
                          MultiClassHead, MultiHead, MultiLabelHead,
                          PoissonRegressionHead, RegressionHead)
from numest.estimator_spec import (EstimatorSpec, ModeKeys, check_metrics,
                                   core_spec, metric_pairs)
from numest.hooks import *  # SessionRunHook and the others
from numest.run_config import RunConfig
from numest.tensor import Tensor
from numest.trace.explain import of_steps, report
from numest.trace.model import of_model


class _Inputs:
  """What the functions of the last dataset of each mode took, for explain."""

  def __init__(self):
    self._explained = {}

  def of(self, mode, result):
    """The core's dataset of what an input_fn returned."""
    self._explained[mode] = getattr(result, "_explained", [])
    return _dataset(result)

  @contextlib.contextmanager
  def kept(self):
    """A context after which the data is let go of, and the reports stay."""
    try:
      yield
    finally:
      self._explained = {mode: [_Reported(f.report()) for f in functions]
                         for mode, functions in self._explained.items()}

  def reports(self):
    return [f.report() for functions in self._explained.values()
            for f in functions]


class _Reported:
  """A function that has run."""

  def __init__(self, report):
    self._report = report

  def report(self):
    return self._report


def _dataset(result):
  if isinstance(result, _data.Dataset):
    return result._core
  if result is None:
    raise ValueError("input_fn returned None, expected a Dataset or "
                     "(features, labels); is a `return` missing?")
  if isinstance(result, (list, tuple)):
    if len(result) != 2:
      raise ValueError("input_fn should return (features, labels) as a len 2 "
                       f"tuple: got {len(result)} parts")
    result = tuple(result)
  return _data.Dataset.from_tensors(result)._core


def _interrupts():
  """Ctrl-C ends a loop of the core between two steps, with a checkpoint; a
  handler of the user's own stays."""
  is_ours = (threading.current_thread() is threading.main_thread() and
             signal.getsignal(signal.SIGINT) is signal.default_int_handler)
  return _core.Interrupts() if is_ours else contextlib.nullcontext()


def _accepted(function):
  """Names of the arguments that a function still takes."""
  if isinstance(function, functools.partial):
    names = _accepted(function.func)
    return [n for n in names[len(function.args):]
            if n not in function.keywords]
  return [p.name for p in inspect.signature(function).parameters.values()
          if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]


def _check_model_fn(model_fn, params):
  """Names of its arguments; ValueError for what it lacks or has too many."""
  if model_fn is None:
    raise ValueError("model_fn must be provided to Estimator.")
  arguments.function("Estimator", "model_fn", model_fn)
  names = set(_accepted(model_fn))
  if "features" not in names:
    raise ValueError(f"model_fn ({model_fn}) must include features argument.")
  if params is not None and "params" not in names:
    raise ValueError(f"model_fn ({model_fn}) does not include params "
                     f"argument, but params ({params}) is passed to "
                     "Estimator.")
  if params is None and "params" in names:
    logging.warning("Estimator's model_fn (%s) includes params argument, but "
                    "params are not passed to Estimator.", model_fn)
  unknown = names - {"features", "labels", "mode", "params", "config"}
  if unknown:
    raise ValueError(f"model_fn ({model_fn}) has following not expected args: "
                     f"{sorted(unknown)}; bind them by functools.partial or "
                     "pass them in params")
  return names


class Estimator:
  """Trains, evaluates and predicts with a model function.

  Args:
    model_fn: function of features and, if it names them, labels, mode,
      params, config; returns an EstimatorSpec. Plain NumPy works in it.
    model_dir: folder of checkpoints; a temporary one if None.
    config: a RunConfig.
    params: a dictionary handed to model_fn.
    warm_start_from: unused if model_dir holds a checkpoint.
  """

  def __init__(self, model_fn, model_dir=None, config=None, params=None,
               warm_start_from=None):
    self._check_subclass()
    self._model_fn_names = _check_model_fn(model_fn, params)
    check_warm_start(warm_start_from)
    self._user_model_fn = model_fn
    self._params = copy.deepcopy(params or {})
    self._config = _run_config.configured(config, model_dir)
    self._make(lambda config: _core.Estimator(self._call_model_fn, config))

  def _check_subclass(self):
    allowed = {"model_fn", "latest_checkpoint"}
    for cls in type(self).__mro__:
      if cls is Estimator or cls.__module__.startswith("numest."):
        break
      changed = sorted(n for n in vars(cls)
                       if not n.startswith("__") and n not in allowed and
                       hasattr(Estimator, n))
      if changed:
        raise ValueError("Subclasses of Estimator cannot override members of "
                         f"Estimator. {cls.__name__} does override "
                         f"{changed}; write a model_fn instead")

  def _make(self, factory):
    self._use(factory(self._config._values))
    self._config = self._config.replace(model_dir=self._core.model_dir)

  def _use(self, core):
    """Takes an estimator of the core, and makes what belongs to that one."""
    self._core = core
    self._inputs = _Inputs()
    self._rows = _core.RowRequests(core, self._prediction_key)

  def _call_model_fn(self, features, labels, mode):
    names = self._model_fn_names
    if labels is not None and "labels" not in names:
      raise ValueError("model_fn does not take labels, but input_fn returns "
                       "labels.")
    given = {"labels": labels, "mode": mode, "params": self.params,
             "config": self.config}
    chosen = {k: v for k, v in given.items() if k in names}
    names_of_model.clear()
    with _draws_once(self._user_model_fn):
      spec = of_model(self._user_model_fn)(features=features, **chosen)
    if not isinstance(spec, EstimatorSpec):
      raise ValueError("model_fn should return an EstimatorSpec: got "
                       f"{type(spec).__name__}")
    return core_spec(spec)

  @property
  def model_dir(self):
    """Folder of the checkpoints."""
    return self._core.model_dir

  @property
  def config(self):
    """A copy of the RunConfig."""
    return copy.copy(self._config)

  @property
  def params(self):
    """A deep copy of the parameters of the model function."""
    return copy.deepcopy(self._params)

  @property
  def model_fn(self):
    """The model function as a function of features, labels, mode, config."""
    def function(features, labels, mode, config):
      given = {"labels": labels, "mode": mode, "params": self.params,
               "config": config}
      return self._user_model_fn(features=features, **{
          k: v for k, v in given.items() if k in self._model_fn_names})
    return function

  def _input_fn(self, input_fn, mode):
    if not callable(input_fn):
      raise TypeError("input_fn must be callable: got "
                      f"{type(input_fn).__name__}")
    given = {"mode": mode, "params": self.params, "config": self.config}
    try:
      names = _accepted(input_fn)
    except (TypeError, ValueError):
      names = set()
    chosen = {k: v for k, v in given.items() if names and k in names}
    return lambda: self._inputs.of(mode, input_fn(**chosen))

  def train(self, input_fn, hooks=None, steps=None, max_steps=None,
            saving_listeners=None):
    """Trains; returns self. Stops when the data ends, after `steps`, at
    global step `max_steps`, or when a hook asks.

    Raises:
      ValueError: if steps and max_steps are both given or not positive.
      NanLossDuringTrainingError: if the loss becomes NaN.
    """
    if steps is not None and max_steps is not None:
      raise ValueError("Can not provide both steps and max_steps.")
    steps = arguments.positive_steps("steps", steps)
    max_steps = arguments.positive_steps("max_steps", max_steps)
    config = self._config
    if saving_listeners and not (config.save_checkpoints_steps or
                                 config.save_checkpoints_secs):
      raise ValueError("There should be a CheckpointSaverHook to use "
                       "saving_listeners: set save_checkpoints_steps or "
                       "save_checkpoints_secs of RunConfig")
    with _interrupts(), self._inputs.kept():
      self._core.train(self._input_fn(input_fn, ModeKeys.TRAIN), steps,
                       max_steps, _hooks.to_core(hooks),
                       _hooks.listeners_to_core(saving_listeners))
    return self

  def _explain(self):
    """The functions of an Explanation: those of the data, then the programs
    of the model."""
    models = [of_steps(report(f"model_fn ({mode})", "", "model"), steps)
              for mode, steps in self._core.profile()]
    return self._inputs.reports() + models

  def evaluate(self, input_fn, steps=None, hooks=None, checkpoint_path=None,
               name=None):
    """Metrics over the data as NumPy scalars by name."""
    with _interrupts(), self._inputs.kept():
      return self._core.evaluate(
          self._input_fn(input_fn, ModeKeys.EVAL),
          arguments.positive_steps("steps", steps), _hooks.to_core(hooks),
          _path(checkpoint_path), name or "")

  def predict(self, input_fn, predict_keys=None, hooks=None,
              checkpoint_path=None, yield_single_examples=True):
    """A generator of predictions, a dictionary of arrays per example.

    Row i belongs to row i of the data: a shuffle is passed through.
    """
    predictor = self._core.predict(
        self._input_fn(input_fn, ModeKeys.PREDICT), _keys(predict_keys),
        _hooks.to_core(hooks), _path(checkpoint_path), yield_single_examples)
    while (rows := predictor.next(self._prediction_key)) is not None:
      yield from rows

  def predict_all(self, input_fn, predict_keys=None):
    """All predictions by key, rows stacked; no generator."""
    with _interrupts(), self._inputs.kept():
      return self._with_keys(_prediction(self._core.predict_all(
          self._input_fn(input_fn, ModeKeys.PREDICT),
          _keys(predict_keys))))

  def predict_one(self, features):
    """Predictions of one example given as arrays."""
    return self._rows(features)

  def prediction_function(self, features):
    """The predictions as a program with the present variables in it, to be
    saved: a file that runs in C++ and Python without the model function.

    Args:
      features: arrays like a batch, or tf.TensorSpec; the extent of the batch
        may vary.

    Returns:
      A SavedFunction from features to predictions; `save(path)` writes it,
      `tf.load_function(path)` reads it. TensorFlow can't read the file.
    """
    from numest import saved_functions  # few processes need it
    return saved_functions.of_predictions(self._core, features)

  _prediction_key = None

  def _with_keys(self, row):
    if self._prediction_key is None or not isinstance(row, dict):
      return row
    return {self._prediction_key(k): v for k, v in row.items()}

  def eval_dir(self, name=None):
    """Folder of the summaries of `evaluate`, by its name."""
    return self._core.eval_dir(name or "")

  def latest_checkpoint(self):
    """Path prefix of the newest checkpoint, or None."""
    return self._core.latest_checkpoint() or None

  def get_variable_names(self):
    """Names of all variables; ValueError before the model was trained."""
    return self._core.get_variable_names()

  def get_variable_value(self, name):
    """Value of a variable as an ndarray.

    Raises:
      NotFoundError: there is no variable of that name.
    """
    return self._core.get_variable_value(name)


def add_metrics(estimator, metric_fn):
  """An estimator like `estimator` whose `evaluate` gives more metrics.

  Args:
    estimator: an Estimator; model_dir and config are shared.
    metric_fn: function of any of the arguments features, labels,
      predictions, config; returns a dictionary as eval_metric_ops are.

  Raises:
    ValueError: metric_fn has other arguments.
  """
  arguments.function("add_metrics", "metric_fn", metric_fn)
  names = set(_accepted(metric_fn))
  unknown = names - {"features", "labels", "predictions", "config"}
  if unknown:
    raise ValueError(f"metric_fn ({metric_fn}) has following not expected "
                     f"args: {sorted(unknown)}")

  def metrics(features, labels, predictions):
    given = {"features": features, "labels": labels, "config":
             estimator.config, "predictions": _prediction(predictions)}
    made = of_model(metric_fn)(**{k: given[k] for k in names})
    check_metrics(made)
    return metric_pairs(made or {})
  made = copy.copy(estimator)
  made._use(_core.add_metrics(estimator._core, metrics))
  return made


@contextlib.contextmanager
def _draws_once(model_fn):
  """Warns if np.random was drawn from: it is data to the model, whose graph
  is built once."""
  before = trace_state.random_state()
  yield
  if trace_state.random_state() != before:
    logging.warning("model_fn %s draws from np.random: the numbers are drawn "
                    "once and are the same in every step; draw in "
                    "Dataset.map, or use tf.nn.dropout",
                    getattr(model_fn, "__name__", model_fn))


def _prediction(row):
  if isinstance(row, dict) and list(row) == [""]:
    return row[""]
  return row


def check_warm_start(warm_start_from):
  """NotImplementedError unless it is None."""
  if warm_start_from is not None:
    raise NotImplementedError(
        f"warm_start_from: got {warm_start_from!r}, which is not supported; "
        "copy the checkpoint into model_dir to go on from it")


def _keys(keys):
  return [keys] if isinstance(keys, str) else list(keys or ())


def _path(path):
  return "" if path is None else os.fspath(path)


from numest.canned import (BaselineClassifier, BaselineEstimator,  # a cycle
                           BaselineRegressor, DNNClassifier, DNNEstimator,
                           DNNRegressor, LinearClassifier, LinearEstimator,
                           LinearRegressor)
from numest.train_and_evaluate import (EvalSpec, TrainSpec,  # uses the above
                                       train_and_evaluate)
