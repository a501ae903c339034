"""Arguments of any kind give an error of ours or NumPy's, never a crash or
the text of the bindings."""
import inspect

import numpy as np
import pytest

import numest as tf

JUNK = ["abc", None, {"k": np.ones((2, 2))}, 3.5, object(), [], -1, True,
        np.ones((2, 2), "f4"), np.array(["a"]), [1, 2, 3], "valid"]
DATASET = tf.data.Dataset.range(3)
OWNERS = {
    "layers": tf.layers, "losses": tf.losses, "dataset": DATASET,
    "feature_column": tf.feature_column, "data": tf.data,
}
RAW = ["incompatible function arguments", "std::", "bad_cast"]


def functions(owner):
  return [(n, getattr(owner, n)) for n in dir(owner)
          if not n.startswith("_") and callable(getattr(owner, n)) and
          (getattr(owner, n).__module__ or "").startswith("numest") and
          n not in ("DType", "Tensor", "as_dtype", "input_layer")]


def required(function):
  kinds = (inspect.Parameter.POSITIONAL_ONLY,
           inspect.Parameter.POSITIONAL_OR_KEYWORD)
  return [p for p in inspect.signature(function).parameters.values()
          if p.default is p.empty and p.kind in kinds]


def complaints(name, function, x):
  """Texts of errors that do not say what is wrong."""
  found = []
  for junk in JUNK:
    for first in (x, junk):
      given = [first, *[junk] * (len(required(function)) - 1)]
      try:
        function(*given[:max(1, len(required(function)))])
      except Exception as error:  # any: it is the text that counts
        text = str(error)
        if isinstance(error, (AttributeError, SystemError)) or any(
            raw in text for raw in RAW):
          found.append(f"{name}{tuple(given)}: {text.splitlines()[0]}")
  return found


@pytest.mark.parametrize("owner", OWNERS)
def test_junk_is_named(owner, tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  found = []

  def model_fn(features, labels, mode):
    for name, function in functions(OWNERS[owner]):
      found.extend(complaints(name, function, features["x"]))
    return tf.estimator.EstimatorSpec(mode, predictions=features["x"])

  data = lambda: tf.data.Dataset.from_tensors({"x": np.ones((2, 2), "f4")})
  list(tf.estimator.Estimator(model_fn, str(tmp_path / "m")).predict(data))
  assert not found, "\n".join(found)


@pytest.mark.parametrize("size", [[], [1, 2, 3], [0, 1], -1])
def test_sizes_of_windows_are_checked(size):
  pictures = np.ones((1, 4, 4, 1), "f4")
  for pool in (tf.layers.max_pooling2d, tf.layers.average_pooling2d):
    with pytest.raises(ValueError, match="pool_size: got .*a positive"):
      pool(pictures, size, 1)
    with pytest.raises(ValueError, match="strides: got .*a positive"):
      pool(pictures, 2, size)
