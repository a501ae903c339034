// The two 16-bit floats: storage only, arithmetic in float. Inline, so that
// loops over them vectorize.
#pragma once

#include <bit>
#include <cstdint>

namespace numest {

/// IEEE 754 binary16.
struct Float16 {
  uint16_t bits = 0;
  Float16() = default;
  Float16(float value);    // NOLINT: converts like a number, nearest even
  operator float() const;  // NOLINT
};
/// Upper half of a float.
struct BFloat16 {
  uint16_t bits = 0;
  BFloat16() = default;
  BFloat16(float value);   // NOLINT: nearest even
  operator float() const;  // NOLINT
};

/// Rounds the lowest `drop` bits of `x` away, to nearest, ties to even.
constexpr uint32_t round_off(uint32_t x, int drop) {
  const uint32_t half = (1u << (drop - 1)) - 1;
  return (x + half + ((x >> drop) & 1)) >> drop;
}

inline Float16::Float16(float value) {
  const uint32_t x = std::bit_cast<uint32_t>(value);
  const uint32_t magnitude = x & 0x7fffffff;
  // Below 2^-14: adding 0.5 makes the float adder shift and round, its unit
  // in the last place being 2^-24, that of the subnormals.
  const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
  uint32_t out = std::bit_cast<uint32_t>(shifted) - 0x3f000000;
  if (magnitude >= 0x38800000) out = round_off(magnitude - 0x38000000, 13);
  if (magnitude >= 0x47800000) out = 0x7c00;  // 2^16 and above
  if (magnitude > 0x7f800000)                 // NaN stays one: keep it quiet
    out = 0x7e00 | ((magnitude >> 13) & 0x3ff);
  bits = static_cast<uint16_t>(((x >> 16) & 0x8000) | out);
}

inline Float16::operator float() const {
  const uint32_t sign = uint32_t{bits & 0x8000u} << 16;
  const uint32_t magnitude = bits & 0x7fffu;
  // Below 0x0400 subnormal: a multiple of 2^-24.
  const float small = static_cast<float>(magnitude) * 0x1p-24f;
  uint32_t out = std::bit_cast<uint32_t>(small);
  if (magnitude >= 0x0400) out = (magnitude << 13) + 0x38000000;
  if (magnitude >= 0x7c00) out = 0x7f800000 | ((magnitude & 0x3ff) << 13);
  return std::bit_cast<float>(sign | out);
}

inline BFloat16::BFloat16(float value) {
  const uint32_t x = std::bit_cast<uint32_t>(value);
  const bool is_nan = (x & 0x7fffffff) > 0x7f800000;
  bits = static_cast<uint16_t>(is_nan ? (x >> 16) | 0x40 : round_off(x, 16));
}

inline BFloat16::operator float() const {
  return std::bit_cast<float>(uint32_t{bits} << 16);
}

}  // namespace numest
