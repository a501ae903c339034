"""TensorSpec, and elements in their three forms: what users give, what the
core takes, Tensors."""
import numpy as np

from numest import _core
from numest.dtypes import as_dtype
from numest.tensor import Tensor, TensorShape


class TensorSpec:
  """dtype and shape of a component; unknown extents are None."""

  def __init__(self, shape=None, dtype="float32", name=None):
    self.shape = TensorShape(() if shape is None else shape)
    self.dtype = as_dtype(dtype)
    self.name = name

  def __eq__(self, other):
    return (isinstance(other, TensorSpec) and self.shape == other.shape and
            self.dtype == other.dtype)

  def __hash__(self):
    return hash((self.shape, self.dtype))

  def __repr__(self):
    return f"TensorSpec(shape={tuple(self.shape)}, dtype={self.dtype!r})"


def _regular(value):
  """An ndarray of a list whose rows are equally long."""
  try:
    return np.array(value)
  except ValueError as error:
    raise ValueError("dataset: the rows of a list differ in length, expected "
                     "an array of one shape; use from_generator and "
                     f"padded_batch ({error})") from None


def components(value):
  """Lists become arrays, tuples stay structure, as in TensorFlow; a DataFrame
  and a structured array are dictionaries of their columns."""
  if isinstance(value, dict):
    return {k: components(v) for k, v in value.items()}
  if isinstance(value, tuple):
    return tuple(components(v) for v in value)
  if hasattr(value, "to_dict") and hasattr(value, "columns"):  # DataFrame
    return {k: value[k].to_numpy() for k in value.columns}
  if isinstance(value, (np.ndarray, np.void)) and value.dtype.names:
    return {k: components(value[k]) for k in value.dtype.names}
  return _array(value)


def _array(value):
  if isinstance(value, Tensor):
    return value._numpy()
  if value is None:
    raise TypeError("got None, expected an array, a dictionary or a tuple of "
                    "arrays; an input_fn must return its data")
  if isinstance(value, list):
    value = _regular(value)
    if value.dtype == np.float64:  # Python floats are float32 in tf
      value = value.astype(np.float32)
    elif value.dtype == np.int64 and value.size and (
        np.abs(value) < 2**31).all():
      value = value.astype(np.int32)
  elif isinstance(value, float):
    value = np.float32(value)
  elif isinstance(value, int) and not isinstance(value, bool):
    value = np.int32(value)
  return np.asarray(value)


def spec_to_core(spec):
  """Nests of TensorSpec to the core's form (lists are tuples there)."""
  if isinstance(spec, dict):
    return {k: spec_to_core(v) for k, v in spec.items()}
  if isinstance(spec, (tuple, list)) and not isinstance(spec, TensorShape):
    return [spec_to_core(v) for v in spec]
  name = "bytes" if spec.dtype.name == "string" else spec.dtype.name
  return (name, tuple(spec.shape))


def spec_from_core(spec):
  if isinstance(spec, dict):
    return {k: spec_from_core(v) for k, v in spec.items()}
  if isinstance(spec[0], str) if spec else False:
    shape = tuple(None if e < 0 else e for e in spec[1])
    return TensorSpec(shape, spec[0])
  return tuple(spec_from_core(v) for v in spec)


def to_tensors(value):
  if isinstance(value, dict):
    return {k: to_tensors(v) for k, v in value.items()}
  if isinstance(value, tuple):
    return tuple(to_tensors(v) for v in value)
  return _core.constant(value)


def signature(types, shapes):
  if types is None:
    raise TypeError("from_generator: output_signature or output_types must "
                    "be given")
  if isinstance(types, (tuple, list)):
    shapes = shapes or [None] * len(types)
    return tuple(signature(t, s) for t, s in zip(types, shapes))
  if isinstance(types, dict):
    return {k: signature(t, (shapes or {}).get(k))
            for k, t in types.items()}
  return TensorSpec(() if shapes is None else shapes, types)


def cast_like(value, spec):
  if isinstance(spec, dict):
    return {k: cast_like(value[k], s) for k, s in spec.items()}
  if isinstance(spec, tuple):
    return tuple(cast_like(v, s) for v, s in zip(value, spec))
  if spec.dtype.name == "string":
    return np.asarray(value, dtype=object)
  return np.asarray(value).astype(spec.dtype.as_numpy_dtype)


def shape_specs(shapes, spec):
  if isinstance(spec, dict):
    return {k: shape_specs(shapes[k], s) for k, s in spec.items()}
  if spec and not isinstance(spec[0], str):
    return [shape_specs(a, s) for a, s in zip(shapes, spec)]
  return (spec[0], tuple(shapes))
