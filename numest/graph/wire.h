// Reading and writing of the serialized form's scalars. Every read checks
// what is left: damaged bytes give DataLossError, never a wild read.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "numest/array/array.h"

namespace numest {

class WireWriter {
 public:
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += char(value | 0x80);
    out_ += char(value);
  }
  void integer(int64_t value) {
    varint((uint64_t(value) << 1) ^ uint64_t(value >> 63));
  }
  void byte(uint8_t value) { out_ += char(value); }
  void text(std::string_view value) {
    varint(value.size());
    out_ += value;
  }
  void real(double value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out_.append(bytes, sizeof value);
  }
  void shape(const Shape& shape);
  void array(const Array& array);
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  uint64_t varint();
  int64_t integer() {
    const uint64_t v = varint();
    return int64_t(v >> 1) ^ -int64_t(v & 1);
  }
  uint8_t byte() { return uint8_t(bytes(1)[0]); }
  std::string_view text() { return bytes(varint()); }
  double real();
  /// A number of things of at least one byte each.
  size_t count();
  DType dtype();
  Shape shape();
  Array array();
  std::string_view bytes(uint64_t size);
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace numest
