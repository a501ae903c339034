// Sums and products. Integers add up in 64 bits and wrap, 16-bit floats add
// up in float32 and are rounded once.
#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/reduce_sum.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include "numest/kernels/reduce_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

// Accumulator and result of sums of T.
template <class T>
struct SumTypes {
  using Acc = T;
  using Out = T;
};
template <class T>
requires std::is_integral_v<T>
struct SumTypes<T> {
  using Acc = uint64_t;
  using Out = std::conditional_t<std::is_signed_v<T> || std::is_same_v<T, bool>,
                                 int64_t, uint64_t>;
};
template <class T>
requires is_half_type<T>
struct SumTypes<T> {
  using Acc = float;
  using Out = T;
};

template <class T>
struct SumBase {
  using Acc = typename SumTypes<T>::Acc;
  using Out = typename SumTypes<T>::Out;
  static void check(int64_t) {}
  static Acc load(T x) {
    if constexpr (is_half_type<T>)
      return to_float(x);
    else
      return static_cast<Acc>(x);  // signed integers extend their sign
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
template <class T>
struct Sum : SumBase<T> {
  static typename SumBase<T>::Acc empty() { return {}; }
  template <class A>
  HWY_INLINE static A combine(A x, A y) {
    return x + y;
  }
};
template <class T>
struct Product : SumBase<T> {
  static typename SumBase<T>::Acc empty() {
    return static_cast<typename SumBase<T>::Acc>(1);
  }
  template <class A>
  HWY_INLINE static A combine(A x, A y) {
    if constexpr (std::is_class_v<A>)  // complex, NumPy's plain formula
      return A(x.real() * y.real() - x.imag() * y.imag(),
               x.real() * y.imag() + x.imag() * y.real());
    else
      return x * y;
  }
};

template <template <class> class Op>
void append_all(ReduceRows& rows, std::string_view name) {
  append_reduce<Op, bool, int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t,
                uint32_t, uint64_t, Float16, BFloat16, float, double, Complex64,
                Complex128>(rows, name);
}
void append_rows(ReduceRows& rows) {
  append_all<Sum>(rows, "sum");
  append_all<Product>(rows, "prod");
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(append_rows);
void append_sum_reduces(ReduceRows& rows) {
  HWY_DYNAMIC_DISPATCH(append_rows)(rows);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
