// Elements kept in memory after the first pass.
#pragma once

#include "numest/data/dataset_node.h"

namespace numest::data {

/// The first full pass fills the cache; later iterators and epochs read it
/// and give the same elements in the same order. A pass that is left before
/// its end fills nothing.
DatasetNodePtr make_cache(DatasetNodePtr input);

}  // namespace numest::data
