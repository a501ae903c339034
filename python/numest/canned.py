"""Canned estimators: their model functions are the core's."""
from numest import _core, arguments, estimator, nn, run_config
from numest import heads as _heads
from numest.trace.model import of_tensors


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


class _Canned(estimator.Estimator):
  """An estimator whose model function is the core's."""

  _IS_V1 = False

  def _start(self, config, model_dir, factory):
    self._check_subclass()
    self._config = run_config.configured(config, model_dir)
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
           dropout, batch_norm, config, model_dir, warm_start_from):
    estimator.check_warm_start(warm_start_from)
    columns = _columns(feature_columns)
    units = _hidden_units(hidden_units)
    if activation is not None:
      arguments.function(type(self).__name__, "activation_fn", activation)
      activation = of_tensors(activation)
    if dropout is not None:
      dropout = arguments.number(type(self).__name__, "dropout", dropout)
    self._start(config, model_dir, lambda values: _core.dnn_estimator(
        head, units, columns, _optimizer(optimizer),
        activation, dropout, batch_norm, self._IS_V1, values))

  def _linear(self, head, feature_columns, optimizer, config, model_dir,
              warm_start_from):
    estimator.check_warm_start(warm_start_from)
    columns = _columns(feature_columns)
    self._start(config, model_dir, lambda values: _core.linear_estimator(
        head, columns, _optimizer(optimizer), self._IS_V1, values))


class DNNClassifier(_Canned):
  """A dense network that classifies.

  Args:
    hidden_units: number of units of each hidden layer.
    feature_columns: columns of tf.feature_column.
    model_dir: folder of checkpoints; a temporary one if None.
    n_classes: 2 (labels 0 and 1, one logit), or more.
    weight_column: key of the weights of examples among the features.
    label_vocabulary: the classes, if labels are strings.
    optimizer: "Adagrad", another name, an optimizer, or a function that makes
      one.
    activation_fn: function of a layer's tensor, tf.nn.relu by default.
    dropout: fraction of units that a training step leaves out.
    config: a RunConfig.
    loss_reduction: one of tf.keras.losses.Reduction; by default the mean
      over the batch.
    batch_norm: normalize each hidden layer over the batch.

  Raises:
    ValueError, TypeError: for arguments of another kind.
    NotImplementedError: for warm_start_from.
  """

  def __init__(self, hidden_units, feature_columns, model_dir=None,
               n_classes=2, weight_column=None, label_vocabulary=None,
               optimizer="Adagrad", activation_fn=nn.relu, dropout=None,
               config=None, warm_start_from=None, loss_reduction=None,
               batch_norm=False):
    head = self._classes(n_classes, weight_column, label_vocabulary,
                         loss_reduction)
    self._dnn(head, hidden_units, feature_columns, optimizer, activation_fn,
              dropout, batch_norm, config, model_dir, warm_start_from)


class DNNRegressor(_Canned):
  """A dense network that regresses.

  Args:
    hidden_units: number of units of each hidden layer.
    feature_columns: columns of tf.feature_column.
    model_dir: folder of checkpoints; a temporary one if None.
    label_dimension: numbers per label.
    weight_column: key of the weights of examples among the features.
    optimizer: "Adagrad", another name, an optimizer, or a function that makes
      one.
    activation_fn: function of a layer's tensor, tf.nn.relu by default.
    dropout: fraction of units that a training step leaves out.
    config: a RunConfig.
    loss_reduction: one of tf.keras.losses.Reduction; by default the mean
      over the batch.
    batch_norm: normalize each hidden layer over the batch.

  Raises:
    ValueError, TypeError: for arguments of another kind.
    NotImplementedError: for warm_start_from.
  """

  def __init__(self, hidden_units, feature_columns, model_dir=None,
               label_dimension=1, weight_column=None, optimizer="Adagrad",
               activation_fn=nn.relu, dropout=None, config=None,
               warm_start_from=None, loss_reduction=None, batch_norm=False):
    head = self._values(label_dimension, weight_column, loss_reduction)
    self._dnn(head, hidden_units, feature_columns, optimizer, activation_fn,
              dropout, batch_norm, config, model_dir, warm_start_from)


class LinearClassifier(_Canned):
  """A linear model that classifies.

  Args:
    feature_columns: columns of tf.feature_column.
    model_dir: folder of checkpoints; a temporary one if None.
    n_classes: 2 (labels 0 and 1, one logit), or more.
    weight_column: key of the weights of examples among the features.
    label_vocabulary: the classes, if labels are strings.
    optimizer: "Ftrl", another name, an optimizer, or a function that makes
      one.
    config: a RunConfig.
    loss_reduction: one of tf.keras.losses.Reduction; by default the mean
      over the batch.

  Raises:
    ValueError, TypeError: for arguments of another kind.
    NotImplementedError: for warm_start_from.
  """

  def __init__(self, feature_columns, model_dir=None, n_classes=2,
               weight_column=None, label_vocabulary=None, optimizer="Ftrl",
               config=None, warm_start_from=None, loss_reduction=None,
               sparse_combiner="sum"):
    head = self._classes(n_classes, weight_column, label_vocabulary,
                         loss_reduction)
    self._linear(head, feature_columns, optimizer, config, model_dir,
                 warm_start_from)


class LinearRegressor(_Canned):
  """A linear model that regresses.

  Args:
    feature_columns: columns of tf.feature_column.
    model_dir: folder of checkpoints; a temporary one if None.
    label_dimension: numbers per label.
    weight_column: key of the weights of examples among the features.
    optimizer: "Ftrl", another name, an optimizer, or a function that makes
      one.
    config: a RunConfig.
    loss_reduction: one of tf.keras.losses.Reduction; by default the mean
      over the batch.

  Raises:
    ValueError, TypeError: for arguments of another kind.
    NotImplementedError: for warm_start_from.
  """

  def __init__(self, feature_columns, model_dir=None, label_dimension=1,
               weight_column=None, optimizer="Ftrl", config=None,
               warm_start_from=None, loss_reduction=None,
               sparse_combiner="sum"):
    head = self._values(label_dimension, weight_column, loss_reduction)
    self._linear(head, feature_columns, optimizer, config, model_dir,
                 warm_start_from)


class BaselineClassifier(_Canned):
  """Class frequencies, whatever the features; arguments as of
  LinearClassifier."""

  def __init__(self, model_dir=None, n_classes=2, weight_column=None,
               label_vocabulary=None, optimizer="Ftrl", config=None,
               loss_reduction=None):
    self._baseline(self._classes(n_classes, weight_column, label_vocabulary,
                                 loss_reduction),
                   optimizer, config, model_dir)


class BaselineRegressor(_Canned):
  """Means of the labels, whatever the features; arguments as of
  LinearRegressor."""

  def __init__(self, model_dir=None, label_dimension=1, weight_column=None,
               optimizer="Ftrl", config=None, loss_reduction=None):
    self._baseline(self._values(label_dimension, weight_column,
                                loss_reduction),
                   optimizer, config, model_dir)


class BaselineEstimator(_Canned):
  """A bias per logit with a head, such as tf.estimator.RegressionHead()."""

  def __init__(self, head, model_dir=None, optimizer="Ftrl", config=None):
    self._baseline(self._head(head), optimizer, config, model_dir)


class DNNEstimator(_Canned):
  """A dense network with a head, such as tf.estimator.MultiLabelHead(3);
  other arguments as of DNNClassifier."""

  def __init__(self, head, hidden_units, feature_columns, model_dir=None,
               optimizer="Adagrad", activation_fn=nn.relu, dropout=None,
               config=None, warm_start_from=None, batch_norm=False):
    self._dnn(self._head(head), hidden_units, feature_columns, optimizer,
              activation_fn, dropout, batch_norm, config, model_dir,
              warm_start_from)


class LinearEstimator(_Canned):
  """A linear model with a head, such as tf.estimator.MultiLabelHead(3);
  other arguments as of LinearClassifier."""

  def __init__(self, head, feature_columns, model_dir=None, optimizer="Ftrl",
               config=None, sparse_combiner="sum", warm_start_from=None):
    self._linear(self._head(head), feature_columns, optimizer, config,
                 model_dir, warm_start_from)
