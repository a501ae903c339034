"""The main job: a classifier of Fashion-MNIST from the IDX files to a table
of results and two pictures. examples/cpp/fashion_mnist.cpp is its twin.

  fashion_mnist.py OUTPUT_FOLDER [DATA_FOLDER]

The model is kept in OUTPUT_FOLDER/model: a second run goes on training it.
DATA_FOLDER: else $NUMEST_FASHION_MNIST, else where Debian's package
dataset-fashion-mnist puts it."""
import os
import sys

import numpy as np

import numest as tf

DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist'
CLASSES = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat',
           'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot']
BATCH_SIZE, EPOCHS, STEPS_PER_EPOCH, SIDE = 128, 5, 469, 28
REQUIRED_ACCURACY = 0.87


class LossCurve(tf.estimator.SessionRunHook):
  """Asks for the loss before each step and keeps its value."""

  def __init__(self):
    self.losses = []

  def before_run(self, run_context):
    return tf.estimator.SessionRunArgs('loss')

  def after_run(self, run_context, run_values):
    self.losses.append(run_values.results)


def read_split(folder, name):
  images = tf.formats.read_idx(f'{folder}/{name}-images-idx3-ubyte.gz')
  labels = tf.formats.read_idx(f'{folder}/{name}-labels-idx1-ubyte.gz')
  return images, labels.astype(np.int32)


def train_input_fn(x, y):
  dataset = tf.data.Dataset.from_tensor_slices(({'x': x}, y))
  return dataset.shuffle(len(y)).batch(BATCH_SIZE).repeat(EPOCHS)


def test_input_fn(x, y):
  dataset = tf.data.Dataset.from_tensor_slices(({'x': x}, y))
  return dataset.batch(BATCH_SIZE)


def halved_each_epoch(step):
  """The learning rate: 2e-3, halved with every epoch."""
  return 2e-3 * np.power(0.5, step.astype(np.float32) / STEPS_PER_EPOCH)


def confusion_matrix(labels, predicted):
  """Counts by (label, prediction)."""
  pairs = np.bincount(labels * 10 + predicted, minlength=100)
  return pairs.reshape(10, 10)


def misclassified_grid(images, labels, predicted, side=10):
  """The first images that are classified wrongly, `side` by `side`."""
  wrong = np.ravel(np.nonzero(predicted != labels))[:side * side]
  cells = np.pad(images[wrong], ((0, 0), (1, 1), (1, 1)))
  empty = np.zeros((side * side - len(wrong), SIDE + 2, SIDE + 2), np.uint8)
  cells = np.concatenate([cells, empty])
  cells = cells.reshape(side, side, SIDE + 2, SIDE + 2)
  cells = cells.transpose(0, 2, 1, 3)
  return cells.reshape(side * (SIDE + 2), side * (SIDE + 2))


def draw_curve(losses, height=120, width=320, zoom=3):
  """The losses from left to right on a logarithmic scale."""
  columns = np.floor(np.linspace(0, width - 1, len(losses)))
  level = np.log(losses)
  rows = np.floor((height - 1) * (np.max(level) - level) /
                  (np.max(level) - np.min(level) + 1e-9))
  places = (rows * width + columns).astype(np.int64)
  picture = np.full(height * width, 255, np.uint8)
  picture[places] = 0
  picture = picture.reshape(height, width)
  return np.repeat(np.repeat(picture, zoom, axis=0), zoom, axis=1)


def print_results(result, matrix):
  print('\nconfusion matrix (rows: label, columns: prediction)')
  print(' ' * 12 + ''.join(f'{c:6}' for c in range(10)) + f"{'recall':>9}")
  recall = np.diagonal(matrix) / np.maximum(np.sum(matrix, axis=1), 1)
  for name, row, share in zip(CLASSES, matrix, recall):
    print(f'{name:12}' + ''.join(f'{n:6}' for n in row) + f'{share:9.3f}')
  print(f"\n{'result':20}{'value':>12}")
  for name, value in result.items():
    print(f'{name:20}{value:12.6g}')


def run_job(output, folder):
  """Returns the accuracy on the test images."""
  train_images, train_y = read_split(folder, 'train')
  test_images, test_y = read_split(folder, 't10k')
  train_x = train_images.astype(np.float32) / 255
  test_x = test_images.astype(np.float32) / 255
  mean, std = np.mean(train_x), np.std(train_x)
  train_x = (train_x - mean) / std
  test_x = (test_x - mean) / std

  classifier = tf.estimator.DNNClassifier(
      hidden_units=[128, 64],
      feature_columns=[tf.feature_column.numeric_column('x', [SIDE, SIDE])],
      model_dir=f'{output}/model',
      n_classes=10,
      optimizer=lambda: tf.keras.optimizers.Adam(halved_each_epoch),
      config=tf.estimator.RunConfig(tf_random_seed=1, show_progress=True))

  curve = LossCurve()
  classifier.train(lambda: train_input_fn(train_x, train_y), hooks=[curve])
  result = classifier.evaluate(lambda: test_input_fn(test_x, test_y))
  predictions = classifier.predict_all(lambda: test_input_fn(test_x, test_y))
  predicted = np.argmax(predictions['probabilities'], axis=1)

  print_results(result, confusion_matrix(test_y, predicted))
  tf.formats.write_png(f'{output}/loss_curve.png',
                       draw_curve(np.array(curve.losses)))
  tf.formats.write_png(f'{output}/misclassified.png',
                       misclassified_grid(test_images, test_y, predicted))
  return result['accuracy']


def main(arguments):
  if len(arguments) not in (1, 2):
    print('usage: fashion_mnist.py OUTPUT_FOLDER [DATA_FOLDER]',
          file=sys.stderr)
    return 2
  folder = os.environ.get('NUMEST_FASHION_MNIST', DEBIAN_FOLDER)
  if len(arguments) == 2:
    folder = arguments[1]
  try:
    accuracy = run_job(arguments[0], folder)
  except (tf.Error, OSError) as error:
    print(f'fashion_mnist: {error}', file=sys.stderr)
    return 1
  if accuracy >= REQUIRED_ACCURACY:
    return 0
  print(f'fashion_mnist: got the accuracy {accuracy:.4f}, expected '
        f'{REQUIRED_ACCURACY} or more', file=sys.stderr)
  return 1


if __name__ == '__main__':
  sys.exit(main(sys.argv[1:]))
