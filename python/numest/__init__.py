"""Numest: Estimators whose language is NumPy.

`import numest as tf` gives the part of TensorFlow that Estimators, feature
columns and input pipelines use.
"""
import importlib as _importlib
from typing import TYPE_CHECKING as _TYPE_CHECKING

import numpy as _np

from numest import _core
from numest import dtypes as _dtypes
from numest._core import (DataLossError, Error, InterruptedError,
                          NanLossError, NotFoundError, OutOfRangeError,
                          counters, num_threads, set_num_threads)
from numest.tensor import Tensor, TensorShape, call as _call
from numest import math, data, trace, feature_column, nn, train, losses
from numest import metrics, layers, initializers, estimator, logging
from numest import formats, random
from numest.data import TensorSpec
from numest.dtypes import DType, as_dtype
from numest.trace import (Untraceable, check, explain, numpy_function,
                          py_function, strict)
from numest.functions import *  # reduce_mean, cast, ...
from numest.functions import get_variable, group, identity
from numest.variables import Variable

__version__ = "0.1.0"

bool = _dtypes.BY_NAME["bool"]
int8, int16, int32, int64 = (
    _dtypes.BY_NAME[n] for n in ("int8", "int16", "int32", "int64"))
uint8, uint16, uint32, uint64 = (
    _dtypes.BY_NAME[n] for n in ("uint8", "uint16", "uint32", "uint64"))
float16, bfloat16, float32, float64 = (
    _dtypes.BY_NAME[n] for n in ("float16", "bfloat16", "float32",
                                 "float64"))
complex64, complex128 = (
    _dtypes.BY_NAME[n] for n in ("complex64", "complex128"))
string = _dtypes.BY_NAME["string"]
newaxis = None

# What a program that trains does not read is imported when it is: a process
# starts faster and smaller.
_LATER = {name: module for module, names in {
    "numest": ("array_api", "compat", "io", "keras"),
    "numest.profiling": ("profile",),
    "numest.saved_functions": ("load_function", "saved_function"),
    "numest.transforms": ("custom_gradient", "grad", "hessian", "jacobian",
                          "jvp", "value_and_grad", "vmap"),
}.items() for name in names}

if _TYPE_CHECKING:
  from numest import array_api as array_api, compat as compat, io as io
  from numest import keras as keras
  from numest.profiling import profile
  from numest.saved_functions import load_function, saved_function
  from numest.transforms import (custom_gradient, grad, hessian, jacobian, jvp,
                                 value_and_grad, vmap)


def __getattr__(name):
  module = _LATER.get(name)
  if module is None:
    raise AttributeError(f"module 'numest' has no attribute {name!r}")
  if module == "numest":
    return _importlib.import_module(f"numest.{name}")
  value = getattr(_importlib.import_module(module), name)
  globals()[name] = value
  return value


def __dir__():
  return sorted({*globals(), *_LATER})
