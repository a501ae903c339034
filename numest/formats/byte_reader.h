// A cursor over the bytes of a file that cannot leave them: what is missing
// or too large is a DataLossError that names the file and the position.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "numest/array/shape.h"
#include "numest/formats/byte_order.h"

namespace numest {

class ByteReader {
 public:
  /// Borrows `bytes`; `source` names them in messages ("read_idx: a.idx").
  ByteReader(std::string_view bytes, std::string source)
      : bytes_(bytes), source_(std::move(source)) {}

  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  const std::string& source() const { return source_; }

  /// Returns the next `count` bytes; DataLossError if there are fewer.
  std::string_view take(uint64_t count);
  /// Everything that is left.
  std::string_view take_rest() { return take(remaining()); }
  template <class T>
  T little() {
    return load<T>(take(sizeof(T)).data());
  }
  template <class T>
  T big() {
    std::string bytes(take(sizeof(T)));
    std::reverse(bytes.begin(), bytes.end());
    return load<T>(bytes.data());
  }
  /// A base-128 number of at most 10 bytes (protobuf's varint).
  uint64_t varint();
  /// Throws DataLossError "source: damaged at byte N: what".
  [[noreturn]] void damaged(std::string_view what) const;

 private:
  std::string_view bytes_;
  std::string source_;
  size_t position_ = 0;
};

/// Appends a base-128 number.
void append_varint(std::string& out, uint64_t value);

/// Returns the bytes of a contiguous array. DataLossError if an extent is
/// negative or the product leaves int64, whatever other extents are.
uint64_t checked_nbytes(const Shape& shape, int64_t itemsize,
                        std::string_view source);

/// DataLossError if a byte of a bool array is neither 0 nor 1.
void check_bools(std::string_view bytes, std::string_view source);

}  // namespace numest
