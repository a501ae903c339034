"""tf.keras: legacy optimizers, schedules and reductions."""
import types

from numest import _core, arguments, variables
from numest import metric_objects as metrics
from numest.trace.model import of_tensors


class _Optimizer:
  """A Keras (legacy) optimizer."""

  _NAME = ""

  def __init__(self, learning_rate, values, name=None, decay=0.0,
               clipnorm=None, clipvalue=None, global_clipnorm=None, lr=None,
               **unknown):
    if unknown:
      raise TypeError(f"{self._NAME}: unexpected argument "
                      f"'{sorted(unknown)[0]}'")
    learning_rate = learning_rate if lr is None else lr
    values = {k: float(v) for k, v in values.items()}
    values["decay"] = float(decay)
    schedule = of_tensors(learning_rate) if callable(learning_rate) else None
    if schedule is None:
      values["learning_rate"] = arguments.number(
          self._NAME, "learning_rate", learning_rate)
    clips = {k: float(v) for k, v in (
        ("clipnorm", clipnorm), ("clipvalue", clipvalue),
        ("global_clipnorm", global_clipnorm)) if v is not None}
    self._core = _core.optimizer(self._NAME, False, values, schedule, clips,
                                 name or "")
    self.iterations = None

  def minimize(self, loss, var_list, grad_loss=None, name=None, tape=None):
    """The train operation that lowers `loss`, a scalar or a function that gives
    one, by the variables of var_list."""
    return self._core.minimize(_value(loss), _list(var_list),
                               self.iterations)

  def get_updates(self, loss, params):
    """A list with the train operation; see `minimize`."""
    return [self._core.minimize(_value(loss), _list(params),
                                self.iterations)]

  def apply_gradients(self, grads_and_vars, name=None, **ignored):
    """Applies pairs (gradient, variable); inside of a model function it returns
    the train operation, outside it changes tf.Variables at once."""
    pairs = list(grads_and_vars)
    if pairs and isinstance(pairs[0][1], variables.Variable):
      return variables.apply(self, pairs)
    return self._core.apply_gradients([g for g, _ in pairs],
                                      [v for _, v in pairs],
                                      self.iterations)


def _value(loss):
  value = loss() if callable(loss) else loss
  return arguments.tensor("minimize", "loss", value)


def _list(variables):
  return list(variables() if callable(variables) else variables)


class SGD(_Optimizer):
  """Gradient descent, with momentum if asked."""
  _NAME = "SGD"

  def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False,
               name="SGD", **kwargs):
    super().__init__(learning_rate, {"momentum": momentum,
                                     "nesterov": nesterov}, name, **kwargs)


class Adagrad(_Optimizer):
  """Rates by the sum of squared gradients."""
  _NAME = "Adagrad"

  def __init__(self, learning_rate=0.001, initial_accumulator_value=0.1,
               epsilon=1e-7, name="Adagrad", **kwargs):
    super().__init__(learning_rate, {
        "initial_accumulator_value": initial_accumulator_value,
        "epsilon": epsilon}, name, **kwargs)


class Adadelta(_Optimizer):
  """Rates by running windows."""
  _NAME = "Adadelta"

  def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-7,
               name="Adadelta", **kwargs):
    super().__init__(learning_rate, {"rho": rho, "epsilon": epsilon}, name,
                     **kwargs)


class Adam(_Optimizer):
  """Adaptive moments."""
  _NAME = "Adam"

  def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999,
               epsilon=1e-7, amsgrad=False, name="Adam", **kwargs):
    super().__init__(learning_rate, {
        "beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon,
        "amsgrad": amsgrad}, name, **kwargs)


class Adamax(_Optimizer):
  """Adam with the infinity norm."""
  _NAME = "Adamax"

  def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999,
               epsilon=1e-7, name="Adamax", **kwargs):
    super().__init__(learning_rate, {
        "beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon}, name,
        **kwargs)


class RMSprop(_Optimizer):
  """Rates by the running mean square."""
  _NAME = "RMSprop"

  def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0,
               epsilon=1e-7, centered=False, name="RMSprop", **kwargs):
    super().__init__(learning_rate, {
        "rho": rho, "momentum": momentum, "epsilon": epsilon,
        "centered": centered}, name, **kwargs)


class Ftrl(_Optimizer):
  """Follow the regularized leader, proximal."""
  _NAME = "Ftrl"

  def __init__(self, learning_rate=0.001, learning_rate_power=-0.5,
               initial_accumulator_value=0.1, l1_regularization_strength=0.0,
               l2_regularization_strength=0.0, name="Ftrl",
               l2_shrinkage_regularization_strength=0.0, beta=0.0, **kwargs):
    super().__init__(learning_rate, {
        "learning_rate_power": learning_rate_power,
        "initial_accumulator_value": initial_accumulator_value,
        "l1_regularization_strength": l1_regularization_strength,
        "l2_regularization_strength": l2_regularization_strength,
        "l2_shrinkage_regularization_strength":
            l2_shrinkage_regularization_strength,
        "beta": beta}, name, **kwargs)


class _Reduction:
  """How losses of elements become one number."""
  AUTO = "auto"
  NONE = "none"
  SUM = "sum"
  SUM_OVER_BATCH_SIZE = "sum_over_batch_size"


class ExponentialDecay:
  """rate * decay_rate ** (step / decay_steps), a schedule."""

  def __init__(self, initial_learning_rate, decay_steps, decay_rate,
               staircase=False, name=None):
    self._rate, self._steps = float(initial_learning_rate), float(decay_steps)
    self._decay, self._staircase = float(decay_rate), staircase

  def __call__(self, step):
    from numest.tensor import call
    exponent = step.astype("float32") / self._steps
    if self._staircase:
      exponent = call("floor", [exponent])
    return call("power", [self._decay, exponent]) * self._rate


_CLASSES = {c.__name__: c for c in (SGD, Adagrad, Adadelta, Adam, Adamax,
                                    RMSprop, Ftrl)}
_legacy = types.SimpleNamespace(Optimizer=_Optimizer, **_CLASSES)
optimizers = types.SimpleNamespace(
    legacy=_legacy,
    schedules=types.SimpleNamespace(ExponentialDecay=ExponentialDecay),
    **_CLASSES)
losses = types.SimpleNamespace(Reduction=_Reduction)
