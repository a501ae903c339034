// "all" and "any": zero is false, everything else, NaN too, is true.
// The cost is the reading: the baseline level is enough.
#define HWY_COMPILE_ONLY_STATIC
#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/reduce_logic.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include "numest/kernels/reduce_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

template <class T>
struct LogicBase {
  using Acc = uint8_t;
  using Out = bool;
  static void check(int64_t) {}
  static Acc load(T x) {
    if constexpr (is_half_type<T>)
      return (x.bits & 0x7fffu) != 0;
    else
      return x != T{};
  }
  static Out finish(Acc x) { return x != 0; }
};
template <class T>
struct All : LogicBase<T> {
  static uint8_t empty() { return 1; }
  static uint8_t combine(uint8_t x, uint8_t y) {
    return static_cast<uint8_t>(x & y);
  }
};
template <class T>
struct Any : LogicBase<T> {
  static uint8_t empty() { return 0; }
  static uint8_t combine(uint8_t x, uint8_t y) {
    return static_cast<uint8_t>(x | y);
  }
};

template <template <class> class Op>
void append_all(ReduceRows& rows, std::string_view name) {
  append_reduce<Op, bool, int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t,
                uint32_t, uint64_t, Float16, BFloat16, float, double, Complex64,
                Complex128>(rows, name);
}
void append_rows(ReduceRows& rows) {
  append_all<All>(rows, "all");
  append_all<Any>(rows, "any");
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(append_rows);
void append_logic_reduces(ReduceRows& rows) {
  HWY_DYNAMIC_DISPATCH(append_rows)(rows);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
