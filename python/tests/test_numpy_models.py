"""The models of examples/python/numpy_models.py: gradients against differences
and by hand, training steps of Estimators against loops in NumPy."""
import importlib.util
import pathlib

import numpy as np
import pytest

import numest as tf

PATH = (pathlib.Path(__file__).resolve().parents[2] /
        "examples/python/numpy_models.py")
SPEC = importlib.util.spec_from_file_location("numpy_models", PATH)
models = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(models)

WITH_GRADIENT = [n for n, row in models.MODELS.items() if row[2] is not None]


def problem(name, rows=100):
  """Parameters as float64, features and labels of made-up images."""
  rng = np.random.default_rng(7)
  images = rng.integers(0, 256, (300, 28, 28), dtype=np.uint8)
  labels = rng.integers(0, 10, 300)
  start, model, _ = models.MODELS[name]
  p = {k: np.asarray(v, np.float64) for k, v in start(
      np.random.default_rng(0)).items()}
  p = {k: np.array(v + 0.01 * rng.normal(size=v.shape)) for k, v in p.items()}
  x, y = models.data(name, images, labels)
  rows_of = lambda v: v[:rows].astype(np.float64) if (
      v.dtype.kind == "f") else v[:rows]
  x = {k: rows_of(v) for k, v in x.items()} if isinstance(x, dict) else (
      rows_of(x))
  return model, p, x, None if y is None else rows_of(y)


def differences(model, p, x, y, key, where, step=1e-6):
  ends = []
  for s in (step, -step):
    moved = {**p, key: p[key].copy()}
    moved[key][where] += s
    ends.append(model(moved, x, y)[0])
  return (ends[0] - ends[1]) / (2 * step)


@pytest.mark.parametrize("name", WITH_GRADIENT)
def test_gradients_agree_with_differences(name):
  model, p, x, y = problem(name, rows=20)
  gradient = tf.grad(lambda p: model(p, x, y)[0])(p)
  rng = np.random.default_rng(1)
  for key, value in p.items():
    # Where the gradient is largest, and at random places.
    places = [np.unravel_index(np.argmax(np.abs(gradient[key])), value.shape)]
    places += [tuple(rng.integers(0, n) for n in value.shape)
               for _ in range(4)]
    for where in places:
      np.testing.assert_allclose(
          gradient[key][where], differences(model, p, x, y, key, where),
          rtol=1e-5, atol=1e-8, err_msg=f"{key}{where}")


def softmax(z):
  e = np.exp(z - z.max(axis=1, keepdims=True))
  return e / e.sum(axis=1, keepdims=True)


def logistic_by_hand(p, x, y):
  error = (1 / (1 + np.exp(-(x @ p["w"] + p["b"]))) - y) / len(y)
  return {"w": x.T @ error, "b": error.sum()}


def mlp_by_hand(p, x, y):
  h = np.maximum(x @ p["w1"] + p["b1"], 0)
  error = (softmax(h @ p["w2"] + p["b2"]) - np.eye(10)[y]) / len(y)
  back = (error @ p["w2"].T) * (h > 0)
  return {"w1": x.T @ back, "b1": back.sum(axis=0), "w2": h.T @ error,
          "b2": error.sum(axis=0)}


def mixture_by_hand(p, x, y):
  h = np.tanh(x @ p["w1"] + p["b1"])
  logits, mean, log_scale = np.split(h @ p["w2"] + p["b2"], 3, axis=1)
  distance = (y[:, None] - mean) / np.exp(log_scale)
  prior = softmax(logits)
  posterior = softmax(np.log(prior) - 0.5 * distance**2 - log_scale)
  error = np.concatenate([
      prior - posterior, -posterior * distance / np.exp(log_scale),
      posterior * (1 - distance**2)], axis=1) / len(y)
  back = (error @ p["w2"].T) * (1 - h**2)
  return {"w1": x.T @ back, "b1": back.sum(axis=0), "w2": h.T @ error,
          "b2": error.sum(axis=0)}


def factors_by_hand(p, x, y):
  i, j = x["image"], x["pixel"]
  error = 2 * (np.sum(p["u"][i] * p["v"][j], axis=1) + p["mean"][j] - y)
  error = error / len(y)
  made = {k: np.zeros_like(v) for k, v in p.items()}
  np.add.at(made["u"], i, error[:, None] * p["v"][j])
  np.add.at(made["v"], j, error[:, None] * p["u"][i])
  np.add.at(made["mean"], j, error)
  return made


def convolution_by_hand(p, x, y):
  windows = np.lib.stride_tricks.sliding_window_view(x, (5, 5), axis=(1, 2))
  total = np.einsum("byxij,ijk->byxk", windows, p["kernel"]) + p["bias"]
  cells = np.maximum(total, 0).reshape(-1, 6, 4, 6, 4, 8)
  top = cells.max(axis=(2, 4), keepdims=True)
  flat = top.reshape(-1, 288)
  error = (softmax(flat @ p["w"] + p["b"]) - np.eye(10)[y]) / len(y)
  to_cells = (error @ p["w"].T).reshape(top.shape) * (cells == top) * (top > 0)
  back = to_cells.reshape(total.shape)
  return {"kernel": np.einsum("byxij,byxk->ijk", windows, back),
          "bias": back.sum(axis=(0, 1, 2)), "w": flat.T @ error,
          "b": error.sum(axis=0)}


BY_HAND = {"logistic": logistic_by_hand, "mlp": mlp_by_hand,
           "mixture": mixture_by_hand, "factors": factors_by_hand,
           "convolution": convolution_by_hand}


@pytest.mark.parametrize("name", WITH_GRADIENT)
def test_gradients_agree_with_those_derived_by_hand(name):
  model, p, x, y = problem(name)
  got = tf.grad(lambda p: model(p, x, y)[0])(p)
  want = BY_HAND[name](p, x, y)
  assert set(got) == set(want)
  for key, value in want.items():
    np.testing.assert_allclose(got[key], value, rtol=1e-8, atol=1e-12,
                               err_msg=key)


def trained(name, steps):
  """(variables after `steps` batches of the Estimator, its data)."""
  rng = np.random.default_rng(3)
  images = rng.integers(0, 256, (300, 28, 28), dtype=np.uint8)
  x, y = models.data(name, images, rng.integers(0, 10, 300))
  made = models.estimator(name)
  before = tf.counters()["python_calls"]
  made.train(lambda: models.input_fn(x, y), steps=steps)
  assert tf.counters()["python_calls"] == before
  return {k: made.get_variable_value(k) for k in models.MODELS[name][0](
      np.random.default_rng(0))}, x, y


@pytest.mark.parametrize("name", models.MODELS)
def test_estimators_take_the_steps_of_numpy(name):
  found, x, y = trained(name, steps=3)
  start, _, rate = models.MODELS[name]
  p = {k: v.astype(np.float32).astype(np.float64)
       for k, v in start(np.random.default_rng(0)).items()}
  for i in range(0, 300, 100):
    batch = {k: v[i:i + 100] for k, v in x.items()} if isinstance(
        x, dict) else x[i:i + 100].astype(np.float64)
    if rate is None:
      p = models.kmeans_step(p, batch)
      continue
    slope = BY_HAND[name](p, batch, y[i:i + 100])
    p = {k: v - rate * slope[k] for k, v in p.items()}
  for key, value in p.items():
    np.testing.assert_allclose(found[key], value, rtol=2e-4, atol=2e-5,
                               err_msg=key)


@pytest.mark.parametrize("name", ["logistic", "kmeans"])
def test_training_on_real_images_lowers_the_loss(name):
  folder = pathlib.Path(models.DEBIAN_FOLDER)
  if not folder.exists():
    pytest.skip("the package dataset-fashion-mnist is not installed")
  images = tf.formats.read_idx(f"{folder}/t10k-images-idx3-ubyte.gz")[:2000]
  labels = tf.formats.read_idx(f"{folder}/t10k-labels-idx1-ubyte.gz")[:2000]
  before, after = models.train(name, images, labels.astype(np.int64))
  assert after < 0.95 * before
