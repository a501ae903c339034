"""`raise`, `assert` and `except` of functions that are traced: native, and
what an element raises is what NumPy's run of it raises."""
import traceback

import numpy as np
import pytest

import numest as tf

X = np.random.default_rng(1).normal(size=(12, 6)).round(2)
BAD = X.copy()
BAD[7, 2] = np.nan


class NotFinite(ValueError):
  """An exception of the user's own."""


def is_checked(x):
  if not np.isfinite(x).all():
    raise NotFinite(f"{x.max():.2f} is not finite: {float(x[2])}")
  return x * 2


def is_asserted(x):
  assert np.isfinite(x).all(), f"got {x.tolist()}"
  y = x * 2
  assert y.shape == (6,)
  return y


def in_a_helper(x):
  def checked(v):
    if np.isnan(v).any():
      raise NotFinite("v")
    return v
  y = x.copy()
  y[1:] = checked(x[1:]) + 1
  return y


def in_each_branch(x):
  y = x.copy()
  if x[0] > 0:
    y[0] = 1
    if np.isnan(x[2]):
      raise NotFinite("positive")
    y[1] = 2
  else:
    if np.isnan(x[2]):
      raise NotFinite("negative")
    y[:] = 3
  return y


def in_else(x):
  if np.isfinite(x[2]):
    y = x + 1
  elif x[0] > 9:
    y = x
  else:
    raise NotFinite
  return y


def both_sides(x):
  if np.isnan(x[2]):
    if x[0] > 0:
      raise NotFinite("a")
    else:
      raise NotFinite("b")
  return x - 1


def in_an_expression(x):
  def fail():
    raise NotFinite("in an expression")
  return x if np.isfinite(x[2]) else fail()


def in_a_chain(x):
  def fails_if_unknown(v):
    assert not np.isnan(v)
    return v > 0
  if x[0] > -99 and fails_if_unknown(x[2]):
    return x + 1
  return x - 1


def in_rounds(x):
  total = 0.0
  for v in x:
    if np.isnan(v):
      raise NotFinite("a round")
    total += v
  return total


def in_a_loop_that_ends_by_a_value(x):
  i = np.argmin(np.abs(x)) * 0
  total = 0.0
  while i < 6 and total < 4:
    if np.isnan(x[i]):
      raise NotFinite("a loop")
    total += abs(x[i])
    i += 1
  return total


def after_a_return(x):
  if x[0] > 99:
    return x * 0
  if np.isnan(x).any():
    raise NotFinite("late")
  return x


def with_a_cause(x):
  if np.isnan(x).any():
    raise NotFinite("effect") from KeyError("cause")
  return x + 3


def by_numpy(x):
  return np.asarray_chkfinite(x) + 1


FUNCTIONS = [is_checked, is_asserted, in_a_helper, in_each_branch, in_else,
             both_sides, in_an_expression, in_a_chain, in_rounds,
             in_a_loop_that_ends_by_a_value, after_a_return, with_a_cause,
             by_numpy]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
class TestOfElements:

  def test_is_native_and_gives_what_numpy_gives(self, function):
    dataset = tf.data.Dataset.from_tensor_slices(X).map(function)
    assert ": native" in tf.explain(dataset), tf.explain(dataset)
    wanted = [function(x.copy()) for x in X]
    for found in (list(dataset.as_numpy_iterator()),
                  next(dataset.batch(12).as_numpy_iterator())):
      np.testing.assert_allclose(found, wanted, rtol=1e-12)

  def test_raises_what_numpy_raises(self, function):
    with pytest.raises(Exception) as wanted:
      [function(x.copy()) for x in BAD]
    for size in (1, 5, 12):
      dataset = tf.data.Dataset.from_tensor_slices(BAD).map(function)
      with pytest.raises(wanted.type) as caught:
        list(dataset.batch(size).as_numpy_iterator())
      error = caught.value
      assert str(wanted.value).split("\n")[0] in str(error)
      assert any(function.__name__ == f.name
                 for f in traceback.extract_tb(error.__traceback__))

  def test_is_the_programs_error_under_strict(self, function):
    dataset = tf.data.Dataset.from_tensor_slices(BAD).map(
        function, strict=True).batch(12)
    with pytest.raises(ValueError, match=r"test_refusals.py:\d+"):
      list(dataset.as_numpy_iterator())


def catches_its_own(x):
  try:
    if x[0] > 0:
      raise ValueError("positive")
    y = x + 1
  except ValueError:
    y = x * 10
  return y


def catches_what_only_a_trace_raises(x):
  try:
    y = np.asarray(x.tolist()) * 2
  except Exception:
    y = x * 0
  return y


def catches_numpys(x):
  try:
    y = np.concatenate([x, np.zeros((2, 2))])
  except ValueError:
    y = x + 5
  return y


def inverts(x):
  m = np.outer(x[:2], x[:2]) * (x[0] > 0) + np.eye(2) * (x[0] < 0)
  try:
    return np.linalg.inv(m.round())
  except np.linalg.LinAlgError:
    return np.zeros((2, 2))


@pytest.mark.parametrize("function", [
    catches_its_own, catches_what_only_a_trace_raises, catches_numpys,
    inverts])
def test_handlers_get_what_numpy_raises(function):
  dataset = tf.data.Dataset.from_tensor_slices(X).map(function)
  wanted = [function(x.copy()) for x in X]
  for found in (list(dataset.as_numpy_iterator()),
                next(dataset.batch(12).as_numpy_iterator())):
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_derivatives_pass():
  def f(x):
    assert x.min() > 0, "logarithm of what is not positive"
    return np.log(x).sum()

  np.testing.assert_allclose(tf.grad(f)(np.array([1.0, 2.0])), [1, 0.5])
  with pytest.raises(ValueError, match="raised by .*assert x.min"):
    tf.grad(f)(np.array([1.0, -2.0]))
  rows = np.array([[1.0, 2.0], [4.0, 5.0]])
  np.testing.assert_allclose(tf.vmap(f)(rows), np.log(rows).sum(1))
  with pytest.raises(ValueError, match="raised by"):
    tf.vmap(f)(rows - 4)


def test_draws_are_those_of_numpy():
  def f(x):
    a = np.random.uniform(size=6)
    if x[0] > 99:
      raise ValueError("never")
    return x + a + np.random.normal(size=6)

  report = tf.check(f, X[0])
  assert report.runs == "native"


class TestInModels:

  FEATURES = {"x": np.array([[1.0], [2.0], [3.0], [4.0]], np.float32)}

  def _trained(self, model_fn, labels, steps=2):
    def input_fn():
      return tf.data.Dataset.from_tensor_slices(
          (self.FEATURES, labels)).batch(4).repeat()
    return tf.estimator.Estimator(model_fn).train(input_fn, steps=steps)

  @staticmethod
  def model_fn(features, labels, mode):
    x = tf.cast(features["x"], tf.float32)
    w = tf.compat.v1.get_variable("w", (1, 1))
    error = x @ w - labels
    if np.max(np.abs(labels)) > 100:
      raise ValueError("labels are too large")
    loss = np.mean(error ** 2)
    train_op = tf.compat.v1.train.GradientDescentOptimizer(0.01).minimize(
        loss, global_step=tf.compat.v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, predictions=x @ w, loss=loss,
                                      train_op=train_op)

  def test_a_model_fn(self):
    self._trained(self.model_fn, np.ones((4, 1), np.float32))
    with pytest.raises(ValueError, match="labels are too large"):
      self._trained(self.model_fn, np.full((4, 1), 1e3, np.float32))

  def test_a_normalizer(self):
    def normalizer(x):
      assert np.all(x < 4), "too large"
      return x / 3

    def estimator():
      column = tf.feature_column.numeric_column("x", normalizer_fn=normalizer)
      return tf.estimator.LinearRegressor([column])

    def input_fn(scale):
      return tf.data.Dataset.from_tensor_slices((
          {"x": self.FEATURES["x"] * scale}, np.ones((4, 1), np.float32))
          ).batch(4)
    estimator().train(lambda: input_fn(0.5))
    with pytest.raises(ValueError, match="assert np.all"):
      estimator().train(lambda: input_fn(1))

  def test_a_loss(self):
    def loss_fn(labels, logits):
      if np.any(labels < 0):
        raise ValueError("a negative label")
      return (labels - logits) ** 2

    def train(labels):
      head = tf.estimator.RegressionHead(loss_fn=loss_fn)
      column = tf.feature_column.numeric_column("x")
      tf.estimator.LinearEstimator(head, [column]).train(
          lambda: tf.data.Dataset.from_tensor_slices(
              (self.FEATURES, labels)).batch(4))
    train(np.ones((4, 1), np.float32))
    with pytest.raises(ValueError, match="a negative label"):
      train(-np.ones((4, 1), np.float32))
