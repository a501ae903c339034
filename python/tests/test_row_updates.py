"""Gradient descent on tables of which a batch takes rows: only these rows are
written, and the values are those of dense steps in NumPy."""
import numpy as np
import pytest

import numest as tf

RATE, ROWS = 0.5, 12
RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(ROWS, 3))
AT = RNG.integers(0, ROWS, (8, 2))  # rows repeat
TARGET = RNG.normal(size=8)


def one(u, x):
  return np.sum(u[x[:, 0]], axis=1)


def twice(u, x):
  return np.sum(u[x[:, 0]] * np.take(u, x[:, 1], axis=0), axis=1)


def of_other_modes(u, x):
  return np.sum(np.take(u, x[:, 0] + ROWS, axis=0, mode="wrap") *
                np.take(u, x[:, 1], axis=0, mode="clip"), axis=1)


def bags(u, x):
  return u[x].mean(axis=1) @ np.ones(3)


def of_one_row(u, x):
  return u[2] @ np.ones(3) + u[x[:, 0]][:, 0]


def beside_all(u, x):
  return np.sum(u[x[:, 0]], axis=1) + 0.1 * np.sum(u**2)


def by_columns(u, x):
  return np.sum(np.take(u, x[:, 0] % 3, axis=1), axis=0)


MODELS = [one, twice, of_other_modes, bags, of_one_row, beside_all, by_columns]


def loss_of(model, u, x, y):
  return np.mean((model(u, x) - y)**2)


def differences(model, u):
  slope = np.zeros_like(u)
  for where in np.ndindex(u.shape):
    ends = []
    for step in (1e-6, -1e-6):
      moved = u.copy()
      moved[where] += step
      ends.append(loss_of(model, moved, AT, TARGET))
    slope[where] = (ends[0] - ends[1]) / 2e-6
  return slope


def trained(model, make_optimizer, steps):
  def model_fn(features, labels, mode):
    u = tf.compat.v1.get_variable("u", initializer=TABLE)
    loss = loss_of(model, u, features, labels)
    step = tf.compat.v1.train.get_global_step()
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, train_op=make_optimizer().minimize(loss, step))
  made = tf.estimator.Estimator(model_fn)
  made.train(lambda: tf.data.Dataset.from_tensor_slices((AT, TARGET)).batch(
      8).repeat(), steps=steps)
  return made


def descent():
  return tf.compat.v1.train.GradientDescentOptimizer(RATE)


@pytest.mark.parametrize("model", MODELS)
def test_steps_are_those_of_dense_gradients(model):
  expected = TABLE
  for _ in range(3):
    expected = expected - RATE * differences(model, expected)
  np.testing.assert_allclose(trained(model, descent, 3).get_variable_value("u"),
                             expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("model", [one, twice, bags, beside_all])
def test_no_zeros_of_the_tables_size_are_made(model):
  made = trained(model, descent, 1)
  ops = [op for f in tf.explain(made).functions for line in f["lines"]
         for op in line["ops"]]
  assert "scatter_add" in " ".join(ops) and "zeros_like" not in " ".join(ops)
