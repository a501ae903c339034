"""Memory, Python objects and descriptors stay where they were, whatever is
done a thousand or a million times (NUMEST_SOAK; else less often)."""
import ctypes
import gc
import os
import sys

import numpy as np
import pytest

import numest as tf

IS_SOAK = "NUMEST_SOAK" in os.environ


def rounds(in_every_run, at_length):
  return at_length if IS_SOAK else in_every_run


class MallocInfo(ctypes.Structure):
  _fields_ = [(name, ctypes.c_size_t) for name in (
      "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks",
      "uordblks", "fordblks", "keepcost")]


def heap_bytes():
  """Bytes in use of the C heap."""
  mallinfo2 = ctypes.CDLL(None).mallinfo2
  mallinfo2.restype = MallocInfo
  info = mallinfo2()
  return info.uordblks + info.hblkhd


def resident_bytes():
  with open("/proc/self/statm") as file:
    return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def num_descriptors():
  return len(os.listdir("/proc/self/fd"))


def figures():
  gc.collect()
  return {"heap bytes": heap_bytes(), "resident bytes": resident_bytes(),
          "Python blocks": sys.getallocatedblocks(),
          "descriptors": num_descriptors()}


# A leak adds to each part of a run; tables and pools grow once. What the part
# that adds the least may add:
SLACK = {"heap bytes": 16_000, "resident bytes": 1_000_000,
         "Python blocks": 100, "descriptors": 0}


def assert_flat(work, count):
  """Calls `work`, which returns how many rounds it did, for `count` rounds."""
  samples, done = [], 0
  for part in (1, 2, 3, 4):
    while done < count * part / 4:
      done += work()
    samples.append(figures())
  for name, slack in SLACK.items():
    values = [sample[name] for sample in samples]
    added = [after - before for before, after in zip(values, values[1:])]
    assert min(added) <= slack, f"{name} grow by {added}"


def test_leaks_are_seen():
  kept = []

  def work():
    kept.append([bytes(100) for _ in range(100)])
    return 1

  with pytest.raises(AssertionError, match="grow by"):
    assert_flat(work, 100)


RNG = np.random.default_rng(0)
X = RNG.random((64, 4)).astype(np.float32)
Y = (X[:, 0] > 0.5).astype(np.int32)


def rows():
  return tf.data.Dataset.from_tensor_slices(({"x": X}, Y)).batch(16)


def classifier(tmp_path, **config):
  return tf.estimator.DNNClassifier(
      [8], [tf.feature_column.numeric_column("x", [4])], str(tmp_path),
      config=tf.estimator.RunConfig(tf_random_seed=1, log_step_count_steps=None,
                                    **config))


def test_training_evaluating_and_predicting_leave_nothing(tmp_path):
  model = classifier(tmp_path, keep_checkpoint_max=2)

  def work():
    model.train(lambda: rows().shuffle(64).repeat(), steps=3)
    model.evaluate(rows)
    list(model.predict(rows))
    next(model.predict(rows))  # left in the middle
    return 1

  assert_flat(work, rounds(40, 1000))


def test_predictions_of_one_leave_nothing(tmp_path):
  model = classifier(tmp_path)
  model.train(rows, steps=1)
  one = {"x": X[0]}

  def work():
    for _ in range(500):
      model.predict_one(one)
    return 500

  assert_flat(work, rounds(10_000, 1_000_000))


def test_python_in_a_pipeline_leaves_nothing():
  def through_python(x):
    return np.float32(float(str(x.sum())[:3]))

  dataset = tf.data.Dataset.from_tensor_slices(np.tile(X, (16, 1))).map(
      lambda x: tf.numpy_function(through_python, [x], tf.float32))
  before = tf.counters()["python_calls"]

  def work():
    return sum(1 for _ in dataset)

  assert_flat(work, rounds(10_000, 1_000_000))
  assert tf.counters()["python_calls"] - before >= rounds(10_000, 1_000_000)


def test_errors_leave_nothing(tmp_path):
  model = classifier(tmp_path)
  model.train(rows, steps=1)

  def work():
    with pytest.raises(ValueError):
      model.evaluate(lambda: rows().take(0))
    with pytest.raises((ValueError, KeyError)):
      model.predict_one({"z": X[0]})
    return 1

  assert_flat(work, rounds(200, 10_000))
