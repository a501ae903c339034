"""Files: IDX arrays in, PNG pictures out."""
import os

from numest import _core


def read_idx(path):
  """The array of an IDX file, plain or gzip-compressed: uint8, int8, int16,
  int32, float32 or float64 of any shape.

  Raises:
    NotFoundError: if there is no file.
    DataLossError: if it is not IDX, truncated or longer than its shape.
  """
  return _core.read_idx(os.fspath(path))


def write_png(path, image):
  """Writes a uint8 array of shape (height, width), (height, width, 1) gray,
  (height, width, 3) RGB or (height, width, 4) RGBA, atomically.

  Raises:
    TypeError, ValueError: for other arrays and for images without pixels.
  """
  _core.write_png(os.fspath(path), image)
