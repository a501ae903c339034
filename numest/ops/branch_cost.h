// What it costs to compute a branch, and to compute it for some rows only.
// Rough on purpose: a factor of two either way changes nothing that can be
// measured, and it is the table of an op that says what it takes.
#pragma once

#include <vector>

#include "numest/graph/node.h"

namespace numest {

/// Nanoseconds of one run on one core. Extents that are not known count as 32,
/// rounds of loops as 8.
double estimated_ns(const Node& node);
double estimated_ns(const Graph& graph);

/// False if branches of so much work together are too cheap to choose from,
/// whatever is moved.
bool may_be_worth_choosing(double both_ns);

/// True if choosing one of two branches when the program runs costs less than
/// computing both and selecting. `is_moved` tells of each input of the graphs
/// whether its rows are picked out of a block; results are put back if any is.
bool is_worth_choosing(const Graph& then_graph, const Graph& else_graph,
                       const std::vector<bool>& is_moved);

}  // namespace numest
