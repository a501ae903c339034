"""The main job: a classifier of Fashion-MNIST from the IDX files to a table of
results and a picture.

  fashion_mnist.py OUTPUT_FOLDER [DATA_FOLDER]

DATA_FOLDER: else $NUMEST_FASHION_MNIST, else where Debian's package
dataset-fashion-mnist puts it."""
import gzip
import os
import pathlib
import struct
import sys
import zlib

import numpy as np

import numest as tf

DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist'
CLASSES = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal',
           'Shirt', 'Sneaker', 'Bag', 'Ankle boot']
BATCH_SIZE, EPOCHS = 128, 5
REQUIRED_ACCURACY = 0.85


def read_idx(path):
  """An IDX file of bytes: two zeros, dtype, ndim, extents, values."""
  with gzip.open(path) as file:
    raw = file.read()
  ndim = raw[3]
  shape = struct.unpack(f'>{ndim}I', raw[4:4 + 4 * ndim])
  return np.frombuffer(raw, np.uint8, offset=4 + 4 * ndim).reshape(shape)


def read_split(folder, name):
  images = read_idx(folder / f'{name}-images-idx3-ubyte.gz')
  labels = read_idx(folder / f'{name}-labels-idx1-ubyte.gz')
  return images, labels.astype(np.int32)


def write_png(path, image):
  """A gray picture, (height, width) uint8."""
  def chunk(kind, body):
    check = zlib.crc32(kind + body)
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', check)

  height, width = image.shape
  rows = np.pad(image, ((0, 0), (1, 0))).tobytes()  # filter 0 on each row
  header = struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0)
  path.write_bytes(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) +
                   chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))


def misclassified_grid(images, side=10):
  """The first images, `side` by `side`, with a margin."""
  cells = np.zeros((side * side, 30, 30), np.uint8)
  count = min(len(images), side * side)
  cells[:count, 1:-1, 1:-1] = images[:count]
  cells = cells.reshape(side, side, 30, 30).transpose(0, 2, 1, 3)
  return cells.reshape(side * 30, side * 30)


def print_confusion(labels, predicted):
  counts = np.zeros((10, 10), int)
  np.add.at(counts, (labels, predicted), 1)
  print('\nconfusion matrix (rows: label, columns: prediction)')
  for name, row, hits in zip(CLASSES, counts, np.diag(counts)):
    cells = ''.join(f'{n:6d}' for n in row)
    print(f'{name:12}{cells}{hits / max(row.sum(), 1):9.3f}')


def main(output, folder):
  train_images, train_y = read_split(folder, 'train')
  test_images, test_y = read_split(folder, 't10k')
  print(f'plan: {len(train_y)} training and {len(test_y)} test images, '
        f'DNNClassifier [128, 64], Adam 1e-3, {EPOCHS} epochs in batches of '
        f'{BATCH_SIZE}', flush=True)
  train_x = (train_images / 255).astype(np.float32)
  mean, std = np.mean(train_x), np.std(train_x)
  train_x = (train_x - mean) / std
  test_x = ((test_images / 255).astype(np.float32) - mean) / std

  def train_input_fn():
    dataset = tf.data.Dataset.from_tensor_slices((train_x, train_y))
    return dataset.shuffle(len(train_y)).repeat(EPOCHS).batch(BATCH_SIZE)

  def test_input_fn():
    dataset = tf.data.Dataset.from_tensor_slices((test_x, test_y))
    return dataset.batch(BATCH_SIZE)

  classifier = tf.estimator.DNNClassifier(
      feature_columns=[tf.feature_column.numeric_column('x', shape=[28, 28])],
      hidden_units=[128, 64], n_classes=10,
      optimizer=tf.keras.optimizers.Adam(1e-3),
      config=tf.estimator.RunConfig(tf_random_seed=1,
                                    log_step_count_steps=500))
  classifier.train(train_input_fn)
  result = classifier.evaluate(test_input_fn)
  predicted = np.array([np.argmax(p['probabilities'])
                        for p in classifier.predict(test_input_fn)])

  print_confusion(test_y, predicted)
  print(f"\n{'result':20}{'value':>12}")
  for name, value in result.items():
    print(f'{name:20}{value:12.6g}')
  output.mkdir(parents=True, exist_ok=True)
  write_png(output / 'misclassified.png',
            misclassified_grid(test_images[predicted != test_y]))
  if result['accuracy'] >= REQUIRED_ACCURACY:
    return 0
  print(f"fashion_mnist: accuracy {result['accuracy']:.4f} is below "
        f'{REQUIRED_ACCURACY}', file=sys.stderr)
  return 1


if __name__ == '__main__':
  if len(sys.argv) not in (2, 3):
    sys.exit('usage: fashion_mnist.py OUTPUT_FOLDER [DATA_FOLDER]')
  FOLDER = sys.argv[2] if len(sys.argv) > 2 else os.environ.get(
      'NUMEST_FASHION_MNIST', DEBIAN_FOLDER)
  sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(FOLDER)))
