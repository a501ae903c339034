// Zipf: Devroye (1986), "Non-Uniform Random Variate Generation", X.6.1. Von
// Mises: Best and Fisher (1979). Hypergeometric: inversion, from the mode
// outwards.
#include <algorithm>
#include <cmath>

#include "numest/base/error.h"
#include "numest/kernels/distributions.h"

namespace numest::kernels {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr int64_t kMostMarbles = int64_t{1} << 40;

double open_uniform(Stream& stream) { return 1.0 - stream.next_double(); }

// log of n choose k; std::lgamma writes to a global.
double log_choose(int64_t n, int64_t k) {
  int sign = 0;
  return ::lgamma_r(double(n) + 1, &sign) - ::lgamma_r(double(k) + 1, &sign) -
         ::lgamma_r(double(n - k) + 1, &sign);
}

// The half width of the wrapped Cauchy envelope of Best and Fisher.
double envelope(double kappa) {
  if (kappa < 1e-5) return 1 / kappa + kappa;  // rounding spoils the formula
  const double r = 1 + std::sqrt(1 + 4 * kappa * kappa);
  const double rho = (r - std::sqrt(2 * r)) / (2 * kappa);
  return (1 + rho * rho) / (2 * rho);
}

double rejected_angle(Stream& stream, double kappa) {
  const double s = envelope(kappa);
  for (;;) {
    const double z = std::cos(kPi * stream.next_double());
    const double w = (1 + s * z) / (s + z), y = kappa * (s - w);
    const double v = open_uniform(stream);
    if (y * (2 - y) < v && std::log(y / v) + 1 < y) continue;
    const double angle = std::acos(std::clamp(w, -1.0, 1.0));
    return stream.next_double() < 0.5 ? -angle : angle;
  }
}

// Counts of a hypergeometric draw and the ratios of their probabilities.
struct Marbles {
  int64_t good, bad, sample;
  int64_t lowest() const { return std::max<int64_t>(0, sample - bad); }
  int64_t highest() const { return std::min(sample, good); }
  int64_t mode() const {
    const double share = (double(good) + 1) / (double(good + bad) + 2);
    const auto k = static_cast<int64_t>((double(sample) + 1) * share);
    return std::clamp(k, lowest(), highest());
  }
  double probability(int64_t k) const {
    return std::exp(log_choose(good, k) + log_choose(bad, sample - k) -
                    log_choose(good + bad, sample));
  }
  /// P(k + 1) / P(k).
  double ratio(int64_t k) const {
    return double(good - k) / double(k + 1) * double(sample - k) /
           double(bad - sample + k + 1);
  }
};

}  // namespace

int64_t zipf_draw(Stream& stream, double exponent) {
  NUMEST_USER_CHECK(exponent > 1, ValueError,
                    "random_zipf: a <= 1 or NaN: got {}, expected more than 1",
                    exponent);
  if (exponent >= 1025) return 1;  // 2^(a - 1) overflows
  const double less = exponent - 1, b = std::exp2(less);
  for (;;) {
    const double u = open_uniform(stream), v = stream.next_double();
    const double x = std::floor(std::pow(u, -1 / less));
    if (!(x >= 1 && x < 0x1p63)) continue;
    const double t = std::pow(1 + 1 / x, less);
    if (v * x * (t - 1) / (b - 1) <= t / b) return static_cast<int64_t>(x);
  }
}

double von_mises_draw(Stream& stream, double kappa) {
  NUMEST_USER_CHECK(kappa >= 0, ValueError,
                    "random_vonmises: kappa < 0 or NaN: got {}, expected 0 or "
                    "more",
                    kappa);
  if (kappa < 1e-8) return kPi * (2 * stream.next_double() - 1);
  if (kappa > 1e6)  // the envelope's rounding is wider than the angle
    return std::remainder(stream.next_normal() / std::sqrt(kappa), 2 * kPi);
  return rejected_angle(stream, kappa);
}

int64_t hypergeometric_draw(Stream& stream, int64_t good, int64_t bad,
                            int64_t sample) {
  NUMEST_USER_CHECK(
      good >= 0 && bad >= 0 && good <= kMostMarbles && bad <= kMostMarbles,
      ValueError,
      "random_hypergeometric: got ngood={} and nbad={}, "
      "expected counts up to 2^40",
      good, bad);
  NUMEST_USER_CHECK(sample >= 0 && sample <= good + bad, ValueError,
                    "random_hypergeometric: ngood + nbad < nsample: got "
                    "nsample={}, expected at most {}",
                    sample, good + bad);
  const Marbles m{good, bad, sample};
  const int64_t mode = m.mode();
  const double at_mode = m.probability(mode);
  for (;;) {  // again where rounding leaves more than all terms
    double u = stream.next_double() - at_mode;
    if (u < 0) return mode;
    double above = at_mode, below = at_mode;
    for (int64_t up = mode, down = mode; above > 0 || below > 0;) {
      above = up < m.highest() ? above * m.ratio(up++) : 0;
      if ((u -= above) < 0) return up;
      below = down > m.lowest() ? below / m.ratio(--down) : 0;
      if ((u -= below) < 0) return down;
    }
  }
}

}  // namespace numest::kernels
