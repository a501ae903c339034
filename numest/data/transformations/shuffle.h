// Elements in random order.
#pragma once

#include <optional>

#include "numest/data/dataset_node.h"

namespace numest::data {

/// Output i is drawn from the first i + buffer_size elements not yet given.
/// A buffer of all elements (or kUnknownCardinality) over a source with
/// random access is a keyed permutation: no buffer, no fill time. With
/// `reshuffle_each_iteration` every epoch and iterator has its own order.
DatasetNodePtr make_shuffle(DatasetNodePtr input, int64_t buffer_size,
                            std::optional<uint64_t> seed,
                            bool reshuffle_each_iteration);

}  // namespace numest::data
