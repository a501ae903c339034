// The interpreter and the binding of symbolic extents.
#include "numest/graph/evaluate.h"

#include <algorithm>

namespace numest {

void Bindings::bind(const Shape& symbolic, const Shape& actual,
                    const std::string& what) {
  NUMEST_USER_CHECK(symbolic.ndim() == actual.ndim(), ValueError,
                    "{}: got shape {}, expected {}", what, actual.to_string(),
                    symbolic.to_string());
  for (int i = 0; i < actual.ndim(); ++i) {
    int64_t expected = symbolic[i];
    if (is_symbol(expected))
      expected = values_.emplace(expected, actual[i]).first->second;
    NUMEST_USER_CHECK(expected == actual[i], ValueError,
                      "{}: got shape {}, expected {} with extent {} at axis "
                      "{}",
                      what, actual.to_string(), symbolic.to_string(), expected,
                      i);
  }
}

Shape Bindings::resolve(const Shape& shape) const {
  Shape result = shape;
  for (int64_t& extent : result) {
    if (!is_symbol(extent)) continue;
    auto it = values_.find(extent);
    if (it != values_.end()) extent = it->second;
  }
  return result;
}

Attrs Bindings::resolve(const Attrs& attrs) const {
  Attrs result = attrs;
  for (const auto& [key, value] : attrs.items())
    if (const auto* shape = std::get_if<Shape>(&value))
      result.set(key, resolve(*shape));
  return result;
}

bool has_symbols(const Attrs& attrs) {
  return std::any_of(attrs.items().begin(), attrs.items().end(), [](auto& i) {
    const auto* shape = std::get_if<Shape>(&i.second);
    return shape && !shape->is_known();
  });
}

namespace {

using Values = std::unordered_map<const Node*, std::vector<Array>>;

Array value_of(const Values& values, const Tensor& t) {
  if (!t.is_symbolic()) return t.numpy();
  return values.at(t.node().get()).at(size_t(t.output()));
}

void bind_inputs(const Graph& graph, std::span<const Array> inputs,
                 Bindings& bindings, Values& values) {
  NUMEST_USER_CHECK(inputs.size() == graph.inputs.size(), ValueError,
                    "evaluate: got {} inputs, expected {}", inputs.size(),
                    graph.inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& p = graph.inputs[i];
    const std::string what = fmt::format("input {} '{}'", i, p.node()->name);
    NUMEST_USER_CHECK(inputs[i].dtype() == p.dtype(), TypeError,
                      "{}: got dtype {}, expected {}", what,
                      name(inputs[i].dtype()), name(p.dtype()));
    bindings.bind(p.shape(), inputs[i].shape(), what);
    values[p.node().get()] = {inputs[i]};
  }
}

void run_node(const Node& node, Bindings& bindings, Values& values) {
  std::vector<Array> inputs;
  for (const Tensor& t : node.inputs) inputs.push_back(value_of(values, t));
  const bool is_symbolic = has_symbols(node.attrs);
  const Attrs resolved = is_symbolic ? bindings.resolve(node.attrs) : Attrs{};
  auto out = compute(*node.op, inputs, is_symbolic ? resolved : node.attrs);
  for (size_t i = 0; i < out.size(); ++i)
    bindings.bind(node.outputs[i].shape, out[i].shape(),
                  std::string(node.op->name));
  values[&node] = std::move(out);
}

}  // namespace

std::vector<Array> evaluate(const Graph& graph, std::span<const Array> inputs) {
  Bindings bindings;
  Values values;
  bind_inputs(graph, inputs, bindings, values);
  for (const Node* node : topological_order(graph))
    if (!values.contains(node)) run_node(*node, bindings, values);
  std::vector<Array> outputs;
  for (const Tensor& t : graph.outputs) outputs.push_back(value_of(values, t));
  return outputs;
}

}  // namespace numest
