"""Elements of a dataset whose functions must not call Python."""
import numest as tf


def elements_without_python(dataset):
  before = tf.counters()["python_calls"]
  elements = list(dataset.as_numpy_iterator())
  assert tf.counters()["python_calls"] == before, tf.explain(dataset)
  return elements
