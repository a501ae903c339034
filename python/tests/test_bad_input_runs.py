"""Errors in the middle of things: the user's own exceptions, interrupts,
files that are damaged or of another model."""
import os
import signal
import subprocess
import sys
import textwrap
import traceback

import numpy as np
import pytest

import numest as tf

X = np.linspace(0, 1, 24, dtype=np.float32).reshape(8, 3)
Y = np.arange(8) % 2


def data():
  return tf.data.Dataset.from_tensor_slices(({"x": X}, Y)).batch(4)


def classifier(model_dir, hidden_units=(4,), **options):
  return tf.estimator.DNNClassifier(
      hidden_units=hidden_units, model_dir=str(model_dir),
      feature_columns=[tf.feature_column.numeric_column("x", shape=[3])],
      **options)


class Mine(Exception):
  """An exception that only this file knows."""


def text_of(error):
  return "".join(traceback.format_exception(error))


# --- the user's own exceptions ---

def fails_at_three(x):
  if int(x) == 3:  # not traceable: Python runs it
    raise Mine("three")
  return x


@pytest.mark.parametrize("parallel", [None, 4])
def test_exception_of_a_mapped_function_keeps_class_and_names_the_element(
    parallel):
  dataset = tf.data.Dataset.range(10).map(fails_at_three, parallel)
  with pytest.raises(Mine, match="three") as caught:
    list(dataset.batch(4).prefetch(1))
  text = text_of(caught.value)
  assert "in fails_at_three" in text
  assert "element 3 of the mapped function" in text


def test_exception_of_a_mapped_function_reaches_the_caller_of_train(tmp_path):
  def fails(x, y):
    if float(x["x"][0]) > 0.5:
      raise Mine("large")
    return x, y

  with pytest.raises(Mine) as caught:
    classifier(tmp_path).train(lambda: data().unbatch().map(fails).batch(2))
  assert "in fails" in text_of(caught.value)
  assert "element 4 of" in text_of(caught.value)


def test_exception_of_a_generator_names_the_element():
  def elements():
    yield 1.0
    yield 2.0
    raise Mine("third")

  dataset = tf.data.Dataset.from_generator(
      elements, output_signature=tf.TensorSpec([], tf.float32))
  with pytest.raises(Mine) as caught:
    list(dataset)
  assert "element 2 of from_generator" in text_of(caught.value)


def test_exception_of_input_fn_passes_through(tmp_path):
  def input_fn():
    raise Mine("no data today")

  with pytest.raises(Mine) as caught:
    classifier(tmp_path).train(input_fn)
  assert "in input_fn" in text_of(caught.value)


def test_exception_of_model_fn_passes_through(tmp_path):
  def model_fn(features, labels, mode):
    raise Mine("no model today")

  with pytest.raises(Mine) as caught:
    tf.estimator.Estimator(model_fn, str(tmp_path)).train(data)
  assert "in model_fn" in text_of(caught.value)


def test_exception_of_normalizer_fn_passes_through(tmp_path):
  def normalize(x):
    raise Mine("not normal")

  column = tf.feature_column.numeric_column("x", shape=[3],
                                            normalizer_fn=normalize)
  with pytest.raises(Mine) as caught:
    tf.estimator.LinearClassifier([column], model_dir=str(tmp_path)).train(
        data)
  assert "in normalize" in text_of(caught.value)


@pytest.mark.parametrize("method", ["begin", "after_create_session",
                                    "before_run", "after_run", "end"])
def test_exception_of_a_hook_passes_through(tmp_path, method):
  def fails(self, *arguments):
    raise Mine(method)

  hook = type("Hook", (tf.estimator.SessionRunHook,), {method: fails})()
  with pytest.raises(Mine, match=method):
    classifier(tmp_path).train(data, hooks=[hook])


def test_an_estimator_works_after_an_exception(tmp_path):
  made = classifier(tmp_path)
  with pytest.raises(Mine):
    made.train(lambda: data().map(lambda x, y: fails_at_three(3)))
  made.train(data)
  assert made.get_variable_value("global_step") == 2


# --- interrupts ---

SCRIPT = """
import sys
import numpy as np
import numest as tf

x = np.zeros((8, 3), np.float32)
model = tf.estimator.LinearClassifier(
    [tf.feature_column.numeric_column("x", shape=[3])], model_dir=sys.argv[1])

class Says(tf.estimator.SessionRunHook):
  def after_run(self, context, values):
    print("running", flush=True)

model.train(lambda: tf.data.Dataset.from_tensor_slices(
    ({"x": x}, np.zeros(8, int))).batch(4).repeat(), hooks=[Says()])
"""


def test_control_c_saves_a_checkpoint_and_exits_as_interrupted(tmp_path):
  script = tmp_path / "script.py"
  script.write_text(textwrap.dedent(SCRIPT))
  model_dir = tmp_path / "model"
  process = subprocess.Popen(
      [sys.executable, str(script), str(model_dir)], stdout=subprocess.PIPE,
      stderr=subprocess.PIPE, text=True)
  try:
    for _ in range(3):  # some steps are done
      assert process.stdout.readline() == "running\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
  finally:
    process.kill()
  # The process ended by SIGINT, which a shell reports as 130.
  assert process.returncode == -signal.SIGINT, errors
  assert "KeyboardInterrupt" in errors and "its checkpoint is in" in errors
  assert tf.train.load_variable(str(model_dir), "global_step") >= 3


# --- files ---

def all_files(folder):
  return {name: (folder / name).read_bytes()
          for name in sorted(os.listdir(folder))
          if (folder / name).is_file()}


def test_changed_shape_is_told_before_anything_is_written(tmp_path):
  classifier(tmp_path).train(data)
  before = all_files(tmp_path)
  with pytest.raises(ValueError) as caught:
    classifier(tmp_path, hidden_units=[7]).train(data)
  message = str(caught.value)
  assert ("dnn/hiddenlayer_0/kernel: checkpoint float32 (3, 4), model float32 "
          "(3, 7)") in message
  assert "another model_dir" in message and "nothing was overwritten" in message
  assert all_files(tmp_path) == before


def test_missing_layer_is_told_before_anything_is_written(tmp_path):
  classifier(tmp_path).train(data)
  before = all_files(tmp_path)
  with pytest.raises(tf.NotFoundError,
                     match="lacks variables of the model") as caught:
    classifier(tmp_path, hidden_units=[4, 4]).train(data)
  assert "dnn/hiddenlayer_1/kernel" in str(caught.value)
  assert all_files(tmp_path) == before


def test_model_dir_that_cannot_be_made_is_named(tmp_path):
  file = tmp_path / "file"
  file.write_text("not a folder")
  with pytest.raises(OSError, match="file/model: Not a directory"):
    classifier(file / "model").train(data)


@pytest.mark.parametrize("suffix", [".index", ".data-00000-of-00001"])
def test_truncated_checkpoint_is_told(tmp_path, suffix):
  made = classifier(tmp_path)
  made.train(data)
  path = made.latest_checkpoint() + suffix
  content = open(path, "rb").read()
  with open(path, "wb") as file:
    file.write(content[:len(content) // 3])
  with pytest.raises(tf.DataLossError, match="model.ckpt-2"):
    classifier(tmp_path).train(data)


def test_deleted_data_file_is_told(tmp_path):
  made = classifier(tmp_path)
  made.train(data)
  path = made.latest_checkpoint() + ".data-00000-of-00001"
  os.remove(path)
  with pytest.raises(FileNotFoundError, match="data-00000-of-00001"):
    classifier(tmp_path).evaluate(data)


def test_truncated_records_are_told(tmp_path):
  path = tmp_path / "rows.tfrecord"
  with tf.io.TFRecordWriter(str(path)) as writer:
    for _ in range(3):
      writer.write(b"x" * 100)
  path.write_bytes(path.read_bytes()[:-30])
  seen = []
  with pytest.raises(tf.DataLossError, match="rows.tfrecord"):
    for record in tf.data.TFRecordDataset([str(path)]):
      seen.append(record)
  assert len(seen) == 2


def test_empty_dataset_is_logged_in_training(tmp_path, capfd):
  classifier(tmp_path).train(lambda: data().take(0))
  assert "Perhaps input is empty or misspecified" in capfd.readouterr().err


def test_nan_loss_names_the_step_and_keeps_the_last_checkpoint(tmp_path):
  made = classifier(tmp_path)
  made.train(data)
  poisoned = lambda: data().map(lambda x, y: ({"x": x["x"] * np.nan}, y))
  with pytest.raises(tf.estimator.NanLossDuringTrainingError, match="step 3"):
    made.train(poisoned)
  restored = classifier(tmp_path).evaluate(data)
  assert restored["global_step"] == 2 and np.isfinite(restored["loss"])
