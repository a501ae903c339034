// Files are written here byte by byte, after the format's description.
#include "numest/formats/idx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "numest/formats/byte_flips.h"
#include "numest/formats/compression.h"

namespace numest {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class Idx : public testing::Test {
 protected:
  Array read(std::string_view bytes) {
    write_file_atomically(path_, bytes);
    return read_idx(path_);
  }
  TemporaryDirectory folder_;
  std::string path_ = join_path(folder_.path(), "a.idx");
};

std::string bytes_of(std::initializer_list<int> values) {
  std::string out;
  for (const int v : values) out += char(v);
  return out;
}

const std::string kPixels =
    bytes_of({0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255});

TEST_F(Idx, ReadsUint8PlainAndGzip) {
  const auto expected = Array::from<uint8_t>({1, 2, 3, 4, 5, 255}, {2, 3});
  EXPECT_TRUE(array_equal(read(kPixels), expected));
  EXPECT_TRUE(
      array_equal(read(compress(kPixels, Compression::kGzip)), expected));
}

TEST_F(Idx, ReadsEveryDtypeBigEndian) {
  EXPECT_TRUE(array_equal(read(bytes_of({0, 0, 9, 1, 0, 0, 0, 1, 254})),
                          Array::from<int8_t>({-2})));
  EXPECT_TRUE(array_equal(read(bytes_of({0, 0, 11, 1, 0, 0, 0, 1, 1, 2})),
                          Array::from<int16_t>({258})));
  EXPECT_TRUE(
      array_equal(read(bytes_of({0, 0, 12, 1, 0, 0, 0, 1, 255, 255, 255, 253})),
                  Array::from<int32_t>({-3})));
  EXPECT_TRUE(
      array_equal(read(bytes_of({0, 0, 13, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0})),
                  Array::from<float>({1.5f})));
  EXPECT_TRUE(array_equal(
      read(bytes_of({0, 0, 14, 1, 0, 0, 0, 1, 0xc0, 4, 0, 0, 0, 0, 0, 0})),
      Array::from<double>({-2.5})));
}

TEST_F(Idx, ReadsScalarsAndEmptyArrays) {
  EXPECT_TRUE(
      array_equal(read(bytes_of({0, 0, 8, 0, 7})), Array::scalar<uint8_t>(7)));
  EXPECT_EQ(read(bytes_of({0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 5})).shape(),
            (Shape{0, 5}));
}

TEST_F(Idx, RefusesWhatIsNotIdx) {
  EXPECT_THAT([&] { read("hello world"); },
              ThrowsMessage<DataLossError>(HasSubstr("not an IDX file")));
  EXPECT_THAT([&] { read(""); },
              ThrowsMessage<DataLossError>(HasSubstr("truncated")));
  EXPECT_THAT([&] { read(kPixels + "x"); },
              ThrowsMessage<DataLossError>(HasSubstr("longer")));
  EXPECT_THROW(read_idx(path_ + ".absent"), NotFoundError);
}

TEST_F(Idx, RefusesHugeShapesBeforeAllocating) {
  std::string bytes = bytes_of({0, 0, 8, 16});
  bytes += std::string(64, '\xff');
  EXPECT_THAT([&] { read(bytes); },
              ThrowsMessage<DataLossError>(HasSubstr("impossible")));
  bytes = bytes_of({0, 0, 8, 2, 127, 0, 0, 0, 0, 0, 255, 255, 1});
  EXPECT_THAT([&] { read(bytes); },
              ThrowsMessage<DataLossError>(HasSubstr("truncated")));
  EXPECT_THAT([&] { read(compress(bytes, Compression::kGzip)); },
              ThrowsMessage<DataLossError>(HasSubstr("truncated")));
}

TEST_F(Idx, SurvivesEveryDamagedByte) {
  read(kPixels);
  EXPECT_GT(try_damaged_files(path_, [&] { read_idx(path_); }), 30);
}

TEST_F(Idx, RefusesOrIgnoresEveryDamagedByteOfGzip) {
  const Array good = read(compress(kPixels, Compression::kGzip));
  // A flip may hit a field of the gzip header that means nothing here.
  try_damaged_files(path_,
                    [&] { EXPECT_TRUE(array_equal(read_idx(path_), good)); });
}

}  // namespace
}  // namespace numest
