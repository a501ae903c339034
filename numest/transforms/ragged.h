// Parts of a program whose extents differ by element: they have no block
// form and run on each row alone, inside of a program over blocks.
#pragma once

#include <span>
#include <unordered_set>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

/// The nodes of a graph that touch extents which differ by element, and what
/// lies between them; and the nodes behind that need their results.
struct RaggedPart {
  std::unordered_set<const Node*> nodes;
  std::unordered_set<const Node*> after;
  std::unordered_set<int64_t> symbols;  // the extents
};

/// Empty if all elements of a block have the same extents everywhere.
/// `is_batched` tells of each input whether elements differ in it.
RaggedPart ragged_part(const Graph& graph, std::span<const bool> is_batched);

/// The part as a graph over one element.
struct RowProgram {
  Graph body;
  std::vector<Tensor> inputs;   // of the outer graph, one per body input
  std::vector<Tensor> outputs;  // of the outer graph, one per body output
};

/// Throws NotSupportedError if a result of the part differs in extent by
/// element: rows cannot be stacked then.
RowProgram row_program(const Graph& graph, const RaggedPart& part);

}  // namespace numest
