// IDX files, the format of MNIST (Y. LeCun, "THE MNIST DATABASE": two zero
// bytes, a dtype byte, the number of axes, big-endian extents, the values).
#pragma once

#include <string>

#include "numest/array/array.h"

namespace numest {

/// Reads an IDX file, plain or gzip-compressed, into memory. Dtypes: uint8,
/// int8, int16, int32, float32, float64. Throws NotFoundError if there is no
/// file, DataLossError if it is not IDX, truncated or longer than its shape.
Array read_idx(const std::string& path);

}  // namespace numest
