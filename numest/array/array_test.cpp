#include "numest/array/array.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/base/counters.h"

namespace numest {
namespace {

using testing::ElementsAre;

TEST(Buffer, IsAlignedEvenIfEmptyAndCounted) {
  const int64_t buffers = counter_value(Counter::array_allocations);
  const int64_t bytes = counter_value(Counter::array_bytes);
  for (const int64_t size : {0, 1, 5, 1000}) {
    const Array a(DType::kFloat64, {size});
    ASSERT_NE(a.raw(), nullptr);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(a.raw()) % 64, 0u);
  }
  EXPECT_EQ(counter_value(Counter::array_allocations) - buffers, 4);
  EXPECT_EQ(counter_value(Counter::array_bytes) - bytes, 8 * 1006);
}

TEST(Buffer, RefusesMoreThanMemoryCanHold) {
  EXPECT_THROW(Array(DType::kFloat64, {int64_t{1} << 62}), ValueError);
}

TEST(Buffer, BorrowsMemoryAndKeepsItsOwner) {
  auto owner = std::make_shared<std::vector<float>>(3, 1.5f);
  const std::weak_ptr<std::vector<float>> watch = owner;
  {
    auto* data = reinterpret_cast<std::byte*>(owner->data());
    const auto buffer = Buffer::borrow(data, 12, std::move(owner), false);
    const Array a(DType::kFloat32, {3}, {4}, buffer->data(), buffer);
    EXPECT_THAT(a.to_vector<float>(), ElementsAre(1.5f, 1.5f, 1.5f));
    EXPECT_FALSE(a.is_writable());
    EXPECT_THROW(a.assign(Array::scalar(1.0f)), ValueError);
    EXPECT_FALSE(watch.expired());
  }
  EXPECT_TRUE(watch.expired());
}

TEST(Buffer, StringsStartEmptyAndAreDestroyed) {
  const Array a(DType::kBytes, {2, 2});
  EXPECT_EQ(a.to_vector<Bytes>(), std::vector<Bytes>(4));
  a.index(0, 1).index(0, 0).assign(Array::scalar(Bytes(100, 'x')));
  EXPECT_EQ(a.to_vector<Bytes>()[2], Bytes(100, 'x'));
}

TEST(Array, DefaultIsAFloat64Zero) {
  const Array a;
  EXPECT_EQ(a.dtype(), DType::kFloat64);
  EXPECT_EQ(a.ndim(), 0);
  EXPECT_EQ(a.item<double>(), 0);
}

TEST(Array, FromCopiesRowMajorAndChecksTheSize) {
  const Array a = Array::from<int32_t>({1, 2, 3, 4, 5, 6}, {2, 3});
  EXPECT_EQ(a.strides(), (Strides{12, 4}));
  EXPECT_EQ(a.nbytes(), 24);
  EXPECT_EQ(a.index(0, 1).index(0, 2).item<int>(), 6);
  EXPECT_THROW(Array::from<int32_t>({1, 2}, {3}), ValueError);
  EXPECT_THAT(Array::from<bool>({true, false}).to_vector<bool>(),
              ElementsAre(true, false));
}

TEST(Array, ZerosAreZeroForEveryNumber) {
  for (int i = 0; i < kNumDTypes; ++i) {
    const DType d = DType(i);
    const Array a = Array::zeros(d, {2, 2});
    if (d == DType::kBytes)
      EXPECT_EQ(a.to_vector<Bytes>(), std::vector<Bytes>(4));
    else
      EXPECT_EQ(a.to_vector<double>(), std::vector<double>(4));
  }
}

TEST(Array, DataRefusesAnotherDtype) {
  EXPECT_THROW(Array::scalar(1.0).data<float>(), TypeError);
  EXPECT_THROW(Array::from<int>({1, 2}).item<int>(), ValueError);
  EXPECT_EQ(Array::from<int>({3}, {1, 1}).item<double>(), 3.0);
}

TEST(Array, ContiguityIgnoresAxesOfOneAndEmptyArrays) {
  const Array a(DType::kFloat32, {3, 4});
  EXPECT_TRUE(a.is_contiguous());
  EXPECT_FALSE(a.transpose().is_contiguous());
  EXPECT_TRUE(a.rows(1, 2).transpose().is_contiguous());
  EXPECT_TRUE(a.rows(0, 0).transpose().is_contiguous());
  EXPECT_FALSE(Array::scalar(1.0).broadcast_to({2}).is_contiguous());
}

TEST(Array, CopiesShareElements) {
  const Array a = Array::from<int>({1, 2});
  const Array b = a;
  b.data<int>()[0] = 9;
  EXPECT_THAT(a.to_vector<int>(), ElementsAre(9, 2));
  const Array c = a.copy();
  c.data<int>()[0] = 0;
  EXPECT_THAT(a.to_vector<int>(), ElementsAre(9, 2));
}

TEST(ArrayEqual, ComparesDtypeShapeAndValues) {
  const Array a = Array::from<float>({1, NAN, 3});
  EXPECT_TRUE(array_equal(a, a.copy()));
  EXPECT_FALSE(array_equal(a, a.astype(DType::kFloat64)));
  EXPECT_FALSE(array_equal(a, a.reshape({3, 1})));
  EXPECT_FALSE(array_equal(a, Array::from<float>({1, NAN, 4})));
  EXPECT_TRUE(
      array_equal(a.astype(DType::kBFloat16), a.astype(DType::kBFloat16)));
  EXPECT_TRUE(
      array_equal(Array(DType::kBytes, {0}), Array(DType::kBytes, {0})));
  const Array m = Array::from<int>({1, 2, 3, 4}, {2, 2});
  EXPECT_TRUE(array_equal(m.transpose(), m.transpose().copy()));
  EXPECT_FALSE(array_equal(m.transpose(), m));
}

TEST(AllClose, FollowsNumpysToleranceBroadcastAndSpecialValues) {
  const Array a = Array::from<double>({1, 2, 3});
  EXPECT_TRUE(allclose(a, Array::from<double>({1, 2, 3.00002})));
  EXPECT_FALSE(allclose(a, Array::from<double>({1, 2, 3.00004})));
  EXPECT_TRUE(allclose(a, Array::scalar(2.0), 0, 1));
  EXPECT_FALSE(allclose(a, Array::scalar(2.0), 0, 0.99));
  const Array special = Array::from<double>({NAN, INFINITY, -INFINITY});
  EXPECT_TRUE(allclose(special, special));
  EXPECT_FALSE(allclose(special, Array::from<double>({NAN, INFINITY, 1})));
  EXPECT_FALSE(allclose(Array::scalar(1.0), Array::scalar(double{INFINITY})));
  EXPECT_TRUE(allclose(Array::scalar(Complex64(1, 2)),
                       Array::scalar(Complex128(1, 2.00001))));
  EXPECT_THROW(allclose(a, Array::from<double>({1, 2})), ValueError);
}

TEST(Array, CopiesChannelsBeforeAndBehindPixels) {
  const int behind[] = {0, 2, 3, 1}, before[] = {0, 3, 1, 2};
  for (const int64_t channels : {1, 3, 7, 8, 9}) {
    Array x(DType::kFloat32, Shape{5, channels, 4, 11});
    for (int64_t i = 0; i < x.size(); ++i) x.data<float>()[i] = float(i);
    const Array y = x.transpose(behind).copy();
    for (int64_t n = 0; n < 5; ++n)
      for (int64_t p = 0; p < 44; ++p)
        for (int64_t c = 0; c < channels; ++c)
          ASSERT_EQ(y.data<float>()[(n * 44 + p) * channels + c],
                    x.data<float>()[(n * channels + c) * 44 + p]);
    EXPECT_TRUE(array_equal(y.transpose(before).copy(), x));
  }
}

#ifndef __SANITIZE_ADDRESS__
TEST(Array, LargeTemporariesUseTheSameMemoryAgain) {
  const Shape large{1 << 17};
  const std::byte *first, *second;
  {
    const Array a(DType::kFloat64, large), b(DType::kFloat64, large);
    first = a.raw(), second = b.raw();
    EXPECT_NE(first, second);
  }
  const Array a(DType::kFloat64, large), b(DType::kInt64, large);
  EXPECT_TRUE((a.raw() == first && b.raw() == second) ||
              (a.raw() == second && b.raw() == first));
}
#endif

}  // namespace
}  // namespace numest
