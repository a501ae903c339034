// Moments and probabilities against the formulas of the distributions.
#include "numest/kernels/distributions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "numest/base/error.h"

namespace numest::kernels {
namespace {

constexpr int kCount = 100000;

struct Moments {
  double mean = 0, variance = 0;
};

template <class F>
Moments moments(F&& draw) {
  double sum = 0, squares = 0;
  for (int i = 0; i < kCount; ++i) {
    Stream stream(fold(Key{7}, uint64_t(i)));
    const auto value = double(draw(stream));
    sum += value;
    squares += value * value;
  }
  const double mean = sum / kCount;
  return {mean, squares / kCount - mean * mean};
}

// Five standard errors of the mean; the variance to 5 %.
void expect_moments(const Moments& got, double mean, double variance) {
  EXPECT_NEAR(got.mean, mean, 5 * std::sqrt(variance / kCount));
  EXPECT_NEAR(got.variance, variance, 0.05 * variance);
}

// The statistic of chi-square over the values that are expected 20 times.
template <class Draw, class Log>
void expect_frequencies(Draw&& draw, Log&& log_probability) {
  std::map<int64_t, int> counts;
  for (int i = 0; i < kCount; ++i) {
    Stream stream(fold(Key{11}, uint64_t(i)));
    ++counts[draw(stream)];
  }
  double statistic = 0;
  int cells = 0;
  for (const auto& [value, count] : counts) {
    const double expected = kCount * std::exp(log_probability(double(value)));
    if (expected < 20) continue;
    statistic += (count - expected) * (count - expected) / expected;
    ++cells;
  }
  ASSERT_GT(cells, 3);
  EXPECT_LT(statistic, cells + 5 * std::sqrt(2.0 * cells));
}

TEST(Distributions, GammaHasItsMoments) {
  for (const double shape : {0.1, 0.7, 1.0, 2.5, 40.0, 1e6})
    expect_moments(moments([&](Stream& s) { return gamma_draw(s, shape); }),
                   shape, shape);
  Stream stream(Key{1});
  EXPECT_EQ(gamma_draw(stream, 0), 0);
}

TEST(Distributions, PoissonHasItsMomentsAndFrequencies) {
  for (const double rate : {0.01, 0.5, 4.5, 9.99, 10.0, 37.0, 1e4, 1e12})
    expect_moments(moments([&](Stream& s) { return poisson_draw(s, rate); }),
                   rate, rate);
  for (const double rate : {3.0, 12.0, 250.0})
    expect_frequencies([&](Stream& s) { return poisson_draw(s, rate); },
                       [&](double k) {
                         return k * std::log(rate) - rate - std::lgamma(k + 1);
                       });
  Stream stream(Key{1});
  EXPECT_EQ(poisson_draw(stream, 0), 0);
}

TEST(Distributions, BinomialHasItsMomentsAndFrequencies) {
  const std::pair<int64_t, double> cases[] = {
      {1, 0.3}, {20, 0.1}, {20, 0.9}, {30, 0.5}, {1000, 0.4}, {10000000, 0.7}};
  for (const auto& [n, p] : cases)
    expect_moments(moments([&, n = n, p = p](Stream& s) {
                     return binomial_draw(s, n, p);
                   }),
                   double(n) * p, double(n) * p * (1 - p));
  for (const auto& [n, p] : {std::pair{40.0, 0.5}, std::pair{300.0, 0.8}})
    expect_frequencies(
        [&, n = n, p = p](Stream& s) {
          return binomial_draw(s, int64_t(n), p);
        },
        [n = n, p = p](double k) {
          return std::lgamma(n + 1) - std::lgamma(k + 1) -
                 std::lgamma(n - k + 1) + k * std::log(p) +
                 (n - k) * std::log1p(-p);
        });
}

TEST(Distributions, BinomialOfCertainOutcomesIsConstant) {
  Stream stream(Key{1});
  EXPECT_EQ(binomial_draw(stream, 7, 0), 0);
  EXPECT_EQ(binomial_draw(stream, 7, 1), 7);
  EXPECT_EQ(binomial_draw(stream, 0, 0.4), 0);
}

TEST(Distributions, ZipfHasItsFrequencies) {
  for (const double a : {1.5, 2.0, 4.0}) {
    double zeta = 0;  // with Euler's and Maclaurin's rest
    const double last = 1e5;
    for (double k = last; k >= 1; --k) zeta += std::pow(k, -a);
    zeta += std::pow(last, 1 - a) / (a - 1) - std::pow(last, -a) / 2;
    expect_frequencies(
        [&](Stream& s) { return zipf_draw(s, a); },
        [&](double k) { return -a * std::log(k * 1.0) - std::log(zeta); });
  }
  Stream stream(Key{1});
  EXPECT_EQ(zipf_draw(stream, 2000), 1);
}

// The density of the angle is exp(kappa cos t) / (2 pi I0(kappa)).
TEST(Distributions, VonMisesHasItsFirstMoment) {
  for (const double kappa : {1e-9, 1e-6, 0.5, 4.0, 300.0, 1e7}) {
    double cosines = 0;
    for (int i = 0; i < kCount; ++i) {
      Stream stream(fold(Key{5}, uint64_t(i)));
      const double angle = von_mises_draw(stream, kappa);
      ASSERT_LE(std::abs(angle), 3.1415926535897936);
      cosines += std::cos(angle) / kCount;
    }
    const double first =
        kappa > 500 ? 1 - 0.5 / kappa
                    : std::cyl_bessel_i(1, kappa) / std::cyl_bessel_i(0, kappa);
    EXPECT_NEAR(cosines, first, 5 / std::sqrt(2.0 * kCount)) << kappa;
  }
}

TEST(Distributions, HypergeometricHasItsMomentsAndFrequencies) {
  const int64_t cases[][3] = {{5, 7, 6},
                              {40, 3, 20},
                              {500, 700, 300},
                              {1 << 20, 1 << 10, 3000},
                              {10000, 10000, 9000}};
  for (const auto& [good, bad, sample] : cases) {
    const auto draw = [&, g = good, b = bad, n = sample](Stream& s) {
      return hypergeometric_draw(s, g, b, n);
    };
    const double total = double(good + bad), share = double(good) / total;
    const double n = double(sample);
    expect_moments(moments(draw), n * share,
                   n * share * (1 - share) * (total - n) / (total - 1));
  }
  const auto log_choose = [](double n, double k) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
  };
  expect_frequencies(
      [](Stream& s) { return hypergeometric_draw(s, 30, 50, 20); },
      [&](double k) {
        return log_choose(30, k) + log_choose(50, 20 - k) - log_choose(80, 20);
      });
}

TEST(Distributions, HypergeometricOfCertainOutcomesIsConstant) {
  Stream stream(Key{1});
  EXPECT_EQ(hypergeometric_draw(stream, 0, 0, 0), 0);
  EXPECT_EQ(hypergeometric_draw(stream, 4, 0, 3), 3);
  EXPECT_EQ(hypergeometric_draw(stream, 0, 4, 3), 0);
  EXPECT_EQ(hypergeometric_draw(stream, 4, 5, 9), 4);
}

TEST(Distributions, RefuseParametersOutsideOfTheirRange) {
  Stream stream(Key{1});
  EXPECT_THROW(gamma_draw(stream, -1), ValueError);
  EXPECT_THROW(gamma_draw(stream, std::nan("")), ValueError);
  EXPECT_THROW(poisson_draw(stream, -0.5), ValueError);
  EXPECT_THROW(poisson_draw(stream, 1e300), ValueError);
  EXPECT_THROW(binomial_draw(stream, -1, 0.5), ValueError);
  EXPECT_THROW(binomial_draw(stream, 3, 1.5), ValueError);
  EXPECT_THROW(zipf_draw(stream, 1), ValueError);
  EXPECT_THROW(von_mises_draw(stream, -1), ValueError);
  EXPECT_THROW(hypergeometric_draw(stream, 2, 3, 6), ValueError);
  EXPECT_THROW(hypergeometric_draw(stream, -2, 3, 1), ValueError);
}

}  // namespace
}  // namespace numest::kernels
