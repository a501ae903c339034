"""Hooks, listeners, checkpoints of a run, train_and_evaluate."""
import os

import numpy as np
import pytest

import numest as tf

V1 = tf.compat.v1


def counting_model(features, labels, mode):
  """A variable that counts steps; loss is the feature."""
  count = V1.get_variable("count", initializer=np.float32(0.0))
  loss = tf.reduce_mean(features, name="loss_of_batch")
  step = V1.train.get_global_step()
  return tf.estimator.EstimatorSpec(
      mode, loss=loss, predictions=features,
      train_op=tf.compat.v1.group(V1.assign_add(count, 1.0),
                                  V1.assign_add(step, 1)))


def numbers(count=10):
  return lambda: tf.data.Dataset.from_tensor_slices(
      (np.arange(count, dtype=np.float32), np.zeros(count))).batch(1)


def counter(model_dir, **options):
  return tf.estimator.Estimator(
      counting_model, str(model_dir),
      config=tf.estimator.RunConfig(**options) if options else None)


class Recorder(tf.estimator.SessionRunHook):
  """Writes down every call."""

  def __init__(self, fetches=None):
    self.calls, self.values, self.fetches = [], [], fetches

  def begin(self):
    self.calls.append("begin")

  def after_create_session(self, session, coord):
    self.calls.append("session")

  def before_run(self, run_context):
    self.calls.append("before")
    return tf.estimator.SessionRunArgs(self.fetches)

  def after_run(self, run_context, run_values):
    self.calls.append("after")
    self.values.append(run_values.results)

  def end(self, session):
    self.calls.append("end")


def test_hooks_are_called_in_order(tmp_path):
  hook = Recorder()
  counter(tmp_path).train(numbers(2), hooks=[hook])
  assert hook.calls == ["begin", "session", "before", "after", "before",
                        "after", "end"]


@pytest.mark.parametrize("fetches, expected", [
    ("loss_of_batch:0", [0.0, 1.0, 2.0]),
    ("loss_of_batch", [0.0, 1.0, 2.0]),
    ("count:0", [0.0, 1.0, 2.0]),
    ({"a": "loss_of_batch:0", "b": ["count"]},
     [{"a": float(i), "b": [float(i)]} for i in range(3)])])
def test_hooks_fetch_tensors_and_variables_by_name(tmp_path, fetches,
                                                   expected):
  hook = Recorder(fetches)
  counter(tmp_path).train(numbers(3), hooks=[hook])
  assert hook.values == expected


def test_request_stop_ends_after_the_step(tmp_path):
  class Stop(tf.estimator.SessionRunHook):
    def before_run(self, run_context):
      return tf.estimator.SessionRunArgs("loss_of_batch")

    def after_run(self, run_context, run_values):
      if run_values.results >= 3:
        run_context.request_stop()

  made = counter(tmp_path)
  made.train(numbers(), hooks=[Stop()])
  assert made.get_variable_value("count") == 4


@pytest.mark.parametrize("error", [StopIteration, tf.OutOfRangeError])
def test_end_of_data_raised_by_a_hook_ends_the_run_well(tmp_path, error):
  class Ends(Recorder):
    def after_run(self, run_context, run_values):
      if len(self.calls) >= 4:
        raise error("enough")

  hook, made = Ends(), counter(tmp_path)
  made.train(numbers(), hooks=[hook])
  assert hook.calls[-1] == "end"
  assert made.get_variable_value("count") == 2


def test_stop_at_step_hook(tmp_path):
  made = counter(tmp_path)
  made.train(numbers(), hooks=[tf.estimator.StopAtStepHook(num_steps=2)])
  made.train(numbers(), hooks=[tf.estimator.StopAtStepHook(last_step=5)])
  assert made.get_variable_value("global_step") == 5


def test_evaluation_and_prediction_hooks_see_each_batch(tmp_path):
  made, hook = counter(tmp_path), Recorder()
  made.evaluate(numbers(4), hooks=[hook])
  assert hook.calls.count("after") == 4 and hook.calls[-1] == "end"
  hook = Recorder()
  list(made.predict(numbers(3), hooks=[hook]))
  assert hook.calls.count("after") == 3 and hook.calls[-1] == "end"


def test_session_of_a_run_that_has_ended_says_so(tmp_path):
  class Keeps(tf.estimator.SessionRunHook):
    def after_run(self, run_context, run_values):
      self.context = run_context

  hook = Keeps()
  counter(tmp_path).train(numbers(2), hooks=[hook])
  with pytest.raises(ValueError, match="run of this session has ended"):
    hook.context.request_stop()


def indices(folder):
  return sorted(n for n in os.listdir(folder) if n.endswith(".index"))


def test_checkpoints_are_written_and_pruned_as_configured(tmp_path):
  counter(tmp_path, save_checkpoints_steps=2, keep_checkpoint_max=3).train(
      numbers(9))
  assert indices(tmp_path) == [f"model.ckpt-{i}.index" for i in (6, 8, 9)]


def test_listeners_hear_of_each_checkpoint_and_may_stop(tmp_path):
  class Listener(tf.estimator.CheckpointSaverListener):
    calls = []

    def before_save(self, session, step):
      self.calls.append(("before", step))

    def after_save(self, session, step):
      self.calls.append(("after", step))
      return step >= 4

    def end(self, session, step):
      self.calls.append(("end", step))

  listener = Listener()
  counter(tmp_path, save_checkpoints_steps=2).train(
      numbers(), saving_listeners=[listener])
  assert listener.calls == [(w, s) for s in (0, 2, 4)
                            for w in ("before", "after")] + [("end", 4)]


def test_data_of_another_kind_after_an_interrupted_run_is_read_from_its_start(
    tmp_path, capfd):
  class Breaks(tf.estimator.SessionRunHook):
    steps = 0

    def after_run(self, run_context, run_values):
      self.steps += 1
      if self.steps == 5:
        raise RuntimeError("power cut")

  made = counter(tmp_path, save_checkpoints_steps=2)
  with pytest.raises(RuntimeError):
    made.train(numbers(), hooks=[Breaks()])
  again, hook = counter(tmp_path), Recorder("loss_of_batch")
  again.train(lambda: numbers()().repeat(2), hooks=[hook], steps=2)
  assert "other data" in capfd.readouterr().err
  assert hook.values == [0.0, 1.0]


def test_an_interrupted_run_goes_on_where_its_data_stood(tmp_path):
  class Breaks(tf.estimator.SessionRunHook):
    def before_run(self, run_context):
      return tf.estimator.SessionRunArgs("loss_of_batch")

    def after_run(self, run_context, run_values):
      if run_values.results == 5:
        raise RuntimeError("power cut")

  with pytest.raises(RuntimeError):
    counter(tmp_path, save_checkpoints_steps=2).train(numbers(),
                                                      hooks=[Breaks()])
  hook = Recorder("loss_of_batch")
  counter(tmp_path).train(numbers(), hooks=[hook])
  assert hook.values == [4.0, 5.0, 6.0, 7.0, 8.0, 9.0]


# --- train_and_evaluate ---

class Evaluations(tf.estimator.SessionRunHook):
  """Counts evaluations."""
  count = 0

  def begin(self):
    type(self).count += 1


def run(made, max_steps, throttle_secs=0, **options):
  Evaluations.count = 0
  return tf.estimator.train_and_evaluate(
      made,
      tf.estimator.TrainSpec(lambda: numbers()().repeat(),
                             max_steps=max_steps),
      tf.estimator.EvalSpec(numbers(4), steps=None, throttle_secs=throttle_secs,
                            start_delay_secs=0, hooks=[Evaluations()],
                            **options))


def test_train_and_evaluate_evaluates_at_each_checkpoint(tmp_path):
  result, exports = run(counter(tmp_path, save_checkpoints_steps=4), 10)
  assert result["global_step"] == 10 and exports == []
  np.testing.assert_allclose(result["loss"], np.mean([0, 1, 2, 3]))
  assert Evaluations.count == 3  # at steps 4, 8 and 10


def test_train_and_evaluate_waits_between_evaluations(tmp_path):
  result, _ = run(counter(tmp_path, save_checkpoints_steps=2), 10,
                  throttle_secs=600)
  # At the first checkpoint after the start, and at the end.
  assert result["global_step"] == 10 and Evaluations.count == 2


def test_train_and_evaluate_names_the_folder(tmp_path):
  run(counter(tmp_path), 2, name="all")
  assert os.path.isdir(tmp_path / "eval_all")


def test_train_and_evaluate_has_nothing_to_do_at_max_steps(tmp_path):
  made = counter(tmp_path)
  run(made, 3)
  assert run(made, 3) == (None, None)
  assert Evaluations.count == 0
  result, _ = run(made, 5)
  assert result["global_step"] == 5


def test_exporters_get_the_result(tmp_path):
  class Exporter:
    name = "mine"

    def export(self, estimator, export_path, checkpoint_path, eval_result,
               is_the_final_export):
      return (os.path.basename(export_path), eval_result["global_step"],
              is_the_final_export)

  _, exports = run(counter(tmp_path), 2, exporters=[Exporter()])
  assert exports == [("mine", 2, True)]
