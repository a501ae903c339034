// Making nodes, walking and rewriting graphs.
#include "numest/graph/node.h"

#include <algorithm>
#include <atomic>
#include <unordered_map>
#include <unordered_set>

#include "numest/graph/symbols.h"

namespace numest {

namespace {

std::atomic<int64_t> next_id{1};
thread_local std::string current_location;

Types parameter_type(const TypeContext&) { NUMEST_UNREACHABLE(); }
void parameter_kernel(const KernelContext&) { NUMEST_UNREACHABLE(); }
std::vector<Tensor> parameter_vmap(const VmapContext&) { NUMEST_UNREACHABLE(); }

constexpr OpDef kParameter = {
    .name = "parameter",
    .doc = "Input of a graph.",
    .params = {},
    .type = parameter_type,
    .kernel = parameter_kernel,
    .vjp = no_gradient,
    .vmap = parameter_vmap,
    .traits = kImpure,
};

std::shared_ptr<Node> new_node(const OpDef& op) {
  auto node = std::make_shared<Node>();
  node->op = &op;
  node->id = next_id.fetch_add(1, std::memory_order_relaxed);
  node->location = current_location;
  return node;
}

std::vector<Tensor> outputs_of(const std::shared_ptr<const Node>& node) {
  std::vector<Tensor> result;
  for (size_t i = 0; i < node->outputs.size(); ++i)
    result.emplace_back(node, int(i));
  return result;
}

}  // namespace

// Releases inputs one by one: a chain of 10^6 nodes would otherwise recurse
// 10^6 deep.
Node::~Node() {
  thread_local std::vector<std::vector<Tensor>>* pending = nullptr;
  if (pending) {
    pending->push_back(std::move(inputs));
    return;
  }
  std::vector<std::vector<Tensor>> queue;
  pending = &queue;
  queue.push_back(std::move(inputs));
  while (!queue.empty()) {
    std::vector<Tensor> next = std::move(queue.back());
    queue.pop_back();
    next.clear();
  }
  pending = nullptr;
}

size_t OpDef::num_array_params() const {
  return size_t(std::count_if(params.begin(), params.end(), [](auto& p) {
    return p.kind == Kind::kArray || p.kind == Kind::kArrays;
  }));
}

std::vector<Tensor> no_gradient(const VjpContext& c) {
  return std::vector<Tensor>(c.inputs.size());
}

const OpDef& parameter_op() { return kParameter; }
bool is_parameter(const Node& node) { return node.op == &kParameter; }

int64_t next_node_id() { return next_id.load(); }

LocationScope::LocationScope(std::string location)
    : previous_(std::move(current_location)) {
  current_location = std::move(location);
}
LocationScope::~LocationScope() { current_location = std::move(previous_); }

Tensor parameter(const TensorSpec& spec, const std::string& name) {
  auto node = new_node(kParameter);
  node->outputs = {spec};
  node->name = name;
  return Tensor(std::move(node));
}

std::vector<Tensor> make_node(const OpDef& op, std::vector<Tensor> inputs,
                              Attrs attrs) {
  std::vector<TensorSpec> types;
  for (const Tensor& t : inputs) types.push_back(t.spec());
  auto node = new_node(op);
  node->outputs = op.type(TypeContext{op, types, attrs}).to_vector();
  node->inputs = std::move(inputs);
  node->attrs = std::move(attrs);
  return outputs_of(node);
}

namespace {

Types types_at(const OpDef& op, std::span<const Array> inputs,
               const Attrs& attrs) {
  ShortList<TensorSpec, 3> types;
  for (const Array& a : inputs) types.push_back({a.dtype(), a.shape()});
  return op.type(TypeContext{op, types, attrs});
}

// Whether the kernel of `op` is given memory for an output of this type.
bool is_allocated(const OpDef& op, const TensorSpec& type) {
  return !op.is(kView) && type.shape.is_known();
}

}  // namespace

std::vector<Array> compute(const OpDef& op, std::span<const Array> inputs,
                           const Attrs& attrs) {
  const Types types = types_at(op, inputs, attrs);
  std::vector<Array> out(types.size());
  for (size_t i = 0; i < out.size(); ++i)
    if (is_allocated(op, types[i]))
      out[i] = Array(types[i].dtype, types[i].shape);
  op.kernel(KernelContext{op, inputs, out, attrs});
  return out;
}

Array compute_one(const OpDef& op, std::span<const Array> inputs,
                  const Attrs& attrs) {
  const Types types = types_at(op, inputs, attrs);
  NUMEST_CHECK(types.size() == 1, "{} has {} outputs", op.name, types.size());
  Array out = is_allocated(op, types[0]) ? Array(types[0].dtype, types[0].shape)
                                         : Array();
  op.kernel(KernelContext{op, inputs, {&out, 1}, attrs});
  return out;
}

std::vector<const Node*> topological_order(std::span<const Tensor> outputs) {
  std::vector<const Node*> order, stack;
  std::unordered_set<const Node*> seen;
  for (const Tensor& t : outputs)
    if (t.is_symbolic() && seen.insert(t.node().get()).second)
      stack.push_back(t.node().get());
  while (!stack.empty()) {
    const Node* node = stack.back();
    stack.pop_back();
    order.push_back(node);
    for (const Tensor& t : node->inputs)
      if (t.is_symbolic() && seen.insert(t.node().get()).second)
        stack.push_back(t.node().get());
  }
  std::sort(order.begin(), order.end(),
            [](const Node* a, const Node* b) { return a->id < b->id; });
  return order;
}

std::string to_string(const Graph& graph) {
  std::unordered_map<const Node*, size_t> number;
  std::string text = fmt::format("graph {}\n", graph.name);
  auto label = [&](const Tensor& t) {
    if (!t.is_symbolic())
      return t.shape().empty()
                 ? t.to_string()
                 : fmt::format("{}{}", name(t.dtype()), t.shape().to_string());
    std::string s = fmt::format("%{}", number.at(t.node().get()));
    return t.node()->outputs.size() > 1 ? fmt::format("{}:{}", s, t.output())
                                        : s;
  };
  for (const Tensor& t : graph.inputs)
    number.emplace(t.node().get(), number.size());
  for (const Node* node : topological_order(graph)) {
    const size_t n = number.emplace(node, number.size()).first->second;
    std::string arguments = is_parameter(*node) ? node->name : "";
    for (const Tensor& t : node->inputs)
      arguments += (arguments.empty() ? "" : ", ") + label(t);
    const std::string attrs = to_string(node->attrs);
    text +=
        fmt::format("  %{}: {}{} = {}({}){}\n", n, name(node->outputs[0].dtype),
                    node->outputs[0].shape.to_string(), node->op->name,
                    arguments, attrs.empty() ? "" : " {" + attrs + "}");
  }
  text += "  return";
  for (const Tensor& t : graph.outputs) text += " " + label(t);
  return text + "\n";
}

std::vector<Tensor> with_inputs(const std::shared_ptr<const Node>& node,
                                std::vector<Tensor> inputs) {
  bool is_changed = false;
  for (size_t i = 0; i < inputs.size(); ++i)
    is_changed = is_changed || !inputs[i].is_same(node->inputs[i]);
  if (!is_changed) return outputs_of(node);
  LocationScope scope(node->location);
  // Inputs of the same types keep the outputs' types: an extent that depends
  // on data keeps its symbol, which attributes further on may name.
  bool is_same_type = true;
  for (size_t i = 0; i < inputs.size(); ++i)
    is_same_type = is_same_type && inputs[i].spec() == node->inputs[i].spec();
  if (!is_same_type)
    return make_node(*node->op, std::move(inputs), node->attrs);
  auto copy = new_node(*node->op);
  copy->outputs = node->outputs;
  copy->inputs = std::move(inputs);
  copy->attrs = node->attrs;
  return outputs_of(copy);
}

namespace {

using Replaced = std::unordered_map<const Node*, std::vector<Tensor>>;

Tensor replaced(const Replaced& map, const Tensor& t) {
  if (!t.is_symbolic()) return t;
  return map.at(t.node().get()).at(size_t(t.output()));
}

// Owning pointers of all nodes, in order.
std::vector<std::shared_ptr<const Node>> owned_order(
    std::span<const Tensor> outputs) {
  std::unordered_map<const Node*, std::shared_ptr<const Node>> owner;
  const auto order = topological_order(outputs);
  auto note = [&](const Tensor& t) {
    if (t.is_symbolic()) owner.emplace(t.node().get(), t.node());
  };
  for (const Tensor& t : outputs) note(t);
  for (const Node* n : order)
    for (const Tensor& t : n->inputs) note(t);
  std::vector<std::shared_ptr<const Node>> result;
  for (const Node* n : order) result.push_back(owner.at(n));
  return result;
}

std::vector<Tensor> rewrite_outputs(std::span<const Tensor> outputs,
                                    Replaced done, const Rewrite& visit) {
  for (const auto& node : owned_order(outputs)) {
    if (done.contains(node.get())) continue;
    if (is_parameter(*node)) {
      done[node.get()] = outputs_of(node);
      continue;
    }
    std::vector<Tensor> inputs;
    for (const Tensor& t : node->inputs) inputs.push_back(replaced(done, t));
    done[node.get()] = visit(node, std::move(inputs));
  }
  std::vector<Tensor> result;
  for (const Tensor& t : outputs) result.push_back(replaced(done, t));
  return result;
}

}  // namespace

Graph rewrite(const Graph& graph, const Rewrite& visit) {
  Graph result = graph;
  result.outputs = rewrite_outputs(graph.outputs, {}, visit);
  return result;
}

std::vector<Tensor> inline_graph(const Graph& graph,
                                 std::span<const Tensor> arguments) {
  NUMEST_CHECK(arguments.size() == graph.inputs.size(), "{} arguments for {}",
               arguments.size(), graph.inputs.size());
  Replaced done;
  for (size_t i = 0; i < arguments.size(); ++i)
    done[graph.inputs[i].node().get()] = {arguments[i]};
  RenamedSymbols symbols;
  for (size_t i = 0; i < arguments.size(); ++i)
    symbols.note(graph.inputs[i].shape(), arguments[i].shape());
  auto visit = [&](const std::shared_ptr<const Node>& node,
                   std::vector<Tensor> inputs) {
    return symbols.rebuild(node, std::move(inputs));
  };
  return rewrite_outputs(graph.outputs, std::move(done), visit);
}

}  // namespace numest
