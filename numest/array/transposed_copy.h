// Copies whose source lies side by side along another axis than their result:
// transposed matrices, whose every line of memory is read once.
#pragma once

#include "numest/array/array.h"

namespace numest {

/// Copies elements of equal dtype and shape, if `to` lies side by side along
/// its last axis and `from` along another; returns false, with nothing done, if
/// they do not, or if the axes are too short to be worth it.
bool copy_transposed(const Array& to, const Array& from);

}  // namespace numest
