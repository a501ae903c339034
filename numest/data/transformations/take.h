// Parts of a dataset by position: take, skip and shard.
#pragma once

#include "numest/data/dataset_node.h"

namespace numest::data {

/// The first `count` elements; -1 takes all.
DatasetNodePtr make_take(DatasetNodePtr input, int64_t count);
/// All but the first `count` elements; -1 skips all.
DatasetNodePtr make_skip(DatasetNodePtr input, int64_t count);
/// Elements `index`, `index + num_shards`, …
DatasetNodePtr make_shard(DatasetNodePtr input, int64_t num_shards,
                          int64_t index);

}  // namespace numest::data
