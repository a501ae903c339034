// How often the value of each node is read.
#pragma once

#include <unordered_map>

#include "numest/graph/node.h"

namespace numest {

using UseCounts = std::unordered_map<const Node*, int>;

/// Reads by nodes and by the outputs of the graph.
UseCounts count_uses(const Graph& graph);

}  // namespace numest
