// Common subexpressions: a node equal to an earlier one is replaced by it.
// Small equal constants become one before, so that they compare by identity.
#include <cstring>
#include <unordered_map>

#include "numest/graph/symbols.h"
#include "numest/passes/passes.h"

namespace numest {

namespace {

size_t mix(size_t seed, size_t value) {
  return seed ^ (value + 0x9e3779b97f4a7c15u + (seed << 6) + (seed >> 2));
}

bool same_bytes(const Array& a, const Array& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() &&
         (a.nbytes() == 0 ||
          std::memcmp(a.raw(), b.raw(), size_t(a.nbytes())) == 0);
}

class Merger {
 public:
  std::vector<Tensor> visit(const std::shared_ptr<const Node>& node,
                            std::vector<Tensor> inputs) {
    for (Tensor& t : inputs)
      if (!t.is_symbolic()) t = shared_constant(t);
    std::vector<Tensor> result = symbols_.rebuild(node, std::move(inputs));
    const Node& made = *result[0].node();
    if (made.op->is(kImpure)) return result;
    auto& candidates = nodes_[key(made)];
    for (const std::vector<Tensor>& earlier : candidates)
      if (is_equal(*earlier[0].node(), made)) {
        for (size_t i = 0; i < earlier.size(); ++i)
          symbols_.note(node->outputs[i].shape, earlier[i].shape());
        return earlier;
      }
    candidates.push_back(result);
    return result;
  }

 private:
  Tensor shared_constant(const Tensor& t) {
    constexpr int64_t kMaxSize = 64;
    const Array& value = t.numpy();
    if (value.size() > kMaxSize || value.dtype() == DType::kBytes ||
        !value.is_contiguous())
      return t;
    auto& candidates =
        constants_[mix(size_t(value.dtype()), size_t(value.size()))];
    for (const Tensor& earlier : candidates)
      if (same_bytes(earlier.numpy(), value)) return earlier;
    candidates.push_back(t);
    return t;
  }

  static size_t key(const Node& node) {
    size_t seed = mix(std::hash<const void*>{}(node.op), hash(node.attrs));
    for (const Tensor& t : node.inputs)
      seed = mix(seed, t.is_symbolic()
                           ? mix(size_t(t.node()->id), size_t(t.output()))
                           : size_t(t.dtype()));
    return seed;
  }

  static bool is_equal(const Node& earlier, const Node& node) {
    if (earlier.op != node.op || earlier.inputs.size() != node.inputs.size())
      return false;
    for (size_t i = 0; i < node.inputs.size(); ++i)
      if (!earlier.inputs[i].is_same(node.inputs[i])) return false;
    return earlier.attrs == node.attrs;
  }

  // A merged node's extents have the names of the earlier one's from then on.
  RenamedSymbols symbols_;
  std::unordered_map<size_t, std::vector<std::vector<Tensor>>> nodes_;
  std::unordered_map<size_t, std::vector<Tensor>> constants_;
};

}  // namespace

Graph merge_common(const Graph& graph) {
  Merger merger;
  return rewrite(graph, [&](const std::shared_ptr<const Node>& node,
                            std::vector<Tensor> inputs) {
    return merger.visit(node, std::move(inputs));
  });
}

}  // namespace numest
