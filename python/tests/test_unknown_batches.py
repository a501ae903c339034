"""NumPy in models whose number of rows is not known while they are built:
each expression against NumPy, for several batch sizes by one program."""
import numpy as np
import pytest

import numest as tf

SIZES = (7, 4, 1)


def rows(count):
  rng = np.random.default_rng(count)
  return {"x": rng.normal(size=(count, 4)), "y": rng.normal(size=(count, 4)),
          "v": rng.normal(size=count), "k": rng.integers(0, 4, count),
          "m": np.arange(count) % 3 == 0, "s": rng.normal(size=(count, 3, 3))}


def estimator(function):
  def model_fn(features, labels, mode):
    result = np.asarray(function(**features))
    return tf.estimator.EstimatorSpec(mode, predictions={"r": result[None]})
  return tf.estimator.Estimator(model_fn)


def predicted(made, features):
  count = len(features["x"])
  return made.predict_all(lambda: tf.data.Dataset.from_tensor_slices(
      features).batch(count))["r"][0]


def num_python_calls(made):
  return sum(line["status"] == "python" for f in tf.explain(made).functions
             for line in f["lines"])


# --- draws ---
DRAWS = [
    lambda x, **_: np.random.normal(size=x.shape),
    lambda x, **_: np.random.rand(*x.shape),
    lambda x, **_: np.random.randn(len(x), 3),
    lambda x, **_: np.random.standard_normal(x.size),
    lambda x, **_: np.random.uniform(size=(len(x) // 2 + 1, 2)),
    lambda x, **_: np.random.random(size=np.shape(x)),
    lambda x, **_: np.random.binomial(1, 0.5, size=x.shape),
    lambda x, **_: np.random.gamma(2.0, size=len(x)),
    lambda x, **_: np.random.randint(0, len(x), size=x.shape[0]),
    lambda x, **_: np.random.choice([1.0, 2.0], len(x), p=[0.1, 0.9]),
    lambda x, **_: np.random.dirichlet([1.0, 2.0], size=len(x)),
    lambda x, **_: np.random.default_rng().normal(size=(2, len(x))),
    lambda x, **_: np.random.uniform(x, x + 1),
    lambda v, x, **_: np.random.normal(v[:, None], np.abs(x)),
    lambda x, **_: np.random.normal(np.zeros(4), np.abs(x)),
]


@pytest.mark.parametrize("draw", DRAWS)
def test_a_draw_may_be_as_large_as_the_batch(draw):
  made = estimator(draw)
  for count in SIZES:
    found, expected = (f(rows(count)) for f in (
        lambda r: predicted(made, r), lambda r: draw(**r)))
    assert found.shape == np.shape(expected)
    assert found.dtype == np.asarray(expected).dtype
  assert num_python_calls(made) == 0


def test_orders_of_the_batch_are_permutations():
  order = estimator(lambda x, **_: np.random.permutation(len(x)))
  some = estimator(lambda x, **_: np.random.choice(len(x), 3, replace=False))
  for count in (3, 9):
    assert sorted(predicted(order, rows(count))) == list(range(count))
    assert len(set(predicted(some, rows(count)))) == 3


def test_dropout_by_hand_trains_for_any_batch(tmp_path):
  # By the law of large numbers dropout keeps the mean, and its derivative.
  def model_fn(features, labels, mode):
    w = tf.compat.v1.get_variable("w", initializer=np.zeros(()))
    h = features + w
    if mode == tf.estimator.ModeKeys.TRAIN:
      h = h * (np.random.rand(*h.shape) < 0.8) / 0.8
    loss = np.mean(h)
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, predictions=h,
        train_op=tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(
            loss, tf.compat.v1.train.get_global_step()))

  made = tf.estimator.Estimator(
      model_fn, tmp_path, tf.estimator.RunConfig(tf_random_seed=3))
  data = lambda: tf.data.Dataset.from_tensor_slices(np.ones((250, 50))).batch(
      100)
  made.train(data)  # of 100, 100 and 50 rows
  w = made.get_variable_value("w")
  assert w == pytest.approx(-0.3, abs=0.01) and w != -0.3


# --- draws of a size that depends on values, in a map ---
def summed_noise(x):
  n = np.random.randint(1, 4)
  return np.random.normal(size=n).sum() + x[0]


def noise_of_the_chosen(x):
  y = x[x > 0]
  return (y * np.random.rand(len(y))).sum()


def dropped(x):
  y = x.copy()
  y[np.random.choice(len(x), size=np.random.poisson(2))] = 0
  return y


def some_in_another_order(x):
  return x[np.random.permutation(np.random.randint(2, len(x)))]


@pytest.mark.parametrize("function", [
    summed_noise, noise_of_the_chosen, dropped, some_in_another_order])
def test_a_draw_whose_size_depends_on_values_is_numpys(function):
  tf.check(function, np.random.default_rng(0).normal(size=6))
  dataset = tf.data.Dataset.from_tensor_slices(np.ones((5, 6))).map(
      function, strict=True)
  assert len({np.asarray(v.numpy()).tobytes() for v in dataset}) > 1


# --- functions of a row, for each row ---
def by_row(function):
  return lambda x, **_: function(x)


def plus_total(x):
  total = x.sum()
  return tf.vmap(lambda row: row * total if row[0] > 0 else row)(x)


def plus_total_by_hand(x):
  return np.where(x[:, :1] > 0, x * x.sum(), x)


def scaled_elements(x):
  total = x.sum()
  return np.vectorize(lambda e: e * total if e > 0 else -e)(x)


ROWS = [
    (plus_total, plus_total_by_hand),
    (scaled_elements, scaled_elements),
    *((f, f) for f in (
        lambda x: np.apply_along_axis(lambda r: (r - r.mean()) / r.std(), 1, x),
        lambda x: np.apply_along_axis(np.sort, 1, x),
        lambda x: np.apply_along_axis(np.outer, 1, x, np.ones(2)),
        lambda x: np.apply_along_axis(lambda r: r[r > 0].sum(), 1, x),
        lambda x: np.apply_along_axis(lambda c: c @ x, 0, x),
        lambda x: np.vectorize(lambda a, b: max(a, 2 * b))(x, x[:, :1])))]


@pytest.mark.parametrize("function, by_hand", ROWS)
def test_a_function_of_a_row_is_traced_once_for_all(function, by_hand):
  made = estimator(by_row(function))
  for count in (12, 3):
    r = rows(count)
    np.testing.assert_allclose(predicted(made, r), by_hand(r["x"]),
                               rtol=1e-12)
  assert num_python_calls(made) == 0


def test_gradients_pass_through_what_a_row_uses_from_outside():
  x = np.random.default_rng(0).normal(size=(12, 4))

  def by_rows(w):
    return tf.vmap(lambda row: np.tanh(row @ w))(x).sum()

  def along_axis(w):
    return np.apply_along_axis(lambda row: np.tanh(row @ w), 1, x * 1.0).sum()
  w = np.array([0.1, -0.2, 0.3, 0.4])
  expected = (1 - np.tanh(x @ w)**2) @ x
  np.testing.assert_allclose(tf.grad(by_rows)(w), expected)
  np.testing.assert_allclose(tf.grad(along_axis)(w), expected)


def test_draws_for_each_row_differ():
  noise = estimator(lambda x, **_: tf.vmap(
      lambda row: row * 0 + np.random.normal())(x))
  found = predicted(noise, rows(6))
  assert len(np.unique(found[:, 0])) == 6


def test_a_derivative_at_data_may_use_values_from_outside():
  points = np.array([0.5, -1.0])

  def total(w):
    slopes = tf.grad(lambda a: np.sum(a**2 * w))(points)  # 2 a w
    curve = tf.jacobian(lambda a: a**3 * w)(points)
    return np.sum(slopes) + np.sum(curve)
  w = np.array([0.3, 0.7])
  np.testing.assert_allclose(total_by_hand(w, points), tf.value_and_grad(
      total)(w)[0])
  np.testing.assert_allclose(tf.grad(total)(w), 2 * points + 3 * points**2)


def total_by_hand(w, points):
  return np.sum(2 * points * w) + np.sum(3 * points**2 * w)
