// Constant folding.
#include <algorithm>

#include "numest/graph/evaluate.h"
#include "numest/passes/passes.h"

namespace numest {

namespace {

// A larger constant would cost more memory than its computation time saves.
constexpr int64_t kMaxBytes = 64 * 1024;

bool is_foldable(const Node& node, const std::vector<Tensor>& inputs) {
  if (node.op->is(kImpure) || has_symbols(node.attrs)) return false;
  if (std::any_of(inputs.begin(), inputs.end(),
                  [](const Tensor& t) { return t.is_symbolic(); }))
    return false;
  int64_t num_bytes = 0;
  for (const TensorSpec& out : node.outputs) {
    if (!out.shape.is_known()) return false;
    num_bytes += out.shape.size() * itemsize(out.dtype);
  }
  return num_bytes <= kMaxBytes;
}

std::vector<Tensor> folded(const Node& node,
                           const std::vector<Tensor>& inputs) {
  std::vector<Array> values;
  for (const Tensor& t : inputs) values.push_back(t.numpy());
  std::vector<Tensor> result;
  for (const Array& a : compute(*node.op, values, node.attrs))
    result.emplace_back(a.contiguous());
  return result;
}

}  // namespace

Graph fold(const Graph& graph) {
  return rewrite(graph, [](const std::shared_ptr<const Node>& node,
                           std::vector<Tensor> inputs) {
    if (!is_foldable(*node, inputs)) return with_inputs(node, inputs);
    try {
      return folded(*node, inputs);
    } catch (const UserError&) {
      // The error belongs to the run, which may never reach this node.
      return with_inputs(node, inputs);
    }
  });
}

}  // namespace numest
