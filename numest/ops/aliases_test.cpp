// NumPy's second names against its first ones.
#include "numest/ops/aliases.h"

#include <gtest/gtest.h>

#include <cmath>

#include "numest/ops/operators.h"

namespace numest {
namespace {

void expect_same(const Tensor& got, const Tensor& wanted) {
  EXPECT_EQ(got.dtype(), wanted.dtype());
  EXPECT_TRUE(array_equal(got.numpy(), wanted.numpy())) << got.to_string();
}

TEST(Aliases, AreTheFunctionsThatTheyName) {
  const Tensor i = array({-3, 5, 2}), x = array({-0.5, 0.25, 1.0});
  expect_same(abs(i), array({3, 5, 2}));
  expect_same(fabs(i), array({3.0, 5.0, 2.0}));
  expect_same(mod(i, 3), array({0, 2, 2}));
  expect_same(pow(i, 2), array({9, 25, 4}));
  expect_same(true_divide(i, 2), array({-1.5, 2.5, 1.0}));
  expect_same(acos(x), arccos(x));
  expect_same(atan2(x, 2.0), arctan2(x, 2.0));
  expect_same(concat({i, i}, {.axis = 0}), concatenate({i, i}));
  expect_same(i << 1, array({-6, 10, 4}));
  expect_same(i >> 1, array({-2, 2, 1}));
}

TEST(Aliases, WhereOfOneArgumentGivesPositions) {
  const auto found = where(array({{true, false}, {true, true}}));
  ASSERT_EQ(found.size(), 2u);
  expect_same(found[0], array({0, 1, 1}));
  expect_same(found[1], array({0, 0, 1}));
}

TEST(Aliases, ClipTakesOneBoundOrBoth) {
  const Tensor x = array({-2.0, 0.5, 3.0});
  expect_same(clip(x, {.a_min = 0.0}), array({0.0, 0.5, 3.0}));
  expect_same(clip(x, {.a_max = 1.0}), array({-2.0, 0.5, 1.0}));
  expect_same(clip(x, {.a_min = 0.0, .a_max = 1.0}), clip(x, 0.0, 1.0));
}

TEST(Aliases, OfNumPy1) {
  const Tensor m = array({{3.0, 1.0}, {2.0, 5.0}});
  expect_same(product(m, {.axis = {0}}), prod(m, {0}));
  expect_same(cumproduct(m), cumprod(m));
  expect_same(alltrue(m > 1, {.axis = {1}}), array({false, true}));
  expect_same(sometrue(m > 4), array(true));
  expect_same(round_(m / 3, 1), round(m / 3, 1));
  expect_same(msort(m), array({{2.0, 1.0}, {3.0, 5.0}}));
  expect_same(row_stack({m, m}), vstack({m, m}));
  expect_same(trapz(m, {.dx = 2}), trapezoid(m, {.dx = 2}));
  expect_same(trapz(m, m), trapezoid(m, m));
}

TEST(Aliases, OfWhatIsSaidAboutMemory) {
  const Tensor x = array({1.0, nan("")});
  expect_same(ascontiguousarray(array(2)), array({2}));
  expect_same(require(array({2}), DType::kFloat32),
              array({2}, DType::kFloat32));
  expect_same(asarray_chkfinite(array({1.0})), array({1.0}));
  EXPECT_THROW(asarray_chkfinite(x), ValueError);
}

TEST(Operators, ThatWriteKeepTheDtype) {
  Tensor x = array({1.0, 2.0}, DType::kFloat32);
  const Tensor before = x;
  x += array({0.5, 0.25});
  x *= 2;
  expect_same(x, array({3.0, 4.5}, DType::kFloat32));
  expect_same(before, array({1.0, 2.0}, DType::kFloat32));
  Tensor i = array({6, 5});
  i %= 4;
  i |= 8;
  i <<= 1;
  expect_same(i, array({20, 18}));
  EXPECT_THROW(i += 0.5, TypeError);
  EXPECT_THROW(i /= 2, TypeError);
  EXPECT_THROW(i -= array({{1, 2}, {3, 4}}), ValueError);
  expect_same(i, array({20, 18}));
  Tensor number = 3;
  number += 0.5;
  expect_same(+number, Tensor(3.5));
}

}  // namespace
}  // namespace numest
