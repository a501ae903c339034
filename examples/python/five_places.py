"""Plain NumPy in the five places, on Fashion-MNIST: on data at once, in the
input pipeline, in the model, in its loss and metrics, and in the program that
is served. examples/cpp/five_places.cpp is its twin.

  five_places.py OUTPUT_FOLDER [DATA_FOLDER]
"""
import os
import sys

import numpy as np

import numest as tf

DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist'


# 1. On data at once: brightness from 0 to 1.
def read_split(folder, name, n):
  images = tf.formats.read_idx(f'{folder}/{name}-images-idx3-ubyte.gz')[:n]
  labels = tf.formats.read_idx(f'{folder}/{name}-labels-idx1-ubyte.gz')[:n]
  x = images.astype(np.float32)
  return (x - np.min(x)) / np.ptp(x), labels.astype(np.int32)


# 2. In the pipeline: half of the pictures mirrored, all moved a little.
def augment(features, label):
  image = features['image']
  if np.random.rand() < 0.5:
    image = np.fliplr(image)
  image = np.roll(image, np.random.randint(-2, 3, 2), (0, 1))
  return {'image': image}, label


def input_fn(images, labels, train):
  dataset = tf.data.Dataset.from_tensor_slices(({'image': images}, labels))
  if train:
    dataset = dataset.map(augment).shuffle(len(labels)).repeat(3)
  return dataset.batch(128)


# 3. In the model: each picture's own mean and deviation do not matter.
def standardised(images):
  mean = np.mean(images, (1, 2), keepdims=True)
  return (images - mean) / (np.std(images, (1, 2), keepdims=True) + 1e-3)


# 4. In the loss: a tenth of the target is spread over all classes.
def smoothed_loss(labels, logits):
  z = logits - np.max(logits, -1, keepdims=True)
  log_p = z - np.log(np.sum(np.exp(z), -1, keepdims=True))
  own = np.take_along_axis(log_p, labels, -1)
  return -0.9 * own - 0.1 * np.mean(log_p, -1, keepdims=True)


# And in metrics: a mean over rows, and one that needs all rows at once.
def in_top_three(labels, probabilities):
  own = np.take_along_axis(probabilities, labels[:, None], -1)
  return np.sum(probabilities > own, -1) < 3


def worst_recall(labels, probabilities):
  right = np.argmax(probabilities, 1) == labels
  return np.min([np.mean(right[labels == c]) for c in range(10)])


def metric_fn(labels, predictions):
  p = predictions['probabilities']
  return {'in_top_three': tf.metrics.from_numpy(in_top_three, labels, p,
                                                reduction='mean'),
          'worst_recall': tf.metrics.from_numpy(worst_recall, labels, p)}


def classifier(model_dir):
  column = tf.feature_column.numeric_column(
      'image', shape=(28, 28), normalizer_fn=standardised)
  head = tf.estimator.MultiClassHead(10, loss_fn=smoothed_loss)
  made = tf.estimator.DNNEstimator(
      head, hidden_units=[64], feature_columns=[column], optimizer='Adam',
      model_dir=model_dir,
      config=tf.estimator.RunConfig(tf_random_seed=1))
  return tf.estimator.add_metrics(made, metric_fn)


# 5. In the program that is served: a file that needs no Estimator.
def served(estimator, images, path):
  spec = {'image': tf.TensorSpec([None, 28, 28], tf.float32)}
  estimator.prediction_function(spec).save(path)
  return tf.load_function(path)({'image': images})['probabilities']


def main():
  folder = os.environ.get('NUMEST_FASHION_MNIST', DEBIAN_FOLDER)
  output = sys.argv[1]
  folder = sys.argv[2] if len(sys.argv) > 2 else folder
  images, labels = read_split(folder, 'train', 20000)
  test_images, test_labels = read_split(folder, 't10k', 5000)
  estimator = classifier(f'{output}/model')
  estimator.train(lambda: input_fn(images, labels, True))
  result = estimator.evaluate(lambda: input_fn(test_images, test_labels,
                                               False))
  for name, value in result.items():
    print(f'{name}: {value:.4f}')
  p = served(estimator, test_images, f'{output}/model.numest')
  print(f'served accuracy: {np.mean(np.argmax(p, 1) == test_labels):.4f}')


if __name__ == '__main__':
  main()
