"""The Python array API standard 2024.12 over Tensors: at once on data, and as
ops where a function is traced. `x.__array_namespace__()` gives this module.

The functions are those of signatures.py; each is NumPy's of the same meaning,
which asks the tensors (numest.protocols), or stands in forms.py.
"""
import numpy as _np

from numest import dtypes as _dtypes
from numest.array_api import dispatch as _dispatch
from numest.array_api import forms as _forms
from numest.array_api import signatures as _signatures
from numest.array_api.info import __array_namespace_info__

__array_api_version__ = "2024.12"

e, pi, inf, nan, newaxis = _np.e, _np.pi, _np.inf, _np.nan, None

(int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64,
 complex64, complex128) = (_dtypes.BY_NAME[_name] for _name in (
     "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 "
     "complex64 complex128").split())
bool = _dtypes.BY_NAME["bool"]


def _functions(table, module):
  """name: function of the standard, over our form or NumPy's; numpy.linalg
  of NumPy 1 leaves products to numpy."""
  def form(name):
    ours = getattr(_forms, name, None)
    name = _dispatch.RENAMED.get(name, name)
    return ours or getattr(module, name, None) or getattr(_np, name)
  return {name: _dispatch.function(name, parameters, form(name))
          for name, parameters in table.items()}


globals().update(_functions(_signatures.MAIN, _np))
from numest.array_api import fft, linalg  # made as the functions above

__all__ = [_name for _name in dir() if _name[0] != "_" and _name not in (
    "dispatch", "forms", "info", "signatures")]
__all__ += ["__array_api_version__", "__array_namespace_info__"]


def __dir__():
  return __all__
