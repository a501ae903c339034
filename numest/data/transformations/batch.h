// Consecutive elements stacked to one.
#pragma once

#include "numest/data/dataset_node.h"

namespace numest::data {

/// Leaves get a leading axis of `batch_size` (> 0); the last batch may be
/// smaller unless `drop_remainder`.
DatasetNodePtr make_batch(DatasetNodePtr input, int64_t batch_size,
                          bool drop_remainder);

/// Splits the first axis of every leaf; it must be equal in all leaves.
DatasetNodePtr make_unbatch(DatasetNodePtr input);

/// Number of batches of `cardinality` elements.
int64_t batch_cardinality(int64_t cardinality, int64_t batch_size,
                          bool drop_remainder);

}  // namespace numest::data
