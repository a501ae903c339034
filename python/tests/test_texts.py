"""Texts of an element: compared in a program, checked against Python's, and
handed on by functions that Python runs."""
import numpy as np
import pytest

import numest as tf

# The first element is equal to none that the functions name.
NAMES = np.array([b"none", b"red", b"blue"])


def mapped(function):
  return tf.data.Dataset.from_tensor_slices(NAMES).map(function)


def is_red(name):
  return name == b"red"


def is_not_red(name):
  return np.where(name != b"red", 1, 0)


def number(name):
  if name == b"red":
    return 1
  if name in (b"green", b"blue"):
    return 2
  return 3


def in_a_set(name):
  return name in {b"red", b"green"}, name not in {b"blue"}, name in set()


def looked_up(name):
  prices = {b"none": 1.5, b"red": 2.5, b"blue": 3.5}
  return prices[name] if name in prices else 0.0


@pytest.mark.parametrize("function, expected", [
    (in_a_set, [(False, True, False), (True, True, False),
                (False, False, False)]), (looked_up, [1.5, 2.5, 3.5]),
    (is_red, [False, True, False]), (is_not_red, [1, 0, 1]),
    (number, [3, 1, 2])])
def test_texts_are_compared_in_a_program(function, expected):
  dataset = mapped(function)
  assert list(dataset.as_numpy_iterator()) == expected
  assert ": native" in tf.explain(dataset)


def test_no_bytes_are_equal_to_a_str():
  assert list(mapped(lambda name: name == "red").as_numpy_iterator()) == [
      False] * 3


def by_its_methods(name):
  return len(name.item()) if hasattr(name.item(), "decode") else -1


def test_what_asks_for_the_class_of_a_text_is_compared_with_python():
  dataset = mapped(by_its_methods)
  assert list(dataset.as_numpy_iterator()) == [4, 3, 4]
  assert "as a program it gives another" in tf.explain(dataset)


def with_its_length(name):
  return name, {"length": len(name.decode()), "same": [name, b"x"]}


def test_a_function_in_python_hands_on_its_text():
  found = list(mapped(with_its_length).as_numpy_iterator())
  assert [name for name, _ in found] == list(NAMES)
  assert [rest["length"] for _, rest in found] == [4, 3, 4]
  assert [rest["same"].tolist() for _, rest in found] == [
      [name, b"x"] for name in NAMES]


def in_arrays(name):
  joined = np.array([name, b"red"])
  assert repr(name) == repr(name.item()) and np.asarray(name) == name.item()
  return np.char.upper(name), joined, np.array(name), joined == name


def test_numpy_takes_a_text_in_arrays():
  for name, found in zip(NAMES, mapped(in_arrays).as_numpy_iterator()):
    upper, joined, same, is_same = found
    assert upper == name.upper() and same == name
    assert joined.tolist() == [name, b"red"]
    assert is_same.tolist() == [True, name == b"red"]
