"""Mistakes inside of traced functions: each is an error, or a reason, that
names the user's line, what is wrong, and the shapes."""
import inspect

import numpy as np
import pytest

import numest as tf
from numest.trace import iteration

X = np.ones((4, 3, 2), np.float32)
KEPT = []


def inner_extents(x):
  y = x + 1
  return y @ np.ones((3, 4))


def broadcast(x):
  total = x + np.ones(5)
  return total


def float_bits(x):
  y = x & 3
  return y


def reshapes(x):
  y = x.reshape(4, 4)
  return y


def joins(x):
  y = np.concatenate([x, np.ones((2, 5))])
  return y


def axis_of_two(x):
  y = x.sum(axis=3)
  return y


def index_of_three(x):
  y = x[7]
  return y


def helper(x):
  return x.reshape(5)


def in_a_helper(x):
  return helper(x)


def undefined(x):
  return x + not_a_name  # noqa: F821


def divides(x):
  y = 1 / 0 * x
  return y


LINES = [
    (inner_extents, ValueError, "y @ np.ones((3, 4))",
     "the inner extents differ: got shapes (3, 2) and (3, 4)"),
    (broadcast, ValueError, "total = x + np.ones(5)",
     "operands could not be broadcast together with shapes (3, 2) (5,)"),
    (float_bits, TypeError, "y = x & 3", "float32"),
    (reshapes, ValueError, "y = x.reshape(4, 4)",
     "cannot reshape an array of shape (3, 2) into shape (4, 4)"),
    (joins, ValueError, "np.concatenate([x, np.ones((2, 5))])",
     "all the input array dimensions except for the concatenation axis must "
     "match exactly"),
    (axis_of_two, IndexError, "y = x.sum(axis=3)",
     "axis 3 is out of bounds for array of dimension 2"),
    (index_of_three, IndexError, "y = x[7]",
     "index 7 is out of bounds for axis 0 with size 3"),
    (in_a_helper, ValueError, "return x.reshape(5)",
     "cannot reshape an array of shape (3, 2) into shape (5,)"),
    (undefined, NameError, "x + not_a_name", "name 'not_a_name' is not"),
    (divides, ZeroDivisionError, "y = 1 / 0 * x", "division by zero"),
]


def in_map(function):
  return list(tf.data.Dataset.from_tensor_slices(X).map(function))


def in_vmap(function):
  return tf.vmap(function)(X)


def line_with(text):
  source = inspect.getsource(inspect.getmodule(line_with)).splitlines()
  return 1 + next(i for i, line in enumerate(source) if text in line)


@pytest.mark.parametrize("run, op, given", [
    (in_map, "map", "float32 (3, 2)"), (in_vmap, "vmap", "float32 (4, 3, 2)")])
@pytest.mark.parametrize("function, error, line, message", LINES)
def test_a_mistake_names_line_and_shapes(function, error, line, message, run,
                                         op, given):
  with pytest.raises(error) as caught:
    run(function)
  # NumPy's own error where Python was asked last; the trace's is a note then.
  assert message in "\n".join([str(caught.value), *caught.value.__notes__])
  [note] = [n for n in caught.value.__notes__ if " failed at " in n]
  assert note.startswith(f"numest: {op}: {function.__name__} failed at "
                         f"{__file__}:{line_with(line)}: `")
  assert line in note and note.endswith(f", called on {given}")
  users = [frame for frame in caught.traceback if str(frame.path) == __file__]
  assert line in str(users[-1].statement)  # the user's traceback


@pytest.mark.parametrize("function, error, message", [
    (inner_extents, ValueError, "matmul: Input operand 1 has a mismatch"),
    (broadcast, ValueError, "operands could not be broadcast together with "
     "shapes"),
    (float_bits, TypeError, "ufunc 'bitwise_and' not supported for the input"),
    (reshapes, ValueError, "cannot reshape array of size 6 into shape"),
    (axis_of_two, IndexError, "axis 3 is out of bounds for array of dimension "
     "2"),
    (index_of_three, IndexError, "index 7 is out of bounds for axis 0 with "
     "size 3")])
def test_a_mistake_in_a_map_has_numpys_message(function, error, message):
  with pytest.raises(error) as direct:
    function(X[0])
  assert message in str(direct.value)
  with pytest.raises(error) as caught:
    in_map(function)
  assert str(caught.value) == str(direct.value)


@pytest.mark.parametrize("function, message", [
    (lambda x: object(), "got an object of type <class 'object'>, expected "
     "numbers or strings"),
    (lambda x: {"a": x, "b": {1, 2}}, "got an object of type <class 'set'>"),
    (lambda x: None, "the function returned None, expected tensors, arrays")])
def test_a_result_that_is_no_array_is_refused(function, message):
  for run in (in_map, in_vmap):
    with pytest.raises(TypeError, match=message) as caught:
      run(function)
    assert any(f"failed at {__file__}:" in n for n in caught.value.__notes__)


# --- other structures on other paths ---
def one_or_two(x):
  if x[0, 0] > 0:
    return x
  return x, x


def other_keys(x):
  if x[0, 0] > 0:
    return {"a": x}
  return {"b": x}


@pytest.mark.parametrize("function, taken, other", [
    (one_or_two, r"\*", r"\(\*, \*\)"),
    (other_keys, r"\{a: \*\}", r"\{b: \*\}")])
def test_other_structures_on_other_paths_are_told_apart(function, taken,
                                                        other):
  dataset = tf.data.Dataset.from_tensor_slices(X).map(function)
  reason = tf.explain(dataset).functions[0]["reason"]
  assert reason.startswith("its paths give different structures: ")
  with pytest.raises(TypeError, match="map: the function gives another "
                     f"structure: got {taken}, expected {other}, as for the "
                     "element that it was tried on; return the same keys"):
    list(dataset)
  with pytest.raises(tf.Untraceable, match="different structures"):
    tf.vmap(function)(X)


# --- values that left their trace ---
def keeps(x):
  KEPT.append(x * 2)
  return x


@pytest.fixture
def leaked():
  KEPT.clear()
  tf.vmap(keeps)(X)
  yield KEPT[0]
  KEPT.clear()


@pytest.mark.parametrize("use", [float, np.asarray, lambda t: t.numpy(),
                                 bool, tf.data.Dataset.from_tensors])
def test_a_value_of_a_trace_that_has_ended_has_no_value(use, leaked):
  with pytest.raises((TypeError, ValueError),
                     match="symbolic|not known|ambiguous"):
    use(leaked)


def test_a_value_of_another_trace_is_refused_with_its_line(leaked):
  with pytest.raises(ValueError, match="it uses a value that was kept from "
                     f"another trace, made at {__file__}:"
                     rf"{line_with('KEPT.append(x ')}: got a value made of "
                     "'element', expected values made of its own arguments; "
                     "return the value from the function that made it"):
    tf.vmap(lambda x: x + leaked)(X)


# --- limits ---
def endless(x):
  return endless(x)


def grows(x):
  return x if x[0, 0] > 50 else grows(x + 1)


def many_paths(x):
  found = []
  for i in range(8):
    if x[i % 3, 0] > i:
      found.append(i)
  return x * len(found)


def test_endless_recursion_is_an_error_that_names_the_function():
  with pytest.raises(RecursionError) as caught:
    in_map(endless)
  assert any("endless failed at" in n for n in caught.value.__notes__)


@pytest.mark.parametrize("function", [grows, many_paths])
def test_more_paths_than_the_limit_run_in_python(function):
  dataset = tf.data.Dataset.from_tensor_slices(X).map(function)
  [found] = tf.explain(dataset).functions
  assert found["reason"] == ("it has more than 64 paths of conditions on "
                             "traced values")
  assert " if x[" in f" {found['lines'][0]['source']}"
  for got, x in zip(dataset.as_numpy_iterator(), X, strict=True):
    np.testing.assert_array_equal(got, function(x))


def kept_parts(x):
  parts = []  # a list that grows is no variable of a round
  for i in range(60):
    parts.append(x[i % 3] * i)
  return parts[-1] + len(parts)


def test_a_loop_too_long_to_unroll_runs_in_python(monkeypatch):
  monkeypatch.setattr(iteration, "MAX_UNROLLED", 2)
  dataset = tf.data.Dataset.from_tensor_slices(X).map(kept_parts)
  [found] = tf.explain(dataset).functions
  assert found["reason"] == ("a loop of known rounds is too long to unroll, "
                             "and its rounds are no program of their own")
  [line] = found["lines"]
  assert line["source"] == "parts.append(x[i % 3] * i)"
  for got, x in zip(dataset.as_numpy_iterator(), X, strict=True):
    np.testing.assert_array_equal(got, kept_parts(x))


def changing_rows(x):
  y, rounds = x, 0
  while y.sum() + rounds < 30:
    y, rounds = np.stack([y, y]), rounds + 6
  return y.sum()


def test_a_loop_that_changes_types_runs_in_python():
  dataset = tf.data.Dataset.from_tensor_slices(X).map(changing_rows)
  [found] = tf.explain(dataset).functions
  assert found["reason"] == "a loop changes the number of axes of a variable"
  for got, x in zip(dataset.as_numpy_iterator(), X, strict=True):
    assert got == changing_rows(x)


def test_errors_of_ours_inside_of_python_get_the_element(leaked):
  with pytest.raises(TypeError) as caught:
    list(tf.data.Dataset.range(3).map(lambda n: np.float32(n) + leaked))
  notes = caught.value.__notes__
  assert any("element 0 of the mapped function" in n or "failed at" in n
             for n in notes)


def in_a_model(function):
  def model_fn(features, labels, mode):
    return tf.estimator.EstimatorSpec(mode, predictions=function(features))
  x = np.ones((6, 3))
  return tf.estimator.Estimator(model_fn).predict_all(
      lambda: tf.data.Dataset.from_tensor_slices(x).batch(2))


def test_a_number_of_a_model_shows_as_a_tensor_in_text(capsys):
  def model(x):
    print(f"loss: {np.mean(x):.3f}")
    return x
  in_a_model(model)
  assert capsys.readouterr().out.startswith("loss: <tf.Tensor(")


def test_text_of_a_value_is_pythons_in_a_map():
  dataset = tf.data.Dataset.from_tensors(np.array(2.5)).map(
      lambda x: np.float64(f"{x:.1f}") + 1)
  assert next(iter(dataset)).numpy() == 3.5
  assert "it makes text of a traced value" in tf.explain(dataset)


def test_a_number_is_no_train_op():
  def model_fn(features, labels, mode):
    return tf.estimator.EstimatorSpec(mode, loss=np.mean(features), train_op=3)
  with pytest.raises(TypeError, match="trains nothing; give what optimizer"):
    tf.estimator.Estimator(model_fn).train(
        lambda: tf.data.Dataset.from_tensors(np.ones((2, 3))))


def test_roots_of_a_batch_names_itself_in_the_way_of_a_gradient():
  def model_fn(features, labels, mode):
    w = tf.compat.v1.get_variable("w", initializer=np.ones(3))
    loss = np.mean(np.abs(np.roots((features @ w)[:3])))
    return tf.estimator.EstimatorSpec(
        mode, loss=loss,
        train_op=tf.compat.v1.train.GradientDescentOptimizer(0.1).minimize(
            loss, tf.compat.v1.train.get_global_step()))
  with pytest.raises(NotImplementedError, match="python_call of .*roots"):
    tf.estimator.Estimator(model_fn).train(
        lambda: tf.data.Dataset.from_tensor_slices(np.ones((4, 3))).batch(4))
