// Rows of the kernel table and the functions that append them; one function
// per source file. Each returns the rows of the SIMD level that runs.
#pragma once

#include <string_view>
#include <vector>

#include "numest/kernels/elementwise.h"

namespace numest::kernels {

struct TileRow {
  std::string_view name;
  DType in;
  Tile tile;
};
using TileRows = std::vector<TileRow>;

void append_arithmetic_tiles(TileRows& rows);
void append_division_tiles(TileRows& rows);
void append_compare_tiles(TileRows& rows);
void append_bit_tiles(TileRows& rows);
void append_math_tiles(TileRows& rows);
void append_binary_math_tiles(TileRows& rows);
void append_polar_tiles(TileRows& rows);
void append_power_tiles(TileRows& rows);
void append_select_tiles(TileRows& rows);
void append_complex_tiles(TileRows& rows);
void append_bytes_tiles(TileRows& rows);

/// Types as a value, to append one row for each.
template <class... T>
struct Types {};

using SignedTypes = Types<int8_t, int16_t, int32_t, int64_t>;
using UnsignedTypes = Types<uint8_t, uint16_t, uint32_t, uint64_t>;
using FloatTypes = Types<Float16, BFloat16, float, double>;
using BoolTypes = Types<bool>;
using ComplexTypes = Types<Complex64, Complex128>;

}  // namespace numest::kernels
