// The complete tables of NumPy 2.4.6 with ml_dtypes 0.6.0, printed by
// np.promote_types and np.result_type over all pairs. Filled in by us, where
// those raise: bfloat16 with integers of 16 bits and more (bfloat16, as JAX),
// with float16 (float32), and with a Python float (bfloat16).
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "numest/array/dtype.h"

namespace numest {
namespace {

struct Row {
  std::string_view dtype;
  std::string results;
};

const std::map<std::string, DType> kShort = {
    {"b1", DType::kBool},      {"i1", DType::kInt8},
    {"i2", DType::kInt16},     {"i4", DType::kInt32},
    {"i8", DType::kInt64},     {"u1", DType::kUInt8},
    {"u2", DType::kUInt16},    {"u4", DType::kUInt32},
    {"u8", DType::kUInt64},    {"f2", DType::kFloat16},
    {"bf", DType::kBFloat16},  {"f4", DType::kFloat32},
    {"f8", DType::kFloat64},   {"c8", DType::kComplex64},
    {"cc", DType::kComplex128}};

// Columns are in the order of the rows.
const Row kPromote[] = {
    {"bool", "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 bf f4 f8 c8 cc"},
    {"int8", "i1 i1 i2 i4 i8 i2 i4 i8 f8 f2 bf f4 f8 c8 cc"},
    {"int16", "i2 i2 i2 i4 i8 i2 i4 i8 f8 f4 bf f4 f8 c8 cc"},
    {"int32", "i4 i4 i4 i4 i8 i4 i4 i8 f8 f8 bf f8 f8 cc cc"},
    {"int64", "i8 i8 i8 i8 i8 i8 i8 i8 f8 f8 bf f8 f8 cc cc"},
    {"uint8", "u1 i2 i2 i4 i8 u1 u2 u4 u8 f2 bf f4 f8 c8 cc"},
    {"uint16", "u2 i4 i4 i4 i8 u2 u2 u4 u8 f4 bf f4 f8 c8 cc"},
    {"uint32", "u4 i8 i8 i8 i8 u4 u4 u4 u8 f8 bf f8 f8 cc cc"},
    {"uint64", "u8 f8 f8 f8 f8 u8 u8 u8 u8 f8 bf f8 f8 cc cc"},
    {"float16", "f2 f2 f4 f8 f8 f2 f4 f8 f8 f2 f4 f4 f8 c8 cc"},
    {"bfloat16", "bf bf bf bf bf bf bf bf bf f4 bf f4 f8 c8 cc"},
    {"float32", "f4 f4 f4 f8 f8 f4 f4 f8 f8 f4 f4 f4 f8 c8 cc"},
    {"float64", "f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 f8 cc cc"},
    {"complex64", "c8 c8 c8 cc cc c8 c8 cc cc c8 c8 c8 cc c8 cc"},
    {"complex128", "cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc"},
};

// Columns: a Python bool, int, float, complex.
const Row kPromoteWeak[] = {
    {"bool", "b1 i8 f8 cc"},       {"int8", "i1 i1 f8 cc"},
    {"int16", "i2 i2 f8 cc"},      {"int32", "i4 i4 f8 cc"},
    {"int64", "i8 i8 f8 cc"},      {"uint8", "u1 u1 f8 cc"},
    {"uint16", "u2 u2 f8 cc"},     {"uint32", "u4 u4 f8 cc"},
    {"uint64", "u8 u8 f8 cc"},     {"float16", "f2 f2 f2 c8"},
    {"bfloat16", "bf bf bf c8"},   {"float32", "f4 f4 f4 c8"},
    {"float64", "f8 f8 f8 cc"},    {"complex64", "c8 c8 c8 c8"},
    {"complex128", "cc cc cc cc"},
};

std::vector<DType> parse(const std::string& results) {
  std::istringstream in(results);
  std::vector<DType> out;
  for (std::string word; in >> word;) out.push_back(kShort.at(word));
  return out;
}

TEST(Promote, EqualsNumpyForEveryPair) {
  for (const Row& row : kPromote) {
    const std::vector<DType> expected = parse(row.results);
    ASSERT_EQ(expected.size(), std::size(kPromote));
    for (size_t j = 0; j < expected.size(); ++j)
      EXPECT_EQ(
          name(promote(dtype_named(row.dtype), dtype_named(kPromote[j].dtype))),
          name(expected[j]))
          << row.dtype << " with " << kPromote[j].dtype;
  }
}

TEST(PromoteWeak, EqualsNumpyForEveryKindOfPythonScalar) {
  constexpr DType kScalars[] = {DType::kBool, DType::kInt64, DType::kFloat64,
                                DType::kComplex128};
  for (const Row& row : kPromoteWeak) {
    const std::vector<DType> expected = parse(row.results);
    for (size_t j = 0; j < expected.size(); ++j)
      EXPECT_EQ(name(promote_weak(dtype_named(row.dtype), kScalars[j])),
                name(expected[j]))
          << row.dtype << " with scalar " << name(kScalars[j]);
  }
}

TEST(Promote, RefusesBytesWithNumbers) {
  EXPECT_EQ(promote(DType::kBytes, DType::kBytes), DType::kBytes);
  EXPECT_THROW(promote(DType::kBytes, DType::kInt8), TypeError);
  EXPECT_THROW(promote_weak(DType::kFloat32, DType::kBytes), TypeError);
}

// The dtype of np.sqrt for each.
TEST(ToInexact, IsTheDtypeOfNumpysSqrt) {
  EXPECT_EQ(to_inexact(DType::kBool), DType::kFloat16);
  EXPECT_EQ(to_inexact(DType::kInt8), DType::kFloat16);
  EXPECT_EQ(to_inexact(DType::kUInt8), DType::kFloat16);
  EXPECT_EQ(to_inexact(DType::kInt16), DType::kFloat32);
  EXPECT_EQ(to_inexact(DType::kUInt16), DType::kFloat32);
  EXPECT_EQ(to_inexact(DType::kInt32), DType::kFloat64);
  EXPECT_EQ(to_inexact(DType::kUInt64), DType::kFloat64);
  EXPECT_EQ(to_inexact(DType::kFloat16), DType::kFloat16);
  EXPECT_EQ(to_inexact(DType::kComplex64), DType::kComplex64);
  EXPECT_THROW(to_inexact(DType::kBytes), TypeError);
}

}  // namespace
}  // namespace numest
