// The elements that a predicate keeps.
#pragma once

#include <memory>

#include "numest/data/dataset_node.h"
#include "numest/data/map_function.h"

namespace numest::data {

/// `predicate` must give one scalar bool per element (else ValueError).
DatasetNodePtr make_filter(DatasetNodePtr input,
                           std::shared_ptr<const MapFunction> predicate);

}  // namespace numest::data
