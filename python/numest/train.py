"""tf.train and tf.compat.v1.train: optimizers, global step, hooks."""
from numest import _core, arguments, variables
from numest.hooks import *  # SessionRunHook and the others
from numest.records import (BytesList, Example, Feature, Features, FloatList,
                            Int64List, summary_iterator)
from numest.schedules import *  # exponential_decay and the others
from numest.tensor import Tensor
from numest.trace.model import of_tensors


class Optimizer:
  """An optimizer of compat.v1: minimize(loss, global_step)."""

  _NAME = ""

  def __init__(self, learning_rate, values, name=None):
    schedule = None
    values = {k: float(v) for k, v in values.items() if v is not None}
    if isinstance(learning_rate, Tensor) or callable(learning_rate):
      rate = learning_rate
      schedule = (of_tensors(rate) if callable(rate) else lambda step: rate)
    else:
      values["learning_rate"] = arguments.number(
          self._NAME, "learning_rate", learning_rate)
    self._core = _core.optimizer(self._NAME, True, values, schedule, {},
                                 name or "")

  def minimize(self, loss, global_step=None, var_list=None, name=None,
               **ignored):
    """Applies the gradients of `loss`; returns the train operation."""
    loss = arguments.tensor("minimize", "loss", loss)
    return self._core.minimize(loss, _variables(var_list), global_step)

  def compute_gradients(self, loss, var_list=None, **ignored):
    """Pairs (gradient or None, variable), by default of all trainable
    variables."""
    variables = _variables(var_list) or _core.trainable_variables()
    loss = arguments.tensor("compute_gradients", "loss", loss)
    return list(zip(self._core.compute_gradients(loss, variables),
                    variables))

  def apply_gradients(self, grads_and_vars, global_step=None, name=None):
    """Applies pairs (gradient, variable); returns the train operation.

    Args:
      global_step: counts one up, if it is given.
    """
    pairs = list(grads_and_vars)
    if pairs and isinstance(pairs[0][1], variables.Variable):
      return variables.apply(self, pairs)
    return self._core.apply_gradients([g for g, _ in pairs],
                                      [v for _, v in pairs], global_step)


def _variables(var_list):
  return [] if var_list is None else list(var_list)


class GradientDescentOptimizer(Optimizer):
  """w -= learning_rate * gradient."""
  _NAME = "GradientDescent"

  def __init__(self, learning_rate, use_locking=False,
               name="GradientDescent"):
    super().__init__(learning_rate, {}, name)


class MomentumOptimizer(Optimizer):
  """Gradient descent with momentum."""
  _NAME = "Momentum"

  def __init__(self, learning_rate, momentum, use_locking=False,
               name="Momentum", use_nesterov=False):
    super().__init__(learning_rate, {"momentum": momentum,
                                     "use_nesterov": use_nesterov}, name)


class AdagradOptimizer(Optimizer):
  """Rates by the sum of squared gradients."""
  _NAME = "Adagrad"

  def __init__(self, learning_rate, initial_accumulator_value=0.1,
               use_locking=False, name="Adagrad"):
    super().__init__(
        learning_rate,
        {"initial_accumulator_value": initial_accumulator_value}, name)


class AdadeltaOptimizer(Optimizer):
  """Rates by running windows of squared gradients."""
  _NAME = "Adadelta"

  def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-8,
               use_locking=False, name="Adadelta"):
    super().__init__(learning_rate, {"rho": rho, "epsilon": epsilon}, name)


class AdamOptimizer(Optimizer):
  """Adaptive moments."""
  _NAME = "Adam"

  def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999,
               epsilon=1e-8, use_locking=False, name="Adam"):
    super().__init__(learning_rate, {"beta1": beta1, "beta2": beta2,
                                     "epsilon": epsilon}, name)


class FtrlOptimizer(Optimizer):
  """Follow the regularized leader, proximal."""
  _NAME = "Ftrl"

  def __init__(self, learning_rate, learning_rate_power=-0.5,
               initial_accumulator_value=0.1, l1_regularization_strength=0.0,
               l2_regularization_strength=0.0, use_locking=False, name="Ftrl",
               accum_name=None, linear_name=None,
               l2_shrinkage_regularization_strength=0.0, beta=None):
    super().__init__(learning_rate, {
        "learning_rate_power": learning_rate_power,
        "initial_accumulator_value": initial_accumulator_value,
        "l1_regularization_strength": l1_regularization_strength,
        "l2_regularization_strength": l2_regularization_strength,
        "l2_shrinkage_regularization_strength":
            l2_shrinkage_regularization_strength,
        "beta": beta}, name)


class RMSPropOptimizer(Optimizer):
  """Rates by the running mean square."""
  _NAME = "RMSProp"

  def __init__(self, learning_rate, decay=0.9, momentum=0.0, epsilon=1e-10,
               use_locking=False, centered=False, name="RMSProp"):
    super().__init__(learning_rate, {
        "decay": decay, "momentum": momentum, "epsilon": epsilon,
        "centered": centered}, name)


class ProximalGradientDescentOptimizer(Optimizer):
  """Gradient descent with l1 and l2 regularization."""
  _NAME = "ProximalGradientDescent"

  def __init__(self, learning_rate, l1_regularization_strength=0.0,
               l2_regularization_strength=0.0, use_locking=False,
               name="ProximalGradientDescent"):
    super().__init__(learning_rate, {
        "l1_regularization_strength": l1_regularization_strength,
        "l2_regularization_strength": l2_regularization_strength}, name)


class ProximalAdagradOptimizer(Optimizer):
  """Adagrad with l1 and l2 regularization."""
  _NAME = "ProximalAdagrad"

  def __init__(self, learning_rate, initial_accumulator_value=0.1,
               l1_regularization_strength=0.0, l2_regularization_strength=0.0,
               use_locking=False, name="ProximalAdagrad"):
    super().__init__(learning_rate, {
        "initial_accumulator_value": initial_accumulator_value,
        "l1_regularization_strength": l1_regularization_strength,
        "l2_regularization_strength": l2_regularization_strength}, name)


def get_global_step(graph=None):
  """The step counter of the model, None if it has none."""
  return _core.global_step() if _core.has_global_step() else None


def get_or_create_global_step(graph=None):
  """The step counter of the model, an int64 scalar."""
  return _core.global_step()


def latest_checkpoint(checkpoint_dir, latest_filename=None):
  """Path prefix of the newest checkpoint of a folder, or None."""
  return _core.latest_checkpoint(str(checkpoint_dir)) or None


def _prefix(path):
  return latest_checkpoint(path) or str(path)


def list_variables(ckpt_dir_or_file):
  """(name, shape) of every variable of a checkpoint."""
  return _core.list_variables(_prefix(ckpt_dir_or_file))


def load_variable(ckpt_dir_or_file, name):
  """Value of a variable of a checkpoint as an ndarray."""
  return _core.load_variable(_prefix(ckpt_dir_or_file), name)
