"""What functions of a model read from outside of them: a change is seen by the
next train, evaluate and predict, and nothing is traced twice without one."""
import types

import numpy as np
import pytest

import numest as tf

V1 = tf.compat.v1
X = np.arange(1, 9, dtype=np.float32).reshape(8, 1)
SCALE = 2.0
WEIGHTS = np.array([2.0], np.float32)
SETTINGS = {"scale": [2.0]}


@pytest.fixture(autouse=True)
def same_globals():
  yield
  globals()["SCALE"] = 2.0
  WEIGHTS[:] = 2
  SETTINGS["scale"][0] = 2.0


def set_scale(value):
  globals()["SCALE"] = value


def rows():
  return tf.data.Dataset.from_tensor_slices((X, 3 * X)).batch(8)


def of_scale(read):
  """An Estimator whose variable grows by `read()` in each step."""
  def model_fn(features, labels, mode):
    w = V1.get_variable("w", initializer=np.float32(0))
    scale = read()
    return tf.estimator.EstimatorSpec(
        mode, loss=-w * scale + 0 * np.mean(features),
        predictions=np.ravel(features) * scale + 0 * w,
        eval_metric_ops={"scale": V1.metrics.mean(scale + 0 * features)},
        train_op=V1.train.GradientDescentOptimizer(1.0).minimize(
            -w * scale, V1.train.get_global_step()))
  return tf.estimator.Estimator(model_fn)


def helper():
  return SCALE * 1


class Model:
  shared = 2.0

  def __init__(self):
    self.scale, self.calls, self.modes = 2.0, 0, []

  def read(self):
    self.calls += 1
    self.modes.append(self.calls)
    return self.scale

  def read_shared(self):
    return self.shared * 1


# --- kinds of reads: (function that reads, function that sets) ---
def a_global():
  return lambda: SCALE, set_scale


def a_helper():
  return lambda: helper(), set_scale


def an_array():
  return lambda: WEIGHTS[0], lambda value: WEIGHTS.fill(value)


def a_container():
  return lambda: SETTINGS["scale"][0], lambda value: SETTINGS[
      "scale"].__setitem__(0, value)


def a_closure():
  scale = 2.0

  def change(value):
    nonlocal scale
    scale = value
  return lambda: scale, change


def an_attribute():
  model = Model()
  return model.read, lambda value: setattr(model, "scale", value)


def an_attribute_of_a_class():
  model = types.SimpleNamespace(cls=type("Mine", (Model,), {}))
  return model.cls().read_shared, lambda value: setattr(model.cls, "shared",
                                                        value)


def a_custom_gradient():
  @tf.custom_gradient
  def scaled(x):
    return x * SCALE, lambda dy: dy * SCALE
  # Its derivative is what moves the variable.
  return lambda: tf.grad(lambda x: np.sum(scaled(x)))(np.float32(1)), set_scale


def a_traced_custom_gradient():
  @tf.custom_gradient
  def scaled(x):
    return x * SCALE, lambda dy: dy * SCALE
  return lambda: tf.grad(lambda x: np.sum(scaled(x)))(
      V1.train.get_global_step() * np.float32(0)), set_scale


KINDS = [a_global, a_helper, an_array, a_container, a_closure, an_attribute,
         an_attribute_of_a_class, a_custom_gradient, a_traced_custom_gradient]


def num_traces(run):
  before = tf.counters()["traces"]
  run()
  return tf.counters()["traces"] - before


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_seen_by_the_next_run_and_costs_one_trace(kind):
  read, change = kind()
  model = of_scale(read)

  def all_runs():
    model.train(rows)
    scale = model.evaluate(rows)["scale"]
    return model.get_variable_value("w"), scale, model.predict_all(rows)
  all_runs()
  w, scale, predictions = all_runs()
  assert (w, scale) == (4, 2)
  np.testing.assert_array_equal(predictions, 2 * X[:, 0])
  assert num_traces(all_runs) == 0
  change(5.0)
  assert num_traces(lambda: model.train(rows)) >= 1
  assert model.get_variable_value("w") == 6 + 5
  w, scale, predictions = all_runs()
  assert (w, scale) == (16, 5)
  np.testing.assert_array_equal(predictions, 5 * X[:, 0])
  assert num_traces(all_runs) == 0


def test_one_prediction_sees_a_change_soon():
  model = of_scale(lambda: SCALE)
  model.train(rows)
  assert model.predict_one(X[1]) == 4
  set_scale(7.0)
  for _ in range(10**6):  # it looks every 20 ms
    if model.predict_one(X[1]) == 14:
      return
  pytest.fail("the change was not seen")


def test_what_the_model_function_changes_itself_is_no_reason_to_trace():
  calls, model = [], Model()

  def read():
    calls.append(len(calls))
    return model.read()
  estimator = of_scale(read)
  for _ in range(3):
    estimator.train(rows).evaluate(rows)
  assert calls == [0, 1] and model.calls == 2 and model.modes == [1, 2]


def test_another_shape_of_a_variable_is_refused():
  size = {"units": 3}

  def model_fn(features, mode):
    w = V1.get_variable("w", shape=[1, size["units"]])
    loss = np.mean((features @ w) ** 2)
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, train_op=V1.train.GradientDescentOptimizer(
            0.1).minimize(loss, V1.train.get_global_step()))
  model = tf.estimator.Estimator(model_fn)

  def features():
    return tf.data.Dataset.from_tensor_slices(X).batch(8)
  model.train(features)
  size["units"] = 4
  with pytest.raises(ValueError, match=(
      r"variable 'w' is float32 of shape \(1, 3\), but the model now wants "
      r"float32 of shape \(1, 4\): what model_fn reads has changed; make")):
    model.train(features)
  size["units"] = 3
  model.train(features)


# --- functions that a canned estimator is given ---
def activation(x):
  return np.maximum(x, 0) * SCALE


def normalizer(x):
  return x * SCALE


def loss_of(labels, logits):
  return (labels - logits) ** 2 * SCALE


def canned(**changed):
  column = tf.feature_column.numeric_column(
      "x", shape=[1], normalizer_fn=changed.pop("normalizer_fn", None))
  head = tf.estimator.RegressionHead(loss_fn=changed.pop("loss_fn", None))
  return tf.estimator.DNNEstimator(
      head, [3], [column], optimizer=lambda: tf.keras.optimizers.SGD(0.001),
      config=tf.estimator.RunConfig(tf_random_seed=3), **changed)


def canned_rows():
  return tf.data.Dataset.from_tensor_slices(({"x": X}, 3 * X)).batch(8)


@pytest.mark.parametrize("given", [
    {"activation_fn": activation}, {"normalizer_fn": normalizer},
    {"loss_fn": loss_of}])
def test_functions_of_canned_estimators_are_followed(given):
  model = canned(**given)
  model.train(canned_rows, steps=1)
  first = model.evaluate(canned_rows)
  assert num_traces(lambda: model.evaluate(canned_rows)) == 0
  set_scale(3.0)
  second = model.evaluate(canned_rows)
  # A model of the same weights, made when the value was that one.
  fresh = canned(**given)
  fresh = tf.estimator.DNNEstimator(
      tf.estimator.RegressionHead(loss_fn=given.get("loss_fn")), [3],
      [tf.feature_column.numeric_column(
          "x", shape=[1], normalizer_fn=given.get("normalizer_fn"))],
      model_dir=model.model_dir, **{k: v for k, v in given.items()
                                    if k == "activation_fn"})
  assert first != second
  assert second == fresh.evaluate(canned_rows)


def test_metrics_are_followed():
  def metric(labels, predictions):
    return np.abs(labels - predictions) * SCALE

  def metric_fn(labels, predictions):
    return {"mine": tf.metrics.from_numpy(
        metric, labels, predictions["predictions"], reduction="mean")}
  model = tf.estimator.add_metrics(canned().train(canned_rows), metric_fn)
  before = model.evaluate(canned_rows)["mine"]
  set_scale(4.0)
  np.testing.assert_allclose(model.evaluate(canned_rows)["mine"], 2 * before,
                             rtol=1e-6)


def test_a_schedule_is_followed():
  def model_fn(features, labels, mode):
    w = V1.get_variable("w", initializer=np.float32(0))
    optimizer = V1.train.GradientDescentOptimizer(
        lambda step: SCALE / (1 + 0 * np.maximum(step, 1)))
    return tf.estimator.EstimatorSpec(
        mode, loss=-w + 0 * np.mean(features), train_op=optimizer.minimize(
            -w, V1.train.get_global_step()))
  model = tf.estimator.Estimator(model_fn).train(rows)
  assert model.get_variable_value("w") == 2
  set_scale(5.0)
  assert model.train(rows).get_variable_value("w") == 7


# --- the same inside of other traces ---
@tf.custom_gradient
def scaled_by_global(x):
  return x * SCALE, lambda dy: dy * SCALE * 10


def test_custom_gradients_and_nested_transforms_are_followed():
  gradient = tf.grad(lambda x: np.sum(scaled_by_global(x)))
  inner = tf.vmap(lambda row: np.sum(tf.vmap(lambda v: v * SCALE)(row)))
  mapped = tf.data.Dataset.from_tensor_slices(X[:, 0]).map(
      lambda x: tf.grad(lambda v: v * v * SCALE)(x) + scaled_by_global(x))
  called = tf.data.Dataset.from_tensor_slices(X[:, 0]).map(
      lambda x: tf.numpy_function(lambda v: v * SCALE, [x], tf.float32))
  for scale in (2.0, 3.0):
    set_scale(scale)
    np.testing.assert_allclose(gradient(X), np.full(X.shape, 10 * scale))
    np.testing.assert_allclose(inner(X), scale * X[:, 0])
    assert "native" in tf.explain(mapped) and "native" in tf.explain(called)
    np.testing.assert_allclose(list(mapped.as_numpy_iterator()),
                               3 * scale * X[:, 0])
    np.testing.assert_allclose(list(called.as_numpy_iterator()),
                               scale * X[:, 0])


# --- variables that a custom gradient uses ---
def trained(make):
  """The variables (a, b) after a step of rate 1 on the loss make(a, b)."""
  def model_fn(features, labels, mode):
    a = V1.get_variable("a", initializer=np.float32(2))
    b = V1.get_variable("b", initializer=np.float32(3))
    loss = make(a, b)
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, train_op=V1.train.GradientDescentOptimizer(
            1.0).minimize(loss, V1.train.get_global_step()))
  made = tf.estimator.Estimator(model_fn).train(rows, steps=1)
  return [float(made.get_variable_value(n)) for n in "ab"]


def test_a_variable_without_a_gradient_is_an_error_that_names_it():
  def make(a, b):
    @tf.custom_gradient
    def product(x):
      return x * np.tanh(b), lambda dy: dy * np.tanh(b)
    return product(a)
  with pytest.raises(TypeError, match=(
      "custom_gradient: product uses the variable 'b' beside its arguments, "
      "which would get no gradient: pass it as an argument, give grad_fn an "
      "argument `variables`")):
    trained(make)


def test_gradients_of_variables_are_those_that_grad_fn_gives():
  def make(a, b):
    @tf.custom_gradient
    def product(x):
      def grad_fn(dy, variables):
        (v,) = variables
        return dy * v, [dy * x * 10]
      return x * b, grad_fn
    return product(a * a)
  a, b = trained(make)
  np.testing.assert_allclose(a, 2 - 2 * 2 * 3)
  np.testing.assert_allclose(b, 3 - 10 * 4)


def test_a_pair_is_expected_where_there_are_variables():
  def make(a, b):
    @tf.custom_gradient
    def product(x):
      return x * b, lambda dy, variables: dy
    return product(a)
  with pytest.raises(TypeError, match=r"grad_fn must return \(gradients, "
                     "gradients of variables"):
    trained(make)


def test_variables_that_are_arguments_or_stopped_are_no_error():
  def make(a, b):
    @tf.custom_gradient
    def product(x, w):
      y = x * w
      y += tf.stop_gradient(b)
      return y, lambda dy: (dy * w, dy * x)
    return product(a, b) + product(b, a)
  np.testing.assert_allclose(trained(make), [2 - 2 * 3, 3 - 2 * 2])
