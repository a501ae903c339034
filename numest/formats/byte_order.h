// Numbers of a stated byte order in memory that need not be aligned.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace numest {

static_assert(std::endian::native == std::endian::little,
              "Numest runs on little-endian machines");

/// Reads a T in the machine's order.
template <class T>
T load(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

/// Appends a T in little-endian order.
template <class T>
void append_little(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

/// Reverses the bytes of every item of `itemsize` bytes.
inline void swap_bytes(std::span<std::byte> bytes, size_t itemsize) {
  if (itemsize < 2) return;
  for (size_t i = 0; i + itemsize <= bytes.size(); i += itemsize)
    std::reverse(bytes.begin() + std::ptrdiff_t(i),
                 bytes.begin() + std::ptrdiff_t(i + itemsize));
}

}  // namespace numest
