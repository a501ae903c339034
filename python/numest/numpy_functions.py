"""The table of NumPy's functions that have a form over tensors.

`TABLE` maps NumPy's own functions to ours, which have NumPy's parameter names
and order: the modules of `numpy_forms`, and the core's composites as they are.
"""
import inspect
import warnings

import numpy as np

from numest import _core
from numest.numpy_forms import algebra, fourier, parameters
from numest.numpy_forms.algebra import *
from numest.numpy_forms.bits import (bitwise_count, frexp, i0, packbits,
                                     sort_complex, unpackbits)
from numest.numpy_forms.curves import *
from numest.numpy_forms.elementwise import *
from numest.numpy_forms.joining import *
from numest.numpy_forms.nan import *
from numest.numpy_forms.order import *
from numest.numpy_forms.padding import pad
from numest.numpy_forms.pieces import *
from numest.numpy_forms.polynomials import *
from numest.numpy_forms.reductions import *
from numest.numpy_forms.views import *
from numest.numpy_forms.windows import sliding_window_view
from numest.numpy_forms.writes import *
from numest.numpy_forms.extents import *
from numest.numpy_forms.reductions import all, any, max, min, sum

_f = _core.functions

# --- from the core as they are ---
_CORE = ("ptp median count_nonzero nanargmax nanargmin round "
         "isclose allclose interp stack vstack hstack column_stack append dot "
         "outer kron convolve correlate polyval sinc delete").split()
globals().update({name: getattr(_f, name) for name in _CORE})

# Forms that count the elements while they are traced.
_COUNTING = ("unstack poly polyder polyadd polysub polyint polymul polydiv "
             "tril_indices_from triu_indices_from diag_indices_from put place "
             "putmask").split()
globals().update({name: known_only(globals()[name]) for name in _COUNTING})

_IN_LINALG_ONLY = {f.__name__ for f in algebra.LINALG} - set(dir(np))
_NAMES = [n for n, f in list(globals().items())
          if callable(f) and not n.startswith("_") and hasattr(np, n) and
          not isinstance(f, type) and n not in _IN_LINALG_ONLY]
TABLE = {getattr(np, n): globals()[n] for n in _NAMES}
TABLE |= {np.amax: max, np.amin: min, np.around: round} | algebra.LINALG
TABLE |= fourier.FFT | {np.fft.fftshift: fftshift, np.fft.ifftshift: ifftshift}
TABLE |= {np.lib.stride_tricks.sliding_window_view: sliding_window_view}
# Old names, where this NumPy has them.
with warnings.catch_warnings():
  warnings.simplefilter("ignore")
  TABLE |= {getattr(np, old): f for old, f in (
      ("trapz", trapezoid), ("row_stack", globals()["vstack"]),
      ("alltrue", all), ("sometrue", any), ("product", prod),
      ("cumproduct", cumprod), ("round_", globals()["round"]),
      ("msort", lambda a: sort(a, axis=0)))
            if hasattr(np, old)}
_OLD_NAMES = {"newshape": "shape"}  # of NumPy 1
# Arguments that change nothing here.
_IGNORED = {"kind", "subok", "overwrite_input", "stable", "like",
            "device", "optimize"}
_WITH_ALL = {np.einsum_path}  # where they change the answer
_IN_ORDER = (None, "C", "K", "A")  # order= of arrays without gaps


def _check_kind(kind):
  """What NumPy takes for a way to sort: its first letter counts."""
  if kind is not None and str(kind)[:1].lower() not in ("q", "m", "h", "s"):
    raise ValueError("sort kind must be one of 'quick', 'heap', or 'stable' "
                     f"(got {kind!r})")


def arguments_of(function, args, kwargs):
  """Arguments of a NumPy function by name, without those left at defaults.

  Raises:
    TypeError: an argument that our form does not have.
  """
  names = parameters.OF.get(function)
  if names is not None:
    given = {"*": args} if names == ("*",) else dict(zip(names, args)) | kwargs
    given = {k: v for k, v in given.items() if v is not None or k == "axis"}
  else:
    given = _flat(inspect.signature(function).bind(*args, **kwargs))
  if function in (np.sort, np.argsort):
    _check_kind(given.get("kind"))
  return {_OLD_NAMES.get(k, k): v for k, v in given.items()
          if v is not np._NoValue and
          (k not in _IGNORED or function in _WITH_ALL) and
          not (k == "order" and v in _IN_ORDER) and
          not (k == "casting" and v == "same_kind" and
               function is not np.einsum)}


def _flat(bound):
  """What differs from a default of None; axis=None often does."""
  given = {}
  for name, value in bound.arguments.items():
    parameter = bound.signature.parameters[name]
    if parameter.kind is inspect.Parameter.VAR_KEYWORD:
      given |= value
    elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
      given = {"*": (*given.values(), *value)}
    elif value is not None or parameter.default is not None:
      given[name] = value
  return given
