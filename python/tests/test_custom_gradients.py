"""Derivatives given by the user or by differences, and where there is none."""
import numpy as np
import pytest

import numest as nm
import numest as tf

V1 = tf.compat.v1
X = np.array([0.3, -0.7, 1.1])


@nm.custom_gradient
def clipped_exp(x):
  y = np.exp(np.minimum(x, 1.0))

  def grad_fn(dy):
    return dy * y * 2  # twice the true one, to be seen
  return y, grad_fn


@nm.custom_gradient
def product(x, w):
  def grad_fn(dy):
    return dy * w, None
  return x * w, grad_fn


def test_custom_gradient_is_used_and_values_stay():
  np.testing.assert_allclose(clipped_exp(X), np.exp(np.minimum(X, 1)))
  value, gradient = nm.value_and_grad(lambda x: np.sum(3 * clipped_exp(x)))(X)
  np.testing.assert_allclose(value, 3 * np.exp(np.minimum(X, 1)).sum())
  np.testing.assert_allclose(gradient, 6 * np.exp(np.minimum(X, 1)))


def test_custom_gradient_none_is_zero_and_chains():
  found = nm.grad(lambda x, w: np.sum(product(np.sin(x), w)), (0, 1))(X, X)
  np.testing.assert_allclose(found[0], X * np.cos(X))
  np.testing.assert_array_equal(found[1], np.zeros(3))


def test_custom_gradient_has_a_second_derivative():
  @nm.custom_gradient
  def cube(x):
    return x**3, lambda dy: dy * 3 * x**2
  np.testing.assert_allclose(nm.hessian(lambda x: np.sum(cube(x)))(X),
                             np.diag(6 * X))


def test_custom_gradient_vectorizes():
  rows = np.stack([X, 2 * X])
  each = nm.vmap(nm.grad(lambda x: np.sum(clipped_exp(x) ** 2)))(rows)
  want = [nm.grad(lambda x: np.sum(clipped_exp(x) ** 2))(r) for r in rows]
  np.testing.assert_allclose(each, want)
  whole = nm.grad(lambda m: np.sum(nm.vmap(clipped_exp)(m) ** 2))(rows)
  np.testing.assert_allclose(whole, want)


def test_custom_gradient_of_several_values():
  @nm.custom_gradient
  def both(x):
    return (np.sin(x), np.cos(x)), lambda a, b: 10 * a + b
  found = nm.grad(lambda x: np.sum(both(x)[0] + 2 * both(x)[1]))(X)
  np.testing.assert_allclose(found, np.full(3, 12.0))


def test_custom_gradient_that_does_not_fit_is_refused():
  @nm.custom_gradient
  def no_pair(x):
    return x
  with pytest.raises(TypeError, match=r"must return \(y, grad_fn\)"):
    no_pair(X)

  @nm.custom_gradient
  def wrong_count(x):
    return x, lambda dy: (dy, dy)
  with pytest.raises(TypeError, match="gave 2 tensors: expected one for each"):
    nm.grad(lambda x: np.sum(wrong_count(x)))(X)

  @nm.custom_gradient
  def wrong_shape(x):
    return x, np.sum
  with pytest.raises(TypeError, match="the gradient by argument 0 is wrong"):
    nm.grad(lambda x: np.sum(wrong_shape(x)))(X)


def opaque(x):
  """No trace follows it: NumPy sees the bytes."""
  return np.sin(np.frombuffer(np.ascontiguousarray(x).tobytes(),
                              x.dtype)).reshape(x.shape)


def test_numeric_gradients_agree_with_the_derivative():
  def loss(x):
    return np.sum(tf.numpy_function(opaque, [x * 2], tf.float64,
                                    grad="numeric") ** 2)
  np.testing.assert_allclose(nm.value_and_grad(loss)(X)[0],
                             np.sum(np.sin(2 * X) ** 2))
  np.testing.assert_allclose(nm.grad(loss)(X), 2 * np.sin(4 * X), rtol=1e-6)


def test_a_python_call_between_loss_and_argument_is_an_error_with_its_path():
  def loss(x):
    h = x * 2
    h = tf.numpy_function(opaque, [h], tf.float64)
    return np.sum(h * h)
  with pytest.raises(NotImplementedError) as caught:
    nm.grad(loss)(X)
  text = str(caught.value)
  assert "a call of Python is in the path from the loss" in text
  assert "loss <- sum" in text and "<- python_call of function 'opaque'" in text
  path = text[text.index("loss <- "):]
  assert path.index("python_call") < path.index("multiply", path.index(
      "python_call")) and f"{__file__}:" in path
  assert "custom_gradient" in text and "grad='numeric'" in text


def test_a_python_call_beside_the_path_is_none():
  def loss(x):
    weight = tf.numpy_function(opaque, [np.round(x)], tf.float64)
    return np.sum(weight * x)
  np.testing.assert_allclose(nm.grad(loss)(X), np.sin(np.round(X)))


def test_grad_of_another_kind_is_refused():
  with pytest.raises(ValueError, match="expected None or 'numeric'"):
    nm.grad(lambda x: np.sum(tf.numpy_function(
        opaque, [x], tf.float64, grad="exact")))(X)


def train(predict, grad_steps=30):
  x = np.linspace(-1, 1, 16, dtype=np.float32)
  y = np.sin(1.5 * x).astype(np.float32)

  def model_fn(features, labels, mode):
    w = V1.get_variable("w", initializer=np.float32(0.5))
    loss = np.mean((predict(w, features) - labels) ** 2)
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, train_op=V1.train.GradientDescentOptimizer(
            0.5).minimize(loss, V1.train.get_global_step()))
  made = tf.estimator.Estimator(model_fn)
  made.train(lambda: tf.data.Dataset.from_tensor_slices(
      (x, y)).batch(16).repeat(grad_steps))
  return made.get_variable_value("w")


def test_a_model_trains_through_python_with_numeric_gradients():
  numeric = train(lambda w, x: tf.numpy_function(
      opaque, [w * x], tf.float32, grad="numeric"))
  exact = train(lambda w, x: np.sin(w * x))
  np.testing.assert_allclose(numeric, exact, rtol=2e-2)
  assert abs(exact - 1.5) < 0.2


def test_a_model_names_the_python_call_in_its_way():
  with pytest.raises(NotImplementedError, match="'opaque'.* <- w, expected"):
    train(lambda w, x: tf.numpy_function(opaque, [w * x], tf.float32))


def test_hessian_and_jvp():
  a = np.array([[2.0, 1, 0], [1, 3, 0.5], [0, 0.5, 1]])
  np.testing.assert_allclose(
      nm.hessian(lambda x: x @ a @ x / 2)(X), (a + a.T) / 2)
  value, slope = nm.jvp(lambda x, y: np.tanh(x) * y, (X, a[0]), (a[1], a[2]))
  np.testing.assert_allclose(value, np.tanh(X) * a[0])
  np.testing.assert_allclose(
      slope, a[1] * a[0] / np.cosh(X) ** 2 + np.tanh(X) * a[2])
  np.testing.assert_array_equal(
      nm.jvp(lambda x: np.sign(x), (X,), (X,))[1], np.zeros(3))
  with pytest.raises(ValueError, match="got 1 tangents, expected one for each"):
    nm.jvp(np.add, (X, X), (X,))


def test_transforms_nest():
  def slope(x):
    return nm.grad(lambda v: np.sum(v**3))(x)
  np.testing.assert_allclose(nm.grad(lambda x: np.sum(slope(x)))(X), 6 * X)

  def by_path(x):
    if x[0] > 0:
      return np.sum(x**2)
    return np.sum(x**4)
  np.testing.assert_allclose(nm.hessian(by_path)(X), 2 * np.eye(3))
  np.testing.assert_allclose(nm.hessian(by_path)(-X), np.diag(12 * X**2))


def test_einsum_of_batches_of_unknown_extent_follows_numpy(tmp_path):
  q = np.arange(6, dtype=np.float32).reshape(2, 3)

  def model_fn(features, mode):
    made = np.einsum("bi,ij,bj->b", features, q.T @ q, features)
    return tf.estimator.EstimatorSpec(
        mode, predictions={"y": made, "z": np.einsum("...i,...i->...",
                                                     features, features)})
  x = np.arange(12, dtype=np.float32).reshape(4, 3)
  found = tf.estimator.Estimator(model_fn, str(tmp_path)).predict_all(
      lambda: tf.data.Dataset.from_tensor_slices(x).batch(4))
  np.testing.assert_allclose(found["y"], np.sum((x @ q.T) ** 2, axis=1))
  np.testing.assert_allclose(found["z"], np.sum(x * x, axis=1))


def test_the_path_of_an_error_leads_from_the_loss():
  def loss_fn(labels, logits):
    return np.array([[float(str(v))] for v in (labels - logits)[:, 0].tolist()])
  made = tf.estimator.DNNEstimator(
      tf.estimator.RegressionHead(loss_fn=loss_fn), [8],
      [tf.feature_column.numeric_column("x", shape=[2])])
  x = np.ones((8, 2), np.float32)
  with pytest.raises(NotImplementedError) as found:
    made.train(lambda: tf.data.Dataset.from_tensor_slices(
        ({"x": x}, x[:, 0])).batch(4))
  line = loss_fn.__code__.co_firstlineno
  assert f"python_call of function 'loss_fn' ({__file__}:{line})" in str(
      found.value)
  assert "ones_like" not in str(found.value)  # it passes no derivative
