"""Decays of the learning rate (tf.compat.v1.train)."""
from numest import _core

__all__ = ["exponential_decay", "natural_exp_decay", "inverse_time_decay",
           "polynomial_decay", "cosine_decay", "cosine_decay_restarts",
           "linear_cosine_decay", "piecewise_constant"]


def exponential_decay(learning_rate, global_step, decay_steps, decay_rate,
                      staircase=False, name=None):
  return _core.exponential_decay(learning_rate, _core.tensor(global_step),
                                 decay_steps, decay_rate, staircase)


def natural_exp_decay(learning_rate, global_step, decay_steps, decay_rate,
                      staircase=False, name=None):
  return _core.natural_exp_decay(learning_rate, _core.tensor(global_step),
                                 decay_steps, decay_rate, staircase)


def inverse_time_decay(learning_rate, global_step, decay_steps, decay_rate,
                       staircase=False, name=None):
  return _core.inverse_time_decay(learning_rate, _core.tensor(global_step),
                                  decay_steps, decay_rate, staircase)


def polynomial_decay(learning_rate, global_step, decay_steps,
                     end_learning_rate=0.0001, power=1.0, cycle=False,
                     name=None):
  return _core.polynomial_decay(learning_rate, _core.tensor(global_step),
                                decay_steps, end_learning_rate, power, cycle)


def cosine_decay(learning_rate, global_step, decay_steps, alpha=0.0,
                 name=None):
  return _core.cosine_decay(learning_rate, _core.tensor(global_step),
                            decay_steps, alpha)


def cosine_decay_restarts(learning_rate, global_step, first_decay_steps,
                          t_mul=2.0, m_mul=1.0, alpha=0.0, name=None):
  return _core.cosine_decay_restarts(
      learning_rate, _core.tensor(global_step), first_decay_steps, t_mul,
      m_mul, alpha)


def linear_cosine_decay(learning_rate, global_step, decay_steps,
                        num_periods=0.5, alpha=0.0, beta=0.001, name=None):
  return _core.linear_cosine_decay(learning_rate, _core.tensor(global_step),
                                   decay_steps, num_periods, alpha, beta)


def piecewise_constant(x, boundaries, values, name=None):
  return _core.piecewise_constant(_core.tensor(x), list(boundaries),
                                  list(values))
