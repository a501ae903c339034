// Bitwise ops, shifts and divisors of integers. Shifts by the width or more
// shift everything out; so do negative shift counts.
#include <type_traits>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/tiles_bits.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include "numest/kernels/tile_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

struct BitwiseAnd {
  template <class T>
  static T apply(T x, T y) {
    return static_cast<T>(x & y);
  }
};
struct BitwiseOr {
  template <class T>
  static T apply(T x, T y) {
    return static_cast<T>(x | y);
  }
};
struct BitwiseXor {
  template <class T>
  static T apply(T x, T y) {
    return static_cast<T>(x ^ y);
  }
};
struct Invert {
  template <class T>
  static T apply(T x) {
    if constexpr (std::is_same_v<T, bool>)
      return !x;
    else
      return static_cast<T>(~x);
  }
};

struct LeftShift {
  template <class T>
  static T apply(T x, T y) {
    using U = std::make_unsigned_t<T>;
    constexpr U kWidth = 8 * sizeof(T);
    const U count = static_cast<U>(y);
    const uint64_t wide = static_cast<uint64_t>(static_cast<U>(x));
    return count < kWidth ? static_cast<T>(wide << (count & (kWidth - 1)))
                          : T{0};
  }
};
struct RightShift {
  template <class T>
  static T apply(T x, T y) {
    using U = std::make_unsigned_t<T>;
    constexpr U kLast = 8 * sizeof(T) - 1;
    const U count = static_cast<U>(y);
    if constexpr (std::is_signed_v<T>)  // the sign fills
      return static_cast<T>(x >> (count < kLast ? count : kLast));
    else
      return count <= kLast ? static_cast<T>(x >> (count & kLast)) : T{0};
  }
};

template <class T>
auto magnitude(T x) {
  using U = std::make_unsigned_t<T>;
  return static_cast<U>(x < 0 ? U{0} - static_cast<U>(x) : static_cast<U>(x));
}
template <class U>
U greatest_divisor(U x, U y) {
  while (y != 0) {
    const U rest = static_cast<U>(x % y);
    x = y;
    y = rest;
  }
  return x;
}
struct Gcd {
  template <class T>
  static T apply(T x, T y) {
    return static_cast<T>(greatest_divisor(magnitude(x), magnitude(y)));
  }
};
struct Lcm {
  template <class T>
  static T apply(T x, T y) {
    const uint64_t a = magnitude(x), b = magnitude(y);
    const uint64_t divisor = greatest_divisor(a, b);
    return divisor == 0 ? T{0} : static_cast<T>(a / divisor * b);
  }
};

void append_rows(TileRows& rows) {
  append_all<BitwiseAnd, 2, BoolTypes, SignedTypes, UnsignedTypes>(
      rows, "bitwise_and");
  append_all<BitwiseOr, 2, BoolTypes, SignedTypes, UnsignedTypes>(rows,
                                                                  "bitwise_or");
  append_all<BitwiseXor, 2, BoolTypes, SignedTypes, UnsignedTypes>(
      rows, "bitwise_xor");
  append_all<Invert, 1, BoolTypes, SignedTypes, UnsignedTypes>(rows, "invert");
  append_all<LeftShift, 2, SignedTypes, UnsignedTypes>(rows, "left_shift");
  append_all<RightShift, 2, SignedTypes, UnsignedTypes>(rows, "right_shift");
  append_all<Gcd, 2, SignedTypes, UnsignedTypes>(rows, "gcd");
  append_all<Lcm, 2, SignedTypes, UnsignedTypes>(rows, "lcm");
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(append_rows);
void append_bit_tiles(TileRows& rows) {
  HWY_DYNAMIC_DISPATCH(append_rows)(rows);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
