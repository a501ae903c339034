"""Strictness: what Python would call is refused, with line and reason."""
import inspect
import threading

import numpy as np
import pytest

import numest as tf

NUMBERS = np.arange(4, dtype=np.float32)


def doubled(x):
  return x * 2


def to_text_and_back(x):
  y = x + 1
  return np.float32(str(float(y)))


def is_large_by_text(x):
  return float(str(float(x))) > 1


def numbers():
  return tf.data.Dataset.from_tensor_slices(NUMBERS)


def line_of(function, text):
  lines, first = inspect.getsourcelines(function)
  at = next(i for i, line in enumerate(lines) if text in line)
  return f"{__file__}:{first + at}"


@pytest.mark.parametrize("op, function, text", [
    ("map", to_text_and_back, "str(float(y))"),
    ("filter", is_large_by_text, "str(float(x))")])
def test_a_strict_call_names_the_line_and_the_reason(op, function, text):
  with pytest.raises(tf.Untraceable) as caught:
    getattr(numbers(), op)(function, strict=True)
  message = str(caught.value)
  assert message.startswith(f"{op}: {function.__name__} would be called in "
                            "Python for each element: ")
  assert line_of(function, text) in message
  assert text in message  # the source itself
  assert "; compare and look up numbers" in message  # what to do
  assert "it makes text of a traced value" in message  # the reason


def test_a_program_passes_and_gives_the_same():
  got = list(numbers().map(doubled, strict=True).as_numpy_iterator())
  np.testing.assert_array_equal(got, NUMBERS * 2)


def test_the_context_holds_in_its_block_and_thread_only():
  with tf.strict():
    with pytest.raises(tf.Untraceable):
      numbers().map(to_text_and_back)
    numbers().map(to_text_and_back, strict=False)
    with tf.strict(False):
      numbers().map(to_text_and_back)
    made = []
    thread = threading.Thread(
        target=lambda: made.append(numbers().map(to_text_and_back)))
    thread.start()
    thread.join()
    assert len(made) == 1
  numbers().map(to_text_and_back)


def test_always_holds_in_every_thread_and_gives_way_to_contexts():
  failures = []

  def other():
    try:
      numbers().filter(is_large_by_text)
    except tf.Untraceable as error:
      failures.append(error)

  tf.strict.always = True
  try:
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    with tf.strict(False):
      numbers().map(to_text_and_back)
  finally:
    tf.strict.always = False
  assert len(failures) == 1


def test_a_refused_function_raises_its_cause_too():
  with pytest.raises(tf.Untraceable) as caught:
    numbers().map(to_text_and_back, strict=True)
  assert caught.value.__cause__ is not None


def test_the_context_ends_with_an_exception():
  with pytest.raises(KeyError):
    with tf.strict():
      raise KeyError
  numbers().map(to_text_and_back)
