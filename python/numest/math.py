"""Functions of tensors under NumPy's names."""
import types as _types

from numest.numpy_functions import *  # noqa: F403
from numest.numpy_functions import all, any, max, min, sum  # noqa: F401

# What the star brings that is not for users.
_INNER = {"LINALG", "TABLE", "Tensor", "algebra", "arguments_of", "as_axes",
          "assign", "builtins", "call", "inspect", "np", "trace_state",
          "ufunc_at"}
for _name in _INNER & set(globals()):
  del globals()[_name]

for _name, _function in list(globals().items()):
  if isinstance(_function, _types.FunctionType) and not _function.__doc__:
    _function.__doc__ = (f"As np.{_name}, of tensors and arrays; gives a "
                         "Tensor, or a tuple where NumPy does.")
