// NumPy's second names against its first ones.
#include "numest/ops/aliases.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace numest
