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
from numest import heads as _heads
from numest import hooks as _hooks
from numest import export, logging
from numest import names as names_of_model
from numest import nn
from numest.heads import (BinaryClassHead, Head, LogisticRegressionHead,
                          MultiClassHead, MultiHead, MultiLabelHead,
                          PoissonRegressionHead, RegressionHead)
from numest.estimator_spec import EstimatorSpec, ModeKeys, core_spec
from numest.hooks import *  # SessionRunHook and the others
from numest.run_config import RunConfig
from numest.tensor import Tensor


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
    _check_warm_start(warm_start_from)
    self._user_model_fn = model_fn
    self._params = copy.deepcopy(params or {})
    self._config = _configured(config, model_dir)
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
    self._core = factory(self._config._values)
    self._config = self._config.replace(model_dir=self._core.model_dir)

  def _call_model_fn(self, features, labels, mode):
    names = self._model_fn_names
    if labels is not None and "labels" not in names:
      raise ValueError("model_fn does not take labels, but input_fn returns "
                       "labels.")
    given = {"labels": labels, "mode": mode, "params": self.params,
             "config": self.config}
    chosen = {k: v for k, v in given.items() if k in names}
    names_of_model.clear()
    spec = self._user_model_fn(features=features, **chosen)
    if not isinstance(spec, EstimatorSpec):
      raise ValueError("model_fn should return an EstimatorSpec: got "
                       f"{type(spec).__name__}")
    return core_spec(spec)

  @property
  def model_dir(self):
    return self._core.model_dir

  @property
  def config(self):
    return copy.copy(self._config)

  @property
  def params(self):
    return copy.deepcopy(self._params)

  @property
  def model_fn(self):
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
    return lambda: _dataset(input_fn(**chosen))

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
    with _interrupts():
      self._core.train(self._input_fn(input_fn, ModeKeys.TRAIN), steps,
                       max_steps, _hooks.to_core(hooks),
                       _hooks.listeners_to_core(saving_listeners))
    return self

  def evaluate(self, input_fn, steps=None, hooks=None, checkpoint_path=None,
               name=None):
    """Metrics over the data as NumPy scalars by name."""
    with _interrupts():
      return self._core.evaluate(
          self._input_fn(input_fn, ModeKeys.EVAL),
          arguments.positive_steps("steps", steps), _hooks.to_core(hooks),
          _path(checkpoint_path), name or "")

  def predict(self, input_fn, predict_keys=None, hooks=None,
              checkpoint_path=None, yield_single_examples=True):
    """A generator of predictions, a dictionary of arrays per example.

    Row i belongs to row i of the data: a shuffle is passed through.
    """
    keys = [predict_keys] if isinstance(predict_keys, str) else (
        list(predict_keys or ()))
    predictor = self._core.predict(
        self._input_fn(input_fn, ModeKeys.PREDICT), keys,
        _hooks.to_core(hooks), _path(checkpoint_path), yield_single_examples)
    while True:
      try:
        row = predictor.next()
      except StopIteration:
        return
      yield self._with_keys(_prediction(row))

  def predict_all(self, input_fn, predict_keys=None):
    """All predictions by key, rows stacked; no generator."""
    with _interrupts():
      return self._with_keys(_prediction(self._core.predict_all(
          self._input_fn(input_fn, ModeKeys.PREDICT),
          list(predict_keys or ()))))

  def predict_one(self, features):
    """Predictions of one example given as arrays."""
    batch = ({k: np.asarray(v)[None] for k, v in features.items()}
             if isinstance(features, dict) else np.asarray(features)[None])
    return self._with_keys(_prediction(
        {k: v[0] for k, v in self._core.predict_batch(batch).items()}))

  _prediction_key = None

  def _with_keys(self, row):
    if self._prediction_key is None or not isinstance(row, dict):
      return row
    return {self._prediction_key(k): v for k, v in row.items()}

  def eval_dir(self, name=None):
    return self._core.eval_dir(name or "")

  def latest_checkpoint(self):
    return self._core.latest_checkpoint() or None

  def get_variable_names(self):
    return self._core.get_variable_names()

  def get_variable_value(self, name):
    return self._core.get_variable_value(name)


def _prediction(row):
  if list(row) == [""]:
    return row[""]
  return row


def _check_warm_start(warm_start_from):
  if warm_start_from is not None:
    raise NotImplementedError(
        f"warm_start_from: got {warm_start_from!r}, which is not supported; "
        "copy the checkpoint into model_dir to go on from it")


def _path(path):
  return "" if path is None else os.fspath(path)


def _configured(config, model_dir):
  if config is None:
    config = RunConfig()
  if not isinstance(config, RunConfig):
    raise ValueError("config must be an instance of `RunConfig`, but "
                     f"provided {config}.")
  if model_dir is not None:
    model_dir = os.fspath(model_dir)
    if config.model_dir is not None and config.model_dir != model_dir:
      raise ValueError("`model_dir` are set both in constructor and "
                       "`RunConfig`, but with different values.")
    config = config.replace(
        model_dir=model_dir,
        save_checkpoints_steps=config.save_checkpoints_steps,
        save_checkpoints_secs=config.save_checkpoints_secs)
  return config


def _optimizer(value):
  if isinstance(value, str):
    return value
  if hasattr(value, "_core"):
    return value._core
  if callable(value):
    return lambda: value()._core
  raise ValueError("The given object is not an Optimizer instance. Given: "
                   f"{value}")


def _columns(columns):
  if isinstance(columns, _core.FeatureColumn):
    columns = [columns]
  if isinstance(columns, (str, dict)) or not hasattr(columns, "__iter__"):
    raise ValueError(f"feature_columns: got {columns!r}, expected a list of "
                     "columns such as tf.feature_column.numeric_column('x')")
  columns = list(columns)
  for column in columns:
    if not isinstance(column, _core.FeatureColumn):
      raise ValueError(f"feature_columns: got {column!r}, expected columns "
                       "such as tf.feature_column.numeric_column('x')")
  return columns


def _hidden_units(units):
  if isinstance(units, str) or not hasattr(units, "__iter__"):
    raise TypeError(f"hidden_units: got {units!r}, expected a list with the "
                    "number of units of each layer, such as [128, 64]")
  return [arguments.integer("hidden_units", "units", u) for u in units]


class _Canned(Estimator):
  """An estimator whose model function is the core's."""

  _IS_V1 = False

  def _start(self, config, model_dir, factory):
    self._check_subclass()
    self._config = _configured(config, model_dir)
    self._params = {}
    self._make(factory)

  def _baseline(self, head, optimizer, config, model_dir):
    self._start(config, model_dir, lambda values: _core.baseline_estimator(
        head, _optimizer(optimizer), self._IS_V1, values))

  def _head(self, head):
    core = _heads.to_core(head)
    self._prediction_key = head._key
    return core

  def _classes(self, n_classes, *options):
    if n_classes != 2:
      _heads.check_n_classes(n_classes)
    return _core.classification_head(
        n_classes, _heads.options(self._IS_V1, *options))

  def _values(self, label_dimension, weight_column, loss_reduction):
    return _core.regression_head(
        label_dimension,
        _heads.options(self._IS_V1, weight_column, None, loss_reduction))

  def _dnn(self, head, hidden_units, feature_columns, optimizer, activation,
           dropout, batch_norm, config, model_dir):
    columns = _columns(feature_columns)
    units = _hidden_units(hidden_units)
    if activation is not None:
      arguments.function(type(self).__name__, "activation_fn", activation)
    if dropout is not None:
      dropout = arguments.number(type(self).__name__, "dropout", dropout)
    self._start(config, model_dir, lambda values: _core.dnn_estimator(
        head, units, columns, _optimizer(optimizer),
        activation, dropout, batch_norm, self._IS_V1, values))

  def _linear(self, head, feature_columns, optimizer, config, model_dir):
    columns = _columns(feature_columns)
    self._start(config, model_dir, lambda values: _core.linear_estimator(
        head, columns, _optimizer(optimizer), self._IS_V1, values))


class DNNClassifier(_Canned):
  """A dense network that classifies; see tf.estimator.DNNClassifier."""

  def __init__(self, hidden_units, feature_columns, model_dir=None,
               n_classes=2, weight_column=None, label_vocabulary=None,
               optimizer="Adagrad", activation_fn=nn.relu, dropout=None,
               config=None, warm_start_from=None, loss_reduction=None,
               batch_norm=False):
    head = self._classes(n_classes, weight_column, label_vocabulary,
                         loss_reduction)
    self._dnn(head, hidden_units, feature_columns, optimizer, activation_fn,
              dropout, batch_norm, config, model_dir)


class DNNRegressor(_Canned):
  """A dense network that regresses; see tf.estimator.DNNRegressor."""

  def __init__(self, hidden_units, feature_columns, model_dir=None,
               label_dimension=1, weight_column=None, optimizer="Adagrad",
               activation_fn=nn.relu, dropout=None, config=None,
               warm_start_from=None, loss_reduction=None, batch_norm=False):
    head = self._values(label_dimension, weight_column, loss_reduction)
    self._dnn(head, hidden_units, feature_columns, optimizer, activation_fn,
              dropout, batch_norm, config, model_dir)


class LinearClassifier(_Canned):
  """A linear model that classifies; see tf.estimator.LinearClassifier."""

  def __init__(self, feature_columns, model_dir=None, n_classes=2,
               weight_column=None, label_vocabulary=None, optimizer="Ftrl",
               config=None, warm_start_from=None, loss_reduction=None,
               sparse_combiner="sum"):
    head = self._classes(n_classes, weight_column, label_vocabulary,
                         loss_reduction)
    self._linear(head, feature_columns, optimizer, config, model_dir)


class LinearRegressor(_Canned):
  """A linear model that regresses; see tf.estimator.LinearRegressor."""

  def __init__(self, feature_columns, model_dir=None, label_dimension=1,
               weight_column=None, optimizer="Ftrl", config=None,
               warm_start_from=None, loss_reduction=None,
               sparse_combiner="sum"):
    head = self._values(label_dimension, weight_column, loss_reduction)
    self._linear(head, feature_columns, optimizer, config, model_dir)


class BaselineClassifier(_Canned):
  """Class frequencies, whatever the features."""

  def __init__(self, model_dir=None, n_classes=2, weight_column=None,
               label_vocabulary=None, optimizer="Ftrl", config=None,
               loss_reduction=None):
    self._baseline(self._classes(n_classes, weight_column, label_vocabulary,
                                 loss_reduction),
                   optimizer, config, model_dir)


class BaselineRegressor(_Canned):
  """Means of the labels, whatever the features."""

  def __init__(self, model_dir=None, label_dimension=1, weight_column=None,
               optimizer="Ftrl", config=None, loss_reduction=None):
    self._baseline(self._values(label_dimension, weight_column,
                                loss_reduction),
                   optimizer, config, model_dir)


class BaselineEstimator(_Canned):
  """A bias per logit with a head of the user's choice."""

  def __init__(self, head, model_dir=None, optimizer="Ftrl", config=None):
    self._baseline(self._head(head), optimizer, config, model_dir)


class DNNEstimator(_Canned):
  """A dense network with a head of the user's choice."""

  def __init__(self, head, hidden_units, feature_columns, model_dir=None,
               optimizer="Adagrad", activation_fn=nn.relu, dropout=None,
               config=None, warm_start_from=None, batch_norm=False):
    self._dnn(self._head(head), hidden_units, feature_columns, optimizer,
              activation_fn, dropout, batch_norm, config, model_dir)


class LinearEstimator(_Canned):
  """A linear model with a head of the user's choice."""

  def __init__(self, head, feature_columns, model_dir=None, optimizer="Ftrl",
               config=None, sparse_combiner="sum", warm_start_from=None):
    self._linear(self._head(head), feature_columns, optimizer, config,
                 model_dir)


from numest.train_and_evaluate import (EvalSpec, TrainSpec,  # uses the above
                                       train_and_evaluate)
