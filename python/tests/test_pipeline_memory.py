"""The memory of a pipeline (docs/design/pipeline_memory.md), in batches."""
import numpy as np
import pytest

import numest as tf

Dataset = tf.data.Dataset
ROWS, BATCH = 2000, 25
IMAGES = np.ones((ROWS, 16, 16), np.float32)
BATCH_BYTES = BATCH * IMAGES[0].nbytes


def scaled(image):
  return image * np.random.uniform(0.8, 1.2)


def called(image):
  return np.asarray(image.tolist(), np.float32)


def rows():
  return Dataset.from_tensor_slices(IMAGES)


def held(dataset):
  """Batches' worth of array memory that one epoch takes."""
  before = tf.counters()["array_bytes"]
  for batch in dataset.as_numpy_iterator():
    del batch
  return (tf.counters()["array_bytes"] - before) / BATCH_BYTES


@pytest.mark.parametrize("dataset, batches", [
    (lambda: rows().batch(BATCH), 1),
    (lambda: rows().shuffle(ROWS).batch(BATCH), 3),
    (lambda: rows().map(scaled).batch(BATCH), 4),
    (lambda: rows().shuffle(ROWS).map(scaled).batch(BATCH), 5),
    (lambda: rows().map(called).batch(BATCH), 3),
    (lambda: rows().map(scaled).shuffle(100).batch(BATCH), 100 / BATCH + 5),
    (lambda: rows().map(scaled).filter(lambda x: np.random.rand() > 0.5)
     .batch(BATCH), 16),  # blocks of a growing size are counted each
    # 64 rows of a chunk and a block of what is read for the first time.
    (lambda: rows().filter(lambda x: np.random.rand() > 0.1).map(scaled)
     .shuffle(100).batch(BATCH), (100 + 64) / BATCH + 100 / BATCH + 10),
], ids=["batch", "shuffle", "map", "shuffle_map", "python", "window", "filter",
        "window_of_a_stream"])
def test_an_epoch_takes_the_memory_of_a_few_batches(dataset, batches):
  assert held(dataset()) <= batches


@pytest.mark.parametrize("depth", [1, 4])
def test_prefetch_holds_as_many_batches_as_it_was_told(depth):
  assert held(rows().shuffle(ROWS).batch(BATCH).prefetch(depth)) <= depth + 5


def test_prefetch_by_itself_holds_a_megabyte_or_two_batches():
  dataset = rows().shuffle(ROWS).batch(BATCH).prefetch(tf.data.AUTOTUNE)
  assert held(dataset) <= 2 ** 20 / BATCH_BYTES + 5
