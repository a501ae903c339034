// Oracles are files that NumPy wrote (tests/golden/numpy) and round trips.
#include "numest/formats/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "numest/formats/byte_flips.h"

namespace numest {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::string golden(const std::string& name) {
  return join_path(join_path(NUMEST_TEST_DATA, "numpy"), name);
}

class Npy : public testing::Test {
 protected:
  Array round_trip(const Array& array) {
    write_npy(path_, array);
    return read_npy(path_);
  }
  TemporaryDirectory folder_;
  std::string path_ = join_path(folder_.path(), "a.npy");
};

TEST_F(Npy, ReadsWhatNumPyWrote) {
  EXPECT_TRUE(array_equal(read_npy(golden("float32_2x3.npy")),
                          Array::from<float>({1, 2, 3, 4, 5.5, -6}, {2, 3})));
  EXPECT_TRUE(array_equal(read_npy(golden("fortran_int64_2x3.npy")),
                          Array::from<int64_t>({0, 1, 2, 3, 4, 5}, {2, 3})));
  EXPECT_TRUE(array_equal(read_npy(golden("big_endian_int32.npy")),
                          Array::from<int32_t>({1, -2, 70000})));
  EXPECT_TRUE(array_equal(read_npy(golden("big_endian_complex128.npy")),
                          Array::from<Complex128>({{1, 2}, {-0.0, -3.5}})));
  EXPECT_TRUE(array_equal(read_npy(golden("float16_empty.npy")),
                          Array(DType::kFloat16, {0, 3})));
  for (const char* name : {"version2.npy", "version3.npy"})
    EXPECT_TRUE(
        array_equal(read_npy(golden(name)), Array::from<uint16_t>({0, 1, 2})));
  const Array scalar = read_npy(golden("bool_scalar.npy"));
  EXPECT_EQ(scalar.ndim(), 0);
  EXPECT_TRUE(scalar.item<bool>());
}

TEST_F(Npy, ReadsTextAsUtf8) {
  EXPECT_TRUE(
      array_equal(read_npy(golden("bytes.npy")),
                  Array::from<Bytes>({"ab", "", std::string("c\0d", 3)})));
  EXPECT_TRUE(array_equal(
      read_npy(golden("unicode.npy")),
      Array::from<Bytes>({"a", "\u00e9\u20ac", "\U0001F600", ""}, {2, 2})));
  EXPECT_TRUE(array_equal(read_npy(golden("big_endian_unicode.npy")),
                          Array::from<Bytes>({"\u00e9"})));
}

TEST_F(Npy, NamesTheDtypeItDoesNotSupport) {
  EXPECT_THAT([] { read_npy(golden("structured.npy")); },
              ThrowsMessage<NotSupportedError>(HasSubstr("fields")));
  EXPECT_THAT([] { read_npy(golden("datetime.npy")); },
              ThrowsMessage<NotSupportedError>(HasSubstr("M8[D]")));
}

TEST_F(Npy, MapsNativeNumbersWithoutCopy) {
  const Array a = read_npy(golden("float32_2x3.npy"));
  EXPECT_FALSE(a.is_writable());
  EXPECT_TRUE(read_npy(golden("big_endian_int32.npy")).is_writable());
}

TEST_F(Npy, RoundTripsEveryDtype) {
  for (int i = 0; i < kNumDTypes; ++i) {
    const DType dtype = DType(i);
    if (dtype == DType::kBytes) continue;
    const Array values =
        Array::from<int64_t>({0, 1, 1, 0, 1, 0}, {2, 3}).astype(dtype);
    EXPECT_TRUE(array_equal(round_trip(values), values)) << name(dtype);
    EXPECT_TRUE(array_equal(round_trip(values.transpose()), values.transpose()))
        << name(dtype);
  }
}

TEST_F(Npy, RoundTripsNanScalarsEmptiesAndStrings) {
  const float inf = std::numeric_limits<float>::infinity();
  for (const Array& a :
       {Array::from<float>({NAN, inf, -inf, -0.0f}), Array::scalar(2.5),
        Array(DType::kInt64, {3, 0}), Array::from<Bytes>({"", "h\xff"}),
        Array(DType::kBytes, {0})})
    EXPECT_TRUE(array_equal(round_trip(a), a)) << a.to_string();
}

TEST_F(Npy, RefusesHostileHeaders) {
  const auto with_shape = [&](const std::string& dictionary) {
    std::string text("\x93NUMPY\1\0", 8);
    text += char(dictionary.size());
    text += '\0';
    replace_file(path_, text + dictionary);
    read_npy(path_);
  };
  const std::string head = "{'descr': '<f8', 'fortran_order': False, ";
  for (const char* shape :
       {"'shape': (4611686018427387904, 8), }", "'shape': (1000000000,), }",
        "'shape': (-1,), }", "'shape': (0, 4611686018427387904, 9), }",
        "'shape': (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1), }", "}", "'shape': (",
        "'shape': (99999999999999999999,), }", "'x': 1}"})
    EXPECT_THROW(with_shape(head + shape), DataLossError) << shape;
  EXPECT_THROW(with_shape("{'descr': '|S0', 'fortran_order': False, "
                          "'shape': (1000000000000,)}"),
               DataLossError);
  EXPECT_THROW(with_shape(""), DataLossError);
}

TEST_F(Npy, SurvivesEveryDamagedByte) {
  for (const char* name : {"float32_2x3.npy", "unicode.npy", "bool_scalar.npy",
                           "fortran_int64_2x3.npy"}) {
    replace_file(path_, read_file(golden(name)));
    EXPECT_GT(try_damaged_files(path_, [&] { read_npy(path_).copy(); }), 50);
  }
}

TEST(Npz, ReadsWhatNumPyWrote) {
  const NamedArrays stored = read_npz(golden("stored.npz"));
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_EQ(stored[0].first, "w");
  EXPECT_TRUE(array_equal(stored[0].second, Array::from<double>({0, 1, 2, 3})));
  EXPECT_TRUE(array_equal(stored[1].second, Array::scalar<int8_t>(3)));
  const NamedArrays deflated = read_npz(golden("deflated.npz"));
  EXPECT_TRUE(
      array_equal(deflated[0].second, Array::zeros(DType::kFloat64, {10, 10})));
  EXPECT_TRUE(array_equal(deflated[1].second, Array::from<Bytes>({"x"})));
}

TEST(Npz, RoundTripsStoredAndDeflated) {
  const TemporaryDirectory folder;
  const std::string path = join_path(folder.path(), "a.npz");
  const NamedArrays arrays = {{"a/b", Array::from<float>({1, 2})},
                              {"\u00e9", Array::scalar<int64_t>(-1)},
                              {"empty", Array(DType::kBool, {0})}};
  for (const bool is_compressed : {false, true}) {
    write_npz(path, arrays, is_compressed);
    const NamedArrays read = read_npz(path);
    ASSERT_EQ(read.size(), arrays.size());
    for (size_t i = 0; i < read.size(); ++i) {
      EXPECT_EQ(read[i].first, arrays[i].first);
      EXPECT_TRUE(array_equal(read[i].second, arrays[i].second));
    }
  }
  write_npz(path, {});
  EXPECT_TRUE(read_npz(path).empty());
  EXPECT_THROW(write_npz(path, {arrays[0], arrays[0]}), ValueError);
}

TEST(Npz, RefusesOrSurvivesEveryDamagedByte) {
  const TemporaryDirectory folder;
  const std::string path = join_path(folder.path(), "a.npz");
  for (const bool is_compressed : {false, true}) {
    const Array values = Array::from<int32_t>({1, 2, 3});
    write_npz(path, {{"v", values}}, is_compressed);
    try_damaged_files(path, [&] {
      for (const auto& [name, array] : read_npz(path))
        EXPECT_TRUE(array_equal(array, values));
    });
  }
}

}  // namespace
}  // namespace numest
