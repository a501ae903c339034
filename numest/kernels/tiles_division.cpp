// Division, remainders and integer powers, with NumPy's rules: the quotient
// rounds down, the remainder has the sign of the divisor, integers give 0 for
// a zero divisor instead of a trap.
#include <cmath>
#include <type_traits>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/tiles_division.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include "numest/kernels/tile_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

template <class T>
struct Quotient {
  T quotient, remainder;
};
// Truncated division that never traps: x / 0 = 0 rest 0, lowest / -1 wraps.
template <class T>
Quotient<T> divide_integers(T x, T y) {
  if (y == 0) return {0, 0};
  if constexpr (std::is_signed_v<T>) {
    using U = std::make_unsigned_t<T>;
    if (y == T{-1}) return {static_cast<T>(U{0} - static_cast<U>(x)), 0};
  }
  return {static_cast<T>(x / y), static_cast<T>(x % y)};
}

struct Divide {
  template <class T>
  static auto apply(T x, T y) {
    if constexpr (std::is_integral_v<T>)
      return static_cast<double>(x) / static_cast<double>(y);
    else
      return x / y;
  }
};

template <class T>
T float_remainder(T x, T y) {
  const T rest = std::fmod(x, y);
  if (y == 0) return rest;  // NaN
  if (rest == 0) return std::copysign(T{0}, y);
  return (y < 0) != (rest < 0) ? rest + y : rest;
}

template <class T>
T float_floor_divide(T x, T y) {
  if (y == 0) return x / y;
  const T rest = std::fmod(x, y);
  T quotient = (x - rest) / y;
  if (rest != 0 && (y < 0) != (rest < 0)) quotient -= 1;
  if (quotient == 0) return std::copysign(T{0}, x / y);
  const T floored = std::floor(quotient);
  return quotient - floored > T(0.5) ? floored + 1 : floored;
}

struct FloorDivide {
  template <class T>
  static T apply(T x, T y) {
    if constexpr (std::is_integral_v<T>) {
      const auto [quotient, rest] = divide_integers(x, y);
      const bool is_below = rest != 0 && (rest < 0) != (y < 0);
      return static_cast<T>(is_below ? quotient - 1 : quotient);
    } else {
      return float_floor_divide(x, y);
    }
  }
};
struct Remainder {
  template <class T>
  static T apply(T x, T y) {
    if constexpr (std::is_integral_v<T>) {
      const T rest = divide_integers(x, y).remainder;
      const bool is_below = rest != 0 && (rest < 0) != (y < 0);
      return static_cast<T>(is_below ? rest + y : rest);
    } else {
      return float_remainder(x, y);
    }
  }
};
struct Fmod {
  template <class T>
  static T apply(T x, T y) {
    if constexpr (std::is_integral_v<T>)
      return divide_integers(x, y).remainder;
    else
      return std::fmod(x, y);
  }
};
struct Reciprocal {
  template <class T>
  static T apply(T x) {
    if constexpr (std::is_integral_v<T>)
      return divide_integers(T{1}, x).quotient;
    else
      return T{1} / x;
  }
};

// Powers by squaring, wrapping; a negative exponent truncates 1 / x^|y|.
struct IntegerPower {
  template <class T>
  static T apply(T x, T y) {
    if (y < 0) {
      if (x == 1) return 1;
      if constexpr (std::is_signed_v<T>) {
        if (x == T{-1}) return static_cast<T>(y & 1 ? -1 : 1);
      }
      return 0;
    }
    uint64_t result = 1, base = static_cast<uint64_t>(x);
    for (uint64_t n = static_cast<uint64_t>(y); n != 0; n >>= 1) {
      if (n & 1) result *= base;
      base *= base;
    }
    return static_cast<T>(result);
  }
};

template <class F, int N>
void append_integers(TileRows& rows, std::string_view name) {
  append_all<F, N, SignedTypes, UnsignedTypes>(rows, name);
}

void append_rows(TileRows& rows) {
  append_all<Divide, 2, BoolTypes, SignedTypes, UnsignedTypes, FloatTypes>(
      rows, "divide");
  append_all<FloorDivide, 2, SignedTypes, UnsignedTypes, FloatTypes>(
      rows, "floor_divide");
  append_all<Remainder, 2, SignedTypes, UnsignedTypes, FloatTypes>(rows,
                                                                   "remainder");
  append_all<Fmod, 2, SignedTypes, UnsignedTypes, FloatTypes>(rows, "fmod");
  append_all<Reciprocal, 1, SignedTypes, UnsignedTypes, FloatTypes>(
      rows, "reciprocal");
  append_integers<IntegerPower, 2>(rows, "power");
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(append_rows);
void append_division_tiles(TileRows& rows) {
  HWY_DYNAMIC_DISPATCH(append_rows)(rows);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
