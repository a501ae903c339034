"""Training goes on where it was: after its end, an error, a new process."""

import numpy as np
import pytest

import numest as tf

X = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
Y = (X @ np.array([1, 2, 3])).astype(np.float32)


def input_fn(batch_size=8):
  dataset = tf.data.Dataset.from_tensor_slices(({"x": X}, Y))
  return dataset.shuffle(40).batch(batch_size)


def make(folder, **config):
  return tf.estimator.LinearRegressor(
      [tf.feature_column.numeric_column("x", [3])], model_dir=str(folder),
      optimizer=tf.keras.optimizers.SGD(0.01),
      config=tf.estimator.RunConfig(tf_random_seed=1, **config))


class StopWithError(tf.estimator.SessionRunHook):
  """Raises after a number of steps."""

  def __init__(self, steps):
    self._left = steps

  def after_run(self, run_context, run_values):
    self._left -= 1
    if self._left == 0:
      raise RuntimeError("mine")


def test_evaluation_in_a_new_estimator_knows_the_step(tmp_path):
  make(tmp_path).train(input_fn)
  assert make(tmp_path).evaluate(input_fn)["global_step"] == 5


def test_data_that_ended_at_a_checkpoint_starts_anew(tmp_path):
  for step in (5, 10, 15):
    model = make(tmp_path, save_checkpoints_steps=5)
    model.train(input_fn)
    assert model.get_variable_value("global_step") == step
  assert list(tmp_path.glob("*.position")) != []  # of older checkpoints
  assert not (tmp_path / "model.ckpt-15.position").exists()


def test_after_an_error_the_newest_checkpoint_counts(tmp_path):
  model = make(tmp_path, save_checkpoints_steps=2)
  with pytest.raises(RuntimeError, match="mine"):
    model.train(lambda: input_fn().repeat(), hooks=[StopWithError(9)],
                max_steps=20)
  assert model.get_variable_value("global_step") == 8
  model.train(lambda: input_fn().repeat(), max_steps=20)
  whole = make(tmp_path / "whole", save_checkpoints_steps=2)
  whole.train(lambda: input_fn().repeat(), max_steps=20)
  for name in whole.get_variable_names():
    np.testing.assert_array_equal(model.get_variable_value(name),
                                  whole.get_variable_value(name))


def test_nan_does_not_stay_in_memory(tmp_path):
  model = make(tmp_path)
  model.train(input_fn)
  bad = X.copy()
  bad[:] = np.nan
  with pytest.raises(tf.NanLossError):
    model.train(lambda: tf.data.Dataset.from_tensor_slices(
        ({"x": bad}, Y)).batch(8))
  assert np.isfinite(model.evaluate(input_fn)["loss"])
  assert model.train(input_fn).get_variable_value("global_step") == 10


def test_another_input_starts_from_its_beginning(tmp_path, capfd):
  model = make(tmp_path, save_checkpoints_steps=2)
  with pytest.raises(RuntimeError, match="mine"):
    model.train(lambda: input_fn().repeat(), hooks=[StopWithError(3)])
  plain = lambda: tf.data.Dataset.from_tensor_slices(({"x": X}, Y)).batch(10)
  model.train(plain)
  assert model.get_variable_value("global_step") == 2 + 4
  assert ("the input is not that of the run that is continued, so its data "
          "starts from the beginning") in capfd.readouterr().err


def test_each_run_logs_its_plan(tmp_path, capfd):
  make(tmp_path).train(lambda: input_fn().repeat(3), max_steps=12)
  make(tmp_path).train(lambda: input_fn().repeat(), steps=7)
  plans = [line for line in capfd.readouterr().err.splitlines()
           if "plan: " in line]
  assert [p.partition("plan: ")[2] for p in plans] == [
      "40 rows, 5 steps per epoch, 3 epochs, 12 steps",
      "40 rows, 5 steps per epoch, endless epochs, 7 steps from step 12"]


def test_listeners_hear_of_the_first_checkpoint_of_each_run(tmp_path):
  class Listener(tf.estimator.CheckpointSaverListener):
    steps = []

    def after_save(self, session, global_step_value):
      self.steps.append(int(global_step_value))

  for _ in range(2):
    make(tmp_path).train(input_fn, saving_listeners=[Listener()])
  assert Listener.steps == [0, 5, 5, 10]


def test_show_progress_replaces_log_lines_of_steps(tmp_path, capfd):
  make(tmp_path, show_progress=True).train(input_fn)
  text = capfd.readouterr().err
  assert text.startswith("plan: 40 rows, 5 steps per epoch, 1 epoch, 5 steps")
  assert "\nstep 5 of 5: loss " in text and "global_step/sec" not in text
