"""numpy.fft; FFT maps NumPy's functions to these."""
import numpy as np

from numest import _core
from numest.numpy_forms.pieces import fftshift, ifftshift
from numest.tensor import call

_f = _core.functions
# NumPy 1 computes in double alone.
_IS_WIDE = np.lib.NumpyVersion(np.__version__) < "2.0.0"


def _input(a):
  a = _core.tensor(a)
  name = a._dtype_name
  if not _IS_WIDE or name in ("float64", "complex128"):
    return a
  wide = "complex128" if "complex" in name else "float64"
  return call("astype", [a], dtype=wide)


def _one_axis(name):
  function = getattr(_f, f"_{name}")

  def transform(a, n=None, axis=-1, norm="backward"):
    n = None if n is None else int(n)
    return function(_input(a), n, int(axis), norm)
  transform.__name__ = name
  return transform


def _listed(values):
  return None if values is None else [int(v) for v in values]


def _many_axes(name, default):
  function = getattr(_f, f"_{name[:-1]}n")

  def transform(a, s=None, axes=default, norm="backward"):
    return function(_input(a), _listed(s), _listed(axes), norm)
  transform.__name__ = name
  return transform


FFT = {getattr(np.fft, name): _one_axis(name)
       for name in "fft ifft rfft irfft hfft ihfft".split()}
FFT |= {getattr(np.fft, f"{name}{end}"): _many_axes(f"{name}{end}", axes)
        for name in "fft ifft rfft irfft".split()
        for end, axes in (("2", (-2, -1)), ("n", None))}
FFT |= {np.fft.fftshift: fftshift, np.fft.ifftshift: ifftshift}
