// The two encodings of numbers are the ones of ordered_code.cc.
#include "numest/formats/slice_key.h"

#include <bit>

namespace numest {
namespace {

void append_name(std::string& out, std::string_view name) {
  for (const char c : name) {
    out += c;
    if (c == '\0') out += '\xff';
    if (c == '\xff') out += '\0';
  }
  out += '\0';
  out += '\1';
}

// The number of bytes, then the bytes, most significant first.
void append_count(std::string& out, uint64_t value) {
  const int num_bytes = (int(std::bit_width(value)) + 7) / 8;
  out += char(num_bytes);
  for (int i = num_bytes - 1; i >= 0; --i) out += char(value >> (8 * i));
}

// Two's complement in as few bytes as leave a sign bit; the sign bit is
// flipped, and a unary count of the bytes stands in front of it.
void append_signed(std::string& out, int64_t value) {
  const auto magnitude = uint64_t(value < 0 ? ~value : value);
  const int length = int(std::bit_width(magnitude)) / 7 + 1;
  std::string bytes;
  for (int i = length - 1; i >= 0; --i)
    bytes += char(value >> (i < 8 ? 8 * i : 63));
  // `length` one bits, from the first bit on.
  const uint32_t header = 0xffffu << (16 - length) & 0xffffu;
  bytes[0] = char(bytes[0] ^ char(header >> 8));
  if (length > 1) bytes[1] = char(bytes[1] ^ char(header & 0xff));
  out += bytes;
}

}  // namespace

std::string slice_key(std::string_view name,
                      const std::vector<SliceExtent>& extents) {
  std::string out(1, '\0');  // TensorFlow's leading number 0
  append_name(out, name);
  append_count(out, extents.size());
  for (const auto& [start, length] : extents) {
    append_signed(out, start);
    append_signed(out, length);
  }
  return out;
}

}  // namespace numest
