// "where" and "clip": selection between inputs.
#include <bit>
#include <type_traits>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/tiles_select.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include "numest/kernels/tile_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

struct Clip {
  template <class T>
  static T apply(T x, T low, T high) {
    T y = (x >= low || x != x) ? x : low;  // a NaN anywhere stays
    return (y <= high || y != y) ? y : high;
  }
};

template <size_t kSize>
struct BitsOf;
template <>
struct BitsOf<1> {
  using type = uint8_t;
};
template <>
struct BitsOf<2> {
  using type = uint16_t;
};
template <>
struct BitsOf<4> {
  using type = uint32_t;
};
template <>
struct BitsOf<8> {
  using type = uint64_t;
};

// Selection moves bits, so the element type matters by its size only; by
// masks, since compilers do not vectorize a choice by bytes between words.
template <class T>
void where(const void* const* in, void* out, int64_t n) {
  const uint8_t* condition = static_cast<const uint8_t*>(in[0]);
  const T* x = static_cast<const T*>(in[1]);
  const T* y = static_cast<const T*>(in[2]);
  T* z = static_cast<T*>(out);
  if constexpr (sizeof(T) > 8) {
    for (int64_t i = 0; i < n; ++i) z[i] = condition[i] ? x[i] : y[i];
  } else {
    using Bits = typename BitsOf<sizeof(T)>::type;
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) {
      const Bits mask = static_cast<Bits>(0 - Bits{condition[i] != 0});
      const Bits a = std::bit_cast<Bits>(x[i]);
      const Bits b = std::bit_cast<Bits>(y[i]);
      z[i] = std::bit_cast<T>(static_cast<Bits>((a & mask) | (b & ~mask)));
    }
  }
}

template <class... T>
void append_where(TileRows& rows, Types<T...>) {
  (rows.push_back({"where", dtype_of<T>, {&where<T>, dtype_of<T>, 3}}), ...);
}

void append_rows(TileRows& rows) {
  append_all<Clip, 3, SignedTypes, UnsignedTypes, FloatTypes>(rows, "clip");
  append_where(rows, BoolTypes());
  append_where(rows, SignedTypes());
  append_where(rows, UnsignedTypes());
  append_where(rows, FloatTypes());
  append_where(rows, ComplexTypes());
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(append_rows);
void append_select_tiles(TileRows& rows) {
  HWY_DYNAMIC_DISPATCH(append_rows)(rows);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
