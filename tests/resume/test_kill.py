"""A training process that is killed at any moment, again and again, ends with
exactly the weights and slots of one that was left alone. NUMEST_SOAK: often."""
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np
import pytest

import numest as tf

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "cli" / "numest"
MAX_KILLS = 8
NUM_FORKED_KILLS = 1000 if "NUMEST_SOAK" in os.environ else 60

# Shuffle, a map that draws, repeat, a window over a stream, and dropout: all
# that could tell two runs apart.
SCRIPT = """
import json, os, random, shutil, signal, sys, time
import numpy as np
import numest as tf

rng = np.random.default_rng(0)
x = rng.normal(size=(53, 6, 2)).astype(np.float32)
y = (x[:, 0, 0] > 0).astype(np.int32)

def augment(image, label):
  if np.random.rand() > 0.5:
    image = np.fliplr(image)
  return image + 0.1 * np.random.randn(), label

def input_fn():
  dataset = tf.data.Dataset.from_tensor_slices((x, y))
  return dataset.shuffle(53).map(augment).repeat().shuffle(16).batch(8)

def train(folder):
  model = tf.estimator.DNNClassifier(
      [16, 8], [tf.feature_column.numeric_column("x", [6, 2])], folder,
      optimizer="Adam", dropout=0.3, batch_norm=True,
      config=tf.estimator.RunConfig(tf_random_seed=5, save_checkpoints_steps=50,
                                    keep_checkpoint_max=3))
  model.train(input_fn, max_steps=2000)

def run(folder, seconds=None):
  child = os.fork()  # of a process that has not trained: without threads
  if child == 0:
    status = 1
    try:
      train(folder)
      status = 0
    finally:
      os._exit(status)
  if seconds is not None:
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
  status = os.waitpid(child, 0)[1]
  if os.WIFSIGNALED(status):
    return False
  assert os.WEXITSTATUS(status) == 0
  return True

start = time.monotonic()
run("whole")
took = time.monotonic() - start
moments, kills = random.Random(1), 0
while kills < int(sys.argv[1]):
  shutil.rmtree("killed", ignore_errors=True)
  while not run("killed", took * moments.random()):
    kills += 1
    newest = tf.train.latest_checkpoint("killed")
    if newest:  # and it reads without damage
      for name, _ in tf.train.list_variables(newest):
        tf.train.load_variable(newest, name)
      with open("steps", "a") as steps:
        print(newest.rpartition("-")[2], file=steps)
  for name, _ in tf.train.list_variables("whole"):
    expected = tf.train.load_variable("whole", name)
    found = tf.train.load_variable("killed", name)
    np.testing.assert_array_equal(found, expected, err_msg=name)
  assert not [name for name in os.listdir("killed") if ".tmp-" in name]
"""


@pytest.fixture
def memory_path():
  """A folder in memory: to sync many files on a busy disk takes minutes."""
  memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
  with tempfile.TemporaryDirectory(dir=memory) as folder:
    yield pathlib.Path(folder)


def test_killed_children_end_as_one_left_alone(memory_path):
  (memory_path / "script.py").write_text(SCRIPT)
  command = [sys.executable, "script.py", str(NUM_FORKED_KILLS)]
  assert train(command, memory_path, 3600)
  steps = {int(line) for line in (memory_path / "steps").read_text().split()}
  assert len(steps) > 3  # killed at different places


def program_command(tmp_path, folder):
  rng = np.random.default_rng(0)
  x = rng.normal(size=(203, 12)).astype(np.float32)
  np.save(tmp_path / "x.npy", x)
  np.save(tmp_path / "y.npy", (x[:, 0] > 0).astype(np.int64))
  return [PROGRAM, "train", "--features", "x.npy", "--labels", "y.npy",
          "--classes", "2", "--hidden-units", "16,8", "--optimizer", "Adam",
          "--batch-size", "8", "--epochs", "400", "--seed", "5",
          "--checkpoint-steps", "200", "--model-dir", folder]


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


def test_killed_runs_end_as_one_left_alone(tmp_path):
  startup = seconds_of([PROGRAM, "--help"], tmp_path)
  work = seconds_of(program_command(tmp_path, "whole"), tmp_path) - startup
  expected = variables(tmp_path / "whole")

  command = program_command(tmp_path, "killed")
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
      if steps[-1] == expected["global_step"]:
        break  # killed after its end: the next run would be one of its own
  else:
    assert train(command, tmp_path)

  assert steps == sorted(steps)
  if not steps or steps[-1] != expected["global_step"]:
    files = [p.name for p in (tmp_path / "killed").iterdir()]
    assert [name for name in files if ".tmp-" in name] == []
  found = variables(tmp_path / "killed")
  assert found.keys() == expected.keys()
  assert any("Adam" in name for name in found)
  for name, value in expected.items():
    np.testing.assert_array_equal(found[name], value, err_msg=name)
