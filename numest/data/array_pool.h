// Arrays that are filled again and again: a batch buffer is used again as
// soon as nobody outside holds it, also for fewer rows.
#pragma once

#include <mutex>
#include <vector>

#include "numest/array/array.h"

namespace numest::data {

/// Hands out arrays; any thread.
class ArrayPool {
 public:
  /// Returns a contiguous array that no one else holds; the contents are
  /// indeterminate.
  Array take(DType dtype, const Shape& shape);

 private:
  std::mutex mutex_;
  std::vector<Array> kept_;
  size_t next_ = 0;
};

/// Copies `source` into `out`, equal dtype and shape.
void copy_values(const Array& source, const Array& out);

/// out[i] = source[positions[i]] along the first axis, in parallel. Positions
/// must be in range.
void gather_rows(const Array& source, std::span<const int64_t> positions,
                 const Array& out);

}  // namespace numest::data
