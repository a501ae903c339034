"""tf.Variable: inside of a model function a variable of the model, outside
an array that optimizers change at once."""
import weakref

import numpy as np

from numest import _core
from numest.functions import constant, get_variable
from numest.tensor import Tensor

_STATES = weakref.WeakKeyDictionary()  # slots of optimizers used outside


class Variable:
  """A value that optimizers update; in model functions see get_variable."""

  def __new__(cls, initial_value=None, trainable=True, name=None, dtype=None,
              **ignored):
    if initial_value is None:
      raise ValueError("The `initial_value` arg to `tf.Variable` has to be "
                       "specified: got None")
    if _core.is_in_model():
      value = initial_value() if callable(initial_value) else initial_value
      return get_variable(_core.unique_name(name or "Variable"),
                          dtype=dtype, initializer=constant(value, dtype),
                          trainable=trainable)
    return super().__new__(cls)

  def __init__(self, initial_value=None, trainable=True, name=None,
               dtype=None, **ignored):
    value = initial_value() if callable(initial_value) else initial_value
    self._value = constant(value, dtype)._numpy().copy()
    self.name = f"{name or 'Variable'}:0"
    self.trainable = trainable

  @property
  def shape(self):
    """Extents of the axes."""
    return self._as_tensor().shape

  @property
  def dtype(self):
    """The element type."""
    return self._as_tensor().dtype

  def _as_tensor(self):
    return _core.constant(self._value)

  def numpy(self):
    """A copy of the value, a NumPy scalar if it has no axes."""
    return self._value.copy()[()]

  def __array__(self, dtype=None, copy=None):
    return self._value if dtype is None else self._value.astype(dtype)

  def assign(self, value):
    """Replaces the value; ValueError if the shape differs."""
    new = np.asarray(value, self._value.dtype)
    if new.shape != self._value.shape:
      raise ValueError(f"assign: got shape {new.shape}, expected "
                       f"{self._value.shape}")
    self._value = new.copy()
    return self

  def assign_add(self, delta):
    """Adds to the value; see `assign`."""
    return self.assign(self._value + np.asarray(delta))

  def assign_sub(self, delta):
    """Subtracts from the value; see `assign`."""
    return self.assign(self._value - np.asarray(delta))

  def __repr__(self):
    return f"<tf.Variable '{self.name}' numpy={self._value!r}>"


def _forward(name):
  def method(self, *args):
    return getattr(self._as_tensor(), name)(*args)
  return method


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv",
              "rtruediv", "matmul", "rmatmul", "neg", "pow", "getitem"):
  setattr(Variable, f"__{_name}__", _forward(f"__{_name}__"))


def apply(optimizer, pairs):
  """Applies (gradient, Variable) pairs at once; slots live as long as the
  optimizer."""
  state = _STATES.setdefault(optimizer, {})
  keys = {}
  for _, variable in pairs:
    keys[variable] = f"{variable.name.split(':')[0]}_{id(variable)}"
    state[keys[variable]] = variable._value

  def step():
    tensors = [_core.get_variable(keys[v], v._value.shape, v._value.dtype,
                                  _core.value_initializer(v._value), True,
                                  False) for _, v in pairs]
    return optimizer._core.apply_gradients(
        [None if g is None else _core.tensor(g) for g, _ in pairs], tensors,
        None)

  _core.eagerly(state, step)
  for _, variable in pairs:
    variable._value = state[keys[variable]]
