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


# --- extents in the place of numbers ---
TABLE = np.arange(4.0) - 1.5
# Over x, y: (rows, 4), v: (rows), k: (rows) in [0, 4), s: (rows, 3, 3).
EXPRESSIONS = """
np.broadcast_to(np.eye(4), (x.shape[0], 4, 4))
np.broadcast_to(TABLE, x.shape)
np.broadcast_to(v, (3, len(v)))
np.broadcast_to(1.0, x.shape)
np.broadcast_arrays(x, TABLE)[1]
np.tile(TABLE, (len(x), 1))
np.tile(v, (2, len(v)))
np.tile(x, len(x))
np.linspace(0, 1, len(x))
np.linspace(v[0], 1, len(x) + 1, endpoint=False)
np.tri(len(x))
(x @ x.T)[np.triu_indices(len(x), k=1)]
np.tril_indices(x.shape[0])[1]
np.diag(v)
np.prod(x.shape) * 1.0
x.reshape(x.size)
np.logaddexp.reduce(v)
np.logaddexp.reduce(x, axis=0, keepdims=True)
np.insert(v, 0, 0.0)
np.delete(v, 0)
np.split(np.concatenate([x, y]), 2)[1]
np.vsplit(np.concatenate([v, v])[:, None], 2)[0]
np.array_split(v, 3)[0]
np.array_split(v, 3)[2]
np.vander(v, 3)
np.fft.fftshift(x, axes=1)
np.linalg.solve(s + 9 * np.eye(3), x[:, :3, None])
np.linalg.solve(np.eye(3) * 2, s)
np.average(x, axis=0, weights=np.abs(v))
np.average(x, axis=1, weights=[1, 2, 3, 4])
np.diff(v, prepend=0)
np.diff(x, axis=0, append=x[:1])
sum(v)
sum(x, 1.0)
np.linalg.lstsq(x, v, rcond=None)[0]
np.linalg.lstsq(x, v, rcond=None)[2]
np.linalg.pinv(x)
np.linalg.svd(x, compute_uv=False)
np.linalg.svd(x, full_matrices=False)[1]
np.abs(np.linalg.svd(x - x.mean(axis=0), full_matrices=False)[2][0])
np.linalg.svd(np.stack([x, y]), compute_uv=False)
np.linalg.qr(x)[1]**2
np.linalg.norm(x, 2)
np.linalg.matrix_rank(x)
np.linalg.cond(x)
np.unravel_index(np.argmax(x), (x.shape[0], 4))[1]
np.unravel_index(np.argmax(x), x.shape)[0]
np.eye(4)[np.ix_(k, [0, 2])]
(x @ x.T)[np.ix_(m, m)]
written_diagonal(x)
written_along_axis(x)
added_by_column(x)
added_by_row(v, k)
subtracted_one_hot(x, k)
"""


def written_diagonal(x):
  product = x @ x.T
  np.fill_diagonal(product, -1)
  return product


def written_along_axis(x):
  result = x.copy()
  np.put_along_axis(result, np.argmax(x, axis=1)[:, None], 0.0, axis=1)
  return result


def added_by_column(x):
  result = np.zeros_like(x)
  np.add.at(result, (slice(None), np.array([0, 1, 1])), x[:, 1:])
  return result


def added_by_row(v, k):
  result = np.zeros(len(v))
  np.add.at(result, np.minimum(k, len(v) - 1), v)
  return result


def subtracted_one_hot(x, k):
  result = np.zeros((len(x), 4))
  np.subtract.at(result, (np.arange(len(x)), k), 1)
  return result


@pytest.mark.parametrize("expression", EXPRESSIONS.strip().split("\n"))
def test_an_extent_that_is_not_known_is_a_number(expression):
  function = eval(f"lambda x, y, v, k, m, s: {expression}", globals())
  made = estimator(function)
  for count in SIZES:
    expected = np.asarray(function(**rows(count)))
    found = predicted(made, rows(count))
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
    assert found.dtype == expected.dtype
  assert num_python_calls(made) == 0


@pytest.mark.parametrize("loss", [
    lambda x, v: np.sum(np.linalg.lstsq(x, v, rcond=None)[0]**2),
    lambda x, v: np.sum(np.linalg.svd(x, full_matrices=False)[1]**3),
    lambda x, v: np.sum(np.linalg.qr(x)[0][:, 1] * v)**2,
    lambda x, v: np.linalg.norm(x, 2)])
def test_factors_of_a_batch_have_derivatives(loss):
  made = estimator(lambda x, v, **_: tf.grad(loss)(x, v))
  for count in (9, 6):
    r = rows(count)
    slope = np.zeros((count, 4))
    for where in np.ndindex(slope.shape):
      ends = []
      for step in (1e-6, -1e-6):
        moved = r["x"].copy()
        moved[where] += step
        ends.append(loss(moved, r["v"]))
      slope[where] = (ends[0] - ends[1]) / 2e-6
    np.testing.assert_allclose(predicted(made, r), slope, rtol=1e-5, atol=1e-7)


def test_parts_that_are_not_equal_are_refused():
  made = estimator(lambda v, **_: np.split(v, 2)[0])
  with pytest.raises(ValueError, match="split"):
    predicted(made, rows(5))


def test_a_sliding_window_goes_over_the_batch():
  made = estimator(lambda v, **_: np.lib.stride_tricks.sliding_window_view(
      v, 3).mean(axis=1))
  v = rows(8)["v"]
  np.testing.assert_allclose(predicted(made, rows(8)),
                             (v[:-2] + v[1:-1] + v[2:]) / 3)


def weighted_by_position(x):
  total = 0.0
  for i, row in enumerate(x, 1):
    total = total + i * row.sum()**2
  return total


def neighbours(x):
  total = 0.0
  for row, other, sign in zip(x, x[1:], np.array([1.0, -1, 1])):
    if row[0] > 0:
      total = total + sign * row @ other
  return total


def recurrent(x):
  state = np.zeros(4)
  for row in x:
    state = np.tanh(0.5 * state + row)
  return state.sum()


@pytest.mark.parametrize("loop", [weighted_by_position, neighbours, recurrent])
def test_a_for_statement_goes_over_rows(loop):
  made = estimator(lambda x, **_: np.stack([loop(x), np.sum(
      tf.grad(loop)(x) * np.arange(4.0))]))
  for count in SIZES:
    x, step = rows(count)["x"], np.arange(4.0) * 1e-6
    slope = (loop(x + step) - loop(x - step)) / 2e-6
    np.testing.assert_allclose(predicted(made, rows(count)), [loop(x), slope],
                               rtol=1e-6, atol=1e-8)
  assert num_python_calls(made) == 0


def test_rows_that_values_choose_are_enumerated():
  def alternating(x):
    total = 0.0
    for i, value in enumerate(x[x > 0]):
      total += value * (-1)**(i % 2)
    return total
  data = np.random.default_rng(0).normal(size=(9, 6))
  found = tf.data.Dataset.from_tensor_slices(data).map(alternating, strict=True)
  np.testing.assert_allclose([v.numpy() for v in found],
                             [alternating(x) for x in data])


def test_a_loop_over_rows_says_what_to_write():
  made = estimator(lambda x, **_: np.array([row.sum() for row in x]))
  with pytest.raises(TypeError, match=r"tf\.vmap\(f\)\(x\)"):
    predicted(made, rows(5))


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
        lambda x: np.vectorize(lambda a, b: max(a, 2 * b))(x, x[:, :1]),
        lambda x: np.vectorize(lambda r, c: r @ r * c,
                               signature="(n),()->()")(x, x[:, 0])))]


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


def test_derivatives_may_mix_data_and_traced_arguments():
  points = np.array([5.0, 2.0, -1.0])
  rows = np.array([[1.0, 2, 3], [0, -1, 4]])

  def slopes(row):
    by_data = tf.grad(lambda a, b: np.sum(a**2 * b))(points, row)
    along = tf.jvp(lambda a, b: a * b, (points, row), (row, points))[1]
    second = tf.hessian(lambda a: np.sum(a**3 * row))(points)
    return by_data, along, second
  by_data, along, second = tf.vmap(slopes)(rows)
  np.testing.assert_allclose(by_data, 2 * points * rows)
  np.testing.assert_allclose(along, rows**2 + points**2)
  np.testing.assert_allclose(second, [np.diag(6 * points * r) for r in rows])
