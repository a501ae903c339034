"""Names of NumPy that only one of the two versions has that are supported, and
how the names are found; test_numpy_functions.py compares them with NumPy."""
import warnings

import numpy as np

ONLY_1 = frozenset((
    "add_docstring add_newdoc add_newdoc_ufunc alltrue asfarray byte_bounds "
    "compare_chararrays cumproduct deprecate deprecate_with_doc disp "
    "fastCopyAndTranspose find_common_type get_array_wrap geterrobj "
    "issctype issubclass_ issubsctype lookfor mat maximum_sctype msort "
    "ndarray.__array_prepare__ obj2sctype product recfromcsv recfromtxt "
    "round_ safe_eval sctype2char set_numeric_ops set_string_function "
    "seterrobj sometrue source who").split())
ONLY_2 = frozenset((
    "acos acosh asin asinh astype atan atan2 atanh bitwise_count "
    "bitwise_invert bitwise_left_shift bitwise_right_shift concat "
    "cumulative_prod cumulative_sum isdtype linalg.cross linalg.diagonal "
    "linalg.matmul linalg.matrix_norm linalg.matrix_transpose linalg.outer "
    "linalg.svdvals linalg.tensordot linalg.trace linalg.vecdot "
    "linalg.vector_norm matrix_transpose matvec ndarray.__array_namespace__ "
    "ndarray.device ndarray.mT ndarray.to_device permute_dims pow trapezoid "
    "unique_all unique_counts unique_inverse unique_values unstack vecdot "
    "vecmat").split())
MODULES = {"": np, "linalg.": np.linalg, "fft.": np.fft,
           "random.": np.random}
CLASSES = {"ndarray.": np.ndarray, "random.Generator.": np.random.Generator,
           "random.RandomState.": np.random.RandomState}
# What every object of Python has says nothing about arrays.
_OF_OBJECTS = frozenset("new doc hash getattribute dir".split())


def public_functions():
  """(name, function, method or attribute) of NumPy as it is here; types and
  constants are none, but np.vectorize is."""
  for prefix, module in MODULES.items():
    for name in sorted({*getattr(module, "__all__", ()), *dir(module)}):
      with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = getattr(module, name, None)
      if prefix and name == "test":
        continue
      if callable(value) and name[0] != "_" and (
          not isinstance(value, type) or value is np.vectorize):
        yield prefix + name, value
  for prefix, cls in CLASSES.items():
    for name in sorted(dir(cls)):
      is_operator = cls is np.ndarray and name in vars(cls) and (
          name.strip("_") not in _OF_OBJECTS)
      if name[0] != "_" or is_operator:
        yield prefix + name, getattr(cls, name)
  for name in ("__call__", "accumulate", "at", "outer", "reduce", "reduceat"):
    yield f"ufunc.{name}", getattr(np.ufunc, name)
