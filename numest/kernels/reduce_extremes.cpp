// Largest and smallest elements; NaN counts as the extreme.
#include <limits>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/reduce_extremes.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include "numest/kernels/reduce_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

template <class T>
struct ExtremeBase {
  using Acc = std::conditional_t<
      is_half_type<T>, float,
      std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>>;
  using Out = T;
  static void check(int64_t n) {
    NUMEST_USER_CHECK(n > 0, ValueError,
                      "max, min: got a zero-size array, which has no identity; "
                      "expected at least one element along the axis");
  }
  static Acc load(T x) {
    if constexpr (is_half_type<T>)
      return to_float(x);
    else
      return x;
  }
  static Out finish(Acc x) {
    if constexpr (is_half_type<T>) {
      Out y;
      from_float(x, y);
      return y;
    } else {
      return static_cast<Out>(x);
    }
  }
};
// A NaN in y fails the comparison and so is taken.
template <class T>
struct Largest : ExtremeBase<T> {
  using Acc = typename ExtremeBase<T>::Acc;
  static Acc empty() {
    using Limits = std::numeric_limits<Acc>;
    return Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  }
  template <class A>
  HWY_INLINE static A combine(A x, A y) {
    return ((x >= y) | (x != x)) ? x : y;
  }
};
template <class T>
struct Smallest : ExtremeBase<T> {
  using Acc = typename ExtremeBase<T>::Acc;
  static Acc empty() {
    using Limits = std::numeric_limits<Acc>;
    return Limits::has_infinity ? Limits::infinity() : Limits::max();
  }
  template <class A>
  HWY_INLINE static A combine(A x, A y) {
    return ((x <= y) | (x != x)) ? x : y;
  }
};

template <template <class> class Op>
void append_all(ReduceRows& rows, std::string_view name) {
  append_reduce<Op, bool, int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t,
                uint32_t, uint64_t, Float16, BFloat16, float, double>(rows,
                                                                      name);
}
void append_rows(ReduceRows& rows) {
  append_all<Largest>(rows, "max");
  append_all<Smallest>(rows, "min");
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
