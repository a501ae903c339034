// The dictionary in front of an .npy file's values.
#pragma once

#include <string>
#include <string_view>

#include "numest/array/array.h"
#include "numest/formats/byte_reader.h"

namespace numest {

/// What one item is: a number of `dtype`, or for 'S' and 'U' strings of
/// `itemsize` bytes each.
struct NpyType {
  DType dtype = DType::kFloat64;
  char kind = 'f';  // NumPy's: b i u f c S U V
  bool is_big_endian = false;
  uint64_t itemsize = 8;
};

struct NpyHeader {
  NpyType type;
  bool is_fortran = false;
  Shape shape;
};

/// Reads magic, version and dictionary; `in` then stands at the values.
NpyHeader read_npy_header(ByteReader& in);
/// Returns magic, version and dictionary, padded to a multiple of 64 bytes.
std::string npy_header(std::string_view descr, const Shape& shape);

}  // namespace numest
