// NumPy's indexing: slices, integers, `...`, new axes, integer arrays and
// masks, in any mix.
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "numest/array/array.h"

namespace numest {

/// `...`: as many whole axes as the other items leave.
struct Ellipsis {};
/// `np.newaxis`: an axis of extent 1.
struct NewAxis {};

/// One item of `a[i, j, ...]`. Arrays have an integer dtype, or bool (a mask
/// over as many axes as it has).
using IndexItem = std::variant<Slice, int64_t, Ellipsis, NewAxis, Array>;

/// A slice applied to one axis: positions start, start + step, ... `count`.
struct SliceRange {
  int64_t start, step, count;
};
/// Applies Python's rules (negative and out-of-range bounds). Throws
/// ValueError on step 0.
SliceRange resolve_slice(const Slice& slice, int64_t extent);
/// Maps position in [-extent, extent) to [0, extent); throws IndexError.
int64_t resolve_position(int64_t position, int64_t extent, int axis);

/// `a[items]`: a view if no item is an array, else a copy, with NumPy's shape
/// (adjacent arrays: their broadcast axes take their place; separated ones:
/// first). Throws IndexError as NumPy does.
Array take_index(const Array& a, std::span<const IndexItem> items);
/// `a[items] = value`, broadcast and cast. Of equal positions the last wins.
void put_index(const Array& a, std::span<const IndexItem> items,
               const Array& value);

/// Positions of the true elements of a mask, one int64 array per axis.
std::vector<Array> nonzero_positions(const Array& mask);

}  // namespace numest
