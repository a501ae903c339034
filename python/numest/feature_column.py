"""tf.feature_column."""
import numpy as np

from numest import _core
from numest.dtypes import as_dtype
from numest.trace.model import of_tensors


def numeric_column(key, shape=(1,), default_value=None, dtype="float32",
                   normalizer_fn=None):
  """Real values of `shape` per example under `key`.

  Args:
    key: name of the feature.
    shape: an int or ints; the extents of one example.
    default_value: unused for dense features.
    dtype: dtype of the feature; the column gives float32.
    normalizer_fn: function of the tensor (batch, *shape), plain NumPy.

  Raises:
    TypeError, ValueError: for a bad key, shape or dtype.
  """
  if not isinstance(key, str):
    raise ValueError(f"key must be a string. Got: {key!r}")
  if normalizer_fn is not None and not callable(normalizer_fn):
    raise TypeError("normalizer_fn must be a callable. Given: "
                    f"{normalizer_fn}")
  try:
    extents = [int(e) for e in (
        shape if isinstance(shape, (list, tuple)) else (shape,))]
  except (TypeError, ValueError):
    raise TypeError(f"shape dimensions must be integer. shape: {shape}"
                    ) from None
  if default_value is not None:
    _check_default(key, extents, default_value)
  return _core.numeric_column(
      key, extents, as_dtype(dtype),
      None if normalizer_fn is None else of_tensors(normalizer_fn))


def _check_default(key, extents, value):
  """Dense features are never missing: only the form is checked."""
  array = np.asarray(value)
  if array.dtype.kind not in "biuf":
    raise TypeError(f"numeric_column {key!r}: default_value must be numbers: "
                    f"got {value!r}")
  if array.ndim and array.shape != tuple(extents):
    raise ValueError(f"numeric_column {key!r}: The shape of default_value "
                     f"must be equal to given shape: got {array.shape}, "
                     f"expected {tuple(extents)}")


def input_layer(features, feature_columns):
  """Columns side by side, sorted by name: (batch, width) float32."""
  return _core.input_layer(features, list(feature_columns))
