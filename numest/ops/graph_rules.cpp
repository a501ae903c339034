// Results and cotangents of ops with sub-graphs.
#include "numest/ops/graph_rules.h"

#include <algorithm>

#include "numest/graph/evaluate.h"
#include "numest/ops/emit.h"

namespace numest {

const std::shared_ptr<const Graph>& graph_of(const Attrs& attrs,
                                             std::string_view key) {
  return attrs.get<std::shared_ptr<const Graph>>(key);
}

namespace {

// A symbol takes the first extent that it meets. Whether others agree is known
// where both are numbers; the run time checks the rest. Of two branches only
// the one that runs has to fit.
void bind_extent(Bindings& bindings, int64_t inside, int64_t outside,
                 std::string_view op) {
  const int64_t bound = bindings.resolve(Shape{inside})[0];
  const bool is_new = is_symbol(inside) && !bindings.is_bound(inside);
  const bool is_checked = !op.starts_with("cond") || !is_symbol(inside);
  if (is_new || (is_checked && !is_symbol(bound) && !is_symbol(outside)))
    bindings.bind(Shape{inside}, Shape{outside}, std::string(op));
}

}  // namespace

std::vector<TensorSpec> graph_types(const Graph& graph,
                                    std::span<const TensorSpec> inputs,
                                    std::string_view op) {
  NUMEST_CHECK(graph.inputs.size() == inputs.size(), "{}: {} inputs for {}", op,
               inputs.size(), graph.inputs.size());
  Bindings bindings;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& p = graph.inputs[i];
    NUMEST_USER_CHECK(
        p.dtype() == inputs[i].dtype && p.ndim() == inputs[i].shape.ndim(),
        TypeError, "{}: operand {} is {}{}, expected {}{}", op, i,
        name(inputs[i].dtype), inputs[i].shape.to_string(), name(p.dtype()),
        p.shape().to_string());
    for (int k = 0; k < p.ndim(); ++k)
      bind_extent(bindings, p.shape()[k], inputs[i].shape[k], op);
  }
  std::vector<TensorSpec> types;
  for (const Tensor& t : graph.outputs)
    types.push_back({t.dtype(), bindings.resolve(t.shape())});
  return types;
}

bool may_run_anywhere(const Graph& graph) {
  const auto nodes = topological_order(graph);
  return std::none_of(nodes.begin(), nodes.end(), [](const Node* node) {
    return node->op->is(kImpure) && !is_parameter(*node);
  });
}

Array block_of_rows(const TensorSpec& body, int64_t extent, const Array* row) {
  Shape shape = row ? row->shape() : body.shape;
  for (int64_t& e : shape)
    if (is_symbol(e)) e = 0;
  shape.insert(0, extent);
  return Array(body.dtype, shape);
}

void check_row(const KernelContext& c, const Array& block, const Array& value,
               int64_t r) {
  Shape expected = block.shape();
  expected.erase(0);
  NUMEST_USER_CHECK(value.shape() == expected, ValueError,
                    "{}: rows give different shapes: got {} at row {}, "
                    "expected {} as at row 0",
                    c.op.name, value.shape().to_string(), r,
                    expected.to_string());
}

void deliver(const KernelContext& c, size_t i, const Array& value) {
  Array& out = c.out(i);
  // Planned memory may belong to an arena that `out` does not own.
  const bool is_given = out.raw() != nullptr || out.size() == 0;
  const bool fits =
      is_given && out.dtype() == value.dtype() && out.shape() == value.shape();
  if (fits)
    out.assign(value);
  else
    out = value;
}

void deliver_all(const KernelContext& c, const std::vector<Array>& values) {
  for (size_t i = 0; i < values.size(); ++i) deliver(c, i, values[i]);
}

std::vector<Tensor> with_cotangents(const VjpContext& c,
                                    std::span<const Tensor> inputs) {
  std::vector<Tensor> all(inputs.begin(), inputs.end());
  for (size_t i = 0; i < c.outputs.size(); ++i)
    all.push_back(c.cotangents[i].is_empty()
                      ? emit("zeros_like", {c.outputs[i]})
                      : c.cotangents[i]);
  return all;
}

std::vector<Tensor> only_inexact(std::span<const Tensor> inputs,
                                 std::vector<Tensor> cotangents) {
  for (size_t i = 0; i < inputs.size(); ++i)
    if (!is_inexact(inputs[i].dtype())) cotangents[i] = Tensor();
  return cotangents;
}

}  // namespace numest
