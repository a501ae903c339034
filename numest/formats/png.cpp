// libpng's simplified interface: no setjmp in C++ frames.
#include "numest/formats/png.h"

#include <png.h>

#include "numest/base/file.h"

namespace numest {
namespace {

png_uint_32 format_of(const Array& image) {
  if (image.ndim() == 2 || image.shape().back() == 1) return PNG_FORMAT_GRAY;
  return image.shape().back() == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
}

void check_image(const Array& image) {
  NUMEST_USER_CHECK(image.dtype() == DType::kUInt8, TypeError,
                    "write_png: got dtype {}, expected uint8",
                    name(image.dtype()));
  const bool has_channels =
      image.ndim() == 3 &&
      (image.shape()[2] == 1 || image.shape()[2] == 3 || image.shape()[2] == 4);
  NUMEST_USER_CHECK((image.ndim() == 2 || has_channels) && image.size() > 0,
                    ValueError,
                    "write_png: got shape {}, expected (height, width) or "
                    "(height, width, 1, 3 or 4) with pixels",
                    image.shape().to_string());
}

}  // namespace

std::string encode_png(const Array& image) {
  check_image(image);
  const Array rows = image.contiguous();
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.height = png_uint_32(image.shape()[0]);
  png.width = png_uint_32(image.shape()[1]);
  png.format = format_of(image);
  png_alloc_size_t size = 0;
  std::string out;
  const auto write = [&](void* memory) {
    return png_image_write_to_memory(&png, memory, &size, 0, rows.raw(), 0,
                                     nullptr);
  };
  int is_written = write(nullptr);
  if (is_written != 0) {
    out.resize(size);
    is_written = write(out.data());
  }
  NUMEST_USER_CHECK(is_written != 0, ValueError, "write_png: {}", png.message);
  out.resize(size);
  return out;
}

void write_png(const std::string& path, const Array& image) {
  write_file_atomically(path, encode_png(image));
}

}  // namespace numest
