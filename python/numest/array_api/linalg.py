"""Linear algebra of the array API standard; see numest.array_api."""
import numpy as _np

from numest import array_api as _array_api
from numest.array_api import signatures as _signatures

globals().update(_array_api._functions(_signatures.LINALG, _np.linalg))
__all__ = list(_signatures.LINALG)


def __dir__():
  return __all__
