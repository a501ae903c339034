// Windows at positions that are data, of rows that are padded on all sides:
// copied out of the rows, which are never padded as a whole.
#pragma once

#include <span>

#include "numest/array/array.h"

namespace numest {

/// Fills out[r] with a window of rows[r].
///
/// starts: (rows, axes of a row), integers: where the windows begin, counted
/// from the padding, and moved to lie inside of the padded row, as XLA does.
/// widths: (before, after) of each axis of a row; none are zeros.
/// fill: a scalar of the dtype of the rows, what lies around them.
/// out: contiguous, (rows, extents of a window).
void copy_padded_windows(const Array& rows, const Array& starts,
                         std::span<const int64_t> widths, const Array& fill,
                         const Array& out);

}  // namespace numest
