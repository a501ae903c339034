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
