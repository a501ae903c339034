// A function over every element.
#pragma once

#include <memory>

#include "numest/data/dataset_node.h"
#include "numest/data/map_function.h"

namespace numest::data {

/// Elements in order, whatever `num_parallel_calls`: 1 calls one after the
/// other, more or kAutotune calls on the thread pool.
DatasetNodePtr make_map(DatasetNodePtr input,
                        std::shared_ptr<const MapFunction> function,
                        int64_t num_parallel_calls);

}  // namespace numest::data
