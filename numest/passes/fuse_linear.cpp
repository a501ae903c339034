// Puts the bias and the activation of a dense layer into its product:
// activation(matmul(x, w) + b) -> linear. A value that something else reads
// too stays outside.
#include <string_view>

#include "numest/ops/call.h"
#include "numest/passes/passes.h"
#include "numest/passes/use_counts.h"

namespace numest {

namespace {

bool is_op(const Tensor& t, std::string_view name) {
  return t.is_symbolic() && t.node()->op->name == name;
}

bool is_plain_product(const Tensor& t) {
  if (!is_op(t, "matmul")) return false;
  const Node& node = *t.node();
  return !node.attrs.flag("transpose_a") && !node.attrs.flag("transpose_b") &&
         node.inputs[0].ndim() >= 2 && node.inputs[1].ndim() == 2;
}

bool is_bias_of(const Tensor& b, const Tensor& product) {
  return b.ndim() == 1 && b.dtype() == product.dtype() &&
         b.shape()[0] == product.shape().back();
}

bool is_activation(const OpDef& op) {
  return op.name == "relu" || op.name == "tanh" || op.name == "sigmoid";
}

class Fusion {
 public:
  explicit Fusion(const Graph& graph) : uses_(count_uses(graph)) {}

  std::vector<Tensor> visit(const std::shared_ptr<const Node>& node,
                            std::vector<Tensor> inputs) {
    LocationScope scope(node->location);
    Tensor fused;
    if (node->op->name == "add")
      fused = with_bias(inputs);
    else if (is_activation(*node->op))
      fused = with_activation(*node->op, inputs[0]);
    std::vector<Tensor> result = fused.is_empty()
                                     ? with_inputs(node, std::move(inputs))
                                     : std::vector<Tensor>{fused};
    uses_of_new_[result[0].node().get()] = uses_.at(node.get());
    return result;
  }

 private:
  bool is_read_once(const Tensor& t) const {
    const auto it = uses_of_new_.find(t.node().get());
    return it != uses_of_new_.end() && it->second == 1;
  }

  Tensor with_bias(const std::vector<Tensor>& inputs) const {
    for (size_t i : {size_t{0}, size_t{1}}) {
      const Tensor &product = inputs[i], &bias = inputs[1 - i];
      if (is_plain_product(product) && is_read_once(product) &&
          is_bias_of(bias, product))
        return call_one(op_named("linear"), {product.node()->inputs[0],
                                             product.node()->inputs[1], bias});
    }
    return {};
  }

  Tensor with_activation(const OpDef& op, const Tensor& x) const {
    if (!is_op(x, "linear") || !is_read_once(x)) return {};
    const Node& node = *x.node();
    if (node.attrs.text("activation") != "none") return {};
    return call_one(*node.op, node.inputs,
                    {{"activation", std::string(op.name)}});
  }

  UseCounts uses_;
  UseCounts uses_of_new_;
};

}  // namespace

Graph fuse_linear(const Graph& graph) {
  Fusion fusion(graph);
  return rewrite(graph, [&](const std::shared_ptr<const Node>& node,
                            std::vector<Tensor> inputs) {
    return fusion.visit(node, std::move(inputs));
  });
}

}  // namespace numest
