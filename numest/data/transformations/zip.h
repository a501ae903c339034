// Datasets side by side and one after another.
#pragma once

#include <vector>

#include "numest/data/dataset_node.h"

namespace numest::data {

/// Elements of all inputs in the structure of `inputs`; ends with the
/// shortest.
DatasetNodePtr make_zip(const Nest<DatasetNodePtr>& inputs);
/// Pairs (start + index, element).
DatasetNodePtr make_enumerate(DatasetNodePtr input, int64_t start);
/// `first`, then `second`. Structures and dtypes must be equal (TypeError);
/// extents that differ become unknown.
DatasetNodePtr make_concatenate(DatasetNodePtr first, DatasetNodePtr second);

}  // namespace numest::data
