// Gamma: Marsaglia and Tsang (2000). Poisson and binomial: by counting where
// the mean is small, else the transformed rejections of Hörmann (1993), "The
// transformed rejection method for generating Poisson random variables" and
// "The generation of binomial random variates".
#include "numest/kernels/distributions.h"

#include <cmath>

#include "numest/base/error.h"

namespace numest::kernels {

namespace {

constexpr double kLargestRate = 0x1p62;
// Below it counting is cheaper than rejection.
constexpr double kSmallMean = 10;

// std::lgamma writes to a global.
double log_factorial(double k) {
  int sign = 0;
  return ::lgamma_r(k + 1, &sign);
}

double open_uniform(Stream& stream) { return 1.0 - stream.next_double(); }

double gamma_from_one_on(Stream& stream, double shape) {
  const double d = shape - 1.0 / 3.0, c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = stream.next_normal(), root = 1.0 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    const double log_u = std::log(open_uniform(stream));
    if (log_u < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

int64_t small_poisson(Stream& stream, double rate) {
  const double end = std::exp(-rate);
  int64_t count = 0;
  for (double product = open_uniform(stream); product > end; ++count)
    product *= open_uniform(stream);
  return count;
}

int64_t large_poisson(Stream& stream, double rate) {
  const double log_rate = std::log(rate), b = 0.931 + 2.53 * std::sqrt(rate);
  const double a = -0.059 + 0.02483 * b, v_r = 0.9277 - 3.6224 / (b - 2);
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  for (;;) {
    const double u = stream.next_double() - 0.5, v = open_uniform(stream);
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= v_r) return int64_t(k);
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v * inverse_alpha / (a / (us * us) + b)) <=
        k * log_rate - rate - log_factorial(k))
      return int64_t(k);
  }
}

int64_t small_binomial(Stream& stream, int64_t n, double p) {
  const double odds = p / (1 - p);
  const double none = std::exp(double(n) * std::log1p(-p));
  for (;;) {  // again where rounding leaves more than all terms
    double u = stream.next_double(), term = none;
    for (int64_t k = 0; k <= n && term > 0; ++k) {
      if (u < term) return k;
      u -= term;
      term *= odds * double(n - k) / double(k + 1);
    }
  }
}

int64_t large_binomial(Stream& stream, int64_t trials, double p) {
  const auto n = double(trials);
  const double deviation = std::sqrt(n * p * (1 - p));
  const double b = 1.15 + 2.53 * deviation;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p, v_r = 0.92 - 4.2 / b;
  const double alpha = (2.83 + 5.1 / b) * deviation;
  const double mode = std::floor((n + 1) * p), log_odds = std::log(p / (1 - p));
  const double at_mode = log_factorial(mode) + log_factorial(n - mode);
  for (;;) {
    const double u = stream.next_double() - 0.5, v = open_uniform(stream);
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + n * p + 0.5);
    if (us >= 0.07 && v <= v_r) return int64_t(k);
    if (k < 0 || k > n) continue;
    if (std::log(v * alpha / (a / (us * us) + b)) <=
        at_mode - log_factorial(k) - log_factorial(n - k) +
            (k - mode) * log_odds)
      return int64_t(k);
  }
}

}  // namespace

double gamma_draw(Stream& stream, double shape) {
  NUMEST_USER_CHECK(shape >= 0, ValueError,
                    "random_gamma: shape < 0: got {}, expected 0 or more",
                    shape);
  if (shape == 0) return 0;
  if (shape >= 1) return gamma_from_one_on(stream, shape);
  const double boost = std::pow(open_uniform(stream), 1.0 / shape);
  return boost * gamma_from_one_on(stream, shape + 1);
}

int64_t poisson_draw(Stream& stream, double rate) {
  NUMEST_USER_CHECK(rate >= 0 && rate <= kLargestRate, ValueError,
                    "random_poisson: lam < 0, too large or NaN: got {}, "
                    "expected a rate from 0 to 2^62",
                    rate);
  return rate < kSmallMean ? small_poisson(stream, rate)
                           : large_poisson(stream, rate);
}

int64_t binomial_draw(Stream& stream, int64_t n, double p) {
  NUMEST_USER_CHECK(n >= 0, ValueError,
                    "random_binomial: n < 0: got {}, expected a number of "
                    "trials",
                    n);
  NUMEST_USER_CHECK(p >= 0 && p <= 1, ValueError,
                    "random_binomial: p < 0, p > 1 or NaN: got {}, expected a "
                    "probability",
                    p);
  if (p > 0.5) return n - binomial_draw(stream, n, 1 - p);
  if (p == 0) return 0;
  return double(n) * p < kSmallMean ? small_binomial(stream, n, p)
                                    : large_binomial(stream, n, p);
}

}  // namespace numest::kernels
