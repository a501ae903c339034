// float16 and bfloat16 to float32 and back without branches, so that loops
// over them vectorize on every level. Nearest even; NaN stays NaN.
#pragma once

#include <bit>
#include <cstdint>

#include "numest/array/dtype.h"

namespace numest::kernels {

inline float to_float(Float16 value) {
  const uint32_t sign = static_cast<uint32_t>(value.bits & 0x8000u) << 16;
  const uint32_t magnitude = value.bits & 0x7fffu;
  // Exponents differ by 112; infinity and NaN need as much again.
  const uint32_t rebias = magnitude >= 0x7c00u ? 224u << 23 : 112u << 23;
  const uint32_t normal = (magnitude << 13) + rebias;
  const uint32_t subnormal = std::bit_cast<uint32_t>(
      static_cast<float>(static_cast<int32_t>(magnitude)) * 0x1p-24f);
  return std::bit_cast<float>(sign | (magnitude < 0x400u ? subnormal : normal));
}

inline float to_float(BFloat16 value) {
  return std::bit_cast<float>(static_cast<uint32_t>(value.bits) << 16);
}

inline void from_float(float value, Float16& out) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t magnitude = bits & 0x7fffffffu;
  const uint32_t rounding = 0xfffu + ((magnitude >> 13) & 1u);
  const uint32_t normal = (magnitude + rounding - (112u << 23)) >> 13;
  // Adding 0.5 puts the last place of the sum at 2^-24, the smallest half.
  const uint32_t subnormal =
      std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) -
      std::bit_cast<uint32_t>(0.5f);
  uint32_t half = magnitude < (113u << 23) ? subnormal : normal;
  half = magnitude >= 0x477ff000u ? 0x7c00u : half;  // 65520 rounds up
  half = magnitude > 0x7f800000u ? 0x7e00u : half;
  out.bits = static_cast<uint16_t>(half | ((bits >> 16) & 0x8000u));
}

inline void from_float(float value, BFloat16& out) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const uint32_t quiet = (bits >> 16) | 0x40u;
  out.bits = static_cast<uint16_t>(
      (bits & 0x7fffffffu) > 0x7f800000u ? quiet : rounded);
}

template <class T>
inline constexpr bool is_half_type =
    std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>;

}  // namespace numest::kernels
