// Formulas of learning rates, in float32 as TensorFlow computes them.
#include "numest/train/schedules.h"

#include <cmath>
#include <numbers>

#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest::schedules {

namespace {

constexpr double kPi = std::numbers::pi;

Tensor number(double value) { return Tensor(Array::scalar(float(value))); }

Tensor to_float(const Tensor& step) { return astype(step, DType::kFloat32); }

void check_steps(const char* what, double steps) {
  NUMEST_USER_CHECK(steps > 0, ValueError,
                    "{}: decay_steps must be positive: got {}", what, steps);
}

Tensor periods(const char* what, const Tensor& step, double decay_steps,
               bool staircase) {
  check_steps(what, decay_steps);
  const Tensor p = to_float(step) / number(decay_steps);
  return staircase ? floor(p) : p;
}

// min(step, decay_steps) / decay_steps.
Tensor fraction(const char* what, const Tensor& step, double decay_steps) {
  check_steps(what, decay_steps);
  return minimum(to_float(step), number(decay_steps)) / number(decay_steps);
}

Tensor half_cosine(const Tensor& f) {
  return number(0.5) * (number(1) + cos(number(kPi) * f));
}

}  // namespace

Tensor exponential_decay(double rate, const Tensor& step, double decay_steps,
                         double decay_rate, bool staircase) {
  return number(rate) *
         power(number(decay_rate),
               periods("exponential_decay", step, decay_steps, staircase));
}

Tensor natural_exp_decay(double rate, const Tensor& step, double decay_steps,
                         double decay_rate, bool staircase) {
  return number(rate) *
         exp(number(-decay_rate) *
             periods("natural_exp_decay", step, decay_steps, staircase));
}

Tensor inverse_time_decay(double rate, const Tensor& step, double decay_steps,
                          double decay_rate, bool staircase) {
  return number(rate) /
         (number(1) + number(decay_rate) * periods("inverse_time_decay", step,
                                                   decay_steps, staircase));
}

Tensor polynomial_decay(double rate, const Tensor& step, double decay_steps,
                        double end_rate, double power_, bool cycle) {
  check_steps("polynomial_decay", decay_steps);
  Tensor left;
  if (cycle) {
    const Tensor s = to_float(step);
    const Tensor rounds = maximum(ceil(s / number(decay_steps)), number(1));
    left = number(1) - s / (number(decay_steps) * rounds);
  } else {
    left = number(1) - fraction("polynomial_decay", step, decay_steps);
  }
  return number(rate - end_rate) * power(left, number(power_)) +
         number(end_rate);
}

Tensor cosine_decay(double rate, const Tensor& step, double decay_steps,
                    double alpha) {
  const Tensor f = fraction("cosine_decay", step, decay_steps);
  return number(rate) * (number(1 - alpha) * half_cosine(f) + number(alpha));
}

Tensor cosine_decay_restarts(double rate, const Tensor& step,
                             double first_decay_steps, double t_mul,
                             double m_mul, double alpha) {
  const Tensor done =
      periods("cosine_decay_restarts", step, first_decay_steps, false);
  Tensor restart, f;
  if (t_mul == 1.0) {
    restart = floor(done);
    f = done - restart;
  } else {
    // The i-th decay starts at (1 - t_mul^i) / (1 - t_mul) periods.
    restart = floor(log(number(1) - done * number(1 - t_mul)) /
                    number(std::log(t_mul)));
    const Tensor length = power(number(t_mul), restart);
    f = (done - (number(1) - length) / number(1 - t_mul)) / length;
  }
  return number(rate) *
         (number(1 - alpha) * power(number(m_mul), restart) * half_cosine(f) +
          number(alpha));
}

Tensor linear_cosine_decay(double rate, const Tensor& step, double decay_steps,
                           double num_periods, double alpha, double beta) {
  const Tensor f = fraction("linear_cosine_decay", step, decay_steps);
  return number(rate) * ((number(alpha) + number(1) - f) *
                             half_cosine(number(2 * num_periods) * f) +
                         number(beta));
}

Tensor piecewise_constant(const Tensor& step,
                          const std::vector<double>& boundaries,
                          const std::vector<double>& values) {
  NUMEST_USER_CHECK(values.size() == boundaries.size() + 1, ValueError,
                    "The length of boundaries should be 1 less than the "
                    "length of values: got {} boundaries and {} values",
                    boundaries.size(), values.size());
  const Tensor s = astype(step, DType::kFloat64);
  Tensor result = number(values.back());
  for (size_t i = boundaries.size(); i-- > 0;)
    result = where(less_equal(s, Tensor(Array::scalar(boundaries[i]))),
                   number(values[i]), result);
  return result;
}

}  // namespace numest::schedules
