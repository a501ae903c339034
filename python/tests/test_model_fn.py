"""Model functions of the user: NumPy on Tensors against NumPy by hand."""
import numpy as np
import pytest

import numest as tf

V1 = tf.compat.v1
RNG = np.random.default_rng(3)
X = RNG.normal(size=(12, 3)).astype(np.float32)
Y = (X @ np.array([1.0, -2.0, 0.5], np.float32) + 0.3).astype(np.float32)
START = np.array([0.5, -0.5, 0.25], np.float32)


def data(batch=12, repeat=1):
  return lambda: tf.data.Dataset.from_tensor_slices(
      ({"x": X}, Y)).batch(batch).repeat(repeat)


def log_cosh(labels, predictions):
  return np.mean(np.log(np.cosh(predictions - labels)))


def model_fn(features, labels, mode, params):
  weight = V1.get_variable("weight", initializer=START)
  predictions = np.dot(np.clip(features["x"], -2, 2), weight)
  if mode == tf.estimator.ModeKeys.PREDICT:
    return tf.estimator.EstimatorSpec(
        mode, predictions={"y": predictions, "sign": np.sign(predictions)},
        export_outputs={"y": tf.estimator.export.PredictOutput(predictions)})
  loss = log_cosh(labels, predictions)
  if mode == tf.estimator.ModeKeys.EVAL:
    error = np.abs(predictions - labels)
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, eval_metric_ops={
            "mae": V1.metrics.mean(error),
            "rmse": V1.metrics.root_mean_squared_error(labels, predictions)})
  optimizer = V1.train.GradientDescentOptimizer(params["rate"])
  return tf.estimator.EstimatorSpec(
      mode, loss=loss, train_op=optimizer.minimize(
          loss, global_step=V1.train.get_global_step()))


def estimator(model_dir, rate=0.1, **options):
  return tf.estimator.Estimator(model_fn, str(model_dir),
                                params={"rate": rate}, **options)


def by_hand(steps, rate=0.1):
  weight = START.astype(np.float64)
  clipped = np.clip(X, -2, 2)
  for _ in range(steps):
    slope = np.tanh(clipped @ weight - Y)[:, None] * clipped
    weight = weight - rate * slope.mean(axis=0)
  return weight


def test_training_with_a_numpy_loss_follows_the_gradient_by_hand(tmp_path):
  made = estimator(tmp_path)
  assert made.train(data(repeat=20)) is made
  np.testing.assert_allclose(made.get_variable_value("weight"), by_hand(20),
                             rtol=1e-5)
  assert made.get_variable_value("global_step") == 20


def test_params_reach_the_model_and_are_copies(tmp_path):
  params = {"rate": 0.3}
  made = tf.estimator.Estimator(model_fn, str(tmp_path), params=params)
  params["rate"] = 99.0
  made.params["rate"] = 77.0
  made.train(data())
  np.testing.assert_allclose(made.get_variable_value("weight"),
                             by_hand(1, 0.3), rtol=1e-5)


def test_evaluate_gives_metrics_over_all_batches(tmp_path):
  made = estimator(tmp_path)
  made.train(data())
  result = made.evaluate(data(batch=5))
  weight = made.get_variable_value("weight")
  error = np.clip(X, -2, 2) @ weight - Y
  batches = [error[:5], error[5:10], error[10:]]
  assert set(result) == {"loss", "mae", "rmse", "global_step"}
  np.testing.assert_allclose(result["mae"], np.abs(error).mean(), rtol=1e-5)
  np.testing.assert_allclose(result["rmse"], np.sqrt((error**2).mean()),
                             rtol=1e-5)
  # The loss is the mean over batches, not over rows.
  np.testing.assert_allclose(
      result["loss"],
      np.mean([np.log(np.cosh(b)).mean() for b in batches]), rtol=1e-5)
  assert result["global_step"] == 1


def test_evaluate_steps_limits_the_batches(tmp_path):
  made = estimator(tmp_path)
  result = made.evaluate(data(batch=5), steps=1)
  error = np.clip(X, -2, 2) @ START - Y
  np.testing.assert_allclose(result["mae"], np.abs(error[:5]).mean(),
                             rtol=1e-5)


def test_predict_gives_a_dictionary_per_row(tmp_path):
  rows = list(estimator(tmp_path).predict(data(batch=5)))
  expected = np.clip(X, -2, 2) @ START
  np.testing.assert_allclose([r["y"] for r in rows], expected, rtol=1e-5)
  np.testing.assert_array_equal([r["sign"] for r in rows], np.sign(expected))


def test_predict_keys_choose(tmp_path):
  rows = list(estimator(tmp_path).predict(data(), predict_keys=["sign"]))
  assert [set(r) for r in rows] == [{"sign"}] * 12
  rows = list(estimator(tmp_path).predict(data(), predict_keys="y"))
  assert [set(r) for r in rows] == [{"y"}] * 12


def test_predict_by_batches(tmp_path):
  batches = list(estimator(tmp_path).predict(data(batch=5),
                                             yield_single_examples=False))
  assert [b["y"].shape for b in batches] == [(5,), (5,), (2,)]


def test_predict_all_and_predict_one_agree_with_predict(tmp_path):
  made = estimator(tmp_path)
  rows = [r["y"] for r in made.predict(data(batch=5))]
  np.testing.assert_allclose(made.predict_all(data(batch=5))["y"], rows)
  np.testing.assert_allclose(made.predict_one({"x": X[3]})["y"], rows[3],
                             rtol=1e-6)


def test_predict_is_lazy_and_reads_no_batch_ahead(tmp_path):
  read = []

  def elements():
    for i in range(100):
      read.append(i)
      yield X[:2] * i

  spec = tf.TensorSpec([2, 3], tf.float32)
  rows = estimator(tmp_path).predict(
      lambda: tf.data.Dataset.from_generator(
          elements, output_signature=spec).map(lambda x: {"x": x}))
  assert read == []
  next(rows), next(rows)
  assert read == [0]
  next(rows)
  assert read == [0, 1]
  rows.close()


def test_predictions_may_be_one_array(tmp_path):
  def double(features, mode):
    return tf.estimator.EstimatorSpec(mode, predictions=features * 2)

  made = tf.estimator.Estimator(double, str(tmp_path))
  rows = list(made.predict(
      lambda: tf.data.Dataset.from_tensor_slices(X).batch(5)))
  np.testing.assert_allclose(rows, X * 2)


def test_checkpoint_path_chooses_old_weights(tmp_path):
  made = estimator(tmp_path)
  made.train(data())
  first = made.latest_checkpoint()
  made.train(data(repeat=5))
  assert made.latest_checkpoint() != first
  old = [r["y"] for r in made.predict(data(), checkpoint_path=first)]
  np.testing.assert_allclose(old, np.clip(X, -2, 2) @ by_hand(1), rtol=1e-4)
  assert made.evaluate(data(), checkpoint_path=first)["global_step"] == 1
  assert made.evaluate(data())["global_step"] == 6


def test_training_goes_on_from_model_dir(tmp_path):
  estimator(tmp_path).train(data(repeat=3))
  again = estimator(tmp_path)
  again.train(data(repeat=4))
  assert again.get_variable_value("global_step") == 7
  np.testing.assert_allclose(again.get_variable_value("weight"), by_hand(7),
                             rtol=1e-5)


@pytest.mark.parametrize("options, expected", [
    ({"steps": 4}, 4), ({"max_steps": 5}, 5), ({}, 10), ({"steps": 99}, 10)])
def test_training_stops_at_the_first_of_its_limits(tmp_path, options,
                                                   expected):
  made = estimator(tmp_path)
  made.train(data(repeat=10), **options)
  assert made.get_variable_value("global_step") == expected


def test_steps_count_from_here_and_max_steps_from_the_start(tmp_path):
  made = estimator(tmp_path)
  made.train(data(repeat=10), steps=3)
  made.train(data(repeat=10), steps=3)
  assert made.get_variable_value("global_step") == 6
  made.train(data(repeat=10), max_steps=8)
  assert made.get_variable_value("global_step") == 8
  calls = []
  made.train(lambda: calls.append(1), max_steps=8)
  assert not calls  # nothing is left to do


def test_labels_and_mode_may_be_left_out(tmp_path):
  def only_features(features):
    w = V1.get_variable("w", initializer=np.float32(1.0))
    loss = np.mean((features * w) ** 2)
    train_op = V1.train.GradientDescentOptimizer(0.1).minimize(
        loss, V1.train.get_global_step())
    return tf.estimator.EstimatorSpec("train", loss=loss, train_op=train_op)

  made = tf.estimator.Estimator(only_features, str(tmp_path))
  made.train(lambda: tf.data.Dataset.from_tensors(X))
  expected = 1.0 - 0.1 * 2 * np.mean(X.astype(np.float64) ** 2)
  np.testing.assert_allclose(made.get_variable_value("w"), expected,
                             rtol=1e-5)


def test_input_fn_may_take_mode_params_and_config(tmp_path):
  seen = {}

  def input_fn(mode, params, config):
    seen.update(mode=mode, params=params, model_dir=config.model_dir)
    return data()()

  estimator(tmp_path).train(input_fn)
  assert seen == {"mode": "train", "params": {"rate": 0.1},
                  "model_dir": str(tmp_path)}


def test_input_fn_may_return_arrays(tmp_path):
  made = estimator(tmp_path)
  made.train(lambda: ({"x": X}, Y))
  np.testing.assert_allclose(made.get_variable_value("weight"), by_hand(1),
                             rtol=1e-5)


def test_normalizer_fn_in_numpy_is_part_of_the_model(tmp_path):
  mean, std = X.mean(axis=0), X.std(axis=0)
  column = tf.feature_column.numeric_column(
      "x", shape=[3],
      normalizer_fn=lambda x: (x - mean) / np.maximum(std, 1e-3))
  made = tf.estimator.LinearRegressor(
      [column], model_dir=str(tmp_path),
      optimizer=tf.keras.optimizers.legacy.SGD(0.1))
  made.train(data())
  z = (X - mean) / std
  expected = 0.1 * 2 * (Y[:, None] * z).mean(axis=0)  # from zero weights
  np.testing.assert_allclose(
      made.get_variable_value("linear/linear_model/x/weights")[:, 0],
      expected, rtol=1e-4)


def test_keras_metric_objects_and_v1_pairs_agree(tmp_path):
  def model(features, labels, mode):
    p = features["x"][:, 0]
    mse = tf.keras.metrics.MeanAbsoluteError()
    mse.update_state(labels[:, None], p[:, None])
    return tf.estimator.EstimatorSpec(
        mode, loss=tf.constant(0.0), eval_metric_ops={
            "object": mse,
            "pair": V1.metrics.mean_absolute_error(labels, p)})

  result = tf.estimator.Estimator(model, str(tmp_path)).evaluate(data(batch=5))
  expected = np.abs(X[:, 0] - Y).mean()
  np.testing.assert_allclose(result["object"], expected, rtol=1e-5)
  np.testing.assert_allclose(result["pair"], expected, rtol=1e-5)


def test_head_in_a_model_function_gives_loss_and_metrics(tmp_path):
  labels = (Y > 0).astype(np.int64)

  def model(features, labels, mode):
    w = V1.get_variable("w", initializer=START[:, None])
    head = tf.estimator.BinaryClassHead()
    return head.create_estimator_spec(
        features, mode, np.matmul(features["x"], w), labels,
        optimizer=V1.train.GradientDescentOptimizer(0.1))

  input_fn = lambda: tf.data.Dataset.from_tensors(({"x": X}, labels))
  made = tf.estimator.Estimator(model, str(tmp_path))
  result = made.evaluate(input_fn)
  z = (X @ START).astype(np.float64)
  p = 1 / (1 + np.exp(-z))
  loss = -np.mean(np.where(labels == 1, np.log(p), np.log(1 - p)))
  np.testing.assert_allclose(result["loss"], loss, rtol=1e-5)
  np.testing.assert_allclose(result["accuracy"], np.mean((p > 0.5) == labels))
  made.train(input_fn)
  slope = ((p - labels)[:, None] * X).mean(axis=0)
  np.testing.assert_allclose(made.get_variable_value("w")[:, 0],
                             START - 0.1 * slope, rtol=1e-5)


def test_draws_of_numpy_in_a_model_are_new_in_every_step(tmp_path):
  seen = []

  class Read(tf.estimator.SessionRunHook):
    def before_run(self, run_context):
      return tf.estimator.SessionRunArgs("noise")

    def after_run(self, run_context, run_values):
      seen.append(run_values.results)

  def model_fn(features, labels, mode):
    w = tf.compat.v1.get_variable("w", shape=[1])
    noise = tf.identity(np.random.normal(size=(3,)), name="noise")
    loss = np.mean((features["x"] * w) ** 2) + 0 * np.sum(noise)
    train_op = tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(
        loss, tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)

  data = lambda: tf.data.Dataset.from_tensors(
      {"x": np.ones((2, 1), "f4")}).repeat(4)
  tf.estimator.Estimator(model_fn, str(tmp_path)).train(data, hooks=[Read()])
  assert len(seen) == 4 and len(np.unique(np.concatenate(seen))) == 12


DRAWN = None


def test_draws_that_the_trace_does_not_see_are_warned_of(tmp_path, caplog):
  def model_fn(features, labels, mode):
    global DRAWN
    DRAWN = np.random.normal()
    return tf.estimator.EstimatorSpec(mode, predictions=features["x"] + DRAWN)

  data = lambda: tf.data.Dataset.from_tensors({"x": np.ones((2, 1), "f4")})
  with caplog.at_level("WARNING", logger="numest"):
    list(tf.estimator.Estimator(model_fn, str(tmp_path)).predict(data))
  said = [r.getMessage() for r in caplog.records
          if "draws from np.random" in r.getMessage()]
  assert len(said) == 1 and "Dataset.map" in said[0]


TABLE = np.array([[1.0, 2], [3, 4], [5, 6]], np.float32)


def test_a_model_uses_all_of_numpy(tmp_path):
  def model_fn(features, labels, mode):
    x, row = features["x"], features["row"]
    y = np.zeros_like(x)
    y[:, 0] = x[:, 1]
    y[:, 1] += np.eye(3, dtype=np.float32)[row].sum(axis=1) + np.take(
        TABLE, row, axis=0)[:, 0]
    if np.max(x) > 2:
      y = y * 10
    return tf.estimator.EstimatorSpec(
        mode, predictions={"y": y, "t": TABLE[row]})

  def expected(x, row):
    y = np.stack([x[:, 1], 1 + TABLE[row, 0]], axis=1)
    return y * 10 if x.max() > 2 else y

  row = np.array([2, 0, 1])
  estimator = tf.estimator.Estimator(model_fn, str(tmp_path))
  for scale in (1, 9):
    x = np.arange(6, dtype=np.float32).reshape(3, 2) / 5 * scale
    got = estimator.predict_all(
        lambda: tf.data.Dataset.from_tensors({"x": x, "row": row}))
    np.testing.assert_allclose(got["y"], expected(x, row), rtol=1e-6)
    np.testing.assert_array_equal(got["t"], TABLE[row])


def test_a_normalizer_uses_all_of_numpy(tmp_path):
  def normalizer(x):
    y = np.zeros_like(x)
    y[:, 1:] = x[:, :-1]
    y[y > 2] = 2
    return y * TABLE[0]

  column = tf.feature_column.numeric_column("x", shape=[2],
                                            normalizer_fn=normalizer)
  layer = tf.compat.v1.feature_column.input_layer

  def model_fn(features, labels, mode):
    return tf.estimator.EstimatorSpec(mode, predictions=layer(features,
                                                              [column]))
  x = np.array([[1, 2], [5, 3]], np.float32)
  got = tf.estimator.Estimator(model_fn, str(tmp_path)).predict(
      lambda: tf.data.Dataset.from_tensors({"x": x}))
  np.testing.assert_array_equal(list(got), [[0, 2], [0, 4]])


def test_sessions_give_variables_by_name(tmp_path):
  seen = []

  class Read(tf.estimator.SessionRunHook):
    def after_run(self, run_context, run_values):
      seen.append(run_context.session.run(["global_step:0", "global_step"]))

  def model_fn(features, labels, mode):
    loss = np.mean(tf.compat.v1.layers.dense(features["x"], 1))
    return tf.estimator.EstimatorSpec(
        mode, loss=loss,
        train_op=tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(
            loss, tf.compat.v1.train.get_global_step()))

  data = lambda: tf.data.Dataset.from_tensors({"x": np.ones((2, 1), "f4")})
  tf.estimator.Estimator(model_fn, str(tmp_path)).train(data, hooks=[Read()])
  assert seen == [[1, 1]]


def test_all_predictions_of_one_key(tmp_path):
  column = tf.feature_column.numeric_column("x")
  made = tf.estimator.LinearRegressor([column], str(tmp_path))
  data = lambda: tf.data.Dataset.from_tensors({"x": np.ones((2, 1), "f4")})
  assert list(made.predict_all(data, "predictions")) == ["predictions"]
