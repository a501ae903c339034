// Each distribution by its density, or the probabilities of its counts: the
// statistic of chi-square over cells, with fixed seeds.
#include "numest/ops/distributions.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "numest/np.h"

namespace numest {
namespace {

using random::RandomState;
using random::Size;
using Density = std::function<double(double)>;

constexpr int kCount = 20000, kCells = 20;
constexpr double kPi = std::numbers::pi;

// Draws, and cells from `low` to `high`; what lies outside is one cell more.
struct Real {
  const char* name;
  double low, high;
  std::function<Tensor(RandomState&, const Size&)> draw;
  Density density;
};
// One cell for each count from `first` to `last`, and one for all others.
struct Counted {
  const char* name;
  int first, last;
  std::function<Tensor(RandomState&, const Size&)> draw;
  Density probability;
};

double integral(const Density& density, double from, double to) {
  constexpr int kSteps = 200;  // Simpson's rule
  const double h = (to - from) / kSteps;
  double sum = density(from) + density(to);
  for (int i = 1; i < kSteps; ++i)
    sum += (i % 2 ? 4 : 2) * density(from + i * h);
  return sum * h / 3;
}

// Exceeded once in some 10,000 seeds. Cells that expect few are joined.
void expect_fit(const char* name, const std::vector<double>& expected,
                const std::vector<int>& found) {
  double statistic = 0, pooled = 0, pooled_found = 0;
  int cells = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    pooled += expected[i] * kCount;
    pooled_found += found[i];
    if (pooled < 5 && i + 1 < expected.size()) continue;
    const double difference = pooled_found - pooled;
    statistic += difference * difference / std::max(pooled, 0.5);
    pooled = pooled_found = 0;
    ++cells;
  }
  EXPECT_LT(statistic, cells + 5.5 * std::sqrt(2.0 * cells)) << name;
}

std::vector<double> values(const Tensor& drawn) {
  EXPECT_EQ(drawn.shape(), (Shape{kCount}));
  return drawn.numpy().to_vector<double>();
}

void expect_density(const Real& law, const Tensor& drawn) {
  std::vector<double> expected(kCells + 1);
  std::vector<int> found(kCells + 1);
  const double width = (law.high - law.low) / kCells;
  expected[kCells] = 1;
  for (int i = 0; i < kCells; ++i) {
    const double from = law.low + i * width;
    expected[size_t(i)] = integral(law.density, from, from + width);
    expected[kCells] -= expected[size_t(i)];
  }
  for (const double v : values(drawn)) {
    const double cell = std::floor((v - law.low) / width);
    ++found[cell >= 0 && cell < kCells ? size_t(cell) : kCells];
  }
  expect_fit(law.name, expected, found);
}

void expect_probabilities(const Counted& law, const Tensor& drawn) {
  const auto cells = size_t(law.last - law.first + 1);
  std::vector<double> expected(cells + 1);
  std::vector<int> found(cells + 1);
  expected[cells] = 1;
  for (size_t i = 0; i < cells; ++i) {
    expected[i] = law.probability(law.first + int(i));
    expected[cells] -= expected[i];
  }
  EXPECT_EQ(drawn.dtype(), DType::kInt64) << law.name;
  for (const double v : values(drawn)) {
    const auto cell = int64_t(v) - law.first;
    ++found[cell >= 0 && cell < int64_t(cells) ? size_t(cell) : cells];
  }
  expect_fit(law.name, expected, found);
}

// --- Densities ---
double normal(double x, double mean, double deviation) {
  const double z = (x - mean) / deviation;
  return std::exp(-z * z / 2) / (deviation * std::sqrt(2 * kPi));
}
double gamma(double x, double shape, double scale) {
  return std::exp((shape - 1) * std::log(x) - x / scale - std::lgamma(shape) -
                  shape * std::log(scale));
}
double log_beta(double a, double b) {
  return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
}
double beta(double x, double a, double b) {
  return std::exp((a - 1) * std::log(x) + (b - 1) * std::log1p(-x) -
                  log_beta(a, b));
}
double choose(double n, double k) {
  if (k < 0 || k > n) return 0;
  return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) -
                  std::lgamma(n - k + 1));
}
double poisson(double k, double rate) {
  return std::exp(k * std::log(rate) - rate - std::lgamma(k + 1));
}
double binomial(double k, double n, double p) {
  return choose(n, k) * std::pow(p, k) * std::pow(1 - p, n - k);
}
double f_density(double x, double a, double b, double noncentral) {
  double sum = 0;
  for (int j = 0; j < 60; ++j) {
    const double weight = noncentral > 0 ? poisson(j, noncentral / 2) : j == 0;
    const double s = a / 2 + j, t = b / 2;
    sum += weight * std::exp(s * std::log(a / b) + (s - 1) * std::log(x) -
                             (s + t) * std::log1p(a / b * x) - log_beta(s, t));
  }
  return sum;
}
double noncentral_chisquare(double x, double df, double nonc) {
  double sum = 0;
  for (int j = 0; j < 60; ++j)
    sum += poisson(j, nonc / 2) * gamma(x, df / 2 + j, 2);
  return sum;
}
double triangular(double x, double left, double mode, double right) {
  return x < mode ? 2 * (x - left) / ((right - left) * (mode - left))
                  : 2 * (right - x) / ((right - left) * (right - mode));
}

const std::vector<Real>& reals() {
  using R = RandomState;
  static const std::vector<Real> laws = {
      {"random", 0, 1, [](R& r, const Size& n) { return r.random(n); },
       [](double) { return 1; }},
      {"random_sample", 0, 1,
       [](R& r, const Size& n) { return r.random_sample(n); },
       [](double) { return 1; }},
      {"uniform", -1, 3,
       [](R& r, const Size& n) { return r.uniform(-1, 3, n); },
       [](double) { return 0.25; }},
      {"standard_normal", -3, 3,
       [](R& r, const Size& n) { return r.standard_normal(n); },
       [](double x) { return normal(x, 0, 1); }},
      {"normal", -1, 11, [](R& r, const Size& n) { return r.normal(5, 2, n); },
       [](double x) { return normal(x, 5, 2); }},
      {"lognormal", 0.2, 6,
       [](R& r, const Size& n) { return r.lognormal(0.5, 0.7, n); },
       [](double x) { return normal(std::log(x), 0.5, 0.7) / x; }},
      {"wald", 0.05, 6, [](R& r, const Size& n) { return r.wald(2, 3, n); },
       [](double x) {
         return std::sqrt(3 / (2 * kPi * x * x * x)) *
                std::exp(-3 * (x - 2) * (x - 2) / (8 * x));
       }},
  };
  return laws;
}

const std::vector<Real>& inverses() {
  using R = RandomState;
  static const std::vector<Real> laws = {
      {"standard_exponential", 0, 5,
       [](R& r, const Size& n) { return r.standard_exponential(n); },
       [](double x) { return std::exp(-x); }},
      {"exponential", 0, 9,
       [](R& r, const Size& n) { return r.exponential(2, n); },
       [](double x) { return std::exp(-x / 2) / 2; }},
      {"laplace", -7, 13,
       [](R& r, const Size& n) { return r.laplace(3, 2, n); },
       [](double x) { return std::exp(-std::abs(x - 3) / 2) / 4; }},
      {"logistic", -9, 11,
       [](R& r, const Size& n) { return r.logistic(1, 2, n); },
       [](double x) {
         const double c = std::cosh((x - 1) / 4);
         return 1 / (8 * c * c);
       }},
      {"gumbel", -3, 9, [](R& r, const Size& n) { return r.gumbel(1, 2, n); },
       [](double x) {
         const double z = (x - 1) / 2;
         return std::exp(-z - std::exp(-z)) / 2;
       }},
      {"rayleigh", 0, 7, [](R& r, const Size& n) { return r.rayleigh(2, n); },
       [](double x) { return x / 4 * std::exp(-x * x / 8); }},
      {"weibull", 0, 3, [](R& r, const Size& n) { return r.weibull(1.5, n); },
       [](double x) {
         return 1.5 * std::sqrt(x) * std::exp(-std::pow(x, 1.5));
       }},
      {"pareto", 0, 3, [](R& r, const Size& n) { return r.pareto(3, n); },
       [](double x) { return 3 / std::pow(1 + x, 4); }},
      {"power", 0, 1, [](R& r, const Size& n) { return r.power(3, n); },
       [](double x) { return 3 * x * x; }},
      {"standard_cauchy", -8, 8,
       [](R& r, const Size& n) { return r.standard_cauchy(n); },
       [](double x) { return 1 / (kPi * (1 + x * x)); }},
      {"triangular", -1, 4,
       [](R& r, const Size& n) { return r.triangular(-1, 0.5, 4, n); },
       [](double x) { return triangular(x, -1, 0.5, 4); }},
  };
  return laws;
}

const std::vector<Real>& gamma_laws() {
  using R = RandomState;
  static const std::vector<Real> laws = {
      {"standard_gamma", 0.01, 3,
       [](R& r, const Size& n) { return r.standard_gamma(0.6, n); },
       [](double x) { return gamma(x, 0.6, 1); }},
      {"gamma", 0.1, 15, [](R& r, const Size& n) { return r.gamma(2.5, 2, n); },
       [](double x) { return gamma(x, 2.5, 2); }},
      {"chisquare", 0.1, 12,
       [](R& r, const Size& n) { return r.chisquare(4, n); },
       [](double x) { return gamma(x, 2, 2); }},
      {"noncentral_chisquare", 0.1, 20,
       [](R& r, const Size& n) { return r.noncentral_chisquare(3, 2, n); },
       [](double x) { return noncentral_chisquare(x, 3, 2); }},
      {"beta", 0.02, 0.98,
       [](R& r, const Size& n) { return r.beta(2, 0.8, n); },
       [](double x) { return beta(x, 2, 0.8); }},
      {"f", 0.05, 5, [](R& r, const Size& n) { return r.f(5, 9, n); },
       [](double x) { return f_density(x, 5, 9, 0); }},
      {"noncentral_f", 0.05, 8,
       [](R& r, const Size& n) { return r.noncentral_f(5, 9, 2, n); },
       [](double x) { return f_density(x, 5, 9, 2); }},
      {"standard_t", -5, 5,
       [](R& r, const Size& n) { return r.standard_t(4, n); },
       [](double x) {
         return std::pow(1 + x * x / 4, -2.5) /
                (2 * std::exp(log_beta(0.5, 2)));
       }},
      {"vonmises", -kPi, kPi,
       [](R& r, const Size& n) { return r.vonmises(1, 2, n); },
       [](double x) {
         return std::exp(2 * std::cos(x - 1)) /
                (2 * kPi * std::cyl_bessel_i(0, 2.0));
       }},
      {"dirichlet", 0.01, 0.99,
       [](R& r, const Size& n) {
         return select(r.dirichlet(array({1.5, 2.0, 0.5}), n), 1, 1);
       },
       [](double x) { return beta(x, 2, 2); }},
      {"multivariate_normal", -6, 6,
       [](R& r, const Size& n) {
         const Tensor drawn = r.multivariate_normal(
             array({1.0, -1.0}), array({{2.0, 0.5}, {0.5, 1.0}}), n);
         return sum(drawn, {1});
       },
       [](double x) { return normal(x, 0, 2); }},
  };
  return laws;
}

const std::vector<Counted>& counted() {
  using R = RandomState;
  static const std::vector<Counted> laws = {
      {"poisson", 0, 12, [](R& r, const Size& n) { return r.poisson(4.5, n); },
       [](double k) { return poisson(k, 4.5); }},
      {"poisson of a large rate", 60, 140,
       [](R& r, const Size& n) { return r.poisson(100, n); },
       [](double k) { return poisson(k, 100); }},
      {"binomial", 0, 20,
       [](R& r, const Size& n) { return r.binomial(20, 0.3, n); },
       [](double k) { return binomial(k, 20, 0.3); }},
      {"binomial of many", 110, 190,
       [](R& r, const Size& n) { return r.binomial(500, 0.3, n); },
       [](double k) { return binomial(k, 500, 0.3); }},
      {"negative_binomial", 0, 20,
       [](R& r, const Size& n) { return r.negative_binomial(3, 0.4, n); },
       [](double k) { return choose(k + 2, k) * 0.064 * std::pow(0.6, k); }},
      {"geometric", 1, 15,
       [](R& r, const Size& n) { return r.geometric(0.3, n); },
       [](double k) { return 0.3 * std::pow(0.7, k - 1); }},
      {"logseries", 1, 15,
       [](R& r, const Size& n) { return r.logseries(0.8, n); },
       [](double k) { return std::pow(0.8, k) / (k * -std::log(0.2)); }},
      {"zipf", 1, 12, [](R& r, const Size& n) { return r.zipf(2.5, n); },
       [](double k) { return std::pow(k, -2.5) / std::riemann_zeta(2.5); }},
      {"hypergeometric", 0, 16,
       [](R& r, const Size& n) { return r.hypergeometric(30, 50, 16, n); },
       [](double k) {
         return choose(30, k) * choose(50, 16 - k) / choose(80, 16);
       }},
      {"multinomial", 0, 10,
       [](R& r, const Size& n) {
         return select(r.multinomial(10, array({0.2, 0.3, 0.5}), n), 1, 1);
       },
       [](double k) { return binomial(k, 10, 0.3); }},
      {"multivariate_hypergeometric", 0, 16,
       [](R& r, const Size& n) {
         return select(
             r.multivariate_hypergeometric(array({20, 30, 30}), 16, n), 1, 1);
       },
       [](double k) {
         return choose(30, k) * choose(50, 16 - k) / choose(80, 16);
       }},
  };
  return laws;
}

const std::vector<Counted>& positions() {
  using R = RandomState;
  static const std::vector<Counted> laws = {
      {"integers", -3, 6,
       [](R& r, const Size& n) {
         return r.integers(-3, 6, n, DType::kInt64, true);
       },
       [](double) { return 0.1; }},
      {"randint", 0, 9,
       [](R& r, const Size& n) { return r.randint(10, {}, n); },
       [](double) { return 0.1; }},
      {"random_integers", 1, 6,
       [](R& r, const Size& n) { return r.random_integers(6, {}, n); },
       [](double) { return 1 / 6.0; }},
      {"choice", 0, 4, [](R& r, const Size& n) { return r.choice(5, n); },
       [](double) { return 0.2; }},
      {"choice of probabilities", 0, 2,
       [](R& r, const Size& n) {
         return r.choice(array({1, 0, 2}), n, true, array({0.5, 0.2, 0.3}));
       },
       [](double k) {
         return std::vector{0.2, 0.5, 0.3}[size_t(k)];
       }},
  };
  return laws;
}

TEST(Distributions, HaveTheirDensities) {
  RandomState r(7);
  for (const auto& laws : {reals(), inverses(), gamma_laws()})
    for (const Real& law : laws) expect_density(law, law.draw(r, kCount));
}

TEST(Distributions, HaveTheProbabilitiesOfTheirCounts) {
  RandomState r(8);
  for (const auto& laws : {counted(), positions()})
    for (const Counted& law : laws)
      expect_probabilities(law, law.draw(r, kCount));
}

TEST(Distributions, StatisticTellsNeighboursApart) {
  RandomState r(7);
  EXPECT_NONFATAL_FAILURE(
      expect_density({"", -3, 3, {}, [](double x) { return normal(x, 0, 1); }},
                     r.normal(0.1, 1, kCount)),
      "");
}

// The second of a weighted choice without replacement, and the order of all.
TEST(Distributions, ChoicesWithoutReplacementComeByTheirProbabilities) {
  RandomState r(9);
  constexpr int kRounds = 4000;
  std::vector<int> second(3), first(3);
  for (int i = 0; i < kRounds; ++i) {
    const auto weighted =
        r.choice(3, {2}, false, array({0.6, 0.3, 0.1})).numpy();
    ++second[weighted.to_vector<size_t>()[1]];
    ++first[r.permutation(3).numpy().to_vector<size_t>()[0]];
  }
  const double expected[] = {0.3 * 0.6 / 0.7 + 0.1 * 0.6 / 0.9,
                             0.6 * 0.3 / 0.4 + 0.1 * 0.3 / 0.9,
                             0.6 * 0.1 / 0.4 + 0.3 * 0.1 / 0.7};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(second[i] / double(kRounds), expected[i], 0.03);
    EXPECT_NEAR(first[i] / double(kRounds), 1 / 3.0, 0.03);
  }
}

}  // namespace
}  // namespace numest
