// The text form of a mix of index items, as an attribute holds it: "1:5:2",
// "...", "None", "3", and "@" for each array, comma separated.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "numest/array/index.h"

namespace numest {

struct IndexSpecItem {
  enum class Kind { kSlice, kEllipsis, kNewAxis, kInt, kArray };
  Kind kind = Kind::kSlice;
  Slice slice;
  int64_t position = 0;
};

/// Throws ValueError if the text is no index.
std::vector<IndexSpecItem> parse_index_spec(const std::string& spec);
std::string to_string(const std::vector<IndexSpecItem>& items);

/// Shape of a[items] where the arrays have integer dtypes and these shapes.
/// Throws IndexError as NumPy does.
Shape indexed_shape(const Shape& a, const std::vector<IndexSpecItem>& items,
                    std::span<const Shape> arrays);

/// Where the axes of the broadcast index arrays stand in the result: at
/// `begin`, `count` of them; -1 if there is no array. Adjacent arrays and
/// ints take their own place, others come first.
struct ArrayAxes {
  int begin = -1, count = 0;
};
ArrayAxes array_axes(int a_ndim, const std::vector<IndexSpecItem>& items,
                     std::span<const Shape> arrays);

/// The items of numest/array/index.h.
std::vector<IndexItem> index_items(const std::vector<IndexSpecItem>& items,
                                   std::span<const Array> arrays);

/// Extent of a slice of an axis; a new symbol where it cannot be told.
int64_t sliced_extent(int64_t extent, const Slice& slice);

}  // namespace numest
