"""Functions of tensors under NumPy's names."""
from numest.numpy_functions import *  # noqa: F403
from numest.numpy_functions import all, any, max, min, sum  # noqa: F401
