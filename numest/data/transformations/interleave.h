// Datasets made from elements, flattened in turns.
#pragma once

#include <functional>
#include <optional>

#include "numest/data/dataset_node.h"

namespace numest::data {

/// A dataset made from one element.
using NodeFunction = std::function<DatasetNodePtr(const Element&)>;

/// Up to `cycle_length` inner datasets are open; each in turn gives
/// `block_length` elements, one that is over is replaced when its turn comes
/// again. Without `output_spec` the function is called on an element of zeros
/// to find it.
DatasetNodePtr make_interleave(DatasetNodePtr input, NodeFunction function,
                               int64_t cycle_length, int64_t block_length,
                               std::optional<ElementSpec> output_spec);

}  // namespace numest::data
