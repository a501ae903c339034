// PNG images (ISO/IEC 15948), written through libpng.
#pragma once

#include <string>

#include "numest/array/array.h"

namespace numest {

/// Writes a uint8 array of shape (height, width), (height, width, 1) gray,
/// (height, width, 3) RGB or (height, width, 4) RGBA, atomically. Throws
/// TypeError or ValueError for others and for images without pixels.
void write_png(const std::string& path, const Array& image);

/// Returns the bytes of the PNG file.
std::string encode_png(const Array& image);

}  // namespace numest
