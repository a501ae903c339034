"""A training process that is killed at any moment, again and again, ends with
exactly the weights and slots of one that was left alone."""
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

import numest as tf

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "cli" / "numest"
MAX_KILLS = 8

# Shuffle, a map that draws, repeat, a window over a stream, and dropout: all
# that could tell two runs apart.
SCRIPT = """
import sys
import numpy as np
import numest as tf

rng = np.random.default_rng(0)
x = rng.normal(size=(203, 6, 2)).astype(np.float32)
y = (x[:, 0, 0] > 0).astype(np.int32)

def augment(image, label):
  if np.random.rand() > 0.5:
    image = np.fliplr(image)
  return image + 0.1 * np.random.randn(), label

def input_fn():
  dataset = tf.data.Dataset.from_tensor_slices((x, y))
  return dataset.shuffle(203).map(augment).repeat().shuffle(16).batch(8)

model = tf.estimator.DNNClassifier(
    [16, 8], [tf.feature_column.numeric_column("x", [6, 2])], sys.argv[1],
    optimizer="Adam", dropout=0.3, batch_norm=True,
    config=tf.estimator.RunConfig(tf_random_seed=5, save_checkpoints_steps=40,
                                  keep_checkpoint_max=3))
model.train(input_fn, max_steps=2400)
"""


def python_command(tmp_path, folder):
  (tmp_path / "script.py").write_text(SCRIPT)
  return [sys.executable, "script.py", folder]


def program_command(tmp_path, folder):
  rng = np.random.default_rng(0)
  x = rng.normal(size=(203, 12)).astype(np.float32)
  np.save(tmp_path / "x.npy", x)
  np.save(tmp_path / "y.npy", (x[:, 0] > 0).astype(np.int64))
  return [PROGRAM, "train", "--features", "x.npy", "--labels", "y.npy",
          "--classes", "2", "--hidden-units", "16,8", "--optimizer", "Adam",
          "--batch-size", "8", "--epochs", "96", "--seed", "5",
          "--checkpoint-steps", "40", "--model-dir", folder]


def train(command, tmp_path, seconds=None):
  """Whether the run ended by itself within `seconds`, else it was killed."""
  environment = dict(os.environ, PYTHONPATH=str(ROOT / "build/python_package"))
  try:
    done = subprocess.run(command, cwd=tmp_path, env=environment,
                          capture_output=True, text=True,
                          timeout=seconds or 300)
  except subprocess.TimeoutExpired:
    assert seconds is not None
    return False
  assert done.returncode == 0, done.stderr
  return True


def seconds_of(command, tmp_path):
  start = time.monotonic()
  assert train(command, tmp_path)
  return time.monotonic() - start


def variables(folder):
  """All values of the newest checkpoint, which reads without damage."""
  return {name: tf.train.load_variable(str(folder), name)
          for name, _ in tf.train.list_variables(str(folder))}


@pytest.mark.parametrize("make_command", [python_command, program_command])
def test_killed_runs_end_as_one_left_alone(make_command, tmp_path):
  startup = seconds_of([sys.executable, "-c", "import numest"], tmp_path)
  work = seconds_of(make_command(tmp_path, "whole"), tmp_path) - startup
  expected = variables(tmp_path / "whole")

  command = make_command(tmp_path, "killed")
  random_source = random.Random(1)
  num_kills, steps, share = 0, [], 0.5
  while num_kills < MAX_KILLS:
    seconds = startup + share * random_source.random() * max(work, 0.1)
    if train(command, tmp_path, seconds):
      if num_kills:
        break
      shutil.rmtree(tmp_path / "killed")  # too fast to be killed: again
      startup, share = startup / 2, share / 2
      continue
    num_kills += 1
    if tf.train.latest_checkpoint(str(tmp_path / "killed")):
      found = variables(tmp_path / "killed")
      steps.append(int(found["global_step"]))
      assert all(np.isfinite(v).all() for v in found.values())
  else:
    assert train(command, tmp_path)

  assert steps == sorted(steps)
  left = [p.name for p in (tmp_path / "killed").iterdir() if ".tmp-" in p.name]
  assert left == []
  found = variables(tmp_path / "killed")
  assert found.keys() == expected.keys()
  assert any("Adam" in name for name in found)
  for name, value in expected.items():
    np.testing.assert_array_equal(found[name], value, err_msg=name)
