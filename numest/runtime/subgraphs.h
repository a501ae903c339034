// Sub-graphs of control ops run as executables: compiled at their second
// run, because many run once only.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

/// Makes control ops run their graphs by `run_subgraph`; `compile` calls it.
void install_compiled_subgraphs();

/// Runs `graph`. Any thread; one executable per graph object, dropped after
/// the graph's death.
std::vector<Array> run_subgraph(const std::shared_ptr<const Graph>& graph,
                                std::span<const Array> inputs);

}  // namespace numest
