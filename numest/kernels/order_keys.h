// The order in which elements are sorted and searched: NaN last, complex
// numbers by real, then imaginary part, 16-bit floats as float.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "numest/kernels/half_convert.h"

namespace numest::kernels {

/// What is compared of an element.
template <class T>
auto key_of(const T& x) {
  if constexpr (is_half_type<T>)
    return to_float(x);
  else
    return x;
}

template <class K>
bool is_nan(const K& x) {
  if constexpr (std::is_same_v<K, Bytes> || std::is_integral_v<K>)
    return false;
  else
    return x != x;
}

/// Strict order of keys with NaN last.
template <class K>
bool is_less(const K& x, const K& y) {
  if constexpr (std::is_same_v<K, Complex64> || std::is_same_v<K, Complex128>) {
    if (is_nan(x) || is_nan(y)) return !is_nan(x) && is_nan(y);
    return x.real() < y.real() || (x.real() == y.real() && x.imag() < y.imag());
  } else {
    return x < y || (is_nan(y) && !is_nan(x));
  }
}

/// A real key as an unsigned number of the same order; equal keys, NaN among
/// them, are equal numbers.
template <class K>
auto ordered(K x) {
  if constexpr (std::is_floating_point_v<K>) {
    using U = std::conditional_t<sizeof(K) == 4, uint32_t, uint64_t>;
    constexpr U kSign = U{1} << (8 * sizeof(U) - 1);
    if (x != x) return std::numeric_limits<U>::max();
    const U bits = std::bit_cast<U>(x + K{0});  // -0.0 to 0.0
    return bits & kSign ? U(~bits) : U(bits | kSign);
  } else if constexpr (sizeof(K) == 8) {
    constexpr uint64_t kSign = std::is_signed_v<K> ? uint64_t{1} << 63 : 0;
    return static_cast<uint64_t>(x) ^ kSign;
  } else {
    constexpr uint32_t kSign = std::is_signed_v<K> ? uint32_t{1} << 31 : 0;
    return static_cast<uint32_t>(x) ^ kSign;
  }
}

}  // namespace numest::kernels
