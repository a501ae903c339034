// A ufunc applied at positions of an array, one after the other, where a loop
// in order is faster than tiles of different positions: one dtype, few cycles.
#pragma once

#include <cstdint>
#include <string_view>

#include "numest/array/dtype.h"

namespace numest::kernels {

/// For each of n positions p, in order: before[i] = array[p], then array[p] =
/// ufunc(array[p], operands[0][i], ...).
using CombineFn = void (*)(const int64_t* positions, int64_t n,
                           const void* const* operands, void* array,
                           void* before);

/// The loop for arrays and operands of `dtype`; null if there is none.
CombineFn find_combine(std::string_view ufunc, DType dtype);

}  // namespace numest::kernels
