"""Values of an element as keys of dictionaries and members of sets: a tensor of
a trace is a number there, which no two objects share by identity."""
import collections

import numpy as np
import pytest

import numest as tf
from numest.trace.advice import advice

# The first element alone would not tell: it has no number twice, nor a key.
ROWS = np.array([[0, 1, 2, 3], [7, 7, 7, 2], [5, 4, 5, 4]])


def distinct(x):
  return len(set(x))


def distinct_ints(x):
  return len({int(v) for v in x})


def most_common(x):
  counts = collections.defaultdict(int)
  for v in x:
    counts[int(v)] += 1
  return max(counts.values())


def counted(x):
  return max(collections.Counter(x).values())


def looked_up(x):
  return {7: 10, 5: 20}.get(int(x[0]), -1)



def looked_up_by_two(x):
  return {(7, 7): 10, (5, 4): 20}.get((x[0], x[1]), -1)


def in_a_set_of_halves(x):
  return 1 if x[0] / 2 in {3.5, 1.25} else 0


def at_two(x):
  return {(0, 1): 3, (7, 7): 10, (5, 4): 20}[x[0], x[1]]


def at_a_pair(x):
  pair = tuple(x[:2])
  return {(0, 1): 3, (7, 7): 10, (5, 4): 20}[pair]


@pytest.mark.parametrize("function", [
    distinct, distinct_ints, most_common, counted, looked_up,
    looked_up_by_two, in_a_set_of_halves, at_two, at_a_pair])
def test_keys_are_values(function):
  dataset = tf.data.Dataset.from_tensor_slices(ROWS).map(function)
  assert list(dataset.as_numpy_iterator()) == [function(r) for r in ROWS]
  explained = tf.explain(dataset).functions[0]
  assert explained["runs"] == "python"
  assert "traced value as a key" in explained["reason"]
  assert "TABLE[i]" in explained["advice"]


def text_as_a_key(x):
  return {"7": 10, "5": 20}.get(str(int(x[0])), -1)


def joined_text(x):
  return 1 if f"a{int(x[0])}" in ("a7", "a5") else 0


def text_of_lists(x):
  names = []
  names.append("%d" % x[0] if x.ndim > 1 else f"{x[0]}")
  return len([n for n in names if n == "5"])


@pytest.mark.parametrize("function", [text_as_a_key, joined_text,
                                      text_of_lists])
def test_texts_are_of_values(function):
  dataset = tf.data.Dataset.from_tensor_slices(ROWS).map(function)
  assert list(dataset.as_numpy_iterator()) == [function(r) for r in ROWS]
  explained = tf.explain(dataset).functions[0]
  assert explained["reason"] == "it makes text of a traced value"
  assert "look up numbers" in explained["advice"]


def prints(x):
  print(f"{x[0]:d}", x,
        repr(x[1]), "%s" % x[2])
  if x.ndim > 1:
    raise ValueError(f"got {x}")
  return x * 2


def test_messages_say_how_a_value_is_traced(capsys):
  dataset = tf.data.Dataset.from_tensor_slices(ROWS).map(prints)
  assert ": native" in tf.explain(dataset)
  assert "shape=(4,), dtype=int64" in capsys.readouterr().out
  np.testing.assert_array_equal(list(dataset.as_numpy_iterator()), ROWS * 2)


def of_known(x):
  names = np.array([4, 5])
  return x * {4: 2, 5: 3}.get(names[1], 0) + len({v for v in names})


def test_keys_that_are_known_are_found():
  dataset = tf.data.Dataset.from_tensor_slices(ROWS).map(of_known)
  np.testing.assert_array_equal(list(dataset.as_numpy_iterator()),
                                ROWS * 3 + 2)
  assert ": native" in tf.explain(dataset)


def test_an_array_is_no_key():
  with pytest.raises(TypeError, match="unhashable"):
    tf.data.Dataset.from_tensor_slices(ROWS).map(lambda x: len({x}))


def test_a_model_has_tensors_as_keys():
  seen = []

  def model_fn(features, labels, mode):
    seen.append({features["x"]: 1}[features["x"]])
    return tf.estimator.EstimatorSpec(mode, predictions=features["x"])

  def input_fn():
    return tf.data.Dataset.from_tensor_slices({"x": ROWS}).batch(2)
  list(tf.estimator.Estimator(model_fn).predict(input_fn))
  assert seen and set(seen) == {1}


def test_advice_does_not_read_the_names_of_tensors():
  made = "NumPy asked for the values of <tf.Tensor('slice:0', shape=(3,), "
  assert advice(f"{made}dtype=float64)>, which are not known") == advice(
      "NumPy asked for the values of x")
  assert "slice by a length" in advice("a slice of unknown extent")
