// CRC-32C (Castagnoli, RFC 3720 appendix B.4) and TensorFlow's masked form,
// which TFRecord, LevelDB tables and checkpoints store.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace numest {

/// Returns the checksum of `bytes`.
uint32_t crc32c(std::string_view bytes);
/// Continues: `crc32c_extend(crc32c(a), b) == crc32c(a + b)`.
uint32_t crc32c_extend(uint32_t crc, std::string_view bytes);
/// The table-driven form that machines without SSE4.2 use.
uint32_t crc32c_extend_portable(uint32_t crc, std::string_view bytes);

inline constexpr uint32_t kCrcMaskDelta = 0xa282ead8u;

/// Rotates and adds, so that a checksum of data that holds checksums is not
/// degenerate.
inline uint32_t mask_crc(uint32_t crc) {
  return std::rotr(crc, 15) + kCrcMaskDelta;
}
inline uint32_t unmask_crc(uint32_t masked) {
  return std::rotl(masked - kCrcMaskDelta, 15);
}
/// `mask_crc(crc32c(bytes))`.
inline uint32_t masked_crc32c(std::string_view bytes) {
  return mask_crc(crc32c(bytes));
}

}  // namespace numest
