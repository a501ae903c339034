// Selection by arrays of positions along some axes: the part of indexing
// that moves elements. Internal to this folder.
#pragma once

#include <vector>

#include "numest/array/array.h"

namespace numest {

/// Axes of an array in rising order, and for each an int64 array of valid
/// positions (not negative); the arrays broadcast together.
struct Selection {
  std::vector<int> axes;
  std::vector<Array> positions;
  bool are_adjacent = true;
};

/// Copies the selected elements. The broadcast axes of the positions replace
/// the selected axes if `are_adjacent`, else they come first.
Array gather(const Array& a, const Selection& selection);
/// Writes `value`, broadcast and cast, to the selected elements in order.
void scatter(const Array& a, const Selection& selection, const Array& value);

}  // namespace numest
