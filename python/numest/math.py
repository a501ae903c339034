"""Functions of tensors under NumPy's names."""
import types as _types

from numest.numpy_functions import *  # noqa: F403
from numest.numpy_functions import all, any, max, min, sum  # noqa: F401

del Tensor, arguments_of, call  # noqa: F821  not for users
for _name in [n for n in globals() if n.isupper()]:  # tables of the protocols
  del globals()[_name]

for _name, _function in list(globals().items()):
  if isinstance(_function, _types.FunctionType) and not _function.__doc__:
    _function.__doc__ = (f"As np.{_name}, of tensors and arrays; gives a "
                         "Tensor, or a tuple where NumPy does.")
