"""tf.train.Example and its parts, and the events of summary files."""
import types

import numpy as np

from numest import _core


class _List:
  """A list of values of one kind."""

  _DTYPE = None

  def __init__(self, value=()):
    self.value = list(value)

  def _array(self):
    return np.array(self.value, dtype=self._DTYPE)


class BytesList(_List):
  """Strings of bytes."""
  _DTYPE = object

  def __init__(self, value=()):
    super().__init__(value)
    for v in self.value:
      if not isinstance(v, bytes):
        raise TypeError(f"BytesList: got {v!r} of type {type(v).__name__}, "
                        "expected bytes; call .encode() on text")


class FloatList(_List):
  """float32 values."""
  _DTYPE = np.float32


class Int64List(_List):
  """int64 values."""
  _DTYPE = np.int64

  def __init__(self, value=()):
    super().__init__(value)
    for v in self.value:
      if not isinstance(v, (int, np.integer, np.bool_)):
        raise TypeError(f"Int64List: got {v!r} of type {type(v).__name__}, "
                        "expected integers")


class Feature:
  """One of bytes_list, float_list, int64_list."""

  def __init__(self, bytes_list=None, float_list=None, int64_list=None):
    given = [v for v in (bytes_list, float_list, int64_list) if v is not None]
    if len(given) > 1:
      raise ValueError("Feature: got several lists, expected one of "
                       "bytes_list, float_list, int64_list")
    self.bytes_list = bytes_list or BytesList()
    self.float_list = float_list or FloatList()
    self.int64_list = int64_list or Int64List()
    self._list = given[0] if given else FloatList()


class Features:
  """Features by name."""

  def __init__(self, feature=None):
    self.feature = dict(feature or {})


class Example:
  """A record of named features."""

  def __init__(self, features=None):
    self.features = features or Features()

  def SerializeToString(self):
    """The message as bytes; equal features give equal bytes."""
    return _core.serialize_example({
        k: f._list._array() for k, f in self.features.feature.items()})

  @staticmethod
  def FromString(serialized):
    """Parses bytes; DataLossError if they are damaged."""
    feature = {}
    for key, values in _core.read_example(bytes(serialized)).items():
      name, made = (("bytes_list", BytesList) if values.dtype == object else
                    ("float_list", FloatList) if values.dtype.kind == "f" else
                    ("int64_list", Int64List))
      feature[key] = Feature(**{name: made(values.tolist())})
    return Example(Features(feature))


class _SummaryValue(types.SimpleNamespace):
  def HasField(self, name):
    return name == "simple_value" and self.simple_value is not None


def summary_iterator(path):
  """Events of a summary file: wall_time, step, file_version, summary."""
  for wall_time, step, version, values in _core.events_of(str(path)):
    yield types.SimpleNamespace(
        wall_time=wall_time, step=step, file_version=version,
        summary=types.SimpleNamespace(value=[
            _SummaryValue(tag=t, kind=k, simple_value=v)
            for t, k, v in values]))
