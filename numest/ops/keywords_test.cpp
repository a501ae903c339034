// Keyword arguments against the same calls by position, and the defaults.
#include "numest/ops/keywords.h"

#include <gtest/gtest.h>

#include "numest/base/error.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest {
namespace {

using Doubles = std::vector<double>;

Tensor matrix() { return Array::from(Doubles{3, 1, 2, -1, 5, 0}, Shape{2, 3}); }

void expect_same(const Tensor& got, const Tensor& wanted) {
  EXPECT_EQ(got.dtype(), wanted.dtype());
  EXPECT_EQ(got.shape(), wanted.shape());
  EXPECT_EQ(got.numpy().to_vector<double>(),
            wanted.numpy().to_vector<double>());
}

TEST(Keywords, ReductionsTakeThemInAnyNumber) {
  const Tensor x = matrix();
  expect_same(sum(x, {.axis = {1}, .keepdims = true}),
              sum(x, {1}, std::nullopt, true));
  expect_same(sum(x, {.axis = 0}), sum(x, 0));
  expect_same(sum(x, {.dtype = DType::kFloat32}),
              sum(x, {}, DType::kFloat32, false));
  expect_same(mean(x, {.keepdims = true}), mean(x, {}, std::nullopt, true));
  expect_same(var(x, {.axis = 1, .ddof = 1}), var(x, 1, std::nullopt, 1));
  expect_same(max(x, {.axis = {0, 1}}), max(x, {0, 1}));
  expect_same(any(x, {.axis = -1}), any(x, -1));
}

TEST(Keywords, ListsWithoutNamesAreAxes) {
  const Tensor x = matrix();
  expect_same(sum(x, {0, 1}), sum(x));
  expect_same(transpose(x, {1, 0}), transpose(x));
  expect_same(expand_dims(x, {0, 2}),
              expand_dims(x, std::vector<int64_t>{0, 2}));
}

TEST(Keywords, FollowArgumentsThatMustBeGiven) {
  const Tensor x = matrix(), at = Array::from(std::vector<int64_t>{2, 0});
  expect_same(take(x, at, {.axis = 1}), take(x, at, 1));
  expect_same(take(x, at, {.mode = "wrap"}), take(x, at, {}, "wrap"));
  expect_same(isclose(x, x + 0.1, {.atol = 0.2}),
              isclose(x, x + 0.1, 1e-5, 0.2));
  expect_same(quantile(x, 0.5, {.axis = 0}), quantile(x, 0.5, 0));
  expect_same(stack({x, x}, {.axis = 1}), stack({x, x}, 1));
  expect_same(pad(x, {1, 0, 0, 2}, {.constant_values = 7.0}),
              pad(x, {1, 0, 0, 2}, "constant", 7.0));
}

TEST(Keywords, OverloadsHaveStructsOfTheirOwn) {
  const Tensor y = matrix();
  expect_same(trapezoid(y, {.dx = 0.5, .axis = 0}), trapezoid(y, 0.5, 0));
  expect_same(trapezoid(y, y, {.axis = 0}), trapezoid(y, y, 0));
  EXPECT_EQ(split(y, 3, {.axis = 1}).size(), 3u);
}

TEST(Keywords, AnAxisIsAnInt) {
  const Tensor x = matrix(), at = Array::from(std::vector<int64_t>{1, 0});
  expect_same(take(x, at, {1}), take(x, at, 1));
  try {
    emit("take", {x, at}, {{"axis", std::vector<int64_t>{0, 1}}});
    FAIL();
  } catch (const TypeError& e) {
    EXPECT_STREQ(e.what(), "take: axis: got (0, 1), expected an int or None");
  }
  EXPECT_THROW(emit("argsort", {x}, {{"axis", std::string("rows")}}),
               TypeError);
}

TEST(Keywords, DefaultsAreThoseOfThePositions) {
  const Tensor x = matrix();
  expect_same(sum(x, SumOptions{}), sum(x));
  expect_same(argsort(x, ArgsortOptions{}), argsort(x));
  expect_same(round(x, RoundOptions{}), round(x));
  expect_same(nan_to_num(x, NanToNumOptions{}), nan_to_num(x));
  EXPECT_EQ(ArgsortOptions{}.axis, -1);
  EXPECT_EQ(IscloseOptions{}.rtol, 1e-5);
  EXPECT_TRUE(UniqueOptions{}.equal_nan);
}

}  // namespace
}  // namespace numest
