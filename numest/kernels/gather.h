// Rows taken from and added to a table by index, as embeddings need them.
// A row is `inner` contiguous elements of any dtype, bytes too. Indices count
// from the end if negative.
#pragma once

#include <cstdint>

#include "numest/array/dtype.h"

namespace numest::kernels {

/// Copies out[o, i, :] = table[o, indices[i], :] for a table of
/// (outer, num_rows, inner) and n indices: NumPy's take along an axis.
/// Throws IndexError if an index lies outside [-num_rows, num_rows).
void gather(DType dtype, const void* table, int64_t outer, int64_t num_rows,
            int64_t inner, const int64_t* indices, int64_t n, void* out);

/// True if all of n indices lie within [-num_rows, num_rows).
bool are_in_range(const int64_t* indices, int64_t n, int64_t num_rows);
/// As gather, of indices that are in range.
void gather_in_range(DType dtype, const void* table, int64_t outer,
                     int64_t num_rows, int64_t inner, const int64_t* indices,
                     int64_t n, void* out);

/// As gather with outer = 1.
void gather_rows(DType dtype, const void* table, int64_t num_rows,
                 int64_t inner, const int64_t* indices, int64_t n, void* out);

/// Adds table[indices[i], :] += updates[i, :] in the order of i, so that
/// duplicates add up alike for any number of threads. Numeric dtypes.
/// Throws IndexError before anything is written.
void scatter_add_rows(DType dtype, const int64_t* indices, int64_t n,
                      const void* updates, int64_t inner, void* table,
                      int64_t num_rows);

}  // namespace numest::kernels
