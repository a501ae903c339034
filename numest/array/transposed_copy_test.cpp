// Against elements one by one.
#include "numest/array/transposed_copy.h"

#include <gtest/gtest.h>

#include <vector>

namespace numest {
namespace {

Array counting(DType dtype, const Shape& shape) {
  Array a(DType::kFloat64, shape);
  for (int64_t i = 0; i < a.size(); ++i) a.data<double>()[i] = double(i % 120);
  return a.astype(dtype);
}

std::vector<double> values(const Array& a) {
  return a.astype(DType::kFloat64).to_vector<double>();
}

// What the copy is to be: source elements by their positions.
std::vector<double> transposed(const Array& a, const std::vector<int>& axes) {
  Shape shape;
  for (const int axis : axes) shape.push_back(a.shape()[axis]);
  const std::vector<double> all = values(a);
  std::vector<double> result;
  for (int64_t flat = 0; flat < a.size(); ++flat) {
    int64_t rest = flat, at = 0;
    for (int i = shape.ndim() - 1; i >= 0; --i) {
      int64_t stride = 1;
      for (int k = axes[size_t(i)] + 1; k < a.ndim(); ++k)
        stride *= a.shape()[k];
      at += rest % shape[i] * stride;
      rest /= shape[i];
    }
    result.push_back(all[size_t(at)]);
  }
  return result;
}

TEST(TransposedCopy, MovesEveryElementOfAnyDtypeAndShape) {
  for (const DType dtype : {DType::kInt8, DType::kInt16, DType::kFloat32,
                            DType::kFloat64, DType::kComplex128})
    for (const Shape& shape : {Shape{8, 8}, Shape{9, 40}, Shape{70, 33}}) {
      const Array a = counting(dtype, shape);
      const std::vector<int> axes{1, 0};
      const Array view = a.transpose(axes), copy(dtype, view.shape());
      EXPECT_TRUE(copy_transposed(copy, view));
      EXPECT_EQ(values(copy), transposed(a, axes)) << name(dtype);
      EXPECT_EQ(values(view.copy()), transposed(a, axes));
    }
}

TEST(TransposedCopy, CountsUpTheOtherAxes) {
  const Array a = counting(DType::kFloat32, {3, 9, 2, 10});
  const std::vector<std::vector<int>> orders{
      {0, 3, 2, 1}, {3, 2, 1, 0}, {2, 3, 0, 1}, {3, 0, 2, 1}, {0, 1, 3, 2}};
  for (const auto& axes : orders)
    EXPECT_EQ(values(a.transpose(axes).copy()), transposed(a, axes));
}

TEST(TransposedCopy, LeavesOtherLayoutsAlone) {
  const std::vector<int> axes{1, 0};
  const Array a = counting(DType::kFloat32, {20, 20}), out(a.dtype(), {20, 20});
  EXPECT_FALSE(copy_transposed(out, a));
  const Array narrow = counting(DType::kFloat32, {20, 3}).transpose(axes);
  EXPECT_FALSE(copy_transposed(Array(a.dtype(), {3, 20}), narrow));
  const Array row = counting(DType::kFloat32, {20, 1}).broadcast_to({20, 20});
  EXPECT_FALSE(copy_transposed(out, row));
  const Slice every_second{{}, {}, 2};
  const Array apart =
      counting(DType::kFloat32, {40, 20}).slice({&every_second, 1});
  EXPECT_FALSE(copy_transposed(out, apart));
}

// Into a part of a larger array, and from a flipped one.
TEST(TransposedCopy, FollowsStridesOfBothSides) {
  const std::vector<int> axes{1, 0};
  const Array a = counting(DType::kFloat64, {20, 12});
  const Slice back{{}, {}, -1};
  const Array flipped = a.slice({&back, 1}).transpose(axes);
  const Array large = Array::zeros(DType::kFloat64, {30, 20});
  large.rows(5, 17).assign(flipped);
  const auto found = values(large.rows(5, 17)), wanted = values(a);
  for (size_t r = 0; r < 12; ++r)
    for (size_t c = 0; c < 20; ++c)
      ASSERT_EQ(found[r * 20 + c], wanted[(19 - c) * 12 + r]);
  EXPECT_EQ(large.rows(17, 18).data<double>()[0], 0);
}

}  // namespace
}  // namespace numest
