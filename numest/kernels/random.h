// Random values keyed by position: value i of a fill depends on the key and
// on first + i alone (Philox, base/random.h), never on threads or pieces.
#pragma once

#include <cstdint>

#include "numest/array/dtype.h"
#include "numest/base/random.h"

namespace numest::kernels {

/// Words of the stream: position p is word p % 4 of block p / 4.
void random_bits(Key key, uint64_t first, uint32_t* out, int64_t n);

/// Uniform in [0, 1): 24 bits for float32, 53 for float64; 16-bit floats are
/// truncated to 11 (float16) and 8 (bfloat16) bits. Throws TypeError on
/// other dtypes.
void random_uniform(Key key, DType dtype, uint64_t first, void* out, int64_t n);

/// Standard normal (Box-Muller), all float dtypes.
void random_normal(Key key, DType dtype, uint64_t first, void* out, int64_t n);

/// Standard normal within two standard deviations; values outside are drawn
/// again, as TensorFlow does.
void random_truncated_normal(Key key, DType dtype, uint64_t first, void* out,
                             int64_t n);

/// Uniform in [low, high); throws ValueError unless low < high. The bias is
/// below (high - low) / 2^64.
void random_integers(Key key, int64_t low, int64_t high, uint64_t first,
                     int64_t* out, int64_t n);

/// A permutation of 0 .. n - 1; out[i] is permuted_index(key, n, i).
void random_permutation(Key key, int64_t n, int64_t* out);

}  // namespace numest::kernels
