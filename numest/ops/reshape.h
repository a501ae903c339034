// Extents of a reshape where some are symbols or -1.
#pragma once

#include "numest/array/shape.h"

namespace numest {

/// The extents of `from` arranged as `to`. One extent of `to` may be -1, or a
/// symbol without a value: it follows from the size where that is known, and
/// is a new symbol otherwise. Throws ValueError if the sizes differ.
Shape reshaped(const Shape& from, const Shape& to);

}  // namespace numest
