"""check runs a function in all its forms, and finds the one that differs."""
import json
import random

import numpy as np
import pytest

import numest as tf
from numest import trace

X = np.random.default_rng(0).random((6, 5)).astype(np.float32)
TABLE = np.arange(12.0).reshape(6, 2)
RNG = np.random.default_rng(3)
FORMS = ["numpy", "traced", "compiled without passes", "compiled", "exported",
         "vectorized", "vectorized and exported"]


def arithmetic(x):
  y = x - x.mean(axis=0)
  return np.sqrt(np.abs(y)) @ x.T, y.argmax(), (y > 0).sum(), float(y.max())


def writes(x):
  y = x.copy()
  y[1:3] *= 2
  z = y[:, ::2]
  z[z > 0.5] = 0
  return y


def draws_in_branches(x):
  y = x * np.random.uniform(0.8, 1.2)
  if np.random.rand() < 0.5:
    y = y + np.random.normal(size=x.shape).astype(np.float32)
    if np.random.rand() < 0.5:
      y = y[::-1] * random.random()
  else:
    y = y - np.random.randint(0, 9)
  return y + np.random.rand()


def draws_in_loops(x):
  total = np.zeros_like(x[0])
  for row in x:
    if np.random.rand() < 0.3:
      continue
    total += row * RNG.standard_normal()
  return total


def draws_on_paths(x):
  kept = []
  for i in range(4):
    if np.random.rand() < 0.5:
      kept.append(x[i] * np.random.rand())
  return (np.stack(kept).sum(0) if kept else x[0]) * np.random.rand()


def many_draws(x):
  order = np.random.permutation(6)
  y = x.copy()
  np.random.shuffle(y)
  at = np.random.choice(6, 3, replace=False)
  return (order, y, at, np.random.gamma(2.0, size=3), np.random.beta(2.0, 3.0),
          np.random.poisson(4.0), np.random.choice(TABLE[:, 0]))


def of_dictionary(features):
  n = features["n"]
  return {"a": features["x"] * 2, "b": (n + 1, TABLE[n])}


def of_ragged(x):
  return x[x > 0.5]


def of_nan(x):
  return np.log(x - 0.5), np.float32(np.inf) * x


def of_empty(x):
  return x[:0], np.zeros((0, 3)), x[:, :0].sum(axis=1)


@pytest.mark.parametrize("function, sample", [
    (arithmetic, X), (writes, X), (draws_in_branches, X), (draws_in_loops, X),
    (draws_on_paths, X), (many_draws, X), (of_nan, X), (of_empty, X),
    (of_dictionary, {"x": X, "n": np.int32(4)}),
    (lambda x, n: x * n, (X, 2)), (lambda x: x, np.float32(3)),
    (lambda x: np.array([1, 2]), X), (arithmetic, X[:, ::-1])])
def test_all_forms_agree(function, sample):
  with np.errstate(all="ignore"):
    report = tf.check(function, sample, num_elements=16)
  assert [f["form"] for f in report.forms] == FORMS
  assert report.runs == "native" and report.num_elements == 16
  assert all(f["max_difference"] < 1e-4 and f["us"] > 0 for f in report.forms)
  assert json.loads(json.dumps(report.to_dict())) == report.to_dict()


def test_draws_differ_by_element_and_seed_and_reach_numpy():
  seen = []

  def function(x):
    drawn = np.random.rand()
    if type(drawn) is float:  # not while it is traced
      seen.append(drawn)
    return x[0, 0] * 0 + drawn
  tf.check(function, X, num_elements=3)
  first = set(seen)
  assert len(first) == 3
  seen.clear()
  tf.check(function, X, num_elements=3, seed=1)
  assert len(set(seen)) == 3 and not first & set(seen)


def test_ragged_results_are_compared_one_by_one():
  report = tf.check(of_ragged, X)
  assert report.runs == "native"
  assert "vectorized" not in [f["form"] for f in report.forms]


# --- functions that are not what they seem ---
def knows_its_class(x):
  return x * 2 if type(x) is np.ndarray else x * 3


def knows_its_class_and_changes_shape(x):
  return x if type(x) is np.ndarray else x[0]


def knows_its_class_and_changes_dtype(x):
  return x if type(x) is np.ndarray else x.astype(np.float64)


def knows_its_class_and_gives_more(x):
  return x if type(x) is np.ndarray else (x, x)


@pytest.mark.parametrize("function, message", [
    (knows_its_class, r"check: knows_its_class: traced: element 0, component "
     r"0: 30 of 30 values differ: got [\d.]+ at index \(0, 0\), expected "
     r"[\d.]+, as NumPy gives; does the function look at the class"),
    (knows_its_class_and_changes_shape,
     r"got float32 of shape \(5,\), expected float32 of shape \(6, 5\)"),
    (knows_its_class_and_changes_dtype,
     r"got float64 of shape \(6, 5\), expected float32 of shape \(6, 5\)"),
    (knows_its_class_and_gives_more, r"got 2 components, expected 1")])
def test_a_form_that_differs_is_an_error(function, message):
  with pytest.raises(trace.Disagreement, match=message):
    tf.check(function, X)


@pytest.mark.parametrize("form, op", [
    ("compiled without passes", "compile_as_written"), ("compiled", "compile"),
    ("exported", "deserialize"), ("vectorized", "vmap_graph")])
def test_each_form_is_looked_at(form, op, monkeypatch):
  core = trace.checking._core
  wrong, _ = trace.paths.traced(lambda x: x * 5, ("float32", X.shape))
  right = getattr(core, op)
  monkeypatch.setattr(core, op, lambda given: right(
      core.serialize(wrong) if op == "deserialize" else wrong))
  with pytest.raises(trace.Disagreement, match=f": {form}: element 0"):
    tf.check(lambda x: x * 4, X)


def test_what_cannot_be_traced_says_why():
  report = tf.check(lambda x: np.float32(x.tolist()[0][0]), X)
  assert report.runs == "python" and report.forms == []
  assert "tolist" in report.reason and "np.sort" in report.advice
  assert "not traced" in repr(report) and "instead: " in repr(report)


def test_the_text_names_all_forms():
  text = repr(tf.check(arithmetic, X))
  assert text.startswith("arithmetic: native; 39 values of each of 4 elements")
  assert all(f"  {form} " in text for form in FORMS)


def test_a_graph_as_bytes_is_the_same_graph():
  graph, _ = trace.paths.traced(arithmetic, ("float32", X.shape))
  data = tf._core.serialize(graph)
  assert tf._core.serialize(tf._core.deserialize(data)) == data
  with pytest.raises(tf.DataLossError):
    tf._core.deserialize(data[:-1] + b"x")
