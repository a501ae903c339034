// Constant folding.
#include <algorithm>
#include <numeric>
#include <optional>

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

// The extent along the axis of a node that asks for it, if it is known: the
// node need not wait for the values of its input then.
std::optional<int64_t> known_extent(const Node& node) {
  if (node.op->name != "extent" && node.op->name != "arange_like") return {};
  const Shape& shape = node.inputs[0].shape();
  const int64_t axis = node.attrs.integer("axis");
  const int64_t extent = shape[int(axis < 0 ? axis + shape.ndim() : axis)];
  if (is_symbol(extent) || extent * int64_t{8} > kMaxBytes) return {};
  return extent;
}

Tensor of_extent(const Node& node, int64_t extent) {
  if (node.op->name == "extent") return Tensor(Array::scalar(extent));
  const Array positions(DType::kInt64, Shape{extent});
  std::iota(positions.data<int64_t>(), positions.data<int64_t>() + extent, 0);
  return Tensor(positions);
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
    if (const auto extent = known_extent(*node))
      return std::vector<Tensor>{of_extent(*node, *extent)};
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
