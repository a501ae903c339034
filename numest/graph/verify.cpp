// The laws of graphs.
#include "numest/graph/verify.h"

#include <algorithm>
#include <unordered_set>

namespace numest {

namespace {

std::string label(const Node& node) {
  return fmt::format("node {} '{}' {}", node.id, node.op->name, node.location);
}

// The first complaint about a node.
template <class F>
std::string first_complaint(const Graph& graph, F complain) {
  for (const Node* node : topological_order(graph)) {
    if (is_parameter(*node)) continue;
    const std::string text = complain(*node);
    if (!text.empty()) return label(*node) + ": " + text;
  }
  return "";
}

std::string inputs_precede(const Graph& graph) {
  return first_complaint(graph, [](const Node& node) -> std::string {
    for (const Tensor& t : node.inputs) {
      if (t.is_empty()) return "an input is empty";
      if (t.is_symbolic() && t.node()->id >= node.id)
        return fmt::format("reads the later {}", label(*t.node()));
    }
    return "";
  });
}

bool is_reference_valid(const Tensor& t) {
  if (!t.is_symbolic()) return true;
  if (t.output() < 0 || size_t(t.output()) >= t.node()->outputs.size())
    return false;
  const TensorSpec& spec = t.node()->outputs[size_t(t.output())];
  return t.dtype() == spec.dtype && t.shape() == spec.shape;
}

std::string references_exist(const Graph& graph) {
  for (const Tensor& t : graph.outputs)
    if (t.is_empty() || !is_reference_valid(t)) return "an output dangles";
  return first_complaint(graph, [](const Node& node) -> std::string {
    for (size_t i = 0; i < node.inputs.size(); ++i)
      if (!is_reference_valid(node.inputs[i]))
        return fmt::format("input {} dangles or has another type", i);
    return "";
  });
}

std::string parameters_known(const Graph& graph) {
  std::unordered_set<const Node*> known;
  for (const Tensor& t : graph.inputs) {
    if (!t.is_symbolic() || !is_parameter(*t.node()))
      return "an input is no parameter";
    if (!known.insert(t.node().get()).second) return "an input stands twice";
  }
  for (const Node* node : topological_order(graph))
    if (is_parameter(*node) && !known.contains(node))
      return fmt::format("the parameter '{}' is no input", node->name);
  return "";
}

bool is_array_kind(Kind kind) {
  return kind == Kind::kArray || kind == Kind::kArrays;
}

std::string complain_of_attrs(const Node& node) {
  size_t expected = 0;
  for (const ParamDef& p : node.op->params) {
    if (is_array_kind(p.kind)) continue;
    ++expected;
    if (!node.attrs.has(p.name))
      return fmt::format("attribute '{}' is missing", p.name);
  }
  if (node.attrs.items().size() != expected) return "an attribute is unknown";
  return "";
}

std::string attrs_complete(const Graph& graph) {
  return first_complaint(graph, complain_of_attrs);
}

std::string complain_of_inputs(const Node& node) {
  if (accepts_inputs(*node.op, node.inputs.size())) return "";
  return fmt::format("has {} inputs", node.inputs.size());
}

std::string inputs_counted(const Graph& graph) {
  return first_complaint(graph, complain_of_inputs);
}

// Extents that depend on data are new symbols each time.
bool agrees(const TensorSpec& a, const TensorSpec& b) {
  if (a.dtype != b.dtype || a.shape.ndim() != b.shape.ndim()) return false;
  for (int i = 0; i < a.shape.ndim(); ++i)
    if (a.shape[i] != b.shape[i] && !is_symbol(a.shape[i]) &&
        !is_symbol(b.shape[i]))
      return false;
  return true;
}

std::string complain_of_types(const Node& node) {
  std::vector<TensorSpec> inputs;
  for (const Tensor& t : node.inputs) inputs.push_back(t.spec());
  const Types types = node.op->type(TypeContext{*node.op, inputs, node.attrs});
  if (types.size() != node.outputs.size())
    return fmt::format("has {} outputs, its rule gives {}", node.outputs.size(),
                       types.size());
  for (size_t i = 0; i < types.size(); ++i)
    if (!agrees(types[i], node.outputs[i]))
      return fmt::format("output {} is {}{}, its rule gives {}{}", i,
                         name(node.outputs[i].dtype),
                         node.outputs[i].shape.to_string(),
                         name(types[i].dtype), types[i].shape.to_string());
  return "";
}

std::string types_agree(const Graph& graph) {
  return first_complaint(graph, complain_of_types);
}

constexpr GraphCheck kChecks[] = {
    {"inputs_precede", "Inputs are made before their users.", inputs_precede},
    {"references_exist", "Tensors name existing outputs.", references_exist},
    {"parameters_known", "Parameters are inputs, each once.", parameters_known},
    {"inputs_counted", "Ops have as many inputs as their table says.",
     inputs_counted},
    {"attrs_complete", "All attributes are there and no other.",
     attrs_complete},
    {"types_agree", "Output types are those of the type rule.", types_agree},
};

}  // namespace

bool accepts_inputs(const OpDef& op, size_t count) {
  const size_t expected = op.num_array_params();
  const bool is_variadic =
      std::any_of(op.params.begin(), op.params.end(),
                  [](const ParamDef& p) { return p.kind == Kind::kArrays; });
  return is_variadic ? count + 1 >= expected : count == expected;
}

std::span<const GraphCheck> graph_checks() { return kChecks; }

void verify(const Graph& graph, std::string_view when) {
  for (const GraphCheck& check : kChecks) {
    const std::string text = check.run(graph);
    NUMEST_CHECK(text.empty(), "verify {}: graph '{}' breaks {}: {}", when,
                 graph.name, check.name, text);
  }
  for (const Node* node : topological_order(graph))
    for (const auto& [key, value] : node->attrs.items())
      if (const auto* sub = std::get_if<std::shared_ptr<const Graph>>(&value))
        if (*sub) verify(**sub, when);
}

}  // namespace numest
