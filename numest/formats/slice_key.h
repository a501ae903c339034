// The key under which a slice of a partitioned tensor is stored: name and
// extents in an ordered code, whose bytewise order is the order of the values
// (TensorFlow, saved_tensor_slice_util.cc and ordered_code.cc).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace numest {

/// One axis of a slice; length -1 means the whole axis.
struct SliceExtent {
  int64_t start = 0;
  int64_t length = -1;
};

/// Returns the key of a slice of the tensor `name`.
std::string slice_key(std::string_view name,
                      const std::vector<SliceExtent>& extents);

/// True for keys of slices: they begin with a zero byte, names do not.
inline bool is_slice_key(std::string_view key) {
  return !key.empty() && key[0] == '\0';
}

}  // namespace numest
