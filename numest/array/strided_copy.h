// Copies a stretch of a strided array's elements, in row-major order, to
// contiguous memory: what tiles read that are not contiguous.
#pragma once

#include <cstddef>
#include <cstdint>

#include "numest/array/shape.h"

namespace numest {

/// Copies elements [begin, begin + count) of the order of `extents`.
/// `strides` are in bytes, 0 repeats; `item` is 1, 2, 4, 8 or 16 bytes. There
/// is at least one axis, and the stretch lies within the array.
void copy_strided(const std::byte* data, const Shape& extents,
                  const Shape& strides, int64_t item, int64_t begin,
                  int64_t count, std::byte* to);

}  // namespace numest
