#include "numest/ops/linear_form.h"

#include <gtest/gtest.h>

#include "numest/graph/node.h"
#include "numest/ops/operators.h"

namespace numest {
namespace {

Tensor integer() { return parameter({DType::kInt64, {}}); }

TEST(ConstantDifference, CancelsEqualTerms) {
  const Tensor x = integer(), y = integer();
  EXPECT_EQ(constant_difference(x + 5, x), 5);
  EXPECT_EQ(constant_difference(x, x), 0);
  EXPECT_EQ(constant_difference(x * 2 + y - 3, y + 2 * x), -3);
  EXPECT_EQ(constant_difference(negative(x), 4 - x), -4);
  EXPECT_EQ(constant_difference(astype(x, DType::kInt32) + 1, x), 1);
  EXPECT_EQ(constant_difference(Tensor(7), Tensor(4)), 3);
}

TEST(ConstantDifference, IsNothingWhereValuesMatter) {
  const Tensor x = integer(), y = integer();
  const Tensor z = parameter({DType::kFloat64, {}});
  EXPECT_FALSE(constant_difference(x + y, x));
  EXPECT_FALSE(constant_difference(x * 2, x));
  EXPECT_FALSE(constant_difference(x * y, x));
  EXPECT_FALSE(constant_difference(astype(z + 1.0, DType::kInt64),
                                   astype(z, DType::kInt64)));
}

}  // namespace
}  // namespace numest
