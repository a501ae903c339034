"""Six models in plain NumPy, trained by Estimators on Fashion-MNIST.

  numpy_models.py [MODEL ...]

Each model is two functions over arrays: `start(rng)` gives its parameters,
`model(p, x, y)` its loss (None without labels) and its predictions. They run
on ndarrays as they stand; `estimator` turns them into a model function."""
import os
import sys

import numpy as np

import numest as tf

DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist'
BATCH_SIZE = 100


# --- logistic regression: is it a shoe or a sandal? ---
def logistic_start(rng):
  return {'w': np.zeros(784), 'b': np.zeros(())}


def logistic(p, x, y):
  z = x @ p['w'] + p['b']
  loss = None if y is None else np.mean(np.logaddexp(0, z) - y * z)
  return loss, {'probability': 1 / (1 + np.exp(-z))}


# --- a network of two layers: which of ten classes? ---
def mlp_start(rng):
  return {'w1': rng.normal(0, 0.05, (784, 64)), 'b1': np.zeros(64),
          'w2': rng.normal(0, 0.1, (64, 10)), 'b2': np.zeros(10)}


def mlp(p, x, y):
  h = np.maximum(x @ p['w1'] + p['b1'], 0)
  z = h @ p['w2'] + p['b2']
  z = z - np.max(z, axis=1, keepdims=True)
  log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
  loss = None
  if y is not None:
    loss = -np.mean(np.take_along_axis(log_p, y[:, None], axis=1))
  return loss, {'class': np.argmax(log_p, axis=1)}


# --- a mixture density network: how bright is the lower half, given the
# upper? Three normal distributions, since bags and trousers differ. ---
def mixture_start(rng):
  return {'w1': rng.normal(0, 0.05, (392, 32)), 'b1': np.zeros(32),
          'w2': rng.normal(0, 0.1, (32, 9)),
          'b2': np.array([0, 0, 0, 0.1, 0.3, 0.5, -1, -1, -1])}


def mixture(p, x, y):
  h = np.tanh(x @ p['w1'] + p['b1'])
  logits, mean, log_scale = np.split(h @ p['w2'] + p['b2'], 3, axis=1)
  log_weight = logits - log_sum_exp(logits)[:, None]
  loss = None
  if y is not None:
    distance = (y[:, None] - mean) / np.exp(log_scale)
    log_density = -0.5 * distance**2 - log_scale - 0.5 * np.log(2 * np.pi)
    loss = -np.mean(log_sum_exp(log_weight + log_density))
  return loss, {'mean': np.sum(np.exp(log_weight) * mean, axis=1)}


def log_sum_exp(x):
  top = np.max(x, axis=1)
  return top + np.log(np.sum(np.exp(x - top[:, None]), axis=1))


# --- k-means: a step of Lloyd's algorithm per batch, no gradient ---
def kmeans_start(rng):
  return {'centers': rng.uniform(0, 1, (10, 784))}


def kmeans(p, x, y):
  distance = (np.sum(x**2, axis=1)[:, None] - 2 * x @ p['centers'].T +
              np.sum(p['centers']**2, axis=1))
  return np.mean(np.min(distance, axis=1)), {
      'cluster': np.argmin(distance, axis=1)}


def kmeans_step(p, x):
  """The centers moved to the means of their points."""
  _, found = kmeans(p, x, None)
  member = (found['cluster'][:, None] == np.arange(10)).astype(np.float32)
  count = np.sum(member, axis=0)[:, None]
  means = member.T @ x / np.maximum(count, 1)
  return {'centers': np.where(count > 0, means, p['centers'])}


# --- matrix factorisation: pixel j of image i is u[i] . v[j] ---
def factors_start(rng):
  return {'u': rng.normal(0, 0.3, (200, 8)), 'v': rng.normal(0, 0.3, (784, 8)),
          'mean': np.zeros(784)}


def factors(p, x, y):
  made = np.einsum('bk,bk->b', p['u'][x['image']], p['v'][x['pixel']])
  made = made + p['mean'][x['pixel']]
  loss = None if y is None else np.mean((made - y)**2)
  return loss, {'brightness': made}


# --- a small convolution, written as a sum over the kernel's places ---
def convolution_start(rng):
  return {'kernel': rng.normal(0, 0.3, (5, 5, 8)), 'bias': np.zeros(8),
          'w': rng.normal(0, 0.05, (288, 10)), 'b': np.zeros(10)}


def convolution(p, x, y):
  total = p['bias']
  for i in range(5):
    for j in range(5):
      total = total + x[:, i:i + 24, j:j + 24, None] * p['kernel'][i, j]
  h = np.maximum(total, 0).reshape(-1, 6, 4, 6, 4, 8).max(axis=(2, 4))
  z = h.reshape(-1, 288) @ p['w'] + p['b']
  log_p = z - log_sum_exp(z)[:, None]
  loss = None
  if y is not None:
    loss = -np.mean(np.sum(log_p * (y[:, None] == np.arange(10)), axis=1))
  return loss, {'class': np.argmax(z, axis=1)}


# name: (start, model, learning rate)
MODELS = {
    'logistic': (logistic_start, logistic, 0.05),
    'mlp': (mlp_start, mlp, 0.2),
    'mixture': (mixture_start, mixture, 0.02),
    'kmeans': (kmeans_start, kmeans, None),
    'factors': (factors_start, factors, 5.0),
    'convolution': (convolution_start, convolution, 0.1),
}


def estimator(name, model_dir=None):
  """An Estimator of one of MODELS."""
  start, model, rate = MODELS[name]
  values = start(np.random.default_rng(0))

  def model_fn(features, labels, mode):
    p = {k: tf.compat.v1.get_variable(k, initializer=v.astype(np.float32))
         for k, v in values.items()}
    loss, predictions = model(p, features, labels)
    if mode != tf.estimator.ModeKeys.TRAIN:
      return tf.estimator.EstimatorSpec(mode, loss=loss,
                                        predictions=predictions)
    step = tf.compat.v1.train.get_global_step()
    if rate is None:
      moved = kmeans_step(p, features)
      train_op = tf.group(
          [tf.compat.v1.assign(p[k], v) for k, v in moved.items()],
          tf.compat.v1.assign_add(step, 1))
    else:
      train_op = tf.compat.v1.train.GradientDescentOptimizer(rate).minimize(
          loss, step)
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)

  return tf.estimator.Estimator(model_fn, model_dir)


def data(name, images, labels):
  """(features, labels) of a model."""
  images = (images / np.float32(255)).astype(np.float32)
  flat = images.reshape(len(images), -1)
  if name == 'logistic':
    return flat, np.isin(labels, [5, 7, 9]).astype(np.float32)
  if name == 'mixture':
    return flat[:, :392], flat[:, 392:].mean(axis=1)
  if name == 'kmeans':
    return flat, None
  if name == 'factors':
    pairs = np.random.default_rng(1).integers(0, [200, 784], (40000, 2))
    return ({'image': pairs[:, 0], 'pixel': pairs[:, 1]},
            flat[pairs[:, 0], pairs[:, 1]])
  return (images if name == 'convolution' else flat), labels


def input_fn(features, labels, epochs=1):
  parts = features if labels is None else (features, labels)
  dataset = tf.data.Dataset.from_tensor_slices(parts)
  return dataset.batch(BATCH_SIZE).repeat(epochs)


def train(name, images, labels, epochs=1):
  """The loss before and after training."""
  made = estimator(name)
  features, labels = data(name, images, labels)
  made.train(lambda: input_fn(features, labels), steps=1)
  before = made.evaluate(lambda: input_fn(features, labels))['loss']
  made.train(lambda: input_fn(features, labels, epochs))
  return before, made.evaluate(lambda: input_fn(features, labels))['loss']


def main():
  folder = os.environ.get('NUMEST_FASHION_MNIST', DEBIAN_FOLDER)
  images = tf.formats.read_idx(f'{folder}/train-images-idx3-ubyte.gz')[:6000]
  labels = tf.formats.read_idx(f'{folder}/train-labels-idx1-ubyte.gz')[:6000]
  for name in sys.argv[1:] or MODELS:
    before, after = train(name, images, labels.astype(np.int64))
    print(f'{name}: loss {before:.4f} -> {after:.4f}')


if __name__ == '__main__':
  main()
