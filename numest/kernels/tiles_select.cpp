// "where" and "clip": selection between inputs.
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

// Selection moves bits, so the element type matters by its size only.
template <class T>
void where(const void* const* in, void* out, int64_t n) {
  const bool* condition = static_cast<const bool*>(in[0]);
  const T* x = static_cast<const T*>(in[1]);
  const T* y = static_cast<const T*>(in[2]);
  T* z = static_cast<T*>(out);
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    const T a = x[i], b = y[i];
    z[i] = condition[i] ? a : b;
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
