"""Sums of what a mask chooses, and steps of sliding windows: no element is
gathered that the result does not need."""
import numpy as np
import pytest

import numest as tf

windows = np.lib.stride_tricks.sliding_window_view
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(6, 5, 8))
X[1, 2, 3], X[2, 0, 0], X[3, 1, 1] = np.nan, np.inf, -np.inf
I = RANDOM.integers(0, 200, X.shape).astype(np.uint8)


def mapped(function):
  return tf.data.Dataset.from_tensor_slices((X, I)).map(function)


def agree(function):
  dataset = mapped(function)
  assert ": native" in tf.explain(dataset), tf.explain(dataset)
  for found, row in zip(dataset.as_numpy_iterator(), zip(X, I), strict=True):
    with np.errstate(all="ignore"):
      expected = function(*(v.copy() for v in row))
    for a, b in zip(found, expected, strict=True):
      assert a.dtype == b.dtype and a.shape == b.shape
      np.testing.assert_allclose(a, b, rtol=1e-6)


def ops_of(function):
  return {op for line in tf.explain(mapped(function)).functions[0]["lines"]
          for op in line["ops"]}


def sums(x, i):
  chosen = x[np.isfinite(x)]
  f = x.astype(np.float32)
  return (chosen.sum(), x[x > 0].mean(), np.sum(i[i > 9]), i[i > 9].mean(),
          f[f < 0].mean(), f[f < 0].sum(axis=0), np.mean(f[f > 0], dtype=float),
          (x > 0)[x < 1].sum(), i[i > 3].sum(dtype=np.int32),
          x[x > 0].sum(initial=2.0))


def of_none(x, i):
  return x[x > 99].sum(), i[i > 250].sum()


def of_rows(x, i):
  row = x[1]
  return row[row > 0].mean(), i[2][row > 0].sum()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("function", [sums, of_none, of_rows])
def test_sums_of_chosen_elements_gather_none(function):
  agree(function)
  assert not {"nonzero", "index_get"} & ops_of(function)


def written_to(x, i):
  chosen = x[x > 0]
  chosen *= 2
  before = x[x < 0]
  x[:] = 1
  other = i[i > 9]
  other[0] = 0
  if x[0, 0] > 0:
    chosen += 1
  return chosen.sum(), before.sum(), other.sum(), x.sum()


def otherwise_used(x, i):
  chosen = x[x > 0]
  return (chosen[:1].sum(), chosen.sum(keepdims=True),
          x[x[:, 0] > 0].sum(axis=0), chosen.max(),
          x[i > 100, None].mean(),
          x[:, x[0] > 0].sum(1),
          chosen.sum(where=chosen > 1), chosen.size + chosen.sum())


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("function", [written_to, otherwise_used])
def test_sums_are_of_what_is_there(function):
  agree(function)


def by_steps(x, i):
  row = x[0]
  return (windows(row, 3)[::2], windows(row, 3)[1::3], windows(row, 4)[::-2],
          windows(x, (2, 3))[::2, ::3], windows(x, 4, axis=1)[:, ::2],
          windows(x, (2, 2))[..., ::2, :, :], windows(i, (2, 3))[1::2, 1:4])


def by_other_keys(x, i):
  row = x[0]
  return (windows(row, 3)[::2, 1], windows(row, 3)[:, ::2],
          windows(row, 3)[None, ::2], windows(row, 3)[::2, None],
          windows(row, 3)[1:], windows(row, 3)[[0, 2]], windows(row, 3)[0],
          windows(x, (2, 2))[::2, :, 0, ::-1], windows(x, 3, 1)[::2, ::2])


@pytest.mark.parametrize("function", [by_steps, by_other_keys])
def test_steps_of_windows(function):
  agree(function)


def test_windows_that_are_left_out_are_not_made():
  def spectra(x, i):
    return windows(x.ravel(), 16)[::8] * np.hanning(16)

  assert "take" in ops_of(spectra) and "slice" not in ops_of(spectra)
