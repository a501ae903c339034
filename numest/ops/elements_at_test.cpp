#include "numest/ops/elements_at.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/graph/evaluate.h"
#include "numest/ops/composite.h"
#include "numest/ops/emit.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

using testing::_;
using testing::ElementsAre;
using testing::SizeIs;

const Tensor kCount = parameter({DType::kInt64, {}}, "count");
const Tensor kRows = parameter({DType::kFloat64, {5, 2}}, "rows");
const Tensor kPositions(Array::from(std::vector<int64_t>{1, 0, 4, -1}));

Tensor rows_from(int64_t start) {
  return take(kRows, count_up(kCount) + Tensor(start), 0);
}

std::vector<double> first_column(const Tensor& t, int64_t count) {
  Array rows(DType::kFloat64, {5, 2});
  for (int i = 0; i < 10; ++i) rows.data<double>()[i] = i / 2 + i % 2 * 100;
  const Array inputs[] = {Array::scalar(count), rows};
  const Array found =
      evaluate({"f", {kCount, kRows}, {take(t, 0, 1)}}, inputs)[0];
  return found.to_vector<double>();
}

TEST(ElementsAt, ReadsWhatWasSlicedAndComputed) {
  const Tensor t = rows_from(1) * 2.0 + rows_from(0);
  const auto found = elements_at(t, kPositions, 0);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->shape(), Shape({4, 2}));
  // There are three rows, and so none at 4 and -1.
  EXPECT_THAT(first_column(*found, 3), ElementsAre(5, 2, _, _));
  EXPECT_THAT(first_column(*found, 0), SizeIs(4));
}

TEST(ElementsAt, ReadsAlongTheAxisThatIsNotKnown) {
  const Tensor t =
      take(rows_from(2), Tensor(Array::from(std::vector<int64_t>{1, 0, 1})), 1);
  const auto found = elements_at(t, kPositions, 0);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->shape(), Shape({4, 3}));
  EXPECT_THAT(first_column(*found, 2), ElementsAre(103, 102, _, _));
  EXPECT_FALSE(elements_at(t, kPositions, 1).has_value());
}

TEST(ElementsAt, RefusesCountsThatMayDiffer) {
  EXPECT_TRUE(
      elements_at(rows_from(0) + rows_from(0), kPositions, 0).has_value());
  const Tensor less = take(kRows, count_up(kCount - Tensor(1)), 0);
  EXPECT_FALSE(elements_at(rows_from(0) + less, kPositions, 0).has_value());
  EXPECT_FALSE(elements_at(kRows, kPositions, 0).has_value());
}

TEST(ExtentAt, IsTheCount) {
  const Tensor extent = extent_at(rows_from(1) * 2.0, 0);
  const Array inputs[] = {Array::scalar(int64_t{3})};
  EXPECT_EQ(evaluate({"f", {kCount}, {extent}}, inputs)[0].item<int64_t>(), 3);
}

}  // namespace
}  // namespace numest
