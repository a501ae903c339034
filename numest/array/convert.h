// Conversion of one element between dtypes, NumPy's way and without
// undefined behaviour; the loops over it are in cast.cpp.
#pragma once

#include <bit>
#include <limits>
#include <type_traits>

#include "numest/array/dtype.h"

namespace numest {

template <class T>
inline constexpr bool is_half =
    std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>;
template <class T>
inline constexpr bool is_complex_type =
    std::is_same_v<T, Complex64> || std::is_same_v<T, Complex128>;

/// Rounds to odd: the float keeps a trace of what was cut, so that rounding
/// it once more to 16 bits gives what rounding the double at once would.
inline float round_to_odd(double value) {
  const float f = static_cast<float>(value);
  const uint32_t bits = std::bit_cast<uint32_t>(f);
  if (static_cast<double>(f) == value || value != value || (bits & 1)) return f;
  const double magnitude = value < 0 ? -value : value;
  const float rounded = std::bit_cast<float>(bits & 0x7fffffff);
  return std::bit_cast<float>(
      static_cast<double>(rounded) > magnitude ? bits - 1 : bits | 1);
}

/// Truncates. NaN and what does not fit give the lowest int64 (int32 for
/// targets of up to 32 bits), of which narrow targets take the low bits, and
/// 2^64 and above give uint64 0: what NumPy gives on x86.
template <class To, class From>
To float_to_integer(From value) {
  using Wide =
      std::conditional_t<(sizeof(To) < 4 || std::is_same_v<To, int32_t>),
                         int32_t, int64_t>;
  constexpr From kBound =
      static_cast<From>(uint64_t{1} << (8 * sizeof(Wide) - 1));
  if constexpr (std::is_same_v<To, uint64_t>) {
    if (value >= 2 * kBound) return 0;
    if (value >= kBound)
      return static_cast<uint64_t>(value - kBound) | (uint64_t{1} << 63);
  }
  // -kBound itself has the right value too: it is the lowest Wide.
  const bool fits = value > -kBound && value < kBound;
  const Wide wide = fits ? static_cast<Wide>(fits ? value : From{0})
                         : std::numeric_limits<Wide>::min();
  return static_cast<To>(wide);
}

/// Converts a number to a number.
template <class To, class From>
To convert(From value) {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (std::is_same_v<To, bool>) {
    if constexpr (is_half<From>)
      return static_cast<float>(value) != 0;
    else
      return value != From(0);
  } else if constexpr (is_complex_type<From>) {
    if constexpr (is_complex_type<To>) {
      using Part = typename To::value_type;
      return To(static_cast<Part>(value.real()),
                static_cast<Part>(value.imag()));
    } else {
      return convert<To>(value.real());
    }
  } else if constexpr (is_complex_type<To>) {
    return To(convert<typename To::value_type>(value));
  } else if constexpr (is_half<From>) {
    return convert<To>(static_cast<float>(value));
  } else if constexpr (is_half<To>) {
    if constexpr (std::is_same_v<From, double>)
      return To(round_to_odd(value));
    else
      return To(static_cast<float>(value));
  } else if constexpr (std::is_floating_point_v<From> &&
                       std::is_integral_v<To>) {
    return float_to_integer<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

}  // namespace numest
