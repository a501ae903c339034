// One walk over the graph.
#include "numest/passes/use_counts.h"

namespace numest {

UseCounts count_uses(const Graph& graph) {
  UseCounts uses;
  for (const Tensor& t : graph.outputs)
    if (t.is_symbolic()) ++uses[t.node().get()];
  for (const Node* node : topological_order(graph))
    for (const Tensor& t : node->inputs)
      if (t.is_symbolic()) ++uses[t.node().get()];
  return uses;
}

}  // namespace numest
