// Bounds come before every access; sizes are compared as unsigned 64-bit
// numbers so that no sum can wrap.
#include "numest/formats/byte_reader.h"

#include "numest/base/error.h"

namespace numest {

std::string_view ByteReader::take(uint64_t count) {
  if (count > remaining())
    damaged(fmt::format("truncated: {} bytes are left, expected {}",
                        remaining(), count));
  const std::string_view part = bytes_.substr(position_, size_t(count));
  position_ += size_t(count);
  return part;
}

uint64_t ByteReader::varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = uint8_t(take(1)[0]);
    value |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
  damaged("a number is longer than 10 bytes");
}

void ByteReader::damaged(std::string_view what) const {
  fail<DataLossError>("{}: damaged at byte {}: {}", source_, position_, what);
}

void append_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += char(uint8_t(value) | 0x80);
  out += char(value);
}

uint64_t checked_nbytes(const Shape& shape, int64_t itemsize,
                        std::string_view source) {
  int64_t product = itemsize;
  bool is_empty = false;
  for (const int64_t extent : shape) {
    NUMEST_USER_CHECK(
        extent >= 0 && !__builtin_mul_overflow(
                           product, std::max<int64_t>(extent, 1), &product),
        DataLossError, "{}: damaged: the shape {} is impossible", source,
        shape.to_string());
    is_empty = is_empty || extent == 0;
  }
  return is_empty ? 0 : uint64_t(product);
}

void check_bools(std::string_view bytes, std::string_view source) {
  for (size_t i = 0; i < bytes.size(); ++i)
    NUMEST_USER_CHECK(uint8_t(bytes[i]) <= 1, DataLossError,
                      "{}: damaged: bool {} has the value {}, expected 0 or 1",
                      source, i, int{uint8_t(bytes[i])});
}

}  // namespace numest
