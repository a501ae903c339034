// Learning rates that fall with the step (tf.compat.v1.train decays).
#pragma once

#include <vector>

#include "numest/graph/node.h"

namespace numest::schedules {

// All take the step as an integer scalar and give a float32 scalar; a number
// of steps must be positive (ValueError).

/// rate * decay_rate ^ (step / decay_steps); whole exponents if `staircase`.
Tensor exponential_decay(double rate, const Tensor& step, double decay_steps,
                         double decay_rate, bool staircase = false);
/// rate * exp(-decay_rate * step / decay_steps).
Tensor natural_exp_decay(double rate, const Tensor& step, double decay_steps,
                         double decay_rate, bool staircase = false);
/// rate / (1 + decay_rate * step / decay_steps).
Tensor inverse_time_decay(double rate, const Tensor& step, double decay_steps,
                          double decay_rate, bool staircase = false);
/// From `rate` to `end_rate` over `decay_steps`; `cycle` prolongs
/// decay_steps to the next multiple beyond the step.
Tensor polynomial_decay(double rate, const Tensor& step, double decay_steps,
                        double end_rate = 1e-4, double power = 1.0,
                        bool cycle = false);
Tensor cosine_decay(double rate, const Tensor& step, double decay_steps,
                    double alpha = 0.0);
/// Cosine decays one after another, each `t_mul` times as long and starting
/// at `m_mul` times the rate (Loshchilov, Hutter 2017).
Tensor cosine_decay_restarts(double rate, const Tensor& step,
                             double first_decay_steps, double t_mul = 2.0,
                             double m_mul = 1.0, double alpha = 0.0);
Tensor linear_cosine_decay(double rate, const Tensor& step, double decay_steps,
                           double num_periods = 0.5, double alpha = 0.0,
                           double beta = 0.001);
/// values[i] for boundaries[i-1] < step <= boundaries[i]. ValueError unless
/// there is one more value than boundaries.
Tensor piecewise_constant(const Tensor& step,
                          const std::vector<double>& boundaries,
                          const std::vector<double>& values);

}  // namespace numest::schedules
