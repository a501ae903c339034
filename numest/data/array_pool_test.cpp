// What is free is given out again, also for fewer rows.
#include "numest/data/array_pool.h"

#include <gtest/gtest.h>

#include "numest/base/counters.h"

namespace numest::data {
namespace {

TEST(ArrayPool, WhatIsHeldIsNotGivenOut) {
  ArrayPool pool;
  const Array a = pool.take(DType::kFloat32, Shape{4, 3});
  const Array b = pool.take(DType::kFloat32, Shape{4, 3});
  EXPECT_NE(a.raw(), b.raw());
}

TEST(ArrayPool, BlocksOfManySizesNeedTheMemoryOfTheLargest) {
  ArrayPool pool;
  const int64_t before = counter_value(Counter::array_bytes);
  for (int64_t round = 0; round < 3; ++round)
    for (int64_t rows = 64; rows >= 0; --rows) {
      const Array a = pool.take(DType::kFloat32, Shape{rows, 8});
      EXPECT_EQ(a.shape(), (Shape{rows, 8}));
      EXPECT_TRUE(a.is_contiguous());
    }
  EXPECT_EQ(counter_value(Counter::array_bytes) - before, 64 * 8 * 4);
}

TEST(ArrayPool, AGrownBlockReplacesTheSmallerOne) {
  ArrayPool pool;
  std::weak_ptr<Buffer> small;
  {
    const Array a = pool.take(DType::kFloat32, Shape{2, 8});
    small = a.buffer();
  }
  pool.take(DType::kFloat32, Shape{3, 8});
  EXPECT_TRUE(small.expired());
}

TEST(ArrayPool, DtypesAndRowsOfOtherShapesAreKeptApart) {
  ArrayPool pool;
  pool.take(DType::kFloat32, Shape{5, 4});
  EXPECT_EQ(pool.take(DType::kInt32, Shape{5, 4}).dtype(), DType::kInt32);
  EXPECT_EQ(pool.take(DType::kFloat32, Shape{5, 2}).shape(), (Shape{5, 2}));
  EXPECT_EQ(pool.take(DType::kFloat32, Shape{}).ndim(), 0);
  EXPECT_EQ(pool.take(DType::kFloat32, Shape{}).ndim(), 0);
}

}  // namespace
}  // namespace numest::data
