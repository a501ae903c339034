"""Lists that hold traced numbers or arrays, as arguments of NumPy's functions:
the arrays that NumPy makes of them."""
import numpy as np
import pytest

import numest as tf

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(5, 6))
H = X.astype(np.float32)
I = RANDOM.integers(0, 4, (5, 6))

CALLS = """
np.sum([x[0], x[1]]) | np.mean((x[0], 2.0)) | np.std([x[0], x[1]], ddof=1)
np.max([x[0], 0.0]) | np.argmin((x[0], x[1], 0.1)) | np.median([x[1], x[0], 0])
np.sort([x[1], x[0]]) | np.cumsum([x[0], i[0]]) | np.prod([h[0], 2])
np.any([x[0] > 9, x[1] > 0]) | np.all([x[0] > 0, True]) | np.ptp([x[0], x[1]])
np.average([x[0], x[1]], weights=[1, x[2] ** 2]) | np.nanmean([x[0], np.nan])
np.percentile([x[0], x[1], x[2]], 30) | np.clip([x[0], x[1]], 0, [1, x[2]])
np.diag([1, 1, x[0]]) | np.linalg.norm([x[0], x[1]]) | np.tile([h[0], 1], 2)
np.linalg.inv([[x[0] + 9, 1.0], [0.0, 2.0]]) | np.dot([x[0], x[1]], [1.0, 2.0])
np.linalg.solve([[9, 1], [0, 2]], [x[1], 2.0]) | np.cov([x, x[::-1]])
np.linalg.det([[x[0], 1.0], [x[1], 2.0]]) | np.matmul([[x[0], 1]], [[2], [1]])
np.exp([x[0], x[1]]) | np.hypot([x[0], 1.0], [x[1], 2.0]) | np.isnan([x[0]])
np.where([x[0] > 0, x[1] > 0], 1, 2) | np.where(x[0] > 0, [1, x[1]], [2, 3])
np.maximum.reduce([x, x[::-1], -x]) | np.add.reduce([x[0], x[1]])
np.logical_and.reduce([x > -1, x < 1, i > 1]) | np.minimum.reduce((x, h))
np.multiply.outer([x[0], 2], x) | np.add.accumulate([x[0], 1, x[1]])
np.interp(x, [x.min(), x.max()], [0, 1]) | np.interp(0.5, [0, 1], [x[0], 1])
np.repeat([x[0], x[1]], 2) | np.roll([x[0], x[1], 3], 1)
np.pad([x[0], x[1]], 1) | np.outer([x[0], x[1]], [1, 2])
np.full(2, [x[0], 1])
np.concatenate([[x[0], x[1]], x]) | np.hstack([x[0], [x[1], 2]])
np.vstack([[x[0], x[1]], [1, 2]]) | np.column_stack([[x[0], x[1]], [1, 2]])
np.stack([[x[0], x[1]], [x[2], x[3]]], axis=1) | np.append(x, [x[0], 1])
np.insert(x, 0, [x[1], 2]) | np.unique([i[0], i[1], 2]) | np.isin(i, [i[0], 3])
np.array(np.meshgrid([x[0], x[1]], (1.0, x[2]), [3.0]))
np.bincount([i[0], i[1]], minlength=5) | np.searchsorted([x.min(), 9.0], x)
np.polyfit([0.0, 1.0, 2.0], [x[0], x[1], x[2]], 1) | np.polyval([x[0], x[1]], 2)
np.reshape([x[0], x[1]], (2, 1)) | np.broadcast_to([h[0], h[1]], (3, 2))
np.block([[x[:2], x[2:4]], [i[:2], i[2:4]]]) | np.fft.fft([x[0], x[1]]).real
np.zeros(3) + [x[0], 1.0, 2.0] | [x[0], 1.0] * np.ones(2) | x[:2] - (x[1], 1)
np.r_[x, 0] | np.r_[0, h, 1:4] | np.r_[h, 0, 2.5] | np.r_[x[0], i[1]]
np.r_[h, int(i[0])] | np.r_[np.ones((2, 6)), x[None]] | np.r_[h, np.float64(3)]
np.c_[x, x ** 2] | np.c_[np.ones(6), i] | np.c_[x.reshape(3, 2), x[:3]]
np.r_[[x[0], 1], x] | np.c_[x[0], 1]
np.array([v for _, v in np.ndenumerate(x)])
np.array([v * k[1] for k, v in np.ndenumerate(x.reshape(2, 3))])
"""


@pytest.mark.parametrize("call", [
    call.strip() for line in CALLS.strip().split("\n")
    for call in line.split(" | ")])
def test_a_list_is_the_array_that_numpy_makes_of_it(call):
  scope = {"np": np}
  exec(f"def function(x, h, i):\n  return {call}", scope)
  function = scope["function"]
  dataset = tf.data.Dataset.from_tensor_slices((X, H, I)).map(function)
  assert tf.explain(dataset).functions[0]["runs"] == "native", tf.explain(
      dataset)
  for found, row in zip(dataset.as_numpy_iterator(), zip(X, H, I), strict=True):
    expected = np.asarray(function(*row))
    assert np.shape(found) == expected.shape
    assert np.asarray(found).dtype == expected.dtype
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_an_int_that_the_dtype_does_not_hold_is_no_part():
  rows = np.ones((3, 2), np.uint8)
  with pytest.raises(OverflowError, match="300 out of bounds for uint8"):
    tf.data.Dataset.from_tensor_slices(rows).map(lambda x: np.r_[x, 300])


def test_functions_are_numpys_own_to_who_asks():
  names = {np.maximum: "maximum", np.minimum: "minimum"}

  def function(x):
    assert np.maximum.nin == 2 and np.add.identity == 0
    assert np.mean.__name__ == "mean" and np.maximum.__name__ in "maximum"
    return x * len(names[np.maximum])
  dataset = tf.data.Dataset.from_tensor_slices(X).map(function)
  np.testing.assert_array_equal(list(dataset.as_numpy_iterator()), X * 7)
  assert ": native" in tf.explain(dataset)
