// Encoding of string tensors in checkpoint data files (TensorFlow,
// tensor_bundle.cc): varint lengths, a masked checksum of the lengths, the
// strings. The entry's checksum covers lengths as fixed-width numbers.
#pragma once

#include <cstdint>
#include <string>

#include "numest/array/array.h"
#include "numest/formats/byte_reader.h"

namespace numest {

/// Bytes of a string tensor and their masked checksum.
struct EncodedStrings {
  std::string bytes;
  uint32_t masked_crc = 0;
};

EncodedStrings encode_strings(const Array& array);

/// Reads an array of `shape` that fills `in`. Throws DataLossError if a
/// length or a checksum disagrees.
Array decode_strings(ByteReader& in, const Shape& shape, uint32_t masked_crc);

}  // namespace numest
