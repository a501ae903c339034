#include "numest/train/schedules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "numest/base/error.h"

namespace numest::schedules {
namespace {

Tensor step(int64_t value) { return Tensor(Array::scalar(value)); }
double number(const Tensor& t) { return t.numpy().item<double>(); }

TEST(Schedules, FollowTheirFormulasAtEveryStep) {
  for (int64_t s = 0; s < 50; ++s) {
    const double x = double(s), f = std::min(x, 20.0) / 20;
    const double wave = 0.5 * (1 + std::cos(std::numbers::pi * f));
    EXPECT_NEAR(number(exponential_decay(0.1, step(s), 10, 0.5)),
                0.1 * std::pow(0.5, x / 10), 1e-7);
    EXPECT_NEAR(number(exponential_decay(0.1, step(s), 10, 0.5, true)),
                0.1 * std::pow(0.5, std::floor(x / 10)), 1e-7);
    EXPECT_NEAR(number(natural_exp_decay(0.1, step(s), 10, 0.5)),
                0.1 * std::exp(-0.5 * x / 10), 1e-7);
    EXPECT_NEAR(number(inverse_time_decay(0.1, step(s), 10, 0.5)),
                0.1 / (1 + 0.5 * x / 10), 1e-7);
    EXPECT_NEAR(number(polynomial_decay(0.1, step(s), 20, 0.01, 2)),
                0.09 * (1 - f) * (1 - f) + 0.01, 1e-7);
    EXPECT_NEAR(number(cosine_decay(0.1, step(s), 20, 0.2)),
                0.1 * (0.8 * wave + 0.2), 1e-7);
    EXPECT_NEAR(number(linear_cosine_decay(0.1, step(s), 20)),
                0.1 * ((1 - f) * wave + 0.001), 1e-7);
  }
}

TEST(Schedules, RestartsDoubleTheirLength) {
  for (const int64_t start : {0, 5, 15, 35})
    EXPECT_NEAR(number(cosine_decay_restarts(0.1, step(start), 5)), 0.1, 1e-6);
  EXPECT_NEAR(number(cosine_decay_restarts(0.1, step(10), 5)), 0.05, 1e-6);
  EXPECT_NEAR(number(cosine_decay_restarts(0.1, step(10), 5, 1.0, 0.5)), 0.025,
              1e-6);
}

TEST(Schedules, PiecewiseConstantIncludesItsBoundaries) {
  const std::vector<double> values{0.1, 0.05, 0.01};
  const auto at = [&](int64_t s) {
    return number(piecewise_constant(step(s), {10, 20}, values));
  };
  EXPECT_NEAR(at(10), 0.1, 1e-8);
  EXPECT_NEAR(at(11), 0.05, 1e-8);
  EXPECT_NEAR(at(20), 0.05, 1e-8);
  EXPECT_NEAR(at(21), 0.01, 1e-8);
}

TEST(Schedules, BadArgumentsAreNamed) {
  EXPECT_THROW(exponential_decay(0.1, step(1), 0, 0.5), ValueError);
  EXPECT_THROW(piecewise_constant(step(1), {10}, {0.1}), ValueError);
}

}  // namespace
}  // namespace numest::schedules
