// Finds weight gradients that only an update reads: matmul(x, g,
// transpose_a) -> fused. Pays where the product is larger than the cache.
#include <unordered_map>

#include "numest/passes/fused_product.h"
#include "numest/passes/passes.h"
#include "numest/passes/use_counts.h"

namespace numest {

namespace {

constexpr int64_t kMinBytes = 256 * 1024;  // of the product

bool is_weight_gradient(const Tensor& t) {
  if (!t.is_symbolic() || t.node()->op->name != "matmul") return false;
  const Node& node = *t.node();
  if (!node.attrs.flag("transpose_a") || node.attrs.flag("transpose_b"))
    return false;
  if (node.inputs[0].ndim() != 2 || node.inputs[1].ndim() != 2) return false;
  return is_float(t.dtype()) && t.shape().is_known() &&
         t.shape().size() * itemsize(t.dtype()) >= kMinBytes;
}

}  // namespace

Graph fuse_product(const Graph& graph) {
  const UseCounts uses = count_uses(graph);
  // Rewriting makes new nodes: those of products keep the count of their own.
  std::unordered_map<const Node*, int> rewritten;
  return rewrite(graph, [&](const std::shared_ptr<const Node>& node,
                            std::vector<Tensor> inputs) {
    std::vector<Tensor> result = with_inputs(node, std::move(inputs));
    rewritten[result[0].node().get()] = uses.at(node.get());
    if (node->op != &fused_op()) return result;
    const Node& update = *result[0].node();
    for (size_t i = 0; i < update.inputs.size(); ++i) {
      const Tensor& t = update.inputs[i];
      if (!is_weight_gradient(t) || !(t.shape() == result[0].shape())) continue;
      if (rewritten.at(t.node().get()) != 1) continue;
      LocationScope scope(node->location);
      return make_fused_product(t.node()->inputs[0], t.node()->inputs[1],
                                update, i);
    }
    return result;
  });
}

}  // namespace numest
