"""Functions of the user in canned and custom estimators, in plain NumPy."""
import numpy as np
import pytest

import numest as tf

V1 = tf.compat.v1
RNG = np.random.default_rng(5)
X = RNG.normal(size=(20, 3)).astype(np.float32)
Y = (X[:, :1] > 0).astype(np.float32)
COLUMN = tf.feature_column.numeric_column("x", shape=[3])


def data(repeat=1):
  return lambda: tf.data.Dataset.from_tensor_slices(
      ({"x": X}, Y)).batch(20).repeat(repeat)


def variables(estimator):
  return {n: estimator.get_variable_value(n)
          for n in estimator.get_variable_names()}


def dnn(folder, seed=3, activation=np.tanh, normalizer=None, **options):
  column = tf.feature_column.numeric_column("x", shape=[3],
                                            normalizer_fn=normalizer)
  return tf.estimator.DNNEstimator(
      tf.estimator.BinaryClassHead(**options), [4], [column],
      model_dir=str(folder), activation_fn=activation,
      optimizer=lambda: tf.keras.optimizers.SGD(0.1),
      config=tf.estimator.RunConfig(tf_random_seed=seed))


def same_training(tmp_path, a, b):
  before = tf.counters()["python_calls"]
  made = [dnn(tmp_path / name, **options).train(data(5))
          for name, options in (("a", a), ("b", b))]
  assert tf.counters()["python_calls"] == before
  first, second = map(variables, made)
  assert set(first) == set(second) and len(first) >= 5
  for name, value in first.items():
    np.testing.assert_allclose(value, second[name], rtol=2e-5, atol=1e-6,
                               err_msg=name)


def leaky(x):
  y = np.array(x)
  y[y < 0] *= 0.2
  return y


def test_an_activation_that_writes_in_place_becomes_a_program(tmp_path):
  same_training(tmp_path, {"activation": leaky},
                {"activation": lambda x: tf.nn.leaky_relu(x, 0.2)})


def cross_entropy(labels, logits):
  if labels.dtype == np.float64:  # a condition on what is known
    raise TypeError("labels")
  losses = np.zeros_like(logits)
  losses += np.maximum(logits, 0) - logits * labels
  return losses + np.log1p(np.exp(-np.abs(logits)))


def test_a_loss_fn_in_numpy_trains_as_the_heads_own(tmp_path):
  same_training(tmp_path, {"loss_fn": cross_entropy}, {})


def test_a_normalizer_that_no_trace_follows_runs_in_python(tmp_path, caplog):
  def from_bytes(x):
    return np.frombuffer(np.asarray(x).tobytes(), np.float32).reshape(
        x.shape) * 2
  made = dnn(tmp_path / "a", normalizer=from_bytes).train(data(3))
  plain = dnn(tmp_path / "b", normalizer=lambda x: x * 2).train(data(3))
  for name, value in variables(plain).items():
    np.testing.assert_allclose(variables(made)[name], value, rtol=1e-5,
                               err_msg=name)
  assert "from_bytes runs in Python" in caplog.text
  lines = [line for f in tf.explain(made).functions for line in f["lines"]
           if line["status"] == "python"]
  assert {line["source"] for line in lines} == {"def from_bytes(x):"}


def test_a_users_mistake_keeps_its_own_error(tmp_path):
  def wrong(x):
    return x @ np.ones((7, 2), np.float32)
  with pytest.raises(Exception, match="7"):
    dnn(tmp_path, normalizer=wrong).train(data())


def warm_up(step):
  rate = 0.1 * (1 + np.cos(np.pi * np.minimum(step, 10) / 10)) / 2
  if step < 3:
    rate = rate * (step + 1) / 3
  return rate


@pytest.mark.parametrize("optimizer", [
    V1.train.GradientDescentOptimizer, tf.keras.optimizers.SGD])
def test_a_schedule_with_a_condition_on_the_step(optimizer, tmp_path):
  def model_fn(features, labels, mode):
    w = V1.get_variable("w", initializer=np.float32(0))
    made = optimizer(warm_up)
    loss = np.mean(features["x"]) * 0 + w
    step = V1.train.get_global_step()
    if optimizer is tf.keras.optimizers.SGD:
      made.iterations = step
      train_op = made.get_updates(loss, [w])[0]
    else:
      train_op = made.minimize(loss, step)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)
  made = tf.estimator.Estimator(model_fn, str(tmp_path)).train(data(7))
  np.testing.assert_allclose(made.get_variable_value("w"),
                             -sum(warm_up(s) for s in range(7)), rtol=1e-5)


def orthogonal(shape, dtype):
  q, _ = np.linalg.qr(np.random.normal(size=shape))
  return q.astype(dtype)


def fixed(shape):
  return np.random.default_rng(5).uniform(-1, 1, shape)


def initialized(folder, make, seed):
  def model_fn(features, mode):
    a, b = (V1.get_variable(n, shape=[4, 4], initializer=make) for n in "ab")
    return tf.estimator.EstimatorSpec(
        mode, loss=np.sum(a) + np.sum(b),
        train_op=V1.train.GradientDescentOptimizer(0.0).minimize(
            np.sum(a) * 0 + np.sum(b) * 0, V1.train.get_global_step()))
  made = tf.estimator.Estimator(
      model_fn, str(folder),
      config=tf.estimator.RunConfig(tf_random_seed=seed))
  made.train(lambda: tf.data.Dataset.from_tensor_slices(X).batch(20), steps=1)
  return made.get_variable_value("a"), made.get_variable_value("b")


def test_initializers_in_numpy_follow_the_seed_and_the_variable(tmp_path):
  a, b = initialized(tmp_path / "1", orthogonal, seed=1)
  np.testing.assert_allclose(a.T @ a, np.eye(4), atol=1e-6)
  assert np.abs(a - b).max() > 0.1
  again, _ = initialized(tmp_path / "2", orthogonal, seed=1)
  other, _ = initialized(tmp_path / "3", orthogonal, seed=2)
  np.testing.assert_array_equal(a, again)
  assert np.abs(a - other).max() > 0.1


def test_an_initializer_that_seeds_itself_gives_these_numbers(tmp_path):
  a, b = initialized(tmp_path, fixed, seed=1)
  np.testing.assert_allclose(a, fixed((4, 4)), rtol=1e-6)
  np.testing.assert_array_equal(a, b)


def test_an_initializer_of_another_shape_is_refused(tmp_path):
  with pytest.raises(ValueError, match=r"shape \(2,\), expected \(4, 4\)"):
    initialized(tmp_path, lambda shape: np.ones(2), seed=1)


def drawing(folder, seed):
  def model_fn(features, mode):
    w = V1.get_variable("w", initializer=np.random.normal(
        3, 0.1, (50, 20)).astype(np.float32))
    return tf.estimator.EstimatorSpec(
        mode, loss=np.sum(w), train_op=V1.train.GradientDescentOptimizer(
            0.0).minimize(np.sum(w), V1.train.get_global_step()))
  made = tf.estimator.Estimator(
      model_fn, str(folder),
      config=tf.estimator.RunConfig(tf_random_seed=seed))
  made.train(lambda: tf.data.Dataset.from_tensor_slices(X).batch(4))
  return made.get_variable_value("w")


def test_initial_values_may_be_drawn_in_the_model_function(tmp_path):
  w = drawing(tmp_path / "1", 1)
  assert abs(w.mean() - 3) < 0.02 and abs(w.std() - 0.1) < 0.01
  np.testing.assert_array_equal(w, drawing(tmp_path / "2", 1))
  assert np.abs(w - drawing(tmp_path / "3", 2)).max() > 0.01


def test_initial_values_that_depend_on_data_are_refused(tmp_path):
  def model_fn(features, mode):
    V1.get_variable("w", initializer=features[0])
    return None
  with pytest.raises(ValueError, match="expected one that is known before"):
    tf.estimator.Estimator(model_fn, str(tmp_path)).train(
        lambda: tf.data.Dataset.from_tensor_slices(X).batch(4))
