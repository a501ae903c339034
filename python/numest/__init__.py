"""Numest: Estimators whose language is NumPy.

`import numest as tf` gives the part of TensorFlow that Estimators, feature
columns and input pipelines use.
"""
import numpy as _np

from numest import _core
from numest import dtypes as _dtypes
from numest._core import (DataLossError, Error, InterruptedError,
                          NanLossError, NotFoundError, OutOfRangeError,
                          counters, num_threads, set_num_threads)
from numest.tensor import Tensor, TensorShape, call as _call
from numest import math, data, trace, feature_column, nn, train, losses
from numest import metrics, layers, keras, initializers, estimator, logging
from numest import formats, io, random
from numest.data import TensorSpec
from numest.dtypes import DType, as_dtype
from numest.trace import (Untraceable, check, explain, numpy_function,
                          py_function, strict)
from numest.profiling import profile
from numest.saved_functions import load_function, saved_function
from numest.transforms import (custom_gradient, grad, hessian, jacobian, jvp,
                               value_and_grad, vmap)
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

from numest import array_api as array_api
from numest import compat  # reads the names above
