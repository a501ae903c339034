"""What a traced function reads from outside of it: a change is noticed at the
next iterator and the next call, and costs nothing in between."""
import functools
import types

import numpy as np
import pytest
import settings_of_user

import numest as tf

X = np.arange(1, 5, dtype=np.float32)
SCALE = 2.0
WEIGHTS = np.array([1.0, 2.0], np.float32)
CONFIG = {"crop": {"size": [2, 3]}}
NAMES = ["a", "b"]
HELPER = None


class Settings:
  scale = 2.0


class Scaler:
  offset = 0.0

  def __init__(self, scale):
    self.scale = scale
    self.weights = np.array([1.0, 2.0], np.float32)
    self.inner = None
    self.other = 0

  def __call__(self, x):
    return x * self.scale

  def weighted(self, x):
    return x * self.weights[1]

  def nested(self, x):
    return x * self.inner.scale + self.offset

  def optional(self, x):
    return x * getattr(self, "bias", 1.0)


class Point:
  __slots__ = ("scale",)

  def __init__(self, scale):
    self.scale = scale

  def __call__(self, x):
    return x * self.scale


def times(factor):
  return lambda x: x * factor


def helper_with_scale(x):
  return x * SCALE


def set_global(name):
  def change(value):
    globals()[name] = value
  return change


# --- kinds of reads: (function, change), fresh ones for each test ---
def a_global():
  return lambda x: x * SCALE, lambda: set_global("SCALE")(5.0)


def a_global_of_a_helper():
  return lambda x: helper_with_scale(x), lambda: set_global("SCALE")(5.0)


def a_helper():
  set_global("HELPER")(times(2.0))
  return lambda x: HELPER(x), lambda: set_global("HELPER")(times(5.0))


def a_closure_cell():
  scale = 2.0

  def change():
    nonlocal scale
    scale = 5.0
  return lambda x: x * scale, change


def a_closure_of_a_helper():
  scale = 2.0

  def helper(x):
    return x * scale

  def change():
    nonlocal scale
    scale = 5.0
  return lambda x: helper(x), change


def a_default():
  def function(x, scale=2.0):
    return x * scale

  def change():
    function.__defaults__ = (5.0,)
  return function, change


def a_keyword_default():
  def function(x, *, scale=2.0):
    return x * scale

  def change():
    function.__kwdefaults__["scale"] = 5.0
  return function, change


def a_default_array():
  def function(x, weights=np.array([1.0, 2.0], np.float32)):
    return x * weights[1]
  return function, lambda: function.__defaults__[0].fill(5)


def a_partial_argument():
  function = functools.partial(lambda x, scale: x * scale[0], scale=[2.0])
  return function, lambda: function.keywords["scale"].__setitem__(0, 5.0)


def an_attribute_of_self():
  scaler = Scaler(2.0)
  return scaler, lambda: setattr(scaler, "scale", 5.0)


def an_attribute_in_a_method():
  scaler = Scaler(2.0)
  return scaler.weighted, lambda: scaler.weights.fill(5)


def an_attribute_of_an_attribute():
  scaler = Scaler(0.0)
  scaler.inner = Scaler(2.0)
  return scaler.nested, lambda: setattr(scaler.inner, "scale", 5.0)


def another_object_as_attribute():
  scaler = Scaler(0.0)
  scaler.inner = Scaler(2.0)
  return scaler.nested, lambda: setattr(scaler, "inner", Scaler(5.0))


def a_class_attribute_of_self():
  scaler = Scaler(0.0)
  scaler.inner = Scaler(2.0)
  return scaler.nested, lambda: setattr(Scaler, "offset", 3.0)


def an_attribute_that_was_missing():
  scaler = Scaler(0.0)
  return scaler.optional, lambda: setattr(scaler, "bias", 5.0)


def an_object_of_slots():
  point = Point(2.0)
  return point, lambda: setattr(point, "scale", 5.0)


def an_attribute_of_a_class():
  return lambda x: x * Settings.scale, lambda: setattr(Settings, "scale", 5.0)


def an_attribute_of_a_namespace():
  config = types.SimpleNamespace(scale=2.0)
  return lambda x: x * config.scale, lambda: setattr(config, "scale", 5.0)


def a_captured_array():
  return lambda x: x * WEIGHTS[1], lambda: WEIGHTS.fill(5)


def a_view_of_a_captured_array():
  base = np.arange(6, dtype=np.float32)
  weights = base[1::2]
  return lambda x: x * weights[0], lambda: base.fill(5)


def a_nested_container():
  return (lambda x: x * CONFIG["crop"]["size"][0],
          lambda: CONFIG["crop"]["size"].__setitem__(0, 5))


def an_array_in_a_container():
  tables = [np.array([1.0, 2.0], np.float32)]
  return lambda x: x * tables[0][1], lambda: tables[0].fill(5)


def the_length_of_a_list():
  return lambda x: x * len(NAMES), lambda: NAMES.append("c")


def a_setting_of_a_module():
  return (lambda x: x * settings_of_user.SCALE,
          lambda: setattr(settings_of_user, "SCALE", 5.0))


def a_setting_that_a_module_reads():
  return (lambda x: settings_of_user.scaled(x),
          lambda: setattr(settings_of_user, "SCALE", 5.0))


def a_builtin_that_gets_shadowed():
  return lambda x: x * abs(-2.0), lambda: set_global("abs")(lambda v: 5.0)


KINDS = [a_global, a_global_of_a_helper, a_helper, a_closure_cell,
         a_closure_of_a_helper, a_default, a_keyword_default, a_default_array,
         a_partial_argument, an_attribute_of_self, an_attribute_in_a_method,
         an_attribute_of_an_attribute, another_object_as_attribute,
         a_class_attribute_of_self, an_attribute_that_was_missing,
         an_object_of_slots, an_attribute_of_a_class,
         an_attribute_of_a_namespace, a_captured_array,
         a_view_of_a_captured_array, a_nested_container,
         an_array_in_a_container, the_length_of_a_list, a_setting_of_a_module,
         a_setting_that_a_module_reads, a_builtin_that_gets_shadowed]


@pytest.fixture(autouse=True)
def restored():
  yield
  set_global("SCALE")(2.0)
  globals().pop("abs", None)
  WEIGHTS[:] = [1, 2]
  CONFIG["crop"]["size"][:] = [2, 3]
  NAMES[:] = ["a", "b"]
  Settings.scale, Scaler.offset = 2.0, 0.0
  settings_of_user.SCALE = 2.0


def values(dataset):
  return np.array(list(dataset.as_numpy_iterator()))


def expected(function):
  return np.array([function(v) for v in X], np.float32)


def count(name):
  return tf.counters()[name]


@pytest.mark.parametrize("kind", KINDS)
def test_a_mapped_function_follows_at_the_next_iterator(kind):
  function, change = kind()
  dataset = tf.data.Dataset.from_tensor_slices(X).map(function, strict=True)
  before = expected(function)
  np.testing.assert_array_equal(values(dataset), before)
  iterator = dataset.as_numpy_iterator()
  first = next(iterator)
  change()
  assert not np.array_equal(expected(function), before)  # a change indeed
  np.testing.assert_array_equal([first, *iterator], before)
  np.testing.assert_array_equal(values(dataset), expected(function))


@pytest.mark.parametrize("kind", KINDS)
def test_a_vectorized_function_follows_at_the_next_call(kind):
  function, change = kind()
  mapped = tf.vmap(function)
  np.testing.assert_array_equal(mapped(X), expected(function))
  change()
  np.testing.assert_array_equal(mapped(X), expected(function))


@pytest.mark.parametrize("kind", KINDS)
def test_a_gradient_follows_at_the_next_call(kind):
  function, change = kind()
  gradient = tf.grad(function)
  for _ in range(2):
    slope = function(np.float32(2)) - function(np.float32(1))
    np.testing.assert_allclose(gradient(np.float32(3)), slope)
    change()


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_change_is_not_traced_again(kind):
  function, _ = kind()
  dataset = tf.data.Dataset.from_tensor_slices(X).map(function)
  mapped = tf.vmap(function)
  mapped(X)
  before = count("compilations")
  for _ in range(3):
    values(dataset)
    mapped(X)
  assert count("compilations") == before


def test_an_unrelated_attribute_costs_no_trace():
  scaler = Scaler(2.0)
  dataset = tf.data.Dataset.from_tensor_slices(X).map(scaler)
  before = count("compilations")
  scaler.other = 7
  np.testing.assert_array_equal(values(dataset), X * 2)
  assert count("compilations") == before


def test_epochs_of_one_iterator_keep_their_program_and_take_no_lock():
  dataset = tf.data.Dataset.from_tensor_slices(X).map(
      lambda x: x * SCALE).repeat(50).prefetch(2)
  iterator = dataset.as_numpy_iterator()
  got = [next(iterator)]
  set_global("SCALE")(5.0)
  before = count("gil_acquisitions")
  got += list(iterator)
  assert count("gil_acquisitions") == before
  np.testing.assert_array_equal(got, np.tile(X * 2, 50))
  np.testing.assert_array_equal(values(dataset), np.tile(X * 5, 50))


def test_a_filter_follows():
  dataset = tf.data.Dataset.from_tensor_slices(X).filter(lambda x: x > SCALE)
  assert values(dataset).tolist() == [3, 4]
  set_global("SCALE")(3.0)
  assert values(dataset).tolist() == [4]


def test_other_types_of_results_are_refused():
  dataset = tf.data.Dataset.from_tensor_slices(X).map(
      lambda x: np.zeros(len(NAMES), np.float32) + x)
  values(dataset)
  NAMES.append("c")
  with pytest.raises(TypeError, match=r"gives other types since `NAMES` has "
                     r"changed: got \('float32', \(3,\)\), expected "
                     r"\('float32', \(2,\)\).*; make the dataset again"):
    values(dataset)


def test_a_change_may_end_in_python_and_come_back():
  mode = {"text": False}

  def function(x):
    return np.float32(str(float(x))) if mode["text"] else x + 0
  dataset = tf.data.Dataset.from_tensor_slices(X).map(function)
  for is_text in (True, False, True):
    mode["text"] = is_text
    np.testing.assert_array_equal(values(dataset), X)


# --- what a function does to the outside is done for each element ---
def test_writes_to_captured_things_happen_for_each_element():
  buffer, log = np.zeros(2, np.float32), []
  totals = Scaler(0.0)

  def into_an_array(x):
    buffer[0] = x
    return buffer.copy()

  def into_a_list(x):
    log.append(1)
    return x * len(log)

  def into_an_attribute(x):
    totals.scale = totals.scale + 1
    return x * totals.scale
  slices = tf.data.Dataset.from_tensor_slices(X)
  np.testing.assert_array_equal(values(slices.map(into_an_array))[:, 0], X)
  for function, what in ((into_a_list, "log"), (into_an_attribute, "scale")):
    dataset = slices.map(function)
    assert f"it changes `{what}`, which is outside of it" in tf.explain(dataset)
    got = values(dataset)
    assert len(set((got / X).tolist())) == len(X)  # one more for each


def test_a_refused_trace_leaves_no_trace():
  log, config, kept = [], {"a": 1}, {1}

  def function(x):
    log.append(x)
    config["b"] = 2
    kept.add(3)
    raise ValueError("no")
  with pytest.raises(ValueError, match="no"):
    tf.data.Dataset.from_tensor_slices(X).map(function)
  assert not any(getattr(v, "is_symbolic", False) for v in log)


def test_a_captured_array_is_a_copy_while_an_iterator_runs():
  weights = np.array([1.0, 2.0], np.float32)
  dataset = tf.data.Dataset.from_tensor_slices(np.arange(100)).map(
      lambda x: x * weights[1])
  iterator = dataset.as_numpy_iterator()
  first = next(iterator)
  weights[:] = 7
  np.testing.assert_array_equal([first, *iterator], np.arange(100) * 2)


def test_a_frozen_array_is_not_copied_nor_compared():
  weights = np.array([1.0, 2.0], np.float32)
  weights.flags.writeable = False
  mapped = tf.vmap(lambda x: x * weights[1])
  np.testing.assert_array_equal(mapped(X), X * 2)
  weights.flags.writeable = True  # against the promise
  weights[:] = 7
  weights.flags.writeable = False
  before = count("compilations")
  mapped(X)
  assert count("compilations") == before


def test_draws_of_a_captured_generator_vary():
  class Noise:
    def __init__(self):
      self.rng = np.random.default_rng(0)

    def __call__(self, x):
      return x * 0 + self.rng.uniform()
  holder = {"rng": np.random.default_rng(0)}
  for function in (Noise(), lambda x: x * 0 + holder["rng"].uniform()):
    got = values(tf.data.Dataset.from_tensor_slices(X).map(function))
    assert len(set(got.tolist())) == len(X)


def test_a_function_that_counts_its_traces_is_traced_once():
  calls = []

  def function(x):
    calls.append(1)
    return x * SCALE
  mapped = tf.vmap(function)
  for _ in range(3):
    mapped(X)
  assert len(calls) == 1
  set_global("SCALE")(5.0)
  mapped(X)
  assert len(calls) == 2
