// Sub-graphs of control ops run as executables: those of compiled programs, so
// that all their runs give the same bits, and others from their second run on,
// because many run once only.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

/// Makes control ops run their graphs by `run_subgraph`; `compile` calls it.
void install_compiled_subgraphs();

/// Lets the first run of the graphs inside of `graph` compile them.
void expect_subgraphs(const Graph& graph);

/// Runs `graph`. Any thread; one executable per graph object, dropped after
/// the graph's death.
std::vector<Array> run_subgraph(const std::shared_ptr<const Graph>& graph,
                                std::span<const Array> inputs);

}  // namespace numest
