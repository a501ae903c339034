// Lists and numbers of C++ against what NumPy makes of Python's.
#include "numest/ops/creation.h"

#include <gtest/gtest.h>

#include "numest/base/error.h"
#include "numest/ops/operators.h"

namespace numest {
namespace {

using Doubles = std::vector<double>;

void expect_array(const Tensor& got, DType dtype, const Shape& shape,
                  const Doubles& values) {
  EXPECT_EQ(got.dtype(), dtype);
  EXPECT_EQ(got.shape(), shape);
  EXPECT_EQ(got.numpy().to_vector<double>(), values);
}

TEST(Array, OfListsHasTheDtypeAndShapeThatNumpyFinds) {
  expect_array(array({1, 2, 3}), DType::kInt64, {3}, {1, 2, 3});
  expect_array(array({1.5, 2, 3}), DType::kFloat64, {3}, {1.5, 2, 3});
  expect_array(array({true, false}), DType::kBool, {2}, {1, 0});
  expect_array(array({true, 2}), DType::kInt64, {2}, {1, 2});
  expect_array(array({{1, 2}, {3, 4}}), DType::kInt64, {2, 2}, {1, 2, 3, 4});
  expect_array(array({{1, 2}}), DType::kInt64, {1, 2}, {1, 2});
  expect_array(array({{{1.0}, {2}}}), DType::kFloat64, {1, 2, 1}, {1, 2});
  expect_array(array({}), DType::kFloat64, {0}, {});
  expect_array(array({1, 2}, DType::kFloat32), DType::kFloat32, {2}, {1, 2});
  expect_array(array(3), DType::kInt64, {}, {3});
  expect_array(array(std::vector<std::vector<int>>{{1, 2}, {3, 4}}),
               DType::kInt32, {2, 2}, {1, 2, 3, 4});
}

TEST(Array, TakesTensorsAmongItems) {
  const Tensor row = array({1.0, 2.0});
  expect_array(array({row, row * 2}), DType::kFloat64, {2, 2}, {1, 2, 2, 4});
  expect_array(array({sum(row), 7}), DType::kFloat64, {2}, {3, 7});
}

TEST(Array, RefusesListsOfDifferentLengths) {
  EXPECT_THROW(array({{1, 2}, {3}}), ValueError);
  EXPECT_THROW(array({{1, 2}, 3}), ValueError);
  EXPECT_THROW(array({3, {1, 2}}), ValueError);
}

TEST(Arange, OfIntegersIsInt64AndOfFloatsFloat64) {
  expect_array(arange(3), DType::kInt64, {3}, {0, 1, 2});
  expect_array(arange(2, 5), DType::kInt64, {3}, {2, 3, 4});
  expect_array(arange(10, 0, -3), DType::kInt64, {4}, {10, 7, 4, 1});
  expect_array(arange(0, 5, {.step = 2}), DType::kInt64, {3}, {0, 2, 4});
  expect_array(arange(2.5), DType::kFloat64, {3}, {0, 1, 2});
  expect_array(arange(0, 1, 0.5), DType::kFloat64, {2}, {0, 0.5});
  expect_array(arange(1.0, 3.0), DType::kFloat64, {2}, {1, 2});
  expect_array(arange(1, 3, {.dtype = DType::kFloat32}), DType::kFloat32, {2},
               {1, 2});
  expect_array(arange(2, DType::kFloat32), DType::kFloat32, {2}, {0, 1});
}

TEST(Creation, TakesALengthOrNumpysOrderOfArguments) {
  expect_array(zeros(2), DType::kFloat64, {2}, {0, 0});
  expect_array(ones(2, DType::kInt32), DType::kInt32, {2}, {1, 1});
  expect_array(full({2}, 7), DType::kInt64, {2}, {7, 7});
  expect_array(full({1}, 7, {.dtype = DType::kFloat32}), DType::kFloat32, {1},
               {7});
  expect_array(full(7, {2}), DType::kInt64, {2}, {7, 7});
  expect_array(reshape(array({{1}, {2}}), -1), DType::kInt64, {2}, {1, 2});
  EXPECT_THROW(zeros({-3}), ValueError);
}

}  // namespace
}  // namespace numest
