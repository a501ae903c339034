// libpng's reader is the oracle of pixels.
#include "numest/formats/png.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include "numest/base/file.h"

namespace numest {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

std::vector<uint8_t> decode(const std::string& bytes, png_uint_32 format) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  EXPECT_TRUE(
      png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()));
  EXPECT_EQ(png.format, format);
  std::vector<uint8_t> pixels(PNG_IMAGE_SIZE(png));
  EXPECT_TRUE(png_image_finish_read(&png, nullptr, pixels.data(), 0, nullptr));
  return pixels;
}

std::vector<uint8_t> counting(size_t size) {
  std::vector<uint8_t> values(size);
  for (size_t i = 0; i < size; ++i) values[i] = uint8_t(i * 7 + 128);
  return values;
}

TEST(Png, PixelsComeBack) {
  for (const auto& [shape, format] :
       {std::pair<Shape, uint32_t>{Shape{5, 3}, PNG_FORMAT_GRAY},
        std::pair<Shape, uint32_t>{Shape{5, 3, 1}, PNG_FORMAT_GRAY},
        std::pair<Shape, uint32_t>{Shape{2, 4, 3}, PNG_FORMAT_RGB},
        std::pair<Shape, uint32_t>{Shape{1, 2, 4}, PNG_FORMAT_RGBA}}) {
    const auto values = counting(size_t(shape.size()));
    EXPECT_EQ(decode(encode_png(Array::from(values, shape)), format), values);
  }
}

TEST(Png, WritesTransposedImages) {
  const Array image = Array::from<uint8_t>(counting(6), {2, 3}).transpose();
  EXPECT_EQ(decode(encode_png(image), PNG_FORMAT_GRAY),
            image.to_vector<uint8_t>());
  const TemporaryDirectory folder;
  const std::string path = join_path(folder.path(), "a.png");
  write_png(path, image);
  EXPECT_EQ(read_file(path), encode_png(image));
}

TEST(Png, RefusesOtherArrays) {
  EXPECT_THAT(
      [] {
        encode_png(Array(DType::kFloat32, {2, 2}));
      },
      ThrowsMessage<TypeError>(HasSubstr("expected uint8")));
  for (const Shape& shape : {Shape{2, 2, 2}, Shape{4}, Shape{0, 3}, Shape{}})
    EXPECT_THAT([&] { encode_png(Array(DType::kUInt8, shape)); },
                ThrowsMessage<ValueError>(HasSubstr("got shape")));
}

}  // namespace
}  // namespace numest
