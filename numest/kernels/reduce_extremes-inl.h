// Largest and smallest elements as operations of reduce_loop-inl.h; NaN counts
// as the extreme.
#if defined(NUMEST_KERNELS_REDUCE_EXTREMES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NUMEST_KERNELS_REDUCE_EXTREMES_INL_H_
#undef NUMEST_KERNELS_REDUCE_EXTREMES_INL_H_
#else
#define NUMEST_KERNELS_REDUCE_EXTREMES_INL_H_
#endif

#include <limits>

#include "numest/kernels/reduce_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {

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
  template <class A>
  HWY_INLINE static bool is_beyond(A x, A y) {
    return x > y;
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
  template <class A>
  HWY_INLINE static bool is_beyond(A x, A y) {
    return x < y;
  }
};

}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // NUMEST_KERNELS_REDUCE_EXTREMES_INL_H_
