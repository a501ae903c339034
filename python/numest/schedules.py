"""Decays of the learning rate (tf.compat.v1.train)."""
from numest import _core

__all__ = ["exponential_decay", "natural_exp_decay", "inverse_time_decay",
           "polynomial_decay", "cosine_decay", "cosine_decay_restarts",
           "linear_cosine_decay", "piecewise_constant"]


def exponential_decay(learning_rate, global_step, decay_steps, decay_rate,
                      staircase=False, name=None):
  """learning_rate * decay_rate ** (step / decay_steps), a scalar tensor.

  Args:
    learning_rate: the rate at step 0.
    global_step: the step counter of the model.
    decay_steps: above 0.
    decay_rate: factor per decay_steps.
    staircase: decay at whole multiples of decay_steps only.
  """
  return _core.exponential_decay(learning_rate, _core.tensor(global_step),
                                 decay_steps, decay_rate, staircase)


def natural_exp_decay(learning_rate, global_step, decay_steps, decay_rate,
                      staircase=False, name=None):
  """learning_rate * exp(-decay_rate * step / decay_steps)."""
  return _core.natural_exp_decay(learning_rate, _core.tensor(global_step),
                                 decay_steps, decay_rate, staircase)


def inverse_time_decay(learning_rate, global_step, decay_steps, decay_rate,
                       staircase=False, name=None):
  """learning_rate / (1 + decay_rate * step / decay_steps)."""
  return _core.inverse_time_decay(learning_rate, _core.tensor(global_step),
                                  decay_steps, decay_rate, staircase)


def polynomial_decay(learning_rate, global_step, decay_steps,
                     end_learning_rate=0.0001, power=1.0, cycle=False,
                     name=None):
  """From learning_rate to end_learning_rate in decay_steps, then constant.

  Args:
    power: 1 is a straight line.
    cycle: instead of staying at the end, decay_steps grows by its multiples.
  """
  return _core.polynomial_decay(learning_rate, _core.tensor(global_step),
                                decay_steps, end_learning_rate, power, cycle)


def cosine_decay(learning_rate, global_step, decay_steps, alpha=0.0,
                 name=None):
  """Half a cosine from learning_rate to alpha times it in decay_steps."""
  return _core.cosine_decay(learning_rate, _core.tensor(global_step),
                            decay_steps, alpha)


def cosine_decay_restarts(learning_rate, global_step, first_decay_steps,
                          t_mul=2.0, m_mul=1.0, alpha=0.0, name=None):
  """As `cosine_decay`, again and again: each run is t_mul times longer and
  starts m_mul times lower."""
  return _core.cosine_decay_restarts(
      learning_rate, _core.tensor(global_step), first_decay_steps, t_mul,
      m_mul, alpha)


def linear_cosine_decay(learning_rate, global_step, decay_steps,
                        num_periods=0.5, alpha=0.0, beta=0.001, name=None):
  """A line to 0 times num_periods cosines, plus alpha and beta."""
  return _core.linear_cosine_decay(learning_rate, _core.tensor(global_step),
                                   decay_steps, num_periods, alpha, beta)


def piecewise_constant(x, boundaries, values, name=None):
  """values[i] while x <= boundaries[i], the last value beyond.

  Args:
    x: scalar, the step counter.
    boundaries: ascending numbers.
    values: one more than boundaries.

  Raises:
    ValueError: the lengths do not fit.
  """
  return _core.piecewise_constant(_core.tensor(x), list(boundaries),
                                  list(values))
