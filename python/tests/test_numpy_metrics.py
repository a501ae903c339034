"""Metrics written in NumPy against NumPy over all rows at once."""
import numpy as np
import pytest

import numest as tf

RNG = np.random.default_rng(5)
X = RNG.normal(size=(50, 2)).astype(np.float32)
Y = (X[:, 0] > 0.2).astype(np.int64)
W = RNG.uniform(0.5, 2, 50).astype(np.float32)
PREDICTED = (X[:, 0] + 0.5 * X[:, 1]).astype(np.float32)


def median_error(labels, predictions):
  return np.median(np.abs(labels - predictions))


def rank_auc(labels, predictions):
  """Mann and Whitney's U: no sum over rows."""
  order = np.argsort(np.argsort(predictions, kind="stable"), kind="stable") + 1
  positive = labels == 1
  n = np.count_nonzero(positive)
  u = np.sum(order[positive]) - n * (n + 1) / 2
  return u / (n * (len(labels) - n))


def squares(labels, predictions):
  return np.square(labels - predictions)


def mean_square(labels, predictions):
  return np.mean(np.square(labels - predictions))


def evaluated(metrics, batch, tmp_path=None):
  """The result for metrics of (labels, predictions, features)."""
  def model_fn(features, labels, mode):
    predictions = features["x"][:, 0] + 0.5 * features["x"][:, 1]
    return tf.estimator.EstimatorSpec(
        mode, predictions={"p": predictions}, loss=tf.constant(0.0),
        train_op=tf.constant(0), eval_metric_ops=metrics(
            labels, predictions, features))

  def input_fn():
    return tf.data.Dataset.from_tensor_slices(
        ({"x": X, "w": W}, Y)).batch(batch)
  return tf.estimator.Estimator(model_fn, tmp_path).evaluate(input_fn)


@pytest.mark.parametrize("function", [median_error, rank_auc, mean_square])
@pytest.mark.parametrize("batch", [1, 7, 50, 64])
def test_accumulated_rows_do_not_depend_on_the_batch(function, batch):
  got = evaluated(lambda y, p, _: {
      "m": tf.metrics.from_numpy(function, y, p)}, batch)
  np.testing.assert_allclose(got["m"], function(Y, PREDICTED), rtol=1e-6)


@pytest.mark.parametrize("function", [squares, mean_square])
@pytest.mark.parametrize("batch", [1, 7, 50])
def test_a_mean_is_that_of_all_rows(function, batch):
  got = evaluated(lambda y, p, _: {
      "m": tf.metrics.from_numpy(function, y, p, reduction="mean")}, batch)
  np.testing.assert_allclose(got["m"], mean_square(Y, PREDICTED), rtol=1e-5)


@pytest.mark.parametrize("batch", [7, 50])
def test_weights_count_rows(batch):
  def weighted(labels, predictions, weights):
    return np.average(squares(labels, predictions), weights=weights)
  got = evaluated(lambda y, p, features: {
      "all": tf.metrics.from_numpy(weighted, y, p, weights=features["w"]),
      "mean": tf.metrics.from_numpy(squares, y, p, weights=features["w"],
                                    reduction="mean")}, batch)
  expected = weighted(Y, PREDICTED, W)
  np.testing.assert_allclose(got["all"], expected, rtol=1e-5)
  np.testing.assert_allclose(got["mean"], expected, rtol=1e-5)


def test_arguments_may_be_nests_and_results_arrays():
  def moments(features, predictions):
    assert isinstance(predictions, np.ndarray) and len(predictions) == 50
    return np.concatenate([features["x"].mean(axis=0), [predictions.std()]])
  got = evaluated(lambda y, p, features: {
      "m": tf.metrics.from_numpy(moments, features, p)}, 8)
  np.testing.assert_allclose(
      got["m"], [*X.mean(axis=0), PREDICTED.std()], rtol=1e-5)


def test_they_stand_beside_others_and_run_again():
  def metrics(labels, predictions, _):
    return {"median": tf.metrics.from_numpy(median_error, labels, predictions),
            "mse": tf.compat.v1.metrics.mean_squared_error(labels,
                                                           predictions)}
  first, second = (evaluated(metrics, 9) for _ in range(2))
  assert first == second
  np.testing.assert_allclose(first["mse"], mean_square(Y, PREDICTED),
                             rtol=1e-5)


def regressor(tmp_path):
  made = tf.estimator.LinearRegressor(
      [tf.feature_column.numeric_column("x", shape=[2])],
      model_dir=str(tmp_path))
  return made.train(data(10), steps=5)


def data(batch):
  return lambda: tf.data.Dataset.from_tensor_slices(
      ({"x": X, "w": W}, Y.astype(np.float32))).batch(batch).repeat(1)


@pytest.mark.parametrize("batch", [6, 50])
def test_add_metrics_to_a_canned_estimator(tmp_path, batch):
  def metric_fn(labels, predictions, features):
    return {"median": tf.metrics.from_numpy(
        lambda y, p: median_error(y, p["predictions"][:, 0]), labels,
        predictions),
            "average_loss": tf.compat.v1.metrics.mean(features["w"])}
  plain = regressor(tmp_path)
  made = tf.estimator.add_metrics(plain, metric_fn)
  got = made.evaluate(data(batch))
  predictions = np.array([p["predictions"][0]
                          for p in made.predict(data(batch))])
  np.testing.assert_allclose(got["median"], median_error(Y, predictions),
                             rtol=1e-5)
  np.testing.assert_allclose(got["average_loss"], W.mean(), rtol=1e-5)
  assert got["global_step"] == 5
  assert "median" not in plain.evaluate(data(batch))
  assert made.model_dir == plain.model_dir


def test_what_the_function_raises_arrives():
  def failing(labels, predictions):
    raise ZeroDivisionError("mine")
  with pytest.raises(ZeroDivisionError, match="mine"):
    evaluated(lambda y, p, _: {"m": tf.metrics.from_numpy(failing, y, p)}, 5)


WRONG = [
    (lambda y, p, f: {"m": tf.metrics.from_numpy(3, y)}, TypeError,
     "from_numpy: function: got int, expected a function"),
    (lambda y, p, f: {"m": tf.metrics.from_numpy(median_error)}, TypeError,
     "got no arguments for median_error"),
    (lambda y, p, f: {"m": tf.metrics.from_numpy(squares, y, p,
                                                 reduction="sum")},
     ValueError, "reduction: got 'sum', expected one of"),
    (lambda y, p, f: {"m": tf.metrics.from_numpy(
        mean_square, y, p, weights=f["w"], reduction="mean")},
     ValueError, "weights are for rows, but the function gives one value"),
    (lambda y, p, f: {"m": median_error}, TypeError,
     "write tf.metrics.from_numpy"),
    (lambda y, p, f: {"m": tf.metrics.from_numpy(lambda a: "text", y)},
     TypeError, "expected numbers"),
]


@pytest.mark.parametrize("metrics, error, message", WRONG)
def test_wrong_uses(metrics, error, message):
  with pytest.raises(error, match=message):
    evaluated(metrics, 5)


def test_add_metrics_names_arguments_it_does_not_know(tmp_path):
  with pytest.raises(ValueError, match="not expected args: \\['logits'\\]"):
    tf.estimator.add_metrics(regressor(tmp_path), lambda logits: {})


def test_an_estimator_with_metrics_predicts_with_its_own_variables(tmp_path):
  plain = tf.estimator.LinearRegressor(
      [tf.feature_column.numeric_column("x", shape=[2])],
      config=tf.estimator.RunConfig(str(tmp_path), save_checkpoints_steps=None,
                                    save_checkpoints_secs=None))
  plain.train(data(10), steps=1)
  made = tf.estimator.add_metrics(plain, lambda labels: {})
  made.train(data(10), steps=5)
  expected = made.predict_all(data(50))["predictions"]
  np.testing.assert_allclose(made.predict_one({"x": X[0]})["predictions"],
                             expected[0], rtol=1e-5)
