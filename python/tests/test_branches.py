"""Branches that are not taken are not computed: a profile counts the kernels
that ran."""
import collections

import numpy as np
import pytest

import numest as tf
from numest import trace

N = 48
DEFINITE = np.eye(N) * 4 + 1.0
HAS_NONE = -np.eye(N)


def factor_of_odd(x, i):
  if i % 2:
    x = np.linalg.cholesky(x) * 2
  return x


def rows_of(count):
  numbers = np.arange(count) % 7
  return np.where((numbers % 2 == 1)[:, None, None], DEFINITE + np.arange(
      count)[:, None, None] * np.eye(N), HAS_NONE), numbers


def kernels_of(work):
  """{op: calls} of the kernels that ran, those of programs inside included."""
  with tf.profile() as profile:
    work()
  found = collections.Counter()
  for call in profile.as_dict()["calls"]:
    for row in call["rows"]:
      if row["kind"] == "kernel":
        found[row["name"]] += row["calls"]
  return found


def test_a_block_without_takers_computes_no_branch():
  x = np.broadcast_to(DEFINITE, (30, N, N))
  for numbers, is_taken in ((np.arange(30) * 2, False), (np.arange(30), True)):
    dataset = tf.data.Dataset.from_tensor_slices((x, numbers)).map(
        factor_of_odd).batch(10)
    found = kernels_of(lambda dataset=dataset: list(
        dataset.as_numpy_iterator()))
    assert found["cond_rows"] >= 3  # blocks, or what each thread has of them
    assert (found["cholesky"] > 0) == is_taken


@pytest.mark.parametrize("threads", [1, 8])
@pytest.mark.parametrize("batch", [1, 5, 64])
def test_elements_of_a_block_compute_the_branch_they_take(threads, batch):
  before = tf.num_threads()
  tf.set_num_threads(threads)
  try:
    x, numbers = rows_of(150)
    dataset = tf.data.Dataset.from_tensor_slices((x, numbers)).map(
        factor_of_odd)
    assert ": native" in tf.explain(dataset)
    got = np.concatenate(list(dataset.batch(batch).as_numpy_iterator()))
  finally:
    tf.set_num_threads(before)
  want = np.stack([factor_of_odd(row, i) for row, i in zip(x, numbers)])
  np.testing.assert_allclose(got, want, rtol=1e-14)


def test_blocks_and_threads_change_no_bit():
  x = np.random.default_rng(0).normal(size=(90, 40, 40)).astype(np.float32)

  def f(x, i):
    if i % 3 == 0:
      y = np.tanh(x @ x.T) @ x
    elif i % 3 == 1:
      y = np.sort(x @ x, axis=0)
    else:
      y = x
    return y, y.sum()

  graph, _ = trace.paths.traced(f, [("float32", (40, 40)), ("int64", ())])
  assert [op for op, _, _ in graph.nodes].count("cond") == 2
  numbers, found = np.arange(90), []
  before = tf.num_threads()
  for threads in (1, 8):
    tf.set_num_threads(threads)
    for batch in (1, 7, 32, 90):
      dataset = tf.data.Dataset.from_tensor_slices((x, numbers)).map(f)
      rows = list(dataset.batch(batch).as_numpy_iterator())
      found.append([np.concatenate(column) for column in zip(*rows)])
  tf.set_num_threads(before)
  for columns in found[1:]:
    for a, b in zip(columns, found[0]):
      np.testing.assert_array_equal(a, b)


def adds_up_in_one_order(a):
  """Whether all rows of a product do: those of oneDNN in float32 on a CPU
  with AVX2 do not, where the last rows of a block are fewer than six."""
  y = np.asarray(tf.matmul(np.repeat(a[:1], 32, 0), a))
  return (y == y[0]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_of_products_do_not_depend_on_their_neighbours(dtype):
  rng = np.random.default_rng(1)
  a = rng.normal(size=(300, 300)).astype(dtype)
  x = rng.normal(size=(64, 300)).astype(dtype)

  def f(x, takes):
    if takes:
      x = np.tanh(x @ a @ a) @ a
    return x

  def rows_of(takes, batch):
    dataset = tf.data.Dataset.from_tensor_slices((x, takes)).map(f)
    return np.concatenate(list(dataset.batch(batch).as_numpy_iterator()))

  whole = rows_of(np.full(64, True), 64)
  for batch in (16, 64):
    for _ in range(8):
      takes = rng.random(64) < rng.choice([0.1, 0.5, 0.7])
      got, wanted = rows_of(takes, batch), np.where(takes[:, None], whole, x)
      if adds_up_in_one_order(a):
        np.testing.assert_array_equal(got, wanted)
      np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=5e-3)


def test_cheap_branches_stay_selections():
  def f(x, i):
    if i > 3:
      x = np.clip(x * 1.2 + 0.1, 0, 1)
    return x

  graph, _ = trace.paths.traced(f, [("float32", (64, 64)), ("int64", ())])
  ops = [op for op, _, _ in graph.nodes]
  assert "where" in ops and "cond" not in ops


def test_lines_of_branches_are_explained():
  dataset = tf.data.Dataset.from_tensor_slices(rows_of(64)).map(factor_of_odd)
  list(dataset.batch(64).as_numpy_iterator())
  lines = {line["source"]: line for line in
           tf.explain(dataset).functions[0]["lines"]}
  line = lines["x = np.linalg.cholesky(x) * 2"]
  assert {"cholesky", "multiply"} <= set(line["ops"])
  assert line["us"] > 0


def test_check_runs_all_forms():
  report = tf.check(factor_of_odd, (DEFINITE, np.int64(1)))
  assert {"vectorized", "exported"} <= {f["form"] for f in report.forms}


def test_a_saved_function_keeps_its_branches(tmp_path):
  path = tmp_path / "f.numest"
  tf.saved_function(factor_of_odd, DEFINITE, np.int64(0)).save(path)
  loaded = tf.load_function(path)
  np.testing.assert_array_equal(loaded(HAS_NONE, np.int64(2)), HAS_NONE)
  np.testing.assert_allclose(loaded(DEFINITE, np.int64(1)),
                             np.linalg.cholesky(DEFINITE) * 2)


def loss_of(w, flag):
  if flag > 0:
    y = np.linalg.cholesky(w @ w.T + np.eye(N) * flag).sum()
  else:
    y = (w * w).sum()
  return y * 0.5


def test_gradients_skip_the_branch_too():
  w = np.random.default_rng(3).normal(size=(N, N))
  both = tf.value_and_grad(loss_of)
  assert kernels_of(lambda: both(w, -1.0))["cholesky"] == 0
  assert kernels_of(lambda: both(w, 1.0))["cholesky"] > 0
  value, gradient = both(w, -1.0)
  np.testing.assert_allclose([value, *gradient.ravel()],
                             [(w * w).sum() * 0.5, *w.ravel()], rtol=1e-12)
  _, gradient = both(w, 1.0)
  step = 1e-6 * np.eye(N * N)[5].reshape(N, N)
  difference = (loss_of(w + step, 1.0) - loss_of(w - step, 1.0)) / 2e-6
  np.testing.assert_allclose(gradient.ravel()[5], difference, rtol=1e-6)


def test_gradients_of_blocks_skip_the_branch_too():
  w = np.random.default_rng(3).normal(size=(6, N, N))
  flags = np.array([1.0, -1, 2.0, -1, -1, 3.0])

  def total(w):
    return tf.vmap(loss_of)(w, flags).sum()

  gradient = tf.grad(total)(w)
  for row, flag, got in zip(w, flags, gradient):
    np.testing.assert_allclose(got, tf.grad(loss_of)(row, flag), rtol=1e-10)


def model_fn(features, labels, mode):
  w = tf.compat.v1.get_variable(
      "w", initializer=np.full((N, N), 0.1, np.float32))
  flag = features["flag"].sum()
  if flag > 0:
    y = np.linalg.cholesky(w @ w.T + np.eye(N, dtype=np.float32) * flag).sum()
  else:
    y = (w * 2).sum()
  loss = np.square(y - 1)
  predictions = {"y": np.zeros_like(features["flag"]) + y}
  if mode == tf.estimator.ModeKeys.PREDICT:
    return tf.estimator.EstimatorSpec(mode, predictions=predictions)
  train_op = tf.train.GradientDescentOptimizer(1e-6).minimize(
      loss, global_step=tf.train.get_global_step())
  return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def test_a_model_computes_the_branch_it_takes():
  def input_fn(flag):
    return lambda: tf.data.Dataset.from_tensors(
        {"flag": np.full(3, flag, np.float32)}).repeat(4)

  estimator = tf.estimator.Estimator(model_fn)
  found = kernels_of(lambda: estimator.train(input_fn(-100.0)))
  assert found["cond"] == 4 * 2 and found["cholesky"] == 0
  w = np.full((N, N), 0.1, np.float32)
  for _ in range(4):
    w -= 1e-6 * 2 * ((w * 2).sum() - 1) * 2
  np.testing.assert_allclose(estimator.get_variable_value("w"), w, rtol=1e-5)
  [first, *_] = estimator.predict(input_fn(1.0))
  want = np.linalg.cholesky(w @ w.T + np.eye(N) * 3).sum()
  np.testing.assert_allclose(first["y"], want, rtol=1e-5)
  [first, *_] = estimator.predict(input_fn(-100.0))
  np.testing.assert_allclose(first["y"], (w * 2).sum(), rtol=1e-5)
  assert kernels_of(lambda: estimator.train(input_fn(1.0)))["cholesky"] > 0
  assert np.isfinite(estimator.get_variable_value("w")).all()
  assert not np.array_equal(estimator.get_variable_value("w"), w)
