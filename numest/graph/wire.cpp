// Shapes and arrays on the wire.
#include "numest/graph/wire.h"

namespace numest {

void WireWriter::shape(const Shape& shape) {
  varint(uint64_t(shape.ndim()));
  for (int64_t extent : shape) integer(extent);
}

void WireWriter::array(const Array& array) {
  byte(uint8_t(array.dtype()));
  shape(array.shape());
  const Array row_major = array.contiguous();
  if (array.dtype() == DType::kBytes) {
    for (const Bytes& b : row_major.span<Bytes>()) text(b);
    return;
  }
  text({reinterpret_cast<const char*>(row_major.raw()),
        size_t(row_major.nbytes())});
}

uint64_t WireReader::varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint8_t next = byte();
    value |= uint64_t(next & 0x7f) << shift;
    if (next < 0x80) return value;
  }
  fail<DataLossError>("deserialize: an integer has too many bytes");
}

std::string_view WireReader::bytes(uint64_t size) {
  NUMEST_USER_CHECK(size <= rest_.size(), DataLossError,
                    "deserialize: truncated: got {} bytes, expected {}",
                    rest_.size(), size);
  const std::string_view result = rest_.substr(0, size_t(size));
  rest_.remove_prefix(size_t(size));
  return result;
}

double WireReader::real() {
  double value = 0;
  std::memcpy(&value, bytes(sizeof value).data(), sizeof value);
  return value;
}

size_t WireReader::count() {
  const uint64_t value = varint();
  NUMEST_USER_CHECK(value <= rest_.size(), DataLossError,
                    "deserialize: a count exceeds the data: got {}, expected "
                    "at most {}",
                    value, rest_.size());
  return size_t(value);
}

DType WireReader::dtype() {
  const uint8_t value = byte();
  NUMEST_USER_CHECK(value < kNumDTypes, DataLossError,
                    "deserialize: unknown dtype number: got {}", value);
  return DType(value);
}

Shape WireReader::shape() {
  const size_t ndim = count();
  NUMEST_USER_CHECK(ndim <= size_t(kMaxNdim), DataLossError,
                    "deserialize: too many axes: got {}, expected at most {}",
                    ndim, kMaxNdim);
  Shape result;
  for (size_t i = 0; i < ndim; ++i) result.push_back(integer());
  return result;
}

Array WireReader::array() {
  const DType type = dtype();
  const Shape extents = shape();
  // Checked by division: a product of damaged extents could wrap around.
  uint64_t limit = rest_.size();
  bool is_empty = false;
  for (int64_t extent : extents) {
    NUMEST_USER_CHECK(extent >= 0, DataLossError,
                      "deserialize: an array has the extent {}", extent);
    is_empty = is_empty || extent == 0;
  }
  for (int64_t extent : extents) {
    if (is_empty) break;
    limit /= uint64_t(extent);
  }
  NUMEST_USER_CHECK(is_empty || limit > 0, DataLossError,
                    "deserialize: truncated array of shape {}",
                    extents.to_string());
  Array result(type, extents);
  if (type == DType::kBytes) {
    for (Bytes& b : result.span<Bytes>()) b = std::string(text());
    return result;
  }
  const std::string_view data = text();
  NUMEST_USER_CHECK(data.size() == size_t(result.nbytes()), DataLossError,
                    "deserialize: got {} bytes of an array, expected {}",
                    data.size(), result.nbytes());
  if (!data.empty()) std::memcpy(result.raw(), data.data(), data.size());
  return result;
}

}  // namespace numest
