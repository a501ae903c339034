"""Masks, loops that end by values, conditions and structures in model
functions, losses and metrics; gradients against differences."""
import collections
import dataclasses

import numpy as np
import pytest

import numest as tf

V1 = tf.compat.v1
X = np.random.default_rng(3).uniform(-1, 1, (6, 3))
W = np.array([0.7, -0.4, 1.3])


@dataclasses.dataclass
class Parts:
  fit: object
  size: object


Pair = collections.namedtuple("Pair", "first second")


# --- losses over (w, x): one number ---
def written_masks(w, x):
  y = np.array(x * w)
  y[y > 0.5] *= 2
  y[y < -0.5] = -0.25
  y[np.abs(y) < 0.1] += w[0]
  return np.mean(y**2)


def read_masks(w, x):
  y = x @ w
  return np.sum(y[y > 0] ** 2) + y[y < 0].sum() / (1 + np.sum(y < 0))


def rows_of_a_mask(w, x):
  kept = x[x[:, 0] > 0]
  return np.sum(np.tanh(kept @ w))


def a_loop_that_ends_by_a_value(w, x):
  target = 1 + np.sum((x @ w) ** 2)
  root = target
  while np.abs(root * root - target) > 1e-12:  # Newton's square root
    root = (root + target / root) / 2
  return root


def a_loop_with_a_break(w, x):
  total = np.float64(0)
  for i in range(len(w)):
    step = x[:, i] @ x[:, i] * w[i] ** 2
    if total + step > 2.5:
      break
    total += step
  return total + w[0] * w[1]


def a_loop_of_rounds(w, x):
  state = x[0] * w
  for _ in range(40):
    state = np.tanh(state * 0.9 + w * 0.1)
  return np.sum(state)


def conditions(w, x):
  y = x @ w
  if y.sum() > 0:
    scale = w[0]
  elif y.max() > 0.5:
    scale = w[1] * w[1]
  else:
    return np.sum(y**3)
  return scale * np.mean(np.maximum(y, 0) ** 2)


def a_comprehension(w, x):
  return sum([np.sum(np.sin(column * w[i])) for i, column in enumerate(x.T)])


def a_dictionary(w, x):
  parts = {"fit": np.mean((x @ w - 1) ** 2), "size": np.sum(w * w)}
  parts["size"] *= 0.1
  return sum(parts[k] for k in ("fit", "size"))


def a_dataclass(w, x):
  parts = Parts(fit=np.mean((x @ w - 1) ** 2), size=np.sum(w * w))
  parts.size = parts.size * 0.1
  return parts.fit + parts.size


def tuples(w, x):
  def both(y):
    return Pair(np.sum(y), np.sum(y * y))
  first, second = both(x @ w)
  pair = both(w)
  return second - first * pair.first + pair.second


def indices_by_value(w, x):
  y = x @ w
  best = np.argmax(y)
  order = np.argsort(y)
  return y[best] ** 2 + y[order][:3].sum() * w[best % 3]


LOSSES = [written_masks, read_masks, rows_of_a_mask,
          a_loop_that_ends_by_a_value, a_loop_with_a_break, a_loop_of_rounds,
          conditions, a_comprehension, a_dictionary, a_dataclass, tuples,
          indices_by_value]


def differences(loss, w, x, h=1e-6):
  return np.array([(loss(w + h * e, x) - loss(w - h * e, x)) / (2 * h)
                   for e in np.eye(len(w))])


SIGNS = [1.0, -1.0]  # other sides of conditions and masks


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_agree_with_differences(loss, sign):
  w = sign * W
  value, gradient = tf.value_and_grad(loss)(w, X)
  np.testing.assert_allclose(value, loss(w, X), rtol=1e-12)
  np.testing.assert_allclose(gradient, differences(loss, w, X), rtol=1e-6,
                             atol=1e-8)


def rows():
  return tf.data.Dataset.from_tensor_slices(X).batch(len(X))


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("loss", LOSSES)
def test_an_estimator_steps_down_the_gradient(loss, sign):
  def model_fn(features, mode):
    w = V1.get_variable("w", initializer=sign * W)
    value = loss(w, features)
    return tf.estimator.EstimatorSpec(
        mode, loss=value, predictions={"loss": value + 0 * features[:, 0]},
        train_op=V1.train.GradientDescentOptimizer(0.125).minimize(
            value, V1.train.get_global_step()))
  model = tf.estimator.Estimator(model_fn)
  before = tf.counters()["python_calls"]
  model.train(rows, steps=1)
  assert tf.counters()["python_calls"] == before
  moved = sign * W - 0.125 * differences(loss, sign * W, X)
  np.testing.assert_allclose(model.get_variable_value("w"), moved, rtol=1e-6,
                             atol=1e-8)
  np.testing.assert_allclose(model.predict_all(rows)["loss"],
                             np.full(len(X), loss(moved, X)), rtol=1e-5)


# --- losses and metrics of heads: functions of labels and what is predicted ---
def huber(labels, logits):
  error = np.abs(labels - logits)
  losses = error**2 / 2
  losses[error > 0.5] = 0.5 * error[error > 0.5] - 0.125
  return losses


def settled(labels, logits):
  """Rounds until all rows have come near, as many as the batch needs."""
  guess = np.zeros_like(logits)
  while np.max(np.abs(guess - logits)) > 0.01:
    guess = guess + 0.5 * (logits - guess)
  return (labels - guess) ** 2


def in_parts(labels, logits):
  parts = Parts(fit=(labels - logits) ** 2, size={"l1": np.abs(logits)})
  return parts.fit + 0.1 * parts.size["l1"]


@pytest.mark.parametrize("loss_fn", [huber, settled, in_parts])
def test_losses_of_heads_train_as_numpy_says(loss_fn):
  x = X.astype(np.float32)
  y = (x @ np.array([[1.0], [-2.0], [0.5]], np.float32)).astype(np.float32)

  def data():
    return tf.data.Dataset.from_tensor_slices(({"x": x}, y)).batch(len(x))
  model = tf.estimator.LinearEstimator(
      tf.estimator.RegressionHead(loss_fn=loss_fn),
      [tf.feature_column.numeric_column("x", shape=[3])],
      optimizer=lambda: tf.keras.optimizers.SGD(0.5))
  before = tf.counters()["python_calls"]
  model.train(data, steps=1).train(data, steps=1)
  assert tf.counters()["python_calls"] == before
  weights, bias = np.zeros(3), np.zeros(1)

  def mean_loss(packed, _):
    logits = x @ packed[:3, None] + packed[3]
    return np.mean(loss_fn(y.astype(np.float64), logits))
  packed = np.concatenate([weights, bias])
  for _ in range(2):
    packed = packed - 0.5 * differences(mean_loss, packed, None)
  found = {n.rpartition("/")[2]: model.get_variable_value(n)
           for n in model.get_variable_names() if "linear" in n}
  np.testing.assert_allclose(found["weights"].ravel(), packed[:3], rtol=1e-3,
                             atol=1e-4)
  np.testing.assert_allclose(found["bias_weights"], packed[3:], rtol=1e-3,
                             atol=1e-4)


def hits(labels, predictions):
  y = np.zeros(len(labels))
  y[np.abs(labels - predictions) < 0.5] = 1
  return y


def rounds(labels, predictions):
  """For each row, how often its error is halved until it is small."""
  error = np.abs(labels - predictions) + 1
  count = np.zeros(len(labels))
  while np.any(error > 0.5):
    count += error > 0.5
    error = error / 2
  return count


def of_nests(given):
  labels, predictions = given["labels"], given["both"][0]
  return Parts(fit=(labels - predictions) ** 2, size=0).fit


@pytest.mark.parametrize("batch", [1, 3, 6])
def test_metrics_may_use_them_too(batch):
  labels = X[:, 0]

  def model_fn(features, mode):
    guess = features[:, 1]
    y = features[:, 0]
    w = V1.get_variable("w", initializer=np.float64(0))
    metrics = {f.__name__: tf.metrics.from_numpy(f, y, guess, reduction="mean")
               for f in (hits, rounds)}
    metrics["of_nests"] = tf.metrics.from_numpy(
        of_nests, {"labels": y, "both": (guess, y)}, reduction="mean")
    return tf.estimator.EstimatorSpec(
        mode, loss=w * 0 + np.mean(y), eval_metric_ops=metrics,
        train_op=V1.train.GradientDescentOptimizer(0.1).minimize(
            w * 1, V1.train.get_global_step()))
  found = tf.estimator.Estimator(model_fn).evaluate(
      lambda: tf.data.Dataset.from_tensor_slices(X).batch(batch))
  for function in (hits, rounds):
    np.testing.assert_allclose(found[function.__name__],
                               function(labels, X[:, 1]).mean(), rtol=1e-6)
  np.testing.assert_allclose(found["of_nests"],
                             np.mean((labels - X[:, 1]) ** 2), rtol=1e-6)
