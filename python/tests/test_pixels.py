"""Short axes, as channels, points and blocks of pixels have them, take loops of
their own: against NumPy, over many rows and few."""
import itertools

import numpy as np
import pytest

import numest as tf
from numest import _core
from numest.trace.paths import traced

RNG = np.random.default_rng(0)
FLOATS = [np.float32, np.float64]


def ours(function, *arrays):
  """What the function's program gives: NumPy runs what is called on data."""
  graph, _ = traced(lambda *given: function(*given),
                    [(a.dtype.name, a.shape) for a in arrays])
  return np.asarray(_core.compile(graph).run([*arrays, np.uint64(0)])[0])


def close(a, b):
  np.testing.assert_allclose(np.asarray(a), b, rtol=2e-6, atol=1e-6)
  assert np.asarray(a).dtype == b.dtype


@pytest.mark.parametrize("name", ["sum", "prod", "max", "min", "mean", "var",
                                  "any", "all"])
@pytest.mark.parametrize("dtype", [*FLOATS, np.int32, np.uint8, np.float16])
@pytest.mark.parametrize("shape, axis", [
    ((200, 3), -1), ((5, 3), -1), ((100, 2, 3), 1), ((64, 12), 1),
    ((64, 13), 1), ((70, 4, 12), 1), ((70, 4, 13), 1),
    ((16, 2, 16, 2, 3), (1, 3)), ((8, 3, 5, 3, 2), (0, 2, 4)),
    ((4, 3, 5, 2), (0, 1, 3)), ((3, 1, 4), (0, 2)), ((0, 3), 1),
    ((2, 0, 3, 2), (0, 2))])
def test_reductions(name, dtype, shape, axis):
  if name in ("max", "min") and 0 in shape:
    shape = tuple(max(e, 1) for e in shape)
  scale = (0.2, 1) if name == "prod" else (3, 4)
  x = (RNG.normal(size=shape) * scale[0] + scale[1]).astype(dtype)
  with np.errstate(all="ignore"):
    wanted = getattr(np, name)(x, axis=axis)
  found = ours(lambda a: getattr(np, name)(a, axis=axis), x)
  assert found.dtype == wanted.dtype
  rtol = 2e-2 if dtype == np.float16 else 1e-5
  np.testing.assert_allclose(found, wanted, rtol=rtol)


def test_special_values_of_short_rows():
  rows = np.array(list(itertools.product([0.0, -0.0, np.nan, np.inf, -np.inf],
                                         repeat=3)))
  assert len(rows) > 64
  for name in ("sum", "prod", "max", "min"):
    with np.errstate(invalid="ignore"):
      wanted = getattr(np, name)(rows, axis=1)
    function = getattr(np, name)
    found = ours(lambda a: function(a, axis=1), rows)
    np.testing.assert_array_equal(found, wanted)
    few = ours(lambda a: function(a, axis=1), rows[:9])
    np.testing.assert_array_equal(np.signbit(few), np.signbit(found[:9]))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_products_of_thin_rows(dtype, k, n):
  b = RNG.normal(size=(k, n)).astype(dtype)
  for shape in ((0, k), (1, k), (37, k), (7, 9, k), (2, 5, 40, k)):
    a = RNG.normal(size=shape).astype(dtype)
    close(ours(np.matmul, a, b), a @ b)
    close(ours(lambda a, b: a @ b.T, a, np.ascontiguousarray(b.T)), a @ b)
  if k > 1 and k < 5 and n < 5:  # a row is what it is, among however many
    one = np.concatenate([ours(np.matmul, r[None], b) for r in a[0, 0]])
    np.testing.assert_array_equal(ours(np.matmul, a, b)[0, 0], one)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64, np.int16])
@pytest.mark.parametrize("channels", [(), (1,), (2,), (3,), (4,), (7,)])
def test_pixels_are_taken_at_arrays_of_positions(dtype, channels):
  x = (RNG.normal(size=(6, 9, 8, *channels)) * 50).astype(dtype)
  rows, columns = RNG.integers(0, 9, (5, 1)), RNG.integers(0, 8, (1, 4))
  for key in ((slice(None), rows, columns), (slice(None), rows[:, 0]),
              (slice(None), slice(None), columns[0])):
    np.testing.assert_array_equal(ours(lambda a: a[key], x), x[key])

  def put(image):
    y = image.copy()
    y[rows[:4], columns] = image[:4, :4] + 1
    return y
  found = next(tf.data.Dataset.from_tensor_slices(x).map(put).batch(
      6).as_numpy_iterator())
  np.testing.assert_array_equal(found, np.stack([put(image) for image in x]))


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("widths", [
    ((0, 0), (0, 0), (0, 0)), ((2, 2), (2, 2), (0, 0)),
    ((5, 4), (4, 5), (0, 0)), ((30, 30), (30, 30), (0, 0)),
    ((0, 2), (0, 3), (0, 2)), ((3, 0), (2, 0), (1, 0)),
    ((2, 2), (0, 0), (1, 2))])
def test_windows_of_padded_pictures(dtype, widths):
  x = (RNG.normal(size=(12, 9, 8, 3)) * 50).astype(dtype)
  most = [4 + sum(widths[0]), 4 + sum(widths[1])]
  at = np.stack([RNG.integers(0, m, 12) for m in most], axis=1)

  def crop(image, at):
    padded = np.pad(image, widths, constant_values=3)
    i, j = at[0], at[1]
    return padded[i:i + 6, j:j + 5]
  for size in (1, 5, 12):
    found = np.concatenate(list(tf.data.Dataset.from_tensor_slices(
        (x, at)).map(crop).batch(size).as_numpy_iterator()))
    np.testing.assert_array_equal(found, [crop(*row) for row in zip(x, at)])


class TestWindowProducts:
  """np.convolve and np.correlate, with derivatives, over rows and one by one.
  """

  @pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.uint8,
                                     np.complex128, np.float16, bool])
  @pytest.mark.parametrize("mode", ["full", "same", "valid"])
  @pytest.mark.parametrize("n, k", [(1, 1), (7, 3), (3, 7), (90, 25), (200, 1),
                                    (65, 64)])
  def test_values(self, dtype, mode, n, k):
    a, v = (np.asarray(RNG.normal(size=size) * 3) for size in (n, k))
    if dtype is np.complex128:
      a, v = a + 1j * a[::-1], v * (1 - 2j)
    a, v = a.astype(dtype), v.astype(dtype)
    for function in (np.convolve, np.correlate):
      wanted = function(a, v, mode)
      found = ours(lambda a, v: function(a, v, mode), a, v)
      assert found.dtype == wanted.dtype
      rtol = 2e-2 if dtype is np.float16 else 1e-4
      np.testing.assert_allclose(found, wanted, rtol=rtol, atol=rtol / 10)

  @pytest.mark.parametrize("mode", ["full", "same", "valid"])
  def test_what_is_not_finite_stays_in_its_windows(self, mode):
    a, v = np.arange(9.0), np.array([np.inf, 1, 2, np.nan])
    b = np.array([1, np.nan, 3, 4, -np.inf, 5, 6, 7])
    with np.errstate(invalid="ignore"):
      for x, y in ((a, v), (v, a), (b, a[:3] + 1), (b, v)):
        np.testing.assert_array_equal(
            ours(lambda x, y: np.convolve(x, y, mode), x, y),
            np.convolve(x, y, mode))

  def test_rows_are_what_each_is(self):
    x, v = RNG.normal(size=(9, 70)), RNG.normal(size=(9, 5))

    def both(x, v):
      return np.convolve(x, v, "same"), np.correlate(x, v[:3])
    dataset = tf.data.Dataset.from_tensor_slices((x, v)).map(both)
    one = list(dataset.as_numpy_iterator())
    block = next(dataset.batch(9).as_numpy_iterator())
    for k in range(2):
      np.testing.assert_array_equal(np.stack([e[k] for e in one]), block[k])
      np.testing.assert_allclose(block[k], [both(*row)[k] for row in zip(x, v)],
                                 rtol=1e-9, atol=1e-12)

  @pytest.mark.parametrize("mode", ["full", "same", "valid"])
  def test_derivatives(self, mode):
    x, v = RNG.normal(size=12), RNG.normal(size=4)
    w = RNG.normal(size=30)

    def f(x, v):
      y = np.convolve(x, v, mode)
      return np.sum(y * y * w[:len(y)])
    for at, argument in ((0, x), (1, v)):
      found = tf.grad(f, argnums=at)(x, v)
      wanted = np.empty_like(argument)
      for i in range(argument.size):
        ends = []
        for step in (1e-6, -1e-6):
          moved = [x.copy(), v.copy()]
          moved[at][i] += step
          ends.append(f(*moved))
        wanted[i] = (ends[0] - ends[1]) / 2e-6
      np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-7)
    rows = tf.vmap(lambda x: tf.grad(f)(x, v))(np.stack([x, -x]))
    np.testing.assert_allclose(rows, [tf.grad(f)(x, v), tf.grad(f)(-x, v)])
