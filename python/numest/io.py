"""tf.io: records, CSV lines, files."""
import collections
import os
import shutil
import types

import numpy as np

from numest import _core, trace_state
from numest.dtypes import as_dtype
from numest.tensor import Tensor

FixedLenFeature = collections.namedtuple(
    "FixedLenFeature", ["shape", "dtype", "default_value"], defaults=[None])
FixedLenFeature.__doc__ = """A feature with as many values as its shape has;
without a default it is required."""


def _default(value):
  """A record default with TensorFlow's dtype of Python values."""
  if hasattr(value, "as_numpy_dtype"):  # a DType: a required field
    return np.empty((0,), value.as_numpy_dtype)
  if isinstance(value, Tensor):
    value = value._numpy()
  if isinstance(value, np.ndarray):
    return value
  items = list(value) if isinstance(value, (list, tuple)) else [value]
  if any(isinstance(v, (str, bytes)) for v in items):
    return np.array(items, dtype=object)
  array = np.array(items)
  return array.astype({"f": np.float32, "i": np.int32}.get(
      array.dtype.kind, array.dtype))


def decode_csv(records, record_defaults, field_delim=",",
               use_quote_delim=True, na_value="", select_cols=None,
               name=None):
  """One tensor per field of CSV records.

  Args:
    records: a string tensor of any shape.
    record_defaults: a default per field, or a dtype for a required one; they
      give the dtypes.

  Raises:
    ValueError: for a record with other fields, naming it.
  """
  if not isinstance(record_defaults, (list, tuple)):
    raise TypeError("decode_csv: record_defaults: got "
                    f"{type(record_defaults).__name__}, expected a list")
  columns = [int(c) for c in select_cols or ()]
  if columns and (columns != sorted(set(columns)) or
                  len(columns) != len(record_defaults)):
    raise ValueError(f"decode_csv: select_cols: got {columns} for "
                     f"{len(record_defaults)} record_defaults, expected one "
                     "per default, ascending")
  _mark()
  return list(_core.decode_csv(
      _strings(records), [_default(d) for d in record_defaults], field_delim,
      use_quote_delim, na_value, columns))


def _mark():
  """Names the user's line in what tf.explain says."""
  if trace_state.in_trace():
    trace_state.mark_location()


def _strings(records):
  if isinstance(records, Tensor):
    return records
  return np.asarray(records, dtype=object)


def parse_example(serialized, features, example_names=None, name=None):
  """Dictionary of tensors of serialized Examples.

  Args:
    serialized: a string tensor, (batch,) or a scalar.
    features: FixedLenFeature by name.

  Raises:
    ValueError: for a missing feature without default or one of another kind
      or number of values.
  """
  if not isinstance(features, dict) or not features:
    raise ValueError(f"Missing: features was {features}.")
  rows = []
  for key, f in features.items():
    if not isinstance(f, FixedLenFeature):
      raise NotImplementedError(
          f"parse_example: Key: {key}: got {type(f).__name__}, expected "
          "FixedLenFeature")
    default = None if f.default_value is None else np.asarray(
        f.default_value, as_dtype(f.dtype).as_numpy_dtype)
    shape = f.shape if isinstance(f.shape, (list, tuple)) else [f.shape]
    rows.append((key, as_dtype(f.dtype), list(shape), default))
  _mark()
  made = _core.parse_features(_strings(serialized), rows)
  return dict(zip(features, made))


def parse_single_example(serialized, features, example_names=None, name=None):
  """As parse_example, of one record."""
  return parse_example(serialized, features)


class TFRecordOptions:
  """compression_type of a TFRecordWriter: "", "GZIP" or "ZLIB"."""

  def __init__(self, compression_type=None, **ignored):
    self.compression_type = compression_type or ""


class TFRecordWriter:
  """Writes records; the file appears when it is closed."""

  def __init__(self, path, options=None):
    kind = options if isinstance(options, str) else (
        options.compression_type if options is not None else "")
    self._writer = _core.TFRecordWriter(os.fspath(path), kind)

  def write(self, record):
    """Adds a record, bytes; ValueError if the file is closed."""
    if self._writer is None:
      raise ValueError("TFRecordWriter.write: the file is closed")
    if isinstance(record, str):
      record = record.encode()
    if not isinstance(record, bytes):
      raise TypeError("TFRecordWriter.write: got "
                      f"{type(record).__name__}, expected bytes; call "
                      "SerializeToString() on an Example")
    self._writer.write(record)

  def flush(self):
    """Records are on disk after close."""

  def close(self):
    """Puts the file in its place."""
    if self._writer is not None:
      self._writer.commit()
      self._writer = None

  def __enter__(self):
    return self

  def __exit__(self, kind, value, trace):
    if kind is None:
      self.close()


def tf_record_iterator(path, options=None):
  """Records of a file as bytes."""
  kind = options.compression_type if options is not None else ""
  return iter(_core.read_tfrecord(os.fspath(path), kind))


def _open(name, mode="r"):
  return open(name, mode)


gfile = types.SimpleNamespace(
    GFile=_open, exists=os.path.exists, isdir=os.path.isdir,
    makedirs=lambda path: os.makedirs(path, exist_ok=True),
    listdir=os.listdir, rmtree=shutil.rmtree, remove=os.remove,
    Exists=os.path.exists, MakeDirs=lambda p: os.makedirs(p, exist_ok=True))
