// The same dataset several times over.
#pragma once

#include "numest/data/dataset_node.h"

namespace numest::data {

/// `count` passes; -1 repeats for ever, but ends after an empty pass. Random
/// nodes below see the number of the pass.
DatasetNodePtr make_repeat(DatasetNodePtr input, int64_t count);

}  // namespace numest::data
