"""Without hooks many steps run at once: the same steps as one by one."""
import numpy as np
import pytest

import numest as tf


class Nothing(tf.estimator.SessionRunHook):
  """A hook, so that every step runs by itself."""


def dataset(rows, batch):
  rng = np.random.default_rng(0)
  x = rng.random((rows, 3), dtype=np.float32)
  y = (x.sum(1) > 1.5).astype(np.int32)
  return tf.data.Dataset.from_tensor_slices(({"x": x}, y)).shuffle(
      rows, seed=1).repeat().batch(batch)


def trained(folder, make_data, steps, hooks=(), **config):
  values = dict(save_summary_steps=None, tf_random_seed=4)
  values.update(config)
  classifier = tf.estimator.DNNClassifier(
      [5], [tf.feature_column.numeric_column("x", shape=[3])], dropout=0.2,
      model_dir=str(folder), config=tf.estimator.RunConfig(**values))
  for count in steps:
    classifier.train(make_data, hooks=list(hooks), steps=count)
  return {name: classifier.get_variable_value(name)
          for name in classifier.get_variable_names()}


def check_equal(a, b):
  assert sorted(a) == sorted(b)
  for name, value in a.items():
    np.testing.assert_array_equal(value, b[name], err_msg=name)


@pytest.mark.parametrize("rows, batch", [(64, 8), (50, 8), (7, 8), (200, 1)])
def test_are_the_steps_one_by_one(tmp_path, rows, batch):
  def make_data():
    return dataset(rows, batch)
  check_equal(trained(tmp_path / "many", make_data, [150, 33]),
              trained(tmp_path / "one", make_data, [150, 33], [Nothing()]))


@pytest.mark.parametrize("config", [
    {"log_step_count_steps": 7}, {"save_summary_steps": 10},
    {"save_checkpoints_steps": 9}, {"log_step_count_steps": None}])
def test_events_between_change_nothing(tmp_path, config):
  def make_data():
    return dataset(50, 4)
  check_equal(trained(tmp_path / "a", make_data, [100]),
              trained(tmp_path / "b", make_data, [100], **config))


def test_batches_of_the_end_are_trained_too(tmp_path):
  def make_data():
    return dataset(50, 8).take(40)
  values = trained(tmp_path, make_data, [1000])
  assert values["global_step"] == 40


def test_log_lines_come_at_their_steps(tmp_path, capfd):
  trained(tmp_path, lambda: dataset(50, 4), [100], log_step_count_steps=30)
  lines = [line for line in capfd.readouterr().err.splitlines()
           if "loss =" in line]
  assert [int(line.rsplit("step = ")[1]) for line in lines] == [1, 30, 60, 90]


def test_a_step_counter_that_leaps_ends_where_it_should(tmp_path):
  def model_fn(features, labels, mode):
    w = tf.compat.v1.get_variable("w", [3])
    loss = tf.reduce_mean(tf.square(
        tf.reduce_sum(features["x"] * w, axis=1)))
    step = tf.compat.v1.train.get_or_create_global_step()
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, train_op=tf.compat.v1.assign_add(step, 3))
  estimator = tf.estimator.Estimator(model_fn, model_dir=str(tmp_path))
  estimator.train(lambda: dataset(50, 4), steps=100)
  assert estimator.get_variable_value("global_step") == 102
