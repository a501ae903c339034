"""A program is compared with NumPy when it is made: what would be silently
another value is Python's instead."""
import os
import time
import uuid

import numpy as np
import pytest

import numest as tf

ROWS = np.arange(1, 25, dtype=np.float32).reshape(6, 4)


def mapped(function, rows=ROWS):
  return tf.data.Dataset.from_tensor_slices(rows).map(function)


def by_class(x):
  return x * 2 if hasattr(x, "numpy") else x * 3


def by_text(x):
  return x + len(str(x))


def by_attempt(x):
  try:
    return x.astype(np.int32) * x.flags.c_contiguous
  except AttributeError:
    return x


class TestOtherValues:
  """Functions whose trace takes another way than NumPy."""

  def test_the_class_of_arguments(self):
    dataset = mapped(by_class)
    assert "as a program it gives another component 0" in str(
        tf.explain(dataset))
    assert ": python" in tf.explain(dataset)
    np.testing.assert_array_equal(list(dataset.as_numpy_iterator()), ROWS * 2)

  def test_the_text_of_arguments(self):
    found = list(mapped(by_text).as_numpy_iterator())
    np.testing.assert_array_equal(found, [r + len(str(r)) for r in ROWS])

  def test_another_dtype(self):
    dataset = mapped(by_attempt)
    assert dataset.element_spec.dtype == tf.int32
    np.testing.assert_array_equal(list(dataset.as_numpy_iterator()),
                                  ROWS.astype(np.int32))

  def test_strict_names_the_values(self):
    with pytest.raises(tf.Untraceable, match=(
        r"4 of 4 values differ, the first at index \(0,\): 3.0 instead of "
        r"2.0")):
      tf.data.Dataset.from_tensor_slices(ROWS).map(
          lambda x: x * 3 if type(x).__name__ == "Tensor" else x * 2,
          strict=True)


class TestClocks:
  """What gives another value at each call is not kept by a program."""

  @pytest.mark.parametrize("ask, name", [
      (lambda x: x + time.time(), "time.time"),
      (lambda x: x * np.float32(time.perf_counter()), "time.perf_counter"),
      (lambda x: x + os.urandom(1)[0], "os.urandom"),
      (lambda x: x + uuid.uuid4().int % 7, "uuid.uuid4")])
  def test_python_is_called(self, ask, name):
    assert f"{name} gives another value at each call" in str(
        tf.explain(mapped(ask)))

  def test_a_name_of_its_own(self):
    from time import monotonic  # pylint: disable=import-outside-toplevel
    assert "time.monotonic gives" in str(
        tf.explain(mapped(lambda x: x + monotonic())))

  def test_a_model_may_ask(self):
    built = []

    def model_fn(features, labels, mode):
      built.append(time.time())
      loss = tf.reduce_mean((features["x"] - 1.0) ** 2)
      return tf.estimator.EstimatorSpec(mode, loss=loss,
                                        predictions=features["x"])

    estimator = tf.estimator.Estimator(model_fn)
    rows = estimator.predict(
        lambda: tf.data.Dataset.from_tensor_slices({"x": ROWS}).batch(2))
    assert len(list(rows)) == 6 and built


class TestNotCompared:
  """What tells nothing about the program."""

  def test_functions_that_numpy_does_not_run(self):
    dataset = mapped(lambda x: tf.reshape(x, [x.get_shape()[0], 1]))
    assert ": native" in tf.explain(dataset)

  def test_elements_that_the_function_refuses(self):
    def pick(x, i):
      return x[i + 10]  # no element that is made up has so many

    rows = {"x": np.arange(40.0).reshape(2, 20), "i": np.array([1, 9])}
    dataset = tf.data.Dataset.from_generator(
        lambda: zip(rows["x"], rows["i"]),
        output_signature=(tf.TensorSpec((None,), tf.float64),
                          tf.TensorSpec((), tf.int64))).map(pick)
    assert ": native" in tf.explain(dataset)
    assert list(dataset.as_numpy_iterator()) == [11.0, 39.0]

  def test_draws_are_the_same(self):
    def noisy(x):
      if np.random.rand() < 0.5:
        x = x + np.random.normal(size=4)
      return x * np.random.choice([1.0, 2.0])

    def by_tensorflow(x):
      return x + tf.random.normal(())

    before = np.random.get_state()[2]
    for function in (noisy, by_tensorflow):
      assert ": native" in tf.explain(mapped(function))
    assert np.random.get_state()[2] == before

  def test_sources_are_not_read(self):
    asked = []

    def rows():
      asked.append(1)
      yield from ROWS

    dataset = tf.data.Dataset.from_generator(
        rows, output_signature=tf.TensorSpec((4,), tf.float32))
    dataset.map(lambda x: x * 2)
    assert not asked
