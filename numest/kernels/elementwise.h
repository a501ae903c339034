// Elementwise loops over contiguous tiles, found by the op's NumPy name and
// the inputs' dtype. float16 and bfloat16 are computed in float32.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "numest/array/dtype.h"

namespace numest::kernels {

/// Computes n results over contiguous tiles; in[k] points to n elements.
/// `out` may equal an input of the same itemsize (in place); any other
/// overlap is not allowed. Pointers need the alignment of their dtype only.
using TileFn = void (*)(const void* const* in, void* out, int64_t n);

struct Tile {
  TileFn fn;
  DType out;
  int num_inputs;
};

/// Returns the kernel of the elementwise op `name` (NumPy's ufunc name, also
/// "where", "clip", "fma", "sigmoid", "softplus", "relu", "erf", "rsqrt") for
/// inputs that all have dtype `in` (the condition of "where" is bool);
/// nullopt if the op does not take that dtype.
///
/// Integers wrap; x // 0 and x % 0 are 0; shifts by too much give 0 or -1.
/// "fma" is x * y + z rounded twice, so that it equals multiply then add.
/// Transcendental functions lie within 4 ULP of the exact result.
std::optional<Tile> find_tile(std::string_view name, DType in);

/// Returns the names of all ops, sorted.
std::vector<std::string> tile_names();

/// Returns the conversion between two numeric dtypes, NumPy's way: floats
/// are truncated to integers, complex numbers lose the imaginary part.
/// Throws TypeError for bytes with numbers.
TileFn cast_tile(DType from, DType to);

}  // namespace numest::kernels
