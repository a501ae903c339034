"""What the array API standard asks of a namespace about itself."""
from numest import _core, dtypes
from numest.array_api import dispatch, forms

_NAMES = ("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 "
          "float64 complex64 complex128").split()


class __array_namespace_info__:
  """Capabilities, devices and dtypes."""

  def capabilities(self):
    """Masks and results whose shape depends on data; how many axes
    an array may have."""
    return {"boolean indexing": True, "data-dependent shapes": True,
            "max dimensions": _core.MAX_NDIM}

  def default_device(self):
    """Where arrays are made."""
    return "cpu"

  def devices(self):
    """All devices."""
    return ["cpu"]

  def default_dtypes(self, *, device=None):
    """dtypes of arrays of Python's numbers."""
    dispatch.check_device(device)
    return {"real floating": dtypes.BY_NAME["float64"],
            "complex floating": dtypes.BY_NAME["complex128"],
            "integral": dtypes.BY_NAME["int64"],
            "indexing": dtypes.BY_NAME["int64"]}

  def dtypes(self, *, device=None, kind=None):
    """name: dtype, of one kind, a tuple of kinds, or all."""
    dispatch.check_device(device)
    return {n: dtypes.BY_NAME[n] for n in _NAMES
            if kind is None or forms.isdtype(dtypes.BY_NAME[n], kind)}
