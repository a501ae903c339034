// Largest and smallest elements.
#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/reduce_extremes.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include "numest/kernels/reduce_extremes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

// Complex numbers by real, then by imaginary part; the first NaN stays.
template <class T, bool kIsLargest>
struct ComplexExtreme {
  using Acc = T;
  using Out = T;
  static void check(int64_t n) { ExtremeBase<float>::check(n); }
  static T empty() {
    using Limits = std::numeric_limits<typename T::value_type>;
    const auto end = kIsLargest ? -Limits::infinity() : Limits::infinity();
    return {end, end};
  }
  static T load(T x) { return x; }
  static T finish(T x) { return x; }
  static bool is_nan(T x) { return x != x; }
  static T combine(T x, T y) {
    if (is_nan(x) || is_nan(y)) return is_nan(x) ? x : y;
    const bool is_before =
        x.real() != y.real() ? x.real() < y.real() : x.imag() < y.imag();
    return is_before == kIsLargest ? y : x;
  }
};
template <class T>
using LargestComplex = ComplexExtreme<T, true>;
template <class T>
using SmallestComplex = ComplexExtreme<T, false>;

template <template <class> class Op>
void append_all(ReduceRows& rows, std::string_view name) {
  append_reduce<Op, bool, int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t,
                uint32_t, uint64_t, Float16, BFloat16, float, double>(rows,
                                                                      name);
}
void append_rows(ReduceRows& rows) {
  append_all<Largest>(rows, "max");
  append_all<Smallest>(rows, "min");
  append_reduce<LargestComplex, Complex64, Complex128>(rows, "max");
  append_reduce<SmallestComplex, Complex64, Complex128>(rows, "min");
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(append_rows);
void append_extreme_reduces(ReduceRows& rows) {
  HWY_DYNAMIC_DISPATCH(append_rows)(rows);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
