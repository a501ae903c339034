#include "numest/array/dtype.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace numest {
namespace {

TEST(DType, NamesParseToThemselves) {
  for (int i = 0; i < kNumDTypes; ++i) {
    const DType d = DType(i);
    EXPECT_EQ(dtype_named(name(d)), d);
    EXPECT_EQ(dtype_of_tensorflow(info(d).tensorflow_number), d);
  }
  EXPECT_EQ(dtype_named("string"), DType::kBytes);
  EXPECT_EQ(dtype_named("half"), DType::kFloat16);
  EXPECT_THROW(dtype_named("float31"), TypeError);
  EXPECT_THROW(dtype_of_tensorflow(21), TypeError);
}

TEST(DType, KindsAndSizes) {
  EXPECT_EQ(itemsize(DType::kBool), 1);
  EXPECT_EQ(itemsize(DType::kBFloat16), 2);
  EXPECT_EQ(itemsize(DType::kComplex128), 16);
  EXPECT_TRUE(is_unsigned(DType::kUInt8) && is_integer(DType::kUInt8));
  EXPECT_FALSE(is_integer(DType::kBool));
  EXPECT_TRUE(is_inexact(DType::kComplex64) && is_inexact(DType::kFloat16));
}

// Reference decoding from the definition of binary16.
double decode_half(uint16_t bits) {
  const int exponent = (bits >> 10) & 31, mantissa = bits & 1023;
  const double sign = bits & 0x8000 ? -1 : 1;
  if (exponent == 31) return mantissa ? NAN : sign * INFINITY;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(1024 + mantissa, exponent - 25);
}

TEST(Float16, EveryBitPatternDecodesAndReturns) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    Float16 h;
    h.bits = static_cast<uint16_t>(bits);
    const float value = h;
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(decode_half(h.bits)));
      EXPECT_TRUE(std::isnan(static_cast<float>(Float16(value))));
    } else {
      ASSERT_EQ(value, decode_half(h.bits)) << bits;
      ASSERT_EQ(Float16(value).bits, bits);
    }
  }
}

TEST(Float16, RoundsToNearestEvenBetweenNeighbours) {
  for (uint32_t bits = 0; bits < 0x7bff; ++bits) {
    const auto low = static_cast<float>(decode_half(uint16_t(bits)));
    const auto high = static_cast<float>(decode_half(uint16_t(bits + 1)));
    const float middle = (low + high) / 2;  // exact in float
    ASSERT_EQ(Float16(middle).bits, bits + (bits & 1)) << bits;
    ASSERT_EQ(Float16(std::nextafter(middle, low)).bits, bits);
    ASSERT_EQ(Float16(-std::nextafter(middle, high)).bits, 0x8000 | (bits + 1));
  }
}

TEST(Float16, OverflowsToInfinity) {
  EXPECT_EQ(Float16(65519.996f).bits, 0x7bff);
  EXPECT_EQ(Float16(65520.0f).bits, 0x7c00);
  EXPECT_EQ(Float16(-1e30f).bits, 0xfc00);
  EXPECT_EQ(Float16(std::numeric_limits<float>::denorm_min()).bits, 0);
}

TEST(BFloat16, RoundsToNearestEvenAndKeepsNan) {
  EXPECT_EQ(BFloat16(1.0f).bits, 0x3f80);
  EXPECT_EQ(BFloat16(std::bit_cast<float>(0x3f808000u)).bits, 0x3f80);
  EXPECT_EQ(BFloat16(std::bit_cast<float>(0x3f818000u)).bits, 0x3f82);
  EXPECT_EQ(BFloat16(std::bit_cast<float>(0x3f808001u)).bits, 0x3f81);
  EXPECT_EQ(BFloat16(std::numeric_limits<float>::max()).bits, 0x7f80);
  EXPECT_TRUE(std::isnan(
      static_cast<float>(BFloat16(std::bit_cast<float>(0x7f800001u)))));
}

}  // namespace
}  // namespace numest
