// Arguments that NumPy's functions have besides the arrays, in C++. Expected
// values are NumPy's, of the same calls.
#include <gtest/gtest.h>

#include "numest/np.h"

namespace numest {
namespace {

void expect_near(const Tensor& got, const Tensor& wanted) {
  EXPECT_EQ(got.dtype(), wanted.dtype());
  EXPECT_EQ(got.shape(), wanted.shape());
  EXPECT_TRUE(allclose(got.numpy(), wanted.numpy())) << got.to_string();
}

Tensor table() { return array({{1.0, 2.0, 4.0, 3.0}, {0.0, 1.0, 0.0, 5.0}}); }

TEST(Covariance, CountsObservationsAsOftenAsTheirWeights) {
  const Tensor m = table();
  expect_near(cov(m, {.fweights = array({1, 2, 1, 3})}),
              array({{20.0 / 21, 37.0 / 42}, {37.0 / 42, 125.0 / 21}}));
  expect_near(cov(m, {.aweights = array({0.5, 1.0, 2.0, 1.0})}),
              array({{1.607142857142857, -0.3214285714285714},
                     {-0.3214285714285714, 5.7857142857142865}}));
  expect_near(cov(transpose(m), {.rowvar = false, .bias = true}),
              array({{1.25, 0.5}, {0.5, 4.25}}));
  expect_near(cov(select(m, 0), select(m, 1)), cov(m));
  EXPECT_THROW(cov(m, {.fweights = array({1, 2})}), ValueError);
}

TEST(Covariance, OfComplexNumbersIsConjugated) {
  const Tensor i = Array::scalar(Complex128(0, 1)), m = table();
  const Tensor z = m + i * flip(m, 0);
  expect_near(cov(z), array({{22.0 / 3 + 0.0 * i, 4.0 / 3 + 4.0 * i},
                             {4.0 / 3 - 4.0 * i, 22.0 / 3 + 0.0 * i}}));
  expect_near(corrcoef(z), cov(z) / (22.0 / 3));
}

TEST(Diff, GoesOverWhatStandsBeforeAndBehind) {
  expect_near(diff(array({1, 4}), {.prepend = 0, .append = array({9, 9})}),
              array({1, 3, 5, 0}));
  expect_near(diff(table(), {.axis = 1, .append = 1.5}),
              array({{1.0, 2.0, -1.0, -1.5}, {1.0, -1.0, 5.0, -3.5}}));
}

TEST(Interp, CountsModuloAPeriod) {
  expect_near(interp(array({-1.0, 0.5, 7.0}), array({0.0, 3.0, 1.0}),
                     array({5.0, 6.0, 9.0}), {.period = 4}),
              array({6.0, 7.0, 6.0}));
  EXPECT_THROW(interp(0.5, array({0.0}), array({1.0}), {.period = 0}),
               ValueError);
}

TEST(Isin, IsInverted) {
  const Tensor x = array({1, 2, 3});
  expect_near(isin(x, array({2}), {.invert = true}),
              array({true, false, true}));
}

TEST(Select, TakesTheFirstChoiceWhoseConditionHolds) {
  const Tensor x = array({-1.0, 0.5, 2.0});
  expect_near(select({x > 1, x > 0}, {10 * x, x}, -7),
              array({-7.0, 0.5, 20.0}));
  expect_near(select({x > 1}, {x}), array({0.0, 0.0, 2.0}));
  EXPECT_THROW(select({x > 1, x > 0}, {x}), ValueError);
}

TEST(Splits, EndBeforeEachIndex) {
  const std::vector<int64_t> at{1, 3};
  expect_near(hsplit(table(), at)[1], array({{2.0, 4.0}, {1.0, 0.0}}));
  expect_near(hsplit(arange(4), at)[2], array({3}));
  expect_near(vsplit(table(), std::vector<int64_t>{1})[1],
              array({{0.0, 1.0, 0.0, 5.0}}));
  expect_near(dsplit(reshape(arange(4), {1, 1, 4}), at)[0], array({{{0}}}));
  expect_near(array_split(arange(4), at)[1], array({1, 2}));
}

TEST(Cond, IsOfAnyNorm) {
  const Tensor m = array({{1.0, 2.0}, {0.0, 1.0}});
  expect_near(linalg::cond(m, 1), Tensor(array(9.0)));
  expect_near(linalg::cond(m, "fro"), Tensor(array(6.0)));
  expect_near(linalg::cond(m, -2), 1.0 / linalg::cond(m));
}

}  // namespace
}  // namespace numest
