// np::random::RandomState: means of the distributions, ranges, seeds.
#include <gtest/gtest.h>

#include <cmath>

#include "numest/base/error.h"
#include "numest/np.h"

namespace numest {
namespace {

constexpr int64_t kCount = 40000;

double number(const Tensor& t) {
  return t.numpy().astype(DType::kFloat64).item<double>();
}

// Within five standard errors.
void expect_mean(const Tensor& draws, double wanted, double variance) {
  ASSERT_EQ(draws.shape(), (Shape{kCount}));
  EXPECT_NEAR(number(mean(draws)), wanted, 5 * std::sqrt(variance / kCount));
}

TEST(RandomState, DrawsHaveTheMeansOfTheirDistributions) {
  random::RandomState r(7);
  const Shape n = {kCount};
  expect_mean(r.random(n), 0.5, 1 / 12.0);
  expect_mean(r.uniform(-1, 3, n), 1, 16 / 12.0);
  expect_mean(r.standard_normal(n), 0, 1);
  expect_mean(r.normal(5, 2, n), 5, 4);
  expect_mean(log(r.lognormal(0.5, 0.3, n)), 0.5, 0.09);
  expect_mean(r.exponential(2, n), 2, 4);
  expect_mean(r.gamma(2.5, 3, n), 7.5, 22.5);
  expect_mean(r.chisquare(4, n), 4, 8);
  expect_mean(r.beta(2, 6, n), 0.25, 0.25 * 0.75 / 9);
  expect_mean(r.poisson(3.5, n), 3.5, 3.5);
  expect_mean(r.binomial(20, 0.3, n), 6, 4.2);
  expect_mean(r.hypergeometric(30, 50, 16, n), 6, 6 * 0.625 * 64 / 79);
  expect_mean(sin(r.vonmises(1, 1e5, n)), std::sin(1.0), 1e-5);
}

TEST(RandomState, DrawsStayInTheirRange) {
  random::RandomState r(3);
  const Tensor angle = r.vonmises(3, 0.5, {1000});
  EXPECT_LE(number(max(absolute(angle))), 3.1415926535897936);
  EXPECT_GE(number(min(r.zipf(2, {1000}))), 1);
  EXPECT_EQ(number(sum(r.permutation(10))), 45);
  EXPECT_EQ(r.poisson(1, {2, 3}).dtype(), DType::kInt64);
  EXPECT_THROW(r.zipf(1, {2}), ValueError);
}

TEST(RandomState, ParametersBroadcastToTheSize) {
  random::RandomState r(3);
  const Tensor low = Array::from(std::vector<double>{0, 100});
  const Tensor drawn = r.uniform(low, low + 1, {5, 2});
  EXPECT_GE(number(min(select(drawn, 1, 1))), 100);
  EXPECT_LT(number(max(select(drawn, 0, 1))), 1);
}

TEST(RandomState, SameSeedDrawsTheSame) {
  random::RandomState a(5), b(5);
  EXPECT_EQ(number(a.gamma(2, 1)), number(b.gamma(2, 1)));
  EXPECT_NE(number(a.normal()), number(random::RandomState(6).normal()));
  const double first = number(random::RandomState(5).uniform());
  a.seed(5);
  EXPECT_EQ(number(a.uniform()), first);
}

TEST(RandomState, InvertedDistributionsHaveTheirMeans) {
  random::RandomState r(11);
  const Shape many{100000};
  const auto mean_of = [](const Tensor& t) { return number(mean(t)); };
  EXPECT_NEAR(mean_of(r.laplace(3, 2, many)), 3, 0.05);
  EXPECT_NEAR(number(var(r.laplace(3, 2, many))), 8, 0.3);
  EXPECT_NEAR(mean_of(r.logistic(1, 1, many)), 1, 0.05);
  EXPECT_NEAR(mean_of(r.gumbel(0, 1, many)), 0.5772, 0.02);
  EXPECT_NEAR(mean_of(r.rayleigh(2, many)), 2.5066, 0.03);
  EXPECT_NEAR(mean_of(r.weibull(2, many)), 0.8862, 0.01);
  EXPECT_NEAR(mean_of(r.standard_exponential(many)), 1, 0.02);
}

// Means and variances as the distributions' formulas have them.
TEST(RandomState, ComposedDistributionsHaveTheirMeans) {
  random::RandomState r(7);
  const Shape many{100000};
  const auto mean_of = [](const Tensor& t) { return number(mean(t)); };
  EXPECT_NEAR(mean_of(r.f(5, 9, many)), 9.0 / 7, 0.02);
  EXPECT_NEAR(mean_of(r.noncentral_chisquare(3, 2, many)), 5, 0.06);
  EXPECT_NEAR(mean_of(r.noncentral_f(5, 9, 2, many)), 9.0 * 7 / (5 * 7), 0.04);
  EXPECT_NEAR(number(var(r.standard_t(9, many))), 9.0 / 7, 0.04);
  EXPECT_NEAR(number(median(r.standard_cauchy(many))), 0, 0.02);
  EXPECT_NEAR(mean_of(r.pareto(4, many)), 1.0 / 3, 0.01);
  EXPECT_NEAR(mean_of(r.power(3, many)), 0.75, 0.005);
  EXPECT_NEAR(mean_of(r.triangular(0, 1, 5, many)), 2, 0.02);
  EXPECT_NEAR(number(var(r.triangular(0, 1, 5, many))), 21.0 / 18, 0.03);
  EXPECT_NEAR(mean_of(r.wald(2, 3, many)), 2, 0.03);
  EXPECT_NEAR(number(var(r.wald(2, 3, many))), 8.0 / 3, 0.2);
  EXPECT_NEAR(mean_of(r.geometric(0.25, many)), 4, 0.06);
  EXPECT_GE(number(min(r.geometric(0.9, many))), 1);
  EXPECT_NEAR(mean_of(r.negative_binomial(3, 0.4, many)), 4.5, 0.08);
  EXPECT_NEAR(mean_of(r.logseries(0.6, many)), 1.637, 0.02);
  const Tensor thrown = r.multinomial(10, array({0.2, 0.3, 0.5}), {20000});
  EXPECT_EQ(number(max(absolute(sum(thrown, {1}) - int64_t{10}))), 0);
  EXPECT_NEAR(mean_of(take(thrown, 1, 1)), 3, 0.05);
  const Tensor both = r.multivariate_normal(
      array({1.0, -1.0}), array({{2.0, 0.5}, {0.5, 1.0}}), many);
  EXPECT_NEAR(mean_of(take(both, 1, 1)), -1, 0.02);
  EXPECT_NEAR(mean_of((take(both, 0, 1) - 1.0) * (take(both, 1, 1) + 1.0)), 0.5,
              0.03);
  const Tensor rows = r.dirichlet(array({1.0, 2.0, 5.0}), many);
  EXPECT_EQ(rows.shape(), (Shape{100000, 3}));
  EXPECT_NEAR(number(max(absolute(sum(rows, {1}) - 1.0))), 0, 1e-12);
  EXPECT_NEAR(mean_of(take(rows, 1, 1)), 0.25, 0.005);
}

TEST(RandomState, ChoicesComeFromTheRowsThatThereAre) {
  random::RandomState r(2);
  const Tensor rows = array({{1, 2}, {3, 4}, {5, 6}});
  const Tensor all = r.choice(rows, {3}, false);
  EXPECT_EQ(sort(all, 0).numpy().to_vector<int>(),
            (std::vector{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(sort(r.permutation(rows), 0).numpy().to_vector<int>(),
            (std::vector{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(r.choice(5, {4, 2}).shape(), (Shape{4, 2}));
  EXPECT_LT(number(max(r.choice(5, {100}))), 5);
  EXPECT_THROW(r.choice(2, {3}, false), ValueError);
  EXPECT_THROW(r.choice(0), ValueError);
  EXPECT_THROW(r.permutation(-2), ValueError);
  EXPECT_THROW(r.normal(0, -1, {2}), ValueError);
  EXPECT_THROW(r.exponential(-1.0), ValueError);
}

TEST(GlobalRandom, HasTheDistributionsOfAState) {
  random::seed(5);
  const Tensor drawn = random::gamma(2, 3, {4});
  random::seed(5);
  EXPECT_TRUE(array_equal(drawn.numpy(),
                          random::global_state().gamma(2, 3, {4}).numpy()));
  EXPECT_EQ(random::choice(array({7, 7})).numpy().item<int>(), 7);
}

}  // namespace
}  // namespace numest
