// Sorting along the last axis of a contiguous (rows, n) array: all numeric
// dtypes and bytes. NaN sorts last; complex numbers by real, then imaginary
// part; bytes by unsigned value.
#pragma once

#include <cstdint>

#include "numest/array/dtype.h"

namespace numest::kernels {

/// Sorts each row in place, ascending.
void sort_rows(DType dtype, void* x, int64_t rows, int64_t n);

/// Writes the positions that sort each row; equal elements keep their order.
void argsort_rows(DType dtype, const void* x, int64_t* out, int64_t rows,
                  int64_t n);

/// Writes the k largest elements of each row, largest first, and their
/// positions; of equals the lowest position comes first; NaN counts as
/// largest. `values` or `indices` may be null. Throws ValueError unless
/// 0 <= k <= n.
void top_k(DType dtype, const void* x, int64_t rows, int64_t n, int64_t k,
           void* values, int64_t* indices);

/// For each of m values, the position in the ascending `sorted` of n elements
/// before which it belongs: the first possible one, or the last if `right`.
void searchsorted(DType dtype, const void* sorted, int64_t n,
                  const void* values, int64_t m, bool right, int64_t* out);

}  // namespace numest::kernels
