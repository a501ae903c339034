"""Profiles: figures against shapes and numbers of calls, sums against time."""
import collections
import json
import re
import threading
import time

import numpy as np
import pytest

import numest as tf

STEPS, BATCH, IN, HIDDEN, CLASSES = 12, 16, 20, 24, 3


def classifier(folder):
  column = tf.feature_column.numeric_column("x", shape=[IN])
  return tf.estimator.DNNClassifier(
      [HIDDEN], [column], n_classes=CLASSES, model_dir=str(folder),
      config=tf.estimator.RunConfig(tf_random_seed=3, save_summary_steps=None,
                                    log_step_count_steps=None))


def input_fn(repeats=None):
  x = np.random.default_rng(0).random((64, IN)).astype(np.float32)
  dataset = tf.data.Dataset.from_tensor_slices(
      ({"x": x}, np.arange(64) % CLASSES)).batch(BATCH)
  return dataset.repeat() if repeats is None else dataset


@pytest.fixture(scope="module")
def training(tmp_path_factory):
  """A profile of STEPS training steps, and what a clock outside said."""
  made = classifier(tmp_path_factory.mktemp("model"))
  made.train(input_fn, steps=2)
  start = time.perf_counter()
  with tf.profile() as p:
    made.train(input_fn, steps=STEPS)
  p.seconds_outside = time.perf_counter() - start
  return p


def call_of(profile, name):
  return next(c for c in profile.as_dict()["calls"] if c["name"] == name)


def rows_of(call, **wanted):
  return [row for row in call["rows"]
          if all(row[key] == value for key, value in wanted.items())]


def test_each_node_of_a_step_is_called_once_a_step(training):
  call = call_of(training, "train")
  assert call["calls"] == 1
  assert rows_of(call, name="train_step")[0]["calls"] == STEPS
  kernels = rows_of(call, kind="kernel", program="train_step")
  assert len(kernels) > 5
  calls = collections.Counter()
  for row in kernels:
    calls[row["step"]] += row["calls"]
  assert max(calls.values()) == STEPS


def test_products_have_the_bytes_and_operations_of_their_shapes(training):
  row = rows_of(call_of(training, "train"), name="linear",
                type=f"float32(?, {HIDDEN})")[0]
  # Product, bias and relu.
  assert row["flops"] == STEPS * BATCH * HIDDEN * (2 * IN + 2)
  floats = BATCH * IN + IN * HIDDEN + HIDDEN + BATCH * HIDDEN
  assert row["bytes"] == STEPS * 4 * floats


def test_rates_and_limits_follow_from_bytes_operations_and_time(training):
  limits = training.as_dict()["limits"]
  assert limits["num_threads"] == tf.num_threads()
  for row in rows_of(call_of(training, "train"), kind="kernel"):
    gb, gf = row["gb_per_s"], row["gflop_per_s"]
    assert gb == pytest.approx(row["bytes"] / row["us"] / 1e3)
    assert gf == pytest.approx(row["flops"] / row["us"] / 1e3)
    assert row["share_of_limit"] == pytest.approx(
        max(gb / limits["gb_per_s"], gf / limits["gflop_per_s"]))


def test_the_rows_of_a_call_add_up_to_its_time(training):
  call = call_of(training, "train")
  whole = rows_of(call, name="train")[0]
  assert sum(r["own_us"] for r in call["rows"]) == pytest.approx(whole["us"])
  assert sum(r["share"] for r in call["rows"]) == pytest.approx(1)
  assert call["us"] == pytest.approx(whole["us"])
  assert whole["us"] <= training.as_dict()["us"]
  assert training.as_dict()["us"] <= 1e6 * training.seconds_outside


def test_what_is_waited_for_and_written_has_rows(training):
  names = {row["name"]: row["kind"]
           for row in call_of(training, "train")["rows"]}
  assert names["input: next batch"] == "call"
  assert names["checkpoint"] == "call"
  assert call_of(training, "prefetch")["calls"] >= 1


def test_the_table_shows_the_same_and_its_shares_add_up(training):
  text = training.table(max_rows=1000)
  limits = training.as_dict()["limits"]
  assert f"limit: {limits['gb_per_s']:.4g} GB/s" in text
  part = text.split("\ntrain: ")[1].split("\n\n")[0].splitlines()[2:]
  rows = call_of(training, "train")["rows"]
  assert len(part) == len(rows)
  shares = [float(re.match(r" *([\d.]+)%", line)[1]) for line in part]
  np.testing.assert_allclose(shares, [100 * r["share"] for r in rows],
                             atol=0.06)
  assert len(training.table(max_rows=2).splitlines()) < len(text.splitlines())


def test_the_trace_is_json_whose_spans_nest_in_each_thread(training, tmp_path):
  path = tmp_path / "trace.json"
  training.save_chrome_trace(path)
  trace = json.loads(path.read_text())
  assert trace["otherData"]["dropped_events"] == 0
  spans = [e for e in trace["traceEvents"] if e["ph"] == "X"]
  assert len(spans) == training.as_dict()["events"]
  by_thread = collections.defaultdict(list)
  for span in spans:
    by_thread[span["tid"]].append(span)
  names = {e["tid"] for e in trace["traceEvents"]
           if e["name"] == "thread_name"}
  assert set(by_thread) <= names and len(by_thread) >= 2
  for thread in by_thread.values():
    open_ends, last_start = [], -1
    for span in thread:
      start, end = span["ts"], span["ts"] + span["dur"]
      assert start >= last_start >= -1
      last_start = start
      while open_ends and open_ends[-1] <= start:
        open_ends.pop()
      assert not open_ends or end <= open_ends[-1] + 0.002  # rounded
      open_ends.append(end)


def test_each_run_of_a_node_is_an_event_with_its_work(training, tmp_path):
  training.save_chrome_trace(str(tmp_path / "trace.json"))
  events = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
  runs = [e for e in events if e["name"] == "linear"
          and e["args"]["type"] == f"float32(?, {HIDDEN})"]
  assert len(runs) == STEPS
  assert {e["args"]["flops"] for e in runs} == {BATCH * HIDDEN * (2 * IN + 2)}
  assert all(e["cat"] == "kernel" for e in runs)


def test_old_events_are_dropped_and_counted_but_rows_are_complete(tmp_path):
  made = classifier(tmp_path / "model")
  with tf.profile(max_events=50) as p:
    made.train(input_fn, steps=STEPS)
  found = p.as_dict()
  assert found["events"] == 50
  assert found["dropped_events"] == sum(
      row["calls"] for call in found["calls"] for row in call["rows"]) - 50
  assert rows_of(call_of(p, "train"), name="train_step")[0]["calls"] == STEPS
  p.save_chrome_trace(tmp_path / "t.json")
  other = json.loads((tmp_path / "t.json").read_text())["otherData"]
  assert other == {"dropped_events": found["dropped_events"]}


def test_functions_of_datasets_have_rows_with_their_lines():
  def scaled(x):
    return np.exp(x) * np.float32(2)

  dataset = tf.data.Dataset.from_tensor_slices(
      np.ones((64, 10), np.float32)).map(scaled).batch(64)
  iterations = 3
  with tf.profile() as p:
    for _ in range(iterations):
      list(dataset)
  rows = [row for call in p.as_dict()["calls"] for row in call["rows"]
          if row["kind"] == "kernel" and "exp" in row["name"]]
  assert sum(row["flops"] for row in rows) == iterations * 64 * 10 * 2
  assert all("test_profile.py" in row["source"] for row in rows)


def test_each_transformation_has_a_row_and_python_functions_too():
  def in_python(x):
    return np.float32(len(str(x.tolist()))) + x

  dataset = tf.data.Dataset.from_generator(
      lambda: iter(np.ones((12, 3), np.float32)),
      output_signature=tf.TensorSpec((3,), "float32"))
  dataset = dataset.map(in_python).batch(4)
  plain = [batch for batch in dataset]
  with tf.profile() as p:
    profiled = [batch for batch in dataset]
  np.testing.assert_array_equal(plain, profiled)
  call = call_of(p, "dataset: batch")
  assert call["calls"] == 12 // 4 + 1  # the last finds the end
  rows = {row["name"]: row for row in call["rows"]}
  assert {"dataset: map", "dataset: from_generator"} <= set(rows)
  assert rows["function in Python"]["calls"] == 12
  assert sum(row["own_us"] for row in call["rows"]) == pytest.approx(
      call["us"])


def test_evaluation_and_predictions_are_calls(tmp_path):
  made = classifier(tmp_path)
  made.train(input_fn, steps=1)
  features = {"x": np.ones(IN, np.float32)}
  with tf.profile() as p:
    made.evaluate(lambda: input_fn(1))
    list(made.predict(lambda: input_fn(1)))
    for _ in range(5):
      made.predict_one(features)
  names = {call["name"]: call for call in p.as_dict()["calls"]}
  assert names["predict one row"]["calls"] == 5
  assert names["evaluate"]["calls"] == 1
  assert "predict, as Python objects" in names
  linear = rows_of(names["evaluate"], name="linear",
                   type=f"float32(?, {HIDDEN})")
  assert linear[0]["calls"] == 64 // BATCH


def test_results_are_the_same_with_and_without(tmp_path):
  predictions = []
  for name in ("plain", "profiled"):
    made = classifier(tmp_path / name)
    if name == "plain":
      made.train(input_fn, steps=STEPS)
      found = list(made.predict(lambda: input_fn(1)))
    else:
      with tf.profile():
        made.train(input_fn, steps=STEPS)
        found = list(made.predict(lambda: input_fn(1)))
    predictions.append(np.stack([row["logits"] for row in found]))
  np.testing.assert_array_equal(predictions[0], predictions[1])


def test_eight_threads_predict_while_a_profile_runs(tmp_path):
  made = classifier(tmp_path)
  made.train(input_fn, steps=1)
  rows = np.random.default_rng(1).random((8, IN)).astype(np.float32)
  expected = [made.predict_one({"x": row})["logits"] for row in rows]
  wrong = []

  def work(i):
    for _ in range(100):
      found = made.predict_one({"x": rows[i]})["logits"]
      if not np.array_equal(found, expected[i]):
        wrong.append(i)

  with tf.profile() as p:
    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
      thread.start()
    for thread in threads:
      thread.join()
  assert not wrong
  call = call_of(p, "predict one row")
  assert call["calls"] >= 800  # one that finds the estimator busy counts twice
  assert rows_of(call, name="linear",
                 type=f"float32(?, {HIDDEN})")[0]["calls"] == 800


def test_an_error_in_the_block_ends_the_profile(tmp_path):
  with pytest.raises(RuntimeError, match="mine"):
    with tf.profile() as p:
      raise RuntimeError("mine")
  assert p.as_dict()["calls"] == []
  with tf.profile():
    pass


def test_wrong_uses_are_refused(tmp_path):
  with pytest.raises(TypeError, match="profile: max_events: got 'a'"):
    tf.profile("a")
  with pytest.raises(ValueError, match="max_events: got -1, expected 0 or"):
    with tf.profile(-1):
      pass
  p = tf.profile()
  with pytest.raises(ValueError, match="profile.table: the profile was not "
                     "started, expected one whose `with` block has ended"):
    p.table()
  with p:
    with pytest.raises(ValueError, match="profile.as_dict: the profile is "
                       "still running"):
      p.as_dict()
    with pytest.raises(ValueError, match="profile: this one is running"):
      with p:
        pass
    with pytest.raises(ValueError, match="profile: another one is running, "
                       "expected none: .* stop that one first"):
      with tf.profile():
        pass
  with pytest.raises(ValueError, match="max_rows: got 0, expected 1 or more"):
    p.table(0)
  with pytest.raises(TypeError, match="save_chrome_trace: path: got 3"):
    p.save_chrome_trace(3)
  with pytest.raises(OSError, match="no/such/trace.json"):
    p.save_chrome_trace(tmp_path / "no/such/trace.json")
