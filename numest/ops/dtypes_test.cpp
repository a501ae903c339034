// What NumPy 2.2 answers.
#include "numest/ops/dtypes.h"

#include <gtest/gtest.h>

#include <limits>

#include "numest/ops/creation.h"
#include "numest/ops/operators.h"

namespace numest {
namespace {

using enum DType;

TEST(Dtypes, PromoteAsArraysAndNumbersDo) {
  EXPECT_EQ(promote_types(kInt8, kUInt8), kInt16);
  EXPECT_EQ(result_type(kInt8, 3), kInt8);
  EXPECT_EQ(result_type(kInt8, 3.0), kFloat64);
  EXPECT_EQ(result_type(3.0, 4), kFloat64);
  EXPECT_EQ(result_type(zeros(2, kFloat32), kFloat64, 1), kFloat64);
  EXPECT_EQ(result_type(zeros(2, kFloat32), 1.5), kFloat32);
  EXPECT_THROW(result_type(), ValueError);
  EXPECT_EQ(common_type(zeros(2, kFloat16), zeros(2, kInt8)), kFloat64);
  EXPECT_EQ(common_type(zeros(2, kComplex64), zeros(2)), kComplex128);
  EXPECT_EQ(common_type(zeros(2, kFloat16)), kFloat16);
  EXPECT_THROW(common_type(zeros(2, kBool)), TypeError);
}

TEST(Dtypes, CastByTheFiveRules) {
  EXPECT_TRUE(can_cast(kInt32, kFloat64));
  EXPECT_FALSE(can_cast(kInt64, kFloat32));
  EXPECT_TRUE(can_cast(kInt64, kFloat32, "same_kind"));
  EXPECT_FALSE(can_cast(kInt64, kUInt64, "same_kind"));
  EXPECT_TRUE(can_cast(kUInt8, kInt8, "same_kind"));
  EXPECT_FALSE(can_cast(kFloat32, kInt64, "same_kind"));
  EXPECT_TRUE(can_cast(kFloat32, kInt64, "unsafe"));
  EXPECT_FALSE(can_cast(kFloat32, kFloat64, "no"));
  EXPECT_TRUE(can_cast(kInt8, kBytes));
  EXPECT_FALSE(can_cast(kBytes, kInt8, "same_kind"));
  EXPECT_THROW(can_cast(kInt8, kInt8, "some"), ValueError);
}

TEST(Dtypes, SmallestOneOfANumber) {
  const auto of = [](auto value) { return min_scalar_type(Tensor(value)); };
  EXPECT_EQ(of(255), kUInt8);
  EXPECT_EQ(of(256), kUInt16);
  EXPECT_EQ(of(-128), kInt8);
  EXPECT_EQ(of(-129), kInt16);
  EXPECT_EQ(of(int64_t{1} << 31), kUInt32);
  EXPECT_EQ(of(std::numeric_limits<int64_t>::min()), kInt64);
  EXPECT_EQ(of(1e-30), kFloat16);
  EXPECT_EQ(of(65001.0), kFloat32);
  EXPECT_EQ(of(1e40), kFloat64);
  EXPECT_EQ(of(inf), kFloat16);
  EXPECT_EQ(of(true), kBool);
  EXPECT_EQ(min_scalar_type(array({1, 2})), kInt64);
}

TEST(Dtypes, AreOfKinds) {
  EXPECT_TRUE(isdtype(kInt8, "integral"));
  EXPECT_FALSE(isdtype(kBool, "numeric"));
  EXPECT_TRUE(isdtype(kFloat32, kFloat32));
  EXPECT_THROW(isdtype(kInt8, "integer"), ValueError);
  EXPECT_TRUE(issubdtype(kUInt8, "integer"));
  EXPECT_FALSE(issubdtype(kUInt8, "signedinteger"));
  EXPECT_TRUE(issubdtype(kComplex64, "inexact"));
  EXPECT_FALSE(issubdtype(kBool, "number"));
  EXPECT_TRUE(issubdtype(kFloat32, "float32"));
  EXPECT_FALSE(issubdtype(kFloat64, "float32"));
  EXPECT_THROW(issubdtype(kFloat32, "real"), ValueError);
  EXPECT_TRUE(iscomplexobj(zeros(1, kComplex64)));
  EXPECT_TRUE(isrealobj(zeros(1)));
  EXPECT_TRUE(isscalar(3) && isscalar("text") && !isscalar(zeros(1)));
}

TEST(Shapes, AreCountedAndBroadcast) {
  const Tensor a = zeros({2, 3});
  EXPECT_EQ(ndim(a), 2);
  EXPECT_EQ(shape(a), (Shape{2, 3}));
  EXPECT_EQ(size(a), 6);
  EXPECT_EQ(size(a, -1), 3);
  EXPECT_THROW(size(a, 2), IndexError);
  EXPECT_EQ(broadcast_shapes({Shape{3, 1}, Shape{4}, Shape{}}), (Shape{3, 4}));
  EXPECT_THROW(broadcast_shapes({Shape{3}, Shape{4}}), ValueError);
}

TEST(Digits, OfNumbers) {
  EXPECT_EQ(base_repr(5), "101");
  EXPECT_EQ(base_repr(-255, 16, 2), "-00FF");
  EXPECT_EQ(base_repr(0), "0");
  EXPECT_EQ(base_repr(0, 2, 3), "000");
  EXPECT_THROW(base_repr(1, 37), ValueError);
  EXPECT_EQ(binary_repr(-5), "-101");
  EXPECT_EQ(binary_repr(-5, 4), "1011");
  EXPECT_EQ(binary_repr(-1, 3), "111");
  EXPECT_EQ(binary_repr(-8, 4), "1000");
  EXPECT_EQ(binary_repr(5, 6), "000101");
  const int64_t least = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(binary_repr(least, 66), "111" + std::string(63, '0'));
  EXPECT_THROW(binary_repr(-9, 4), ValueError);
  EXPECT_THROW(binary_repr(5, 2), ValueError);
}

}  // namespace
}  // namespace numest
