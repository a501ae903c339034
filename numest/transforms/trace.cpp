// Tracing: parameters in, outputs out.
#include "numest/transforms/trace.h"

#include "numest/base/counters.h"

namespace numest {

Graph trace(const TensorFunction& function, std::span<const TensorSpec> specs,
            const std::string& name) {
  count(Counter::traces);
  Graph graph;
  graph.name = name;
  for (size_t i = 0; i < specs.size(); ++i)
    graph.inputs.push_back(parameter(specs[i], fmt::format("input_{}", i)));
  graph.outputs = function(graph.inputs);
  for (size_t i = 0; i < graph.outputs.size(); ++i)
    NUMEST_USER_CHECK(!graph.outputs[i].is_empty(), ValueError,
                      "{}: output {} has no value", name, i);
  return graph;
}

}  // namespace numest
