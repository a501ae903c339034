"""What a training step costs beyond arithmetic: nothing that is counted."""
import numpy as np

import numest as tf


def normalized(x):
  return (x - np.float32(0.5)) * 2


def classifier(tmp_path, **options):
  column = tf.feature_column.numeric_column("x", shape=[20],
                                            normalizer_fn=normalized)
  return tf.estimator.DNNClassifier(
      [16], [column], n_classes=3, model_dir=str(tmp_path),
      config=tf.estimator.RunConfig(save_checkpoints_steps=10**6,
                                    save_summary_steps=None,
                                    log_step_count_steps=None), **options)


def flips(x, y):
  if np.random.rand() > 0.5:
    x = x[::-1]
  return x, y


def make_input_fn(is_mapped):
  x = np.random.default_rng(0).random((4096, 20)).astype(np.float32)
  y = np.arange(4096) % 3

  def input_fn():
    dataset = tf.data.Dataset.from_tensor_slices((x, y))
    dataset = dataset.map(flips) if is_mapped else dataset
    dataset = dataset.map(lambda a, b: ({"x": a}, b))
    return dataset.shuffle(4096).repeat().batch(128)
  return input_fn


def counts_of(estimator, input_fn, steps):
  before = tf.counters()
  estimator.train(input_fn, steps=steps)
  after = tf.counters()
  return {name: after[name] - before[name] for name in after}


def check(estimator, input_fn):
  counts_of(estimator, input_fn, 50)
  few = counts_of(estimator, input_fn, 100)
  many = counts_of(estimator, input_fn, 1100)
  for name in ("traces", "compilations", "python_calls", "gil_acquisitions",
               "file_opens", "memory_plans"):
    assert many[name] == few[name], name
  assert few["traces"] <= 2  # the functions of a new dataset
  # The buffers of batches in flight differ by a few; none is made per step.
  assert abs(many["array_allocations"] - few["array_allocations"]) < 200


def test_a_step_makes_no_array_and_enters_no_python(tmp_path):
  check(classifier(tmp_path), make_input_fn(False))


def test_nor_does_a_step_on_a_mapped_dataset(tmp_path):
  check(classifier(tmp_path, dropout=0.1, batch_norm=True),
        make_input_fn(True))


def test_the_second_evaluation_and_prediction_trace_nothing(tmp_path):
  estimator = classifier(tmp_path)
  x = {"x": np.zeros((64, 20), np.float32)}

  def input_fn():
    return tf.data.Dataset.from_tensor_slices((x, np.zeros(64, np.int64)))\
        .batch(16)
  estimator.train(input_fn)
  estimator.evaluate(input_fn)
  list(estimator.predict(input_fn))
  before = tf.counters()
  estimator.evaluate(input_fn)
  list(estimator.predict(input_fn))
  after = tf.counters()
  for name in ("traces", "compilations", "python_calls", "checkpoints_read"):
    assert after[name] == before[name], name


def test_evaluating_more_batches_allocates_no_more(tmp_path):
  estimator = classifier(tmp_path)
  estimator.train(make_input_fn(False), steps=5)

  def counts(steps):
    before = tf.counters()
    estimator.evaluate(evaluated, steps=steps)
    after = tf.counters()
    return {name: after[name] - before[name] for name in after}

  def evaluated():
    x = np.zeros((1024, 20), np.float32)
    return tf.data.Dataset.from_tensor_slices(
        ({"x": x}, np.zeros(1024, np.int32))).batch(16)
  counts(60)
  few, many = counts(3), counts(60)
  assert many == few
  assert few["file_opens"] == 0  # the event file is open
  assert few["file_lookups"] == 1  # whether there is a newer checkpoint


def predicted_input_fn(rows=256):
  x = np.random.default_rng(1).random((rows, 20)).astype(np.float32)
  return lambda: tf.data.Dataset.from_tensor_slices({"x": x}).batch(16)


def counts_during(work):
  before = tf.counters()
  result = work()
  after = tf.counters()
  return {name: after[name] - before[name] for name in after}, result


def test_the_second_prediction_allocates_its_outputs_only(tmp_path):
  estimator = classifier(tmp_path)
  estimator.train(make_input_fn(False), steps=5)
  input_fn = predicted_input_fn()

  def predict():
    return list(estimator.predict(input_fn))
  predict()
  held = predict()
  counts, rows = counts_during(predict)
  # Texts are Python objects; arrays are views of rows of a batch.
  outputs = sum(value.nbytes for row in rows for value in row.values()
                if value.dtype != object)
  assert 0 < counts["array_bytes"] <= outputs
  assert counts["file_opens"] == 0 and counts["file_lookups"] == 1
  assert len(held) == len(rows) == 256


def test_predictions_that_nobody_keeps_allocate_nothing(tmp_path):
  estimator = classifier(tmp_path)
  estimator.train(make_input_fn(False), steps=5)

  def predict(rows):
    for _ in estimator.predict(predicted_input_fn(rows)):
      pass
  predict(512)
  for rows in (64, 512):
    counts, _ = counts_during(lambda: predict(rows))
    assert counts["array_allocations"] == 0
    assert counts["bytes_copied_in"] == 0


def test_one_predicted_row_allocates_no_array(tmp_path):
  estimator = classifier(tmp_path)
  estimator.train(make_input_fn(False), steps=5)
  row = {"x": np.ones(20, np.float32)}
  estimator.predict_one(row)
  counts, _ = counts_during(lambda: estimator.predict_one(row))
  assert counts["array_allocations"] == 0


def test_events_of_evaluations_are_readable_at_once(tmp_path):
  estimator = classifier(tmp_path)
  estimator.train(make_input_fn(False), steps=5)
  for n in range(1, 4):
    estimator.evaluate(make_input_fn(False), steps=2)
    estimator.evaluate(make_input_fn(False), steps=2, name="other")
    for folder in ("eval", "eval_other"):
      files = list((tmp_path / folder).iterdir())
      assert len(files) == 1
      events = tf.train.summary_iterator(str(files[0]))
      assert sum(bool(event.summary.value) for event in events) == n
