// One spelling for equal nodes, so that later passes see fewer patterns.
#include <utility>

#include "numest/passes/passes.h"

namespace numest {

namespace {

bool is_one_of(std::string_view name,
               std::initializer_list<std::string_view> names) {
  for (std::string_view n : names)
    if (n == name) return true;
  return false;
}

bool is_identity_permutation(const Node& node) {
  const Attr* axes = node.attrs.find("axes");
  const int ndim = node.inputs[0].ndim();
  if (node.attrs.is_none("axes")) return ndim < 2;
  const auto& list = std::get<std::vector<int64_t>>(*axes);
  for (size_t i = 0; i < list.size(); ++i)
    if ((list[i] < 0 ? list[i] + ndim : list[i]) != int64_t(i)) return false;
  return true;
}

// True if the node gives its first input back.
bool is_no_op(const Node& node) {
  if (node.inputs.empty() || node.outputs.size() != 1) return false;
  if (node.inputs[0].dtype() != node.outputs[0].dtype) return false;
  if (!(node.inputs[0].shape() == node.outputs[0].shape)) return false;
  if (node.op->name == "transpose") return is_identity_permutation(node);
  return is_one_of(node.op->name,
                   {"astype", "reshape", "broadcast_to", "stop_gradient",
                    "squeeze", "expand_dims", "sum_to_like"});
}

bool should_swap(const Node& node, const std::vector<Tensor>& inputs) {
  return node.op->is(kCommutative) && inputs.size() == 2 &&
         !inputs[0].is_symbolic() && inputs[1].is_symbolic() &&
         inputs[0].dtype() == inputs[1].dtype();
}

}  // namespace

Graph canonicalize(const Graph& graph) {
  return rewrite(graph, [](const std::shared_ptr<const Node>& node,
                           std::vector<Tensor> inputs) {
    if (is_no_op(*node)) return std::vector<Tensor>{inputs[0]};
    if (should_swap(*node, inputs)) std::swap(inputs[0], inputs[1]);
    return with_inputs(node, std::move(inputs));
  });
}

}  // namespace numest
