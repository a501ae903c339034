"""What explain says of functions, datasets and estimators: places, reasons,
calls and times that add up."""
import html.parser
import inspect
import json
import time

import numpy as np
import pytest

import numest as tf
from numest import trace

X = np.random.default_rng(0).random((256, 40, 40)).astype(np.float32)


def normalized(x):
  y = x - np.mean(x)
  z = y * 2 + 1
  return np.sqrt(np.abs(z))


def with_a_list(x):
  y = x + 1
  return np.float32(sorted(y.ravel().tolist())[0])


def writes(x):
  x[0] = np.float32(str(float(x[0, 0])))
  return x


def lines_of(function):
  lines, first = inspect.getsourcelines(function)
  return {f"{__file__}:{first + i}": line.strip()
          for i, line in enumerate(lines)}


def run(dataset):
  for _ in dataset:
    pass
  return dataset


def test_a_program_has_a_row_for_each_line_with_ops_status_and_cost():
  dataset = run(tf.data.Dataset.from_tensor_slices(X).map(normalized).batch(32))
  [found] = tf.explain(dataset).functions
  assert (found["function"], found["op"], found["runs"]) == (
      "normalized", "map", "native")
  assert found["calls"] == 256 and found["us"] > 0 and found["reason"] == ""
  rows = {line["location"]: line for line in found["lines"]}
  for location, text in list(lines_of(normalized).items())[1:]:
    row = rows[location]
    assert row["source"] == text
    assert row["status"] in ("fused", "native")
    assert row["calls"] >= 1 and row["us"] > 0 and row["bytes"] > 0
  places = list(lines_of(normalized))
  assert rows[places[1]]["ops"] == ["sum", "divide", "subtract"]
  assert rows[places[2]]["ops"] == ["multiply", "add"]
  assert rows[places[2]]["status"] == "fused"  # in a loop with the next line
  assert rows[places[3]]["ops"] == ["absolute", "sqrt"]


def test_times_of_lines_and_the_rest_add_up_to_the_time_of_the_calls():
  dataset = tf.data.Dataset.from_tensor_slices(X).map(normalized).batch(1)
  start = time.perf_counter()
  run(dataset)
  wall_us = (time.perf_counter() - start) * 1e6
  [found] = tf.explain(dataset).functions
  lines = sum(line["us"] for line in found["lines"])
  assert lines + found["other_us"] >= found["us"] * 0.95
  assert found["us"] <= wall_us


def test_a_function_in_python_has_line_reason_advice_and_cost():
  dataset = run(tf.data.Dataset.from_tensor_slices(X[:9]).map(with_a_list))
  [found] = tf.explain(dataset).functions
  assert found["runs"] == "python" and found["calls"] == 9
  assert found["us"] > 0 and found["bytes_copied"] == 9 * 4
  [line] = found["lines"]
  assert line["source"] == lines_of(with_a_list)[line["location"]]
  assert "tolist" in line["source"] and line["status"] == "python"
  assert "tolist" in found["reason"]
  assert "np.sort" in found["advice"]


def test_copies_of_arguments_are_counted():
  dataset = run(tf.data.Dataset.from_tensor_slices(X[:50]).map(writes))
  [found] = tf.explain(dataset).functions
  one = X[0].nbytes
  # The result of each call; the argument of each but the first, which was a
  # view until the function wrote to it.
  assert found["bytes_copied"] >= 50 * one + 49 * one
  assert found["bytes_copied"] <= 52 * 2 * one


def test_the_text_is_a_string_with_all_of_it():
  dataset = run(tf.data.Dataset.from_tensor_slices(X).map(normalized).map(
      lambda x: with_a_list(x)))
  text = tf.explain(dataset)
  assert isinstance(text, str)
  for part in ("normalized (", "native, 256 calls in ", " us",
               "fused: multiply, add", "y = x - np.mean(x)", ": python",
               "called in Python, once per element, because", "instead: "):
    assert part in text, (part, str(text))


def test_the_dictionary_is_plain_data():
  found = tf.explain(normalized, X[0]).to_dict()
  assert json.loads(json.dumps(found)) == found


class _Cells(html.parser.HTMLParser):
  def __init__(self):
    super().__init__()
    self.cells, self.open = [], []

  def handle_starttag(self, tag, attrs):
    if tag != "br":
      self.open.append(tag)

  def handle_endtag(self, tag):
    assert self.open.pop() == tag  # well-formed

  def handle_data(self, data):
    if "td" in self.open:
      self.cells.append(data)


def test_the_page_is_well_formed_and_escaped():
  def compares(x):
    return np.where(x < 0.5, "<b>" != "", x > 1)
  found = tf.explain(compares, X[0])
  page = _Cells()
  page.feed(found._repr_html_())
  assert page.open == []
  assert any('np.where(x < 0.5, "<b>" != "", x > 1)' in c for c in page.cells)
  assert found.to_html() == found._repr_html_()


def test_a_function_is_tried_on_a_sample():
  def joined(x, n):
    return x * n
  [found] = tf.explain(joined, (X[0], np.int32(2))).functions
  assert found["runs"] == "native" and found["calls"] == 32
  [slow] = tf.explain(with_a_list, X[0]).functions
  assert slow["runs"] == "python" and slow["calls"] == 32


BUFFER, LOG = np.zeros(1, np.float32), []


def writes_a_buffer(x):
  BUFFER[0] = 1
  return x + BUFFER


def many_paths(x):
  found = []
  for i in range(8):
    if x[0, i] > 0.5:
      found.append(i)
  return x * len(found)


def other_shapes(x):
  while x[0, 0] < 0:
    return x[0]
  return x


@pytest.mark.parametrize("function, reason, advice", [
    (lambda x: np.float32(np.random.bytes(1)[0]) + x[0, 0],
     "no keyed form", "draw by np.random"),
    (writes_a_buffer, "writes to an array from outside", "copy it first"),
    (lambda x: LOG.append(1) or x, "it changes `LOG`", "Dataset.reduce"),
    (many_paths, "more than 64 paths", "np.where(condition, a, b)"),
    (other_shapes, "different dtypes or numbers of axes",
     "np.where(condition, a, b)"),
    (lambda x: np.float32(open("/nowhere").read()) if x is None else np.
     float32(str(float(x[0, 0]))), "convert string", "parse text"),
])
def test_reasons_have_advice(function, reason, advice):
  [found] = tf.explain(function, X[0]).functions
  assert found["runs"] == "python"
  assert reason in found["reason"] and advice in found["advice"]
  assert found["advice"] in tf.explain(function, X[0])


def test_functions_of_datasets_are_python():
  dataset = tf.data.Dataset.range(3).flat_map(
      lambda n: tf.data.Dataset.range(3))
  [found] = tf.explain(dataset).functions
  assert (found["op"], found["runs"], found["reason"]) == (
      "flat_map", "python", "it gives datasets")


def test_an_estimator_has_its_data_and_its_programs():
  def model_fn(features, labels, mode):
    w = tf.get_variable("w", [40, 1], initializer=tf.initializers.zeros())
    hidden = np.tanh(np.mean(features, axis=1))
    out = np.matmul(hidden, w)
    loss = tf.reduce_mean(np.square(out[:, 0] - labels))
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, train_op=tf.train.GradientDescentOptimizer(
            0.1).minimize(loss, tf.train.get_global_step()))

  def input_fn():
    labels = np.arange(256, dtype=np.float32)
    return tf.data.Dataset.from_tensor_slices((X, labels)).map(
        lambda x, n: (normalized(x), n)).batch(32)
  estimator = tf.estimator.Estimator(model_fn)
  estimator.train(input_fn, steps=8)
  estimator.evaluate(input_fn)
  found = {f["function"]: f for f in tf.explain(estimator).functions}
  assert set(found) == {"<lambda>", "model_fn (train)", "model_fn (eval)"}
  assert found["<lambda>"]["calls"] == 256
  step = found["model_fn (train)"]
  assert step["calls"] == 8 and step["us"] > 0
  assert any("np.matmul(hidden, w)" in line["source"] for line in step["lines"])
  assert json.dumps(tf.explain(estimator).to_dict())


def test_an_unknown_reason_has_advice_too():
  assert "map of its own" in trace.advice.advice("KeyError: 3")


@pytest.mark.parametrize("value, message", [
    (3, "explain: value: got int, expected a Dataset, an Estimator or a "
        "function with a sample"),
    (normalized, "explain: sample: got None, expected an element"),
])
def test_other_values_are_refused(value, message):
  with pytest.raises(TypeError, match=message):
    tf.explain(value)
