// Composite functions against values worked out by hand or by NumPy.
#include "numest/ops/composite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "numest/graph/evaluate.h"
#include "numest/ops/operators.h"

namespace numest {
namespace {

using Doubles = std::vector<double>;

Tensor matrix() { return Array::from<double>({1, 2, 3, 4, 5, 7}, {2, 3}); }

Doubles values(const Tensor& t) { return t.numpy().to_vector<double>(); }

TEST(Mean, OfIntegersIsFloat64) {
  const Tensor m = mean(Array::from<int32_t>({1, 2, 4}));
  EXPECT_EQ(m.dtype(), DType::kFloat64);
  EXPECT_DOUBLE_EQ(values(m)[0], 7.0 / 3);
}

TEST(Mean, KeepsFloat32AndAxes) {
  const Tensor m = mean(Array::from<float>({1, 2, 3, 4}, {2, 2}), 1, {}, true);
  EXPECT_EQ(m.dtype(), DType::kFloat32);
  EXPECT_EQ(m.shape(), (Shape{2, 1}));
  EXPECT_EQ(values(m), (Doubles{1.5, 3.5}));
}

TEST(Mean, OfAnEmptyArrayIsNan) {
  EXPECT_TRUE(std::isnan(values(mean(zeros({0})))[0]));
}

TEST(Mean, OfASymbolicExtentDividesByTheActualOne) {
  const Tensor x = parameter({DType::kFloat64, Shape{fresh_extent(), 2}});
  const Graph graph{"mean", {x}, {mean(x)}};
  const Array in[] = {Array::from<double>({1, 2, 3, 6}, {2, 2})};
  EXPECT_EQ(evaluate(graph, in)[0].item<double>(), 3);
}

TEST(Var, SubtractsDdofFromTheDivisor) {
  const Tensor x = Array::from<double>({1, 2, 4, 5});
  EXPECT_EQ(values(var(x))[0], 2.5);
  EXPECT_DOUBLE_EQ(values(var(x, {}, {}, 1))[0], 10.0 / 3);
  EXPECT_DOUBLE_EQ(values(numest::std(x))[0], std::sqrt(2.5));
}

TEST(Average, WeighsElements) {
  const Tensor x = Array::from<double>({1, 3});
  const Tensor w = Array::from<double>({3, 1});
  EXPECT_EQ(values(average(x, {}, w)), (Doubles{1.5}));
  // One weight for each row, of a square matrix too.
  const Tensor square = Array::from(Doubles{1, 2, 3, 4}, Shape{2, 2});
  EXPECT_EQ(values(average(square, 0, Array::from(Doubles{3, 1}))),
            (Doubles{1.5, 2.5}));
  EXPECT_EQ(values(average(square)), (Doubles{2.5}));
}

TEST(Diff, TakesDifferencesOfNeighbours) {
  EXPECT_EQ(values(diff(matrix())), (Doubles{1, 1, 1, 2}));
  EXPECT_EQ(values(diff(matrix(), 2)), (Doubles{0, 1}));
  EXPECT_EQ(values(diff(matrix(), 1, 0)), (Doubles{3, 3, 4}));
}

TEST(Round, RoundsHalvesToEven) {
  const Tensor x = Array::from<double>({0.5, 1.5, 2.345, -1.25});
  EXPECT_EQ(values(numest::round(x)), (Doubles{0, 2, 2, -1}));
  EXPECT_EQ(values(numest::round(x, 1)), (Doubles{0.5, 1.5, 2.3, -1.2}));
  const Tensor n = Array::from<int64_t>({15, 25, 149});
  EXPECT_EQ(values(numest::round(n, -1)), (Doubles{20, 20, 150}));
}

TEST(NanToNum, ReplacesOnlyWhatIsNotFinite) {
  const Tensor x = Array::from<float>({NAN, INFINITY, -INFINITY, 2});
  const Tensor y = nan_to_num(x, 0, 9, -9);
  EXPECT_EQ(y.dtype(), DType::kFloat32);
  EXPECT_EQ(values(y), (Doubles{0, 9, -9, 2}));
}

TEST(Isclose, TreatsInfinitiesAndNanAsNumPy) {
  const Tensor a = Array::from<double>({1, INFINITY, INFINITY, NAN});
  const Tensor b = Array::from<double>({1 + 1e-9, INFINITY, 1, NAN});
  EXPECT_EQ(values(isclose(a, b)), (Doubles{1, 1, 0, 0}));
  EXPECT_EQ(values(isclose(a, b, 1e-5, 1e-8, true)), (Doubles{1, 1, 0, 1}));
}

TEST(Linspace, IncludesTheEndByDefault) {
  EXPECT_EQ(values(linspace(0, 1, 5)), (Doubles{0, 0.25, 0.5, 0.75, 1}));
  EXPECT_EQ(values(linspace(0, 1, 4, false)), (Doubles{0, 0.25, 0.5, 0.75}));
  EXPECT_EQ(values(linspace(2, 3, 1)), (Doubles{2}));
}

TEST(Arange, OfOneIntIsInt64) {
  EXPECT_EQ(arange(3).dtype(), DType::kInt64);
  EXPECT_EQ(values(arange(3)), (Doubles{0, 1, 2}));
}

TEST(Flip, ReversesAxes) {
  EXPECT_EQ(values(flip(matrix())), (Doubles{7, 5, 4, 3, 2, 1}));
  EXPECT_EQ(values(fliplr(matrix())), (Doubles{3, 2, 1, 7, 5, 4}));
  EXPECT_EQ(values(flipud(matrix())), (Doubles{4, 5, 7, 1, 2, 3}));
}

TEST(Axes, MoveAndSwap) {
  const Tensor x = zeros({2, 3, 4});
  EXPECT_EQ(moveaxis(x, 0, -1).shape(), (Shape{3, 4, 2}));
  EXPECT_EQ(moveaxis(x, {0, 1}, {-1, 0}).shape(), (Shape{3, 4, 2}));
  EXPECT_EQ(swapaxes(x, 0, 2).shape(), (Shape{4, 3, 2}));
}

TEST(Stack, JoinsAlongANewAxis) {
  const Tensor a = Array::from<double>({1, 2}), b = Array::from<double>({3, 4});
  EXPECT_EQ(values(stack({a, b})), (Doubles{1, 2, 3, 4}));
  EXPECT_EQ(values(stack({a, b}, -1)), (Doubles{1, 3, 2, 4}));
  EXPECT_EQ(vstack({a, b}).shape(), (Shape{2, 2}));
  EXPECT_EQ(hstack({a, b}).shape(), (Shape{4}));
  EXPECT_EQ(values(column_stack({a, b})), (Doubles{1, 3, 2, 4}));
}

TEST(Split, CutsEqualPartsOrAtIndices) {
  const auto halves = split(arange(6), 2);
  EXPECT_EQ(values(halves[1]), (Doubles{3, 4, 5}));
  const auto parts = split(arange(6), std::vector<int64_t>{1, 4});
  EXPECT_EQ(values(parts[1]), (Doubles{1, 2, 3}));
  EXPECT_EQ(values(parts[2]), (Doubles{4, 5}));
  EXPECT_THROW(split(arange(6), 4), ValueError);
}

TEST(Outer, MultipliesAllPairs) {
  const Tensor a = Array::from<double>({1, 2});
  EXPECT_EQ(values(outer(a, matrix())),
            (Doubles{1, 2, 3, 4, 5, 7, 2, 4, 6, 8, 10, 14}));
}

TEST(Norm, IsEuclidean) {
  EXPECT_EQ(values(norm(Array::from<int64_t>({3, 4}))), (Doubles{5}));
  EXPECT_EQ(norm(matrix(), 1).shape(), (Shape{2}));
}

TEST(Operators, TakeTheArraysDtypeWithNumbers) {
  const Tensor x = Array::from<float>({1, 2});
  EXPECT_EQ((2 * x + 1.5).dtype(), DType::kFloat32);
  EXPECT_EQ(values(-(x - 3) % 2), (Doubles{0, 1}));
  EXPECT_EQ((x < 2).dtype(), DType::kBool);
  EXPECT_EQ(values((x < 2) | ~(x >= 1)), (Doubles{1, 0}));
}

TEST(Divide, OfNarrowIntegersIsFloat64) {
  const Tensor x = Array::from<uint8_t>({1, 3});
  EXPECT_EQ((x / 2).dtype(), DType::kFloat64);
  EXPECT_EQ(sqrt(x).dtype(), DType::kFloat16);
}

TEST(Where, AcceptsNumbersAsCondition) {
  const Tensor c = Array::from<int64_t>({0, 5});
  EXPECT_EQ(values(where(c, 1.5, 2)), (Doubles{2, 1.5}));
}

TEST(Max, OfNothingNamesTheReason) {
  try {
    max(zeros({0}));
    FAIL();
  } catch (const ValueError& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("no identity"));
  }
}

TEST(Bitwise, RefusesFloats) {
  EXPECT_THROW(bitwise_and(zeros({2}), 1), TypeError);
}

}  // namespace
}  // namespace numest
