"""tf.estimator: Estimator, specs, configs, canned estimators."""
import collections
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
from numest import heads as _heads
from numest import hooks as _hooks
from numest import names as names_of_model
from numest import nn
from numest.heads import (BinaryClassHead, Head, LogisticRegressionHead,
                          MultiClassHead, MultiHead, MultiLabelHead,
                          PoissonRegressionHead, RegressionHead)
from numest.hooks import *  # SessionRunHook and the others
from numest.metric_objects import Metric
from numest.run_config import RunConfig
from numest.tensor import Tensor


class ModeKeys:
  """What a model function is asked to build."""
  TRAIN = "train"
  EVAL = "eval"
  PREDICT = "infer"


_FIELDS = ["mode", "predictions", "loss", "train_op", "eval_metric_ops",
           "export_outputs", "training_chief_hooks", "training_hooks",
           "scaffold", "evaluation_hooks", "prediction_hooks"]


class EstimatorSpec(collections.namedtuple("EstimatorSpec", _FIELDS)):
  """What a model function returns.

  Raises:
    ValueError: for a missing loss, train_op or predictions.
    TypeError: for eval_metric_ops that are not pairs.
  """
  __slots__ = ()

  def __new__(cls, mode, predictions=None, loss=None, train_op=None,
              eval_metric_ops=None, export_outputs=None,
              training_chief_hooks=None, training_hooks=None, scaffold=None,
              evaluation_hooks=None, prediction_hooks=None):
    if mode == ModeKeys.TRAIN and train_op is None:
      raise ValueError("Missing train_op.")
    if mode != ModeKeys.PREDICT and loss is None:
      raise ValueError("Missing loss.")
    if mode == ModeKeys.PREDICT and predictions is None:
      raise ValueError("Missing predictions.")
    _check_metrics(eval_metric_ops)
    return super().__new__(
        cls, mode, predictions, loss, train_op, eval_metric_ops or {},
        export_outputs, tuple(training_chief_hooks or ()),
        tuple(training_hooks or ()), scaffold, tuple(evaluation_hooks or ()),
        tuple(prediction_hooks or ()))


def _check_metrics(eval_metric_ops):
  if eval_metric_ops is None:
    return
  if not isinstance(eval_metric_ops, dict):
    raise TypeError("eval_metric_ops must be a dict, given: "
                    f"{eval_metric_ops}")
  for key, value in eval_metric_ops.items():
    is_pair = isinstance(value, tuple) and len(value) == 2
    if not is_pair and not isinstance(value, Metric):
      raise TypeError("Values of eval_metric_ops must be (metric_value, "
                      f"update_op) tuples, given: {value} for key: {key}")


def _metric_pairs(metrics):
  pairs = {}
  for key, value in metrics.items():
    if isinstance(value, Metric):
      if value.pair is None:
        raise ValueError(f"Please call update_state(...) on the {key!r} "
                         "metric before it is given to eval_metric_ops")
      value = value.pair
    pairs[key] = value
  return pairs


def _text_keys(predictions):
  """Keys as text; heads of several parts have tuples."""
  if not isinstance(predictions, dict):
    return predictions
  return {"/".join(map(str, k)) if isinstance(k, tuple) else k: v
          for k, v in predictions.items()}


def core_spec(spec):
  """The core's form of an EstimatorSpec."""
  return {
      "predictions": _text_keys(spec.predictions), "loss": spec.loss,
      "train_op": spec.train_op,
      "eval_metric_ops": _metric_pairs(spec.eval_metric_ops),
      "training_hooks": _hooks.to_core(spec.training_chief_hooks +
                                       spec.training_hooks),
      "evaluation_hooks": _hooks.to_core(spec.evaluation_hooks),
      "prediction_hooks": _hooks.to_core(spec.prediction_hooks),
  }


def _dataset(result):
  if isinstance(result, _data.Dataset):
    return result._core
  return _data.Dataset.from_tensors(result)._core


def _interrupts():
  """Ctrl-C ends a loop of the core between two steps, with a checkpoint; a
  handler of the user's own stays."""
  is_ours = (threading.current_thread() is threading.main_thread() and
             signal.getsignal(signal.SIGINT) is signal.default_int_handler)
  return _core.Interrupts() if is_ours else contextlib.nullcontext()


def _accepted(function):
  signature = inspect.signature(function).parameters
  if any(p.kind is p.VAR_KEYWORD for p in signature.values()):
    return None
  return set(signature)


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
    if model_fn is None:
      raise ValueError("model_fn must be provided to Estimator.")
    names = _accepted(model_fn) or {"features", "labels", "mode"}
    if "features" not in names:
      raise ValueError("model_fn must include features argument.")
    if params is not None and "params" not in names and (
        _accepted(model_fn) is not None):
      raise ValueError("model_fn does not include params argument, but "
                       "params is passed to Estimator.")
    self._model_fn_names = names
    self._user_model_fn = model_fn
    self._params = copy.deepcopy(params or {})
    self._config = _configured(config, model_dir)
    self._make(lambda config: _core.Estimator(self._call_model_fn, config))

  def _check_subclass(self):
    pass

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
      return self._user_model_fn(features=features, labels=labels, mode=mode)
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
    for name, value in (("steps", steps), ("max_steps", max_steps)):
      if value is not None and value <= 0:
        raise ValueError(f"Must specify {name} > 0, given: {value}")
    with _interrupts():
      self._core.train(self._input_fn(input_fn, ModeKeys.TRAIN), steps,
                       max_steps, _hooks.to_core(hooks),
                       _hooks.listeners_to_core(saving_listeners))
    return self

  def evaluate(self, input_fn, steps=None, hooks=None, checkpoint_path=None,
               name=None):
    """Metrics over the data as NumPy scalars by name."""
    if steps is not None and steps <= 0:
      raise ValueError(f"Must specify steps > 0, given: {steps}")
    with _interrupts():
      return self._core.evaluate(
          self._input_fn(input_fn, ModeKeys.EVAL), steps,
          _hooks.to_core(hooks), _path(checkpoint_path), name or "")

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


class _Canned(Estimator):
  """An estimator whose model function is the core's."""

  _IS_V1 = False

  def _start(self, config, model_dir, factory):
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
    columns = list(feature_columns)
    self._start(config, model_dir, lambda values: _core.dnn_estimator(
        head, [int(u) for u in hidden_units], columns, _optimizer(optimizer),
        activation, dropout, batch_norm, self._IS_V1, values))

  def _linear(self, head, feature_columns, optimizer, config, model_dir):
    columns = list(feature_columns)
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


TrainSpec = collections.namedtuple(
    "TrainSpec", ["input_fn", "max_steps", "hooks", "saving_listeners"],
    defaults=[None, None, None])
EvalSpec = collections.namedtuple(
    "EvalSpec", ["input_fn", "steps", "name", "hooks", "exporters",
                 "start_delay_secs", "throttle_secs"],
    defaults=[100, None, None, None, 120, 600])


def train_and_evaluate(estimator, train_spec, eval_spec):
  """Trains to max_steps, then evaluates; returns (metrics, exports)."""
  before = estimator.latest_checkpoint()
  estimator.train(train_spec.input_fn, hooks=train_spec.hooks,
                  max_steps=train_spec.max_steps,
                  saving_listeners=train_spec.saving_listeners)
  if estimator.latest_checkpoint() == before:
    return None, None
  metrics = estimator.evaluate(eval_spec.input_fn, steps=eval_spec.steps,
                               hooks=eval_spec.hooks, name=eval_spec.name)
  return metrics, []
