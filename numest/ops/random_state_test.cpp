// RandomState, Generator and the functions of np::random: shapes, seeds,
// choices and errors. Their distributions: distributions_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "numest/base/error.h"
#include "numest/graph/evaluate.h"
#include "numest/np.h"

namespace numest {
namespace {

double number(const Tensor& t) {
  return t.numpy().astype(DType::kFloat64).item<double>();
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

TEST(RandomState, RowsAddUp) {
  random::RandomState r(7);
  const Tensor thrown = r.multinomial(10, array({0.2, 0.3, 0.5}), {2000});
  EXPECT_EQ(thrown.shape(), (Shape{2000, 3}));
  EXPECT_EQ(number(max(absolute(sum(thrown, {1}) - int64_t{10}))), 0);
  const Tensor rows = r.dirichlet(array({1.0, 2.0, 5.0}), {2000});
  EXPECT_EQ(rows.shape(), (Shape{2000, 3}));
  EXPECT_NEAR(number(max(absolute(sum(rows, {1}) - 1.0))), 0, 1e-12);
  const Tensor marbles = r.multivariate_hypergeometric(array({4, 0, 5}), 6);
  EXPECT_EQ(marbles.shape(), (Shape{3}));
  EXPECT_EQ(number(sum(marbles)), 6);
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

// --- size left out ---
size_t num_different(const Tensor& drawn) {
  const auto values = drawn.numpy().to_vector<double>();
  return std::set<double>(values.begin(), values.end()).size();
}

TEST(Size, LeftOutIsTheShapeOfTheParametersWithIndependentDraws) {
  random::RandomState r(3);
  const Tensor three = array({2.0, 2.0, 2.0});
  const Tensor column = reshape(three, Shape{3, 1});
  for (const Tensor& drawn :
       {r.normal(three, 0.5), r.uniform(0, three), r.exponential(three),
        r.gamma(three), r.wald(three, 1), r.standard_t(three), r.f(three, 3),
        r.triangular(0, 1, three), r.vonmises(three, 1), r.beta(1, three),
        r.noncentral_f(three, 3, 1), r.laplace(three), r.weibull(three)}) {
    EXPECT_EQ(drawn.shape(), (Shape{3}));
    EXPECT_EQ(num_different(drawn), 3u);
  }
  EXPECT_EQ(num_different(r.normal(column, three)), 9u);
  EXPECT_EQ(r.poisson(column).shape(), (Shape{3, 1}));
  EXPECT_EQ(r.integers(0, array({5, 6})).shape(), (Shape{2}));
  EXPECT_EQ(r.multinomial(array({5, 6}), array({0.5, 0.5})).shape(),
            (Shape{2, 2}));
  EXPECT_EQ(r.normal().shape(), Shape{});
  EXPECT_EQ(num_different(random::normal(three, 0.1)), 3u);
}

TEST(Size, MayBeANumberOrNone) {
  random::RandomState r(3);
  EXPECT_EQ(r.random(4).shape(), (Shape{4}));
  EXPECT_EQ(r.normal(0, 1, {}).shape(), Shape{});
  EXPECT_EQ(r.normal(array({1, 2}), 1, std::nullopt).shape(), (Shape{2}));
  EXPECT_EQ(r.normal(0, 1, {0, 3}).shape(), (Shape{0, 3}));
}

TEST(Size, IsWhatTheParametersBroadcastTo) {
  random::RandomState r(3);
  const Tensor three = array({1.0, 2.0, 3.0});
  EXPECT_EQ(r.normal(three, 1, {2, 3}).shape(), (Shape{2, 3}));
  for (const Shape& wrong : {Shape{2}, Shape{1}, Shape{3, 1}, Shape{}})
    EXPECT_THROW(r.normal(three, 1, wrong), ValueError) << wrong.to_string();
  EXPECT_THROW(r.gamma(three, 1, 2), ValueError);
  EXPECT_THROW(r.normal(three, array({1.0, 2.0})), ValueError);
}

TEST(Size, HoldsTheSymbolsOfATrace) {
  random::RandomState r(3);
  const Tensor x = parameter({DType::kFloat64, {fresh_extent()}}, "x");
  const Tensor count = parameter({DType::kInt64, {}}, "count");
  const Array inputs[] = {array({1.0, 5.0, 9.0}).numpy(),
                          Array::scalar(int64_t{2})};
  const auto results = evaluate(
      {"f",
       {x, count},
       {r.normal(x, 1.0), r.random(x.shape()), r.gamma(2, 1, x.shape()),
        r.choice(x, 2, false), r.permutation(x), r.permutation(count),
        r.choice(count, 4), r.permuted(x, 0)}},
      inputs);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(results[i].shape(), (Shape{3}));
  EXPECT_EQ(results[3].shape(), (Shape{2}));
  EXPECT_EQ(number(sum(Tensor(results[4]))), 15);
  EXPECT_EQ(number(sum(Tensor(results[5]))), 1);
  EXPECT_LT(number(max(Tensor(results[6]))), 2);
  EXPECT_EQ(number(sum(Tensor(results[7]))), 15);
}

TEST(Size, MayDependOnValues) {
  random::RandomState r(3);
  const Tensor count = parameter({DType::kInt64, {}}, "count");
  const Tensor positions = count_up(count);
  const random::Size size(positions.shape(), {positions});
  const Array input = Array::scalar(int64_t{4});
  const auto results =
      evaluate({"f", {count}, {r.normal(0, 1, size), r.choice(9, size, false)}},
               {&input, 1});
  EXPECT_EQ(results[0].shape(), (Shape{4}));
  EXPECT_EQ(num_different(results[1]), 4u);
}

// --- Parameters that NumPy refuses ---
template <class F>
std::string refusal(const F& draw) {
  random::RandomState r(3);
  try {
    draw(r);
  } catch (const ValueError& e) {
    return e.what();
  }
  return "nothing was thrown";
}

#define EXPECT_REFUSED(text, call)                                    \
  EXPECT_THAT(refusal([](random::RandomState& r) { return r.call; }), \
              testing::HasSubstr(text))

TEST(Parameters, OutOfTheirDomainAreNamed) {
  EXPECT_REFUSED("normal: scale < 0: got -1, expected 0 or more",
                 normal(0, -1, {2}));
  EXPECT_REFUSED("lognormal: sigma < 0", lognormal(0, array({1, -2})));
  EXPECT_REFUSED("wald: mean <= 0: got 0, expected more than 0", wald(0, 1));
  EXPECT_REFUSED("exponential: scale < 0", exponential(-1.0));
  EXPECT_REFUSED("weibull: a < 0", weibull(-1));
  EXPECT_REFUSED("pareto: a <= 0", pareto(0));
  EXPECT_REFUSED("power: a <= 0", power(0));
  EXPECT_REFUSED("triangular: left > mode: got 2 and 1", triangular(2, 1, 3));
  EXPECT_REFUSED("triangular: mode > right", triangular(0, 4, 3));
  EXPECT_REFUSED("triangular: left == right", triangular(1, 1, 1));
  EXPECT_REFUSED("gamma: shape < 0", gamma(-1));
  EXPECT_REFUSED("chisquare: df <= 0", chisquare(0));
  EXPECT_REFUSED("noncentral_chisquare: nonc < 0", noncentral_chisquare(1, -1));
  EXPECT_REFUSED("beta: b <= 0", beta(1, 0));
  EXPECT_REFUSED("f: dfden <= 0", f(1, 0));
  EXPECT_REFUSED("noncentral_f: dfnum <= 0", noncentral_f(0, 1, 1));
  EXPECT_REFUSED("standard_t: df <= 0", standard_t(0));
  EXPECT_REFUSED("vonmises: kappa < 0", vonmises(0, -1));
  EXPECT_REFUSED("poisson: lam < 0, too large or NaN", poisson(-1));
  EXPECT_REFUSED("binomial: p < 0, p > 1 or p is NaN: got 1.5",
                 binomial(3, 1.5));
  EXPECT_REFUSED("negative_binomial: n <= 0", negative_binomial(0, 0.5));
  EXPECT_REFUSED("geometric: p <= 0", geometric(0));
  EXPECT_REFUSED("logseries: p < 0, p >= 1", logseries(1));
  EXPECT_REFUSED("zipf: a <= 1 or a is NaN", zipf(std::nan("")));
  EXPECT_REFUSED("hypergeometric: ngood + nbad < nsample",
                 hypergeometric(2, 3, 6));
}

TEST(Parameters, OfRowsAndChoicesAreNamed) {
  EXPECT_REFUSED("dirichlet: alpha < 0", dirichlet(array({1, -1})));
  EXPECT_REFUSED("dirichlet: alpha: got shape (1, 1)", dirichlet(array({{1}})));
  EXPECT_REFUSED("multinomial: sum(pvals[:-1]) > 1: got 1.2",
                 multinomial(3, array({0.6, 0.6, 0.0})));
  EXPECT_REFUSED("multinomial: n < 0", multinomial(-1, array({1.0})));
  EXPECT_REFUSED("nsample > sum(colors): got 4 and 3",
                 multivariate_hypergeometric(array({1, 2}), 4));
  EXPECT_REFUSED("multivariate_normal: mean: got shape ()",
                 multivariate_normal(0, array({{1.0}})));
  EXPECT_REFUSED("multivariate_normal: cov: got shape (1, 2)",
                 multivariate_normal(array({0}), array({{1.0, 2.0}})));
  EXPECT_REFUSED(
      "covariance is not symmetric positive-semidefinite",
      multivariate_normal(array({0, 1}), array({{1.0, 0.0}, {0.0, -1.0}}), {},
                          "raise"));
  EXPECT_REFUSED("integers: low >= high: got 3 and 3", integers(3, 3));
  EXPECT_REFUSED("randint: high is out of bounds",
                 randint(0, 300, {}, DType::kUInt8));
  EXPECT_REFUSED("randint: low is out of bounds",
                 randint(-1, 3, {}, DType::kUInt8));
  EXPECT_REFUSED("a must be greater than 0", choice(0));
  EXPECT_REFUSED("a and p must have same size: got 3 and 2",
                 choice(3, {}, true, array({0.5, 0.5})));
  EXPECT_REFUSED("do not sum to 1: got 1.1",
                 choice(2, {}, true, array({0.5, 0.6})));
  EXPECT_REFUSED("not non-negative", choice(2, {}, true, array({-0.5, 1.5})));
  EXPECT_REFUSED("p must be 1-dimensional", choice(1, {}, true, 1.0));
  EXPECT_REFUSED("fewer non-zero entries in p than size",
                 choice(3, 2, false, array({1, 0, 0})));
  EXPECT_REFUSED("larger sample than population", choice(2, {3}, false));
  EXPECT_REFUSED("permutation: got n -2", permutation(-2));
}

TEST(Parameters, AtTheEndsOfTheirDomainAreTaken) {
  random::RandomState r(3);
  EXPECT_EQ(number(r.normal(4, 0)), 4);
  EXPECT_EQ(number(r.weibull(0)), 0);
  EXPECT_EQ(number(r.geometric(1)), 1);
  EXPECT_EQ(number(r.geometric(1e-300)), 0x1p63 - 1024);
  EXPECT_EQ(number(r.binomial(7, 1)), 7);
  EXPECT_EQ(r.choice(0, {0}).shape(), (Shape{0}));
  EXPECT_EQ(r.integers(254, 256, 9, DType::kUInt8).dtype(), DType::kUInt8);
}

// --- Orders ---
TEST(RandomState, OrdersGoAlongTheirAxis) {
  random::RandomState r(4);
  const Tensor x = reshape(arange(12), Shape{3, 4});
  const Tensor columns = r.permutation(x, 1);
  EXPECT_TRUE(array_equal(sort(columns, 1).numpy(), x.numpy()));
  EXPECT_TRUE(
      array_equal((select(columns, 1, 0) - select(columns, 0, 0)).numpy(),
                  full({4}, 4, DType::kInt64).numpy()));
  const Tensor each = r.permuted(x, 1);
  EXPECT_TRUE(array_equal(sort(each, 1).numpy(), x.numpy()));
  EXPECT_FALSE(array_equal((select(each, 1, 0) - select(each, 0, 0)).numpy(),
                           full({4}, 4, DType::kInt64).numpy()));
  const Tensor all = r.permuted(x);
  EXPECT_EQ(all.shape(), x.shape());
  EXPECT_TRUE(array_equal(sort(ravel(all), 0).numpy(), ravel(x).numpy()));
  Tensor shuffled = x;
  r.shuffle(shuffled);
  EXPECT_FALSE(array_equal(shuffled.numpy(), x.numpy()));
  EXPECT_TRUE(array_equal(sort(shuffled, 0).numpy(), x.numpy()));
  Tensor scalar = 1.0;
  EXPECT_THROW(r.shuffle(scalar), TypeError);
  EXPECT_EQ(r.choice(x, {5}, true, {}, 1).shape(), (Shape{3, 5}));
  EXPECT_EQ(r.choice(x).shape(), (Shape{4}));
  EXPECT_EQ(r.bytes(5).size(), 5u);
}

// --- Generator ---
TEST(Generator, IsAStreamByItsSeed) {
  auto a = random::default_rng(5), b = random::default_rng(5);
  auto same = a;  // draws from one stream
  const double first = number(a.normal()), next = number(same.normal());
  EXPECT_EQ(number(b.normal()), first);
  EXPECT_EQ(number(b.normal()), next);
  EXPECT_NE(number(random::default_rng().random()),
            number(random::default_rng().random()));
}

TEST(Generator, SpawnsStreamsOfTheirOwn) {
  auto parent = random::default_rng(5);
  std::set<double> seen{number(random::default_rng(5).random())};
  for (auto& child : parent.spawn(3)) seen.insert(number(child.random()));
  for (auto& child : parent.spawn(2)) seen.insert(number(child.random()));
  EXPECT_EQ(seen.size(), 6u);
  EXPECT_EQ(number(random::default_rng(5).spawn(1)[0].random()),
            number(random::default_rng(5).spawn(2)[0].random()));
}

TEST(GlobalRandom, HasTheDistributionsOfAState) {
  random::seed(5);
  const Tensor drawn = random::gamma(2, 3, {4});
  random::seed(5);
  EXPECT_TRUE(array_equal(drawn.numpy(),
                          random::global_state().gamma(2, 3, {4}).numpy()));
  EXPECT_EQ(random::choice(array({7, 7})).numpy().item<int>(), 7);
}

TEST(GlobalRandom, TakesKeywordArguments) {
  random::seed(5);
  const Tensor drawn = random::normal(3, 1, {4});
  random::seed(5);
  EXPECT_TRUE(array_equal(drawn.numpy(),
                          random::normal({.loc = 3, .size = {4}}).numpy()));
  EXPECT_EQ(random::random({}).shape(), Shape{});
  EXPECT_EQ(random::weibull(2, {}).shape(), Shape{});
  EXPECT_EQ(random::choice(5, {.size = {2}, .replace = false}).shape(),
            (Shape{2}));
  EXPECT_EQ(random::random({.size = {2}, .dtype = DType::kFloat32}).dtype(),
            DType::kFloat32);
  EXPECT_EQ(random::ranf({2}).shape(), (Shape{2}));
}

}  // namespace
}  // namespace numest
