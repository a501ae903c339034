// Arrays as sets: which elements are among others, and which are distinct. NaN
// is not among others; -0.0 and 0.0 are equal.
#pragma once

#include <cstdint>

#include "numest/array/dtype.h"

namespace numest::kernels {

/// For each of n elements whether it is one of m `tests`, of any dtype. Of real
/// numbers time grows with n + m, not with their product.
void isin(DType dtype, const void* x, int64_t n, const void* tests, int64_t m,
          bool* out);

/// True of real numbers, but those of 16-bit floats.
bool is_unique_defined(DType dtype);
/// Writes the distinct elements in their order to `out`, which has room for n,
/// and returns how many they are. Of equal elements it is the first one; all
/// NaNs are equal if `equal_nan`, else each counts.
int64_t unique(DType dtype, const void* x, int64_t n, bool equal_nan,
               void* out);

}  // namespace numest::kernels
