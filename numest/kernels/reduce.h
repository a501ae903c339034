// Reductions and scans over the middle axis of a contiguous array seen as
// (outer, n, inner). The order of summation is fixed by n and inner alone:
// pairwise over blocks, equal for every number of threads and SIMD level.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "numest/array/dtype.h"

namespace numest::kernels {

/// Reads (outer, n, inner) and writes (outer, inner) elements; scans write
/// (outer, n, inner), and `out` may equal `in` if the dtypes are equal.
using ReduceFn = void (*)(const void* in, void* out, int64_t outer, int64_t n,
                          int64_t inner);

struct Reduce {
  ReduceFn fn;
  DType out;
};

/// Returns the reduction "sum", "prod", "max", "min", "all", "any", "argmax",
/// "argmin" or the scan "cumsum", "cumprod" of dtype `in`; nullopt if there
/// is none. max, min, argmax and argmin take NaN as the extreme; the first of
/// equals wins. Empty sums are 0, products 1, all true, any false; an empty
/// max, min, argmax or argmin throws ValueError.
std::optional<Reduce> find_reduce(std::string_view name, DType in);

/// Returns NumPy's dtype of the result: sums and products of bool and signed
/// integers are int64, of unsigned ones uint64; throws TypeError if the
/// reduction does not take the dtype.
DType reduce_out(std::string_view name, DType in);

}  // namespace numest::kernels
