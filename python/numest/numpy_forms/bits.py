"""Bits of integers, parts of floats and Bessel's function: the core's."""
from numest import _core

_f = _core.functions


def bitwise_count(x):
  return _f.bitwise_count(x)


def frexp(x):
  return _f.frexp(x)


def i0(x):
  return _f.i0(x)


def sort_complex(a):
  return _f.sort_complex(a)


def packbits(a, axis=None, bitorder="big"):
  return _f.packbits(a, axis, bitorder)


def unpackbits(a, axis=None, count=None, bitorder="big"):
  return _f.unpackbits(a, axis, count, bitorder)
