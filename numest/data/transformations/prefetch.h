// Elements made ahead on a thread of their own.
#pragma once

#include "numest/data/dataset_node.h"

namespace numest::data {

/// Keeps up to `buffer_size` elements ready; 0 makes none ahead, kAutotune
/// leaves the number to the library. Order, values and states are those of
/// the input.
DatasetNodePtr make_prefetch(DatasetNodePtr input, int64_t buffer_size);

}  // namespace numest::data
