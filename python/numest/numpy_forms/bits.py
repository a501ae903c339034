"""Bits of integers, parts of floats and Bessel's function, made of ops."""
import numpy as np

from numest import _core
from numest.numpy_forms.order import sort
from numest.tensor import call

_f = _core.functions
# Every 2nd bit, every 2nd pair, every 2nd half byte, and each byte's last bit.
_MASKS = [np.uint64(m * (2**64 // (2**n - 1))) for m, n in (
    (1, 2), (3, 4), (15, 8), (1, 8))]


def bitwise_count(x):
  """Ones of the absolute value: counted in pairs, half bytes, bytes."""
  x = call("astype", [call("absolute", [x])], dtype="uint64")
  pairs, halves, bytes_, last = _MASKS
  x = x - ((x >> np.uint64(1)) & pairs)
  x = (x & halves) + ((x >> np.uint64(2)) & halves)
  x = (x + (x >> np.uint64(4))) & bytes_
  return call("astype", [(x * last) >> np.uint64(56)], dtype="uint8")


def frexp(x):
  """(mantissa, exponent); halves of the exponent, so that none overflows."""
  x = _core.tensor(x)
  is_plain = call("isfinite", [x]) & call("not_equal", [x, 0])
  size = call("where", [is_plain, call("absolute", [x]), 1])
  exponent = call("floor", [call("log2", [size])]) + 1
  mantissa = _scaled(size, -exponent)
  # log2 may round to the neighbour.
  up, down = mantissa >= 1, mantissa < 0.5
  mantissa = call("where", [up, mantissa / 2, call("where", [
      down, mantissa * 2, mantissa])])
  exponent = exponent + call("astype", [up], dtype=x._dtype_name) - call(
      "astype", [down], dtype=x._dtype_name)
  exponent = call("where", [is_plain, exponent, 0])
  return (call("where", [is_plain, call("copysign", [mantissa, x]), x]),
          call("astype", [exponent], dtype="int32"))


def _scaled(x, exponent):
  half = call("floor", [exponent / 2])
  return x * call("exp2", [half]) * call("exp2", [exponent - half])


def i0(x):
  """Mean of exp(x cos t) over a turn: the trapezoidal rule, whose error is
  below rounding for all x that do not overflow."""
  x = _core.tensor(x)
  if "float" not in x._dtype_name:
    x = call("astype", [x], dtype="float64")
  turn = np.cos(np.pi * np.arange(129) / 128)
  weights = np.full(129, 1 / 128)
  weights[[0, -1]] /= 2
  size = call("expand_dims", [call("absolute", [x])], axis=-1)
  rows = call("exp", [size * (turn - 1).astype(x._dtype_name)])
  mean = call("sum", [rows * weights.astype(x._dtype_name)], axis=-1)
  half = call("exp", [call("absolute", [x]) / 2])
  return mean * half * half


def sort_complex(a):
  a = sort(_core.tensor(a))
  if "complex" in a._dtype_name:
    return a
  narrow = a._dtype_name in ("int8", "uint8", "int16", "uint16", "float32")
  return call("astype", [a], dtype="complex64" if narrow and "int" in
              a._dtype_name else "complex128")


def packbits(a, axis=None, bitorder="big"):
  a, axis = _along(a, axis)
  a = _f.moveaxis(a, axis, -1)
  count = a._shape[-1]
  _check_known(count, "packbits")
  bits = call("astype", [call("not_equal", [a, 0])], dtype="uint8")
  bits = call("pad", [bits], pad_width=[0, 0] * (a.ndim - 1) + [0, -count % 8],
              mode="constant", constant_values=0.0)
  rows = call("reshape", [bits], shape=(*a._shape[:-1], -(-count // 8), 8))
  packed = call("sum", [rows * _weights(bitorder)], axis=-1, dtype="int64")
  return _f.moveaxis(call("astype", [packed], dtype="uint8"), -1, axis)


def unpackbits(a, axis=None, count=None, bitorder="big"):
  a, axis = _along(a, axis)
  if a._dtype_name != "uint8":
    raise TypeError("Expected an input array of unsigned byte data type: got "
                    f"{a._dtype_name}; use astype")
  a = _f.moveaxis(a, axis, -1)
  _check_known(a._shape[-1], "unpackbits")
  bits = call("bitwise_and", [call("expand_dims", [a], axis=-1),
                              _weights(bitorder)])
  bits = call("astype", [call("not_equal", [bits, 0])], dtype="uint8")
  bits = call("reshape", [bits], shape=(*a._shape[:-1], 8 * a._shape[-1]))
  if count is not None:
    stop = 8 * a._shape[-1] + count if count < 0 else count
    missing = max(0, stop - 8 * a._shape[-1])
    bits = call("pad", [bits], pad_width=[0, 0] * (a.ndim - 1) + [0, missing],
                mode="constant", constant_values=0.0)
    bits = bits[..., :stop]
  return _f.moveaxis(bits, -1, axis)


def _along(a, axis):
  return (_f.ravel(a), 0) if axis is None else (_core.tensor(a), axis)


def _check_known(extent, name):
  if extent < 0:
    raise TypeError(f"{name}: the extent of the axis is not known")


def _weights(bitorder):
  if bitorder not in ("big", "little"):
    raise ValueError("'order' must be either 'little' or 'big': got "
                     f"{bitorder!r}")
  weights = (1 << np.arange(8)).astype(np.uint8)
  return weights if bitorder == "little" else weights[::-1].copy()
