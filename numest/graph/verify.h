// What makes a graph legal: a list of named checks. Run between passes in
// tests.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "numest/graph/node.h"

namespace numest {

/// One law. `run` returns what is wrong, or an empty text.
struct GraphCheck {
  std::string_view name;
  std::string_view doc;
  std::string (*run)(const Graph&);
};

std::span<const GraphCheck> graph_checks();

/// True if the table entry of `op` allows `count` tensors.
bool accepts_inputs(const OpDef& op, size_t count);

/// Runs all checks, sub-graphs included; throws InternalError that names the
/// check, the node and `when` ("after pass fold").
void verify(const Graph& graph, std::string_view when);

}  // namespace numest
