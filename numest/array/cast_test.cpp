#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "numest/array/array.h"

namespace numest {
namespace {

using testing::ElementsAre;

const std::vector<double> kReals = {
    0.0,          -0.5,         1.9,           -1.9,         127.6,
    128.2,        -129.0,       300.7,         -1.0,         65537.9,
    2147483647.0, 2147483648.0, -2147483648.0, 4294967295.0, 4294967296.5,
    1e15,         9.3e18,       1e19,          1e30,         -1e30,
    NAN,          INFINITY,     -INFINITY};

struct IntegerCase {
  DType from, to;
  std::vector<std::string> expected;
};

// What NumPy 2.4.6 gives on x86-64, element by element.
const IntegerCase kIntegerCases[] = {
    {DType::kFloat32,
     DType::kInt8,
     {"0", "0", "1", "-1", "127", "-128", "127", "44", "-1", "1", "0", "0",
      "0", "0", "0", "0",  "0",   "0",    "0",   "0",  "0",  "0", "0"}},
    {DType::kFloat32,
     DType::kInt16,
     {"0", "0", "1", "-1", "127", "128", "-129", "300", "-1", "1", "0", "0",
      "0", "0", "0", "0",  "0",   "0",   "0",    "0",   "0",  "0", "0"}},
    {DType::kFloat32,
     DType::kInt32,
     {"0",           "0",           "1",           "-1",          "127",
      "128",         "-129",        "300",         "-1",          "65537",
      "-2147483648", "-2147483648", "-2147483648", "-2147483648", "-2147483648",
      "-2147483648", "-2147483648", "-2147483648", "-2147483648", "-2147483648",
      "-2147483648", "-2147483648", "-2147483648"}},
    {DType::kFloat32,
     DType::kInt64,
     {"0",
      "0",
      "1",
      "-1",
      "127",
      "128",
      "-129",
      "300",
      "-1",
      "65537",
      "2147483648",
      "2147483648",
      "-2147483648",
      "4294967296",
      "4294967296",
      "999999986991104",
      "-9223372036854775808",
      "-9223372036854775808",
      "-9223372036854775808",
      "-9223372036854775808",
      "-9223372036854775808",
      "-9223372036854775808",
      "-9223372036854775808"}},
    {DType::kFloat32,
     DType::kUInt8,
     {"0", "0", "1", "255", "127", "128", "127", "44", "255", "1", "0", "0",
      "0", "0", "0", "0",   "0",   "0",   "0",   "0",  "0",   "0", "0"}},
    {DType::kFloat32,
     DType::kUInt16,
     {"0",     "0", "1", "65535", "127", "128", "65407", "300",
      "65535", "1", "0", "0",     "0",   "0",   "0",     "0",
      "0",     "0", "0", "0",     "0",   "0",   "0"}},
    {DType::kFloat32,
     DType::kUInt32,
     {"0",          "0",          "1",          "4294967295", "127",
      "128",        "4294967167", "300",        "4294967295", "65537",
      "2147483648", "2147483648", "2147483648", "0",          "0",
      "2751463424", "0",          "0",          "0",          "0",
      "0",          "0",          "0"}},
    {DType::kFloat32,
     DType::kUInt64,
     {"0",
      "0",
      "1",
      "18446744073709551615",
      "127",
      "128",
      "18446744073709551487",
      "300",
      "18446744073709551615",
      "65537",
      "2147483648",
      "2147483648",
      "18446744071562067968",
      "4294967296",
      "4294967296",
      "999999986991104",
      "9300000300729368576",
      "9999999980506447872",
      "0",
      "9223372036854775808",
      "9223372036854775808",
      "0",
      "9223372036854775808"}},
    {DType::kFloat64,
     DType::kInt8,
     {"0", "0", "1", "-1", "127", "-128", "127", "44", "-1", "1", "-1", "0",
      "0", "0", "0", "0",  "0",   "0",    "0",   "0",  "0",  "0", "0"}},
    {DType::kFloat64,
     DType::kInt16,
     {"0", "0", "1", "-1", "127", "128", "-129", "300", "-1", "1", "-1", "0",
      "0", "0", "0", "0",  "0",   "0",   "0",    "0",   "0",  "0", "0"}},
    {DType::kFloat64,
     DType::kInt32,
     {"0",           "0",           "1",           "-1",          "127",
      "128",         "-129",        "300",         "-1",          "65537",
      "2147483647",  "-2147483648", "-2147483648", "-2147483648", "-2147483648",
      "-2147483648", "-2147483648", "-2147483648", "-2147483648", "-2147483648",
      "-2147483648", "-2147483648", "-2147483648"}},
    {DType::kFloat64,
     DType::kInt64,
     {"0",
      "0",
      "1",
      "-1",
      "127",
      "128",
      "-129",
      "300",
      "-1",
      "65537",
      "2147483647",
      "2147483648",
      "-2147483648",
      "4294967295",
      "4294967296",
      "1000000000000000",
      "-9223372036854775808",
      "-9223372036854775808",
      "-9223372036854775808",
      "-9223372036854775808",
      "-9223372036854775808",
      "-9223372036854775808",
      "-9223372036854775808"}},
    {DType::kFloat64,
     DType::kUInt8,
     {"0", "0", "1", "255", "127", "128", "127", "44", "255", "1", "255", "0",
      "0", "0", "0", "0",   "0",   "0",   "0",   "0",  "0",   "0", "0"}},
    {DType::kFloat64,
     DType::kUInt16,
     {"0",     "0", "1",     "65535", "127", "128", "65407", "300",
      "65535", "1", "65535", "0",     "0",   "0",   "0",     "0",
      "0",     "0", "0",     "0",     "0",   "0",   "0"}},
    {DType::kFloat64,
     DType::kUInt32,
     {"0",          "0",          "1",          "4294967295", "127",
      "128",        "4294967167", "300",        "4294967295", "65537",
      "2147483647", "2147483648", "2147483648", "4294967295", "0",
      "2764472320", "0",          "0",          "0",          "0",
      "0",          "0",          "0"}},
    {DType::kFloat64,
     DType::kUInt64,
     {"0",
      "0",
      "1",
      "18446744073709551615",
      "127",
      "128",
      "18446744073709551487",
      "300",
      "18446744073709551615",
      "65537",
      "2147483647",
      "2147483648",
      "18446744071562067968",
      "4294967295",
      "4294967296",
      "1000000000000000",
      "9300000000000000000",
      "10000000000000000000",
      "0",
      "9223372036854775808",
      "9223372036854775808",
      "0",
      "9223372036854775808"}},
};

std::vector<std::string> as_text(const Array& a) {
  std::vector<std::string> out;
  if (a.dtype() == DType::kUInt64)
    for (const uint64_t v : a.to_vector<uint64_t>())
      out.push_back(std::to_string(v));
  else
    for (const int64_t v : a.to_vector<int64_t>())
      out.push_back(std::to_string(v));
  return out;
}

TEST(Cast, FloatToIntegerEqualsNumpyEvenOutOfRange) {
  for (const IntegerCase& c : kIntegerCases) {
    const Array from = Array::from(kReals).astype(c.from);
    EXPECT_EQ(as_text(from.astype(c.to)), c.expected)
        << name(c.from) << " to " << name(c.to);
  }
}

TEST(Cast, IntegersWrapToNarrowOnes) {
  const Array a = Array::from<int64_t>({-1, 128, 300, -129, int64_t{1} << 32});
  EXPECT_THAT(a.astype(DType::kInt8).to_vector<int>(),
              ElementsAre(-1, -128, 44, 127, 0));
  EXPECT_THAT(a.astype(DType::kUInt8).to_vector<int>(),
              ElementsAre(255, 128, 44, 127, 0));
  EXPECT_EQ(a.astype(DType::kUInt64).to_vector<uint64_t>()[0], ~uint64_t{0});
}

TEST(Cast, EveryPairOfNumbersKeepsSmallIntegers) {
  const Array small = Array::from<int>({0, 1, 2, 100});
  for (int i = 1; i < int(DType::kBytes); ++i)
    for (int j = 1; j < int(DType::kBytes); ++j) {
      const Array there = small.astype(DType(i)).astype(DType(j));
      EXPECT_EQ(there.dtype(), DType(j));
      EXPECT_THAT(there.to_vector<int>(), ElementsAre(0, 1, 2, 100))
          << name(DType(i)) << " to " << name(DType(j));
    }
}

TEST(Cast, ToBoolIsUnequalZero) {
  EXPECT_THAT(Array::from<double>({0, -0.0, 0.3, NAN, -INFINITY, 1e-300})
                  .astype(DType::kBool)
                  .to_vector<int>(),
              ElementsAre(0, 0, 1, 1, 1, 1));
  EXPECT_THAT(Array::from<int>({0, 256, -1}).to_vector<bool>(),
              ElementsAre(false, true, true));
  EXPECT_TRUE(Array::scalar(Complex64(0, 2)).item<bool>());
  EXPECT_FALSE(Array::scalar(Float16(-0.0f)).item<bool>());
  EXPECT_EQ(Array::scalar(true).item<float>(), 1.0f);
}

TEST(Cast, ComplexToRealDropsTheImaginaryPart) {
  const Array z = Array::scalar(Complex128(2.5, 7));
  EXPECT_EQ(z.item<double>(), 2.5);
  EXPECT_EQ(z.item<int32_t>(), 2);
  EXPECT_EQ(z.item<Complex64>(), Complex64(2.5f, 7));
  EXPECT_EQ(Array::scalar(3.0f).item<Complex128>(), Complex128(3, 0));
}

// Bits from NumPy 2.4.6; the fourth and fifth from the end round wrongly if
// the way leads through a rounded float.
TEST(Cast, Float64ToFloat16RoundsOnce) {
  const std::vector<double> reals = {65504,
                                     65519.99,
                                     65520,
                                     1e-8,
                                     2.98e-8,
                                     0x1p-25,
                                     6e-8,
                                     0.1,
                                     1 + 0x1p-11,
                                     1 + 0x1p-11 + 0x1p-40,
                                     1 + 3 * 0x1p-11,
                                     0x1p-25 + 0x1p-70,
                                     -0.0};
  const std::vector<int> bits = {0x7bff, 0x7bff, 0x7c00, 0,      0, 0,     1,
                                 0x2e66, 0x3c00, 0x3c01, 0x3c02, 1, 0x8000};
  const std::vector<Float16> got = Array::from(reals).to_vector<Float16>();
  for (size_t i = 0; i < bits.size(); ++i)
    EXPECT_EQ(got[i].bits, bits[i]) << reals[i];
  EXPECT_TRUE(std::isnan(float(Array::scalar(double{NAN}).item<Float16>())));
  EXPECT_EQ(Array::scalar(-1e300).item<Float16>().bits, 0xfc00);
  EXPECT_EQ(Array::scalar(1 + 0x1p-8 + 0x1p-40).item<BFloat16>().bits, 0x3f81);
}

TEST(Cast, BytesAndNumbersAreNotMixed) {
  const Array text = Array::scalar(Bytes("7"));
  EXPECT_THROW(text.astype(DType::kInt32), TypeError);
  EXPECT_THROW(Array::scalar(7).astype(DType::kBytes), TypeError);
  EXPECT_THROW(text.assign(Array::scalar(1)), TypeError);
  EXPECT_EQ(text.astype(DType::kBytes).item<Bytes>(), "7");
}

TEST(Cast, EqualDtypeIsTheSameArray) {
  const Array a = Array::from<int>({1, 2});
  EXPECT_EQ(a.astype(DType::kInt32).raw(), a.raw());
  EXPECT_NE(a.copy().raw(), a.raw());
}

TEST(Cast, ReadsStridedEmptyAndScalarArrays) {
  const Array a = Array::from<int>({0, 1, 2, 3, 4, 5}, {2, 3});
  EXPECT_THAT(a.transpose().astype(DType::kFloat32).to_vector<int>(),
              ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(a.slice(std::vector{Slice{}, Slice{{}, {}, -2}})
                  .astype(DType::kInt64)
                  .to_vector<int>(),
              ElementsAre(2, 0, 5, 3));
  EXPECT_EQ(a.rows(0, 0).astype(DType::kFloat64).shape(), (Shape{0, 3}));
  EXPECT_EQ(a.index(0, 1).index(0, 1).item<float>(), 4);
}

TEST(Copy, IsRowMajorForEveryItemsize) {
  const Array a = Array::from<int>({0, 1, 2, 3, 4, 5}, {2, 3});
  for (int i = 1; i < int(DType::kBytes); ++i) {
    const Array t = a.astype(DType(i)).transpose().copy();
    EXPECT_TRUE(t.is_contiguous());
    EXPECT_THAT(t.to_vector<int>(), ElementsAre(0, 3, 1, 4, 2, 5));
  }
  const Array text = Array::from<Bytes>({"a", "b", "c", "d"}, {2, 2});
  EXPECT_THAT(text.transpose().copy().to_vector<Bytes>(),
              ElementsAre("a", "c", "b", "d"));
}

TEST(Assign, BroadcastsAndCasts) {
  const Array a = Array::zeros(DType::kInt32, {2, 3});
  a.assign(Array::from<double>({1.9, -2.9, 3}));
  EXPECT_THAT(a.to_vector<int>(), ElementsAre(1, -2, 3, 1, -2, 3));
  a.index(1, 0).assign(Array::scalar(7.0f));
  EXPECT_THAT(a.to_vector<int>(), ElementsAre(7, -2, 3, 7, -2, 3));
  a.assign(Array::from<int>({1, 2, 3}, {1, 1, 3}));
  EXPECT_THAT(a.to_vector<int>(), ElementsAre(1, 2, 3, 1, 2, 3));
  EXPECT_THROW(a.assign(Array::from<int>({1, 2})), ValueError);
  EXPECT_THROW(a.assign(Array::zeros(DType::kInt32, {2, 2, 3})), ValueError);
}

TEST(Assign, ReadsOverlappingSourcesAsTheyWere) {
  const Array a = Array::from<int>({1, 2, 3, 4});
  a.rows(1, 4).assign(a.rows(0, 3));
  EXPECT_THAT(a.to_vector<int>(), ElementsAre(1, 1, 2, 3));
  a.assign(a.slice(std::vector{Slice{{}, {}, -1}}));
  EXPECT_THAT(a.to_vector<int>(), ElementsAre(3, 2, 1, 1));
  const Array m = Array::from<int>({1, 2, 3, 4}, {2, 2});
  m.assign(m.transpose());
  EXPECT_THAT(m.to_vector<int>(), ElementsAre(1, 3, 2, 4));
}

}  // namespace
}  // namespace numest
