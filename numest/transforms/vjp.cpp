// The reverse pass over a graph.
#include "numest/transforms/vjp.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "numest/graph/evaluate.h"
#include "numest/ops/call.h"
#include "numest/ops/control.h"
#include "numest/transforms/branches.h"
#include "numest/transforms/trace.h"

namespace numest {

namespace {

using Cotangents = std::unordered_map<const Node*, std::vector<Tensor>>;

void add_to(Tensor& sum, const Tensor& term) {
  sum = sum.is_empty() ? term : call_one(op_named("add"), {sum, term});
}

void accumulate(Cotangents& map, const Tensor& at, const Tensor& term) {
  std::vector<Tensor>& slots = map[at.node().get()];
  slots.resize(at.node()->outputs.size());
  add_to(slots[size_t(at.output())], term);
}

using Nodes = std::unordered_set<const Node*>;

bool carries_cotangents(const Tensor& t, const Nodes& active) {
  return t.is_symbolic() && is_inexact(t.dtype()) &&
         active.contains(t.node().get());
}

// Nodes that depend on `wrt`; only these pass cotangents on.
Nodes dependents(const std::vector<const Node*>& order,
                 std::span<const Tensor> wrt) {
  Nodes result;
  for (const Tensor& t : wrt) result.insert(t.node().get());
  for (const Node* node : order)
    for (const Tensor& t : node->inputs)
      if (!(node->op->vjp == kNoGradient) && carries_cotangents(t, result))
        result.insert(node);
  return result;
}

// "matmul (model.py:12)"; a foreign function and a parameter by their names.
std::string described(const Node& node) {
  std::string what(node.op->name);
  if (is_parameter(node))
    what = node.name;
  else if (const Attr* f = node.attrs.find("function"))
    what += " of " + to_string(*f);
  return node.location.empty() ? what
                               : fmt::format("{} ({})", what, node.location);
}

// The nodes from one of `outputs` to `node`, through active ones.
std::vector<const Node*> path_to(const Node& node,
                                 const std::vector<const Node*>& order,
                                 std::span<const Tensor> outputs,
                                 const Nodes& active) {
  std::unordered_map<const Node*, const Node*> user;
  for (auto it = order.rbegin(); it != order.rend(); ++it)
    for (const Tensor& t : (*it)->inputs)
      if (active.contains(*it) && carries_cotangents(t, active))
        user.emplace(t.node().get(), *it);
  std::vector<const Node*> path{&node};
  auto is_output = [&](const Node* n) {
    return std::any_of(outputs.begin(), outputs.end(),
                       [&](const Tensor& t) { return t.node().get() == n; });
  };
  while (!is_output(path.front()) && user.contains(path.front()))
    path.insert(path.begin(), user.at(path.front()));
  return path;
}

// A node that passes its derivative to `node`, or null.
const Node* active_input(const Node& node, const Nodes& active) {
  for (const Tensor& t : node.inputs)
    if (carries_cotangents(t, active)) return t.node().get();
  return nullptr;
}

[[noreturn]] void refuse(const Node& node,
                         const std::vector<const Node*>& order,
                         std::span<const Tensor> outputs, const Nodes& active) {
  std::string text = "loss";
  std::vector<const Node*> path = path_to(node, order, outputs, active);
  for (const Node* n = active_input(node, active); n != nullptr;
       n = active_input(*n, active))
    path.push_back(n);
  for (const Node* n : path) text += " <- " + described(*n);
  fail<NotSupportedError>(
      "grad: a call of Python is in the path from the loss to a variable: got "
      "{}, expected functions whose derivative is known; write it in NumPy "
      "that becomes a program, decorate it with numest.custom_gradient, or "
      "give grad='numeric' to numpy_function",
      text);
}

std::vector<Tensor> outputs_of(const Tensor& any) {
  std::vector<Tensor> result;
  for (size_t i = 0; i < any.node()->outputs.size(); ++i)
    result.emplace_back(any.node(), int(i));
  return result;
}

void propagate(const Node& node, const std::vector<Tensor>& outputs,
               const std::vector<Tensor>& cotangents, const Nodes& active,
               Cotangents& map) {
  LocationScope scope(node.location);
  const std::vector<Tensor> result = node.op->vjp(
      VjpContext{*node.op, node.inputs, outputs, cotangents, node.attrs});
  NUMEST_CHECK(result.size() == node.inputs.size(),
               "vjp of {} gave {} cotangents for {} inputs", node.op->name,
               result.size(), node.inputs.size());
  for (size_t i = 0; i < result.size(); ++i) {
    const Tensor& input = node.inputs[i];
    if (result[i].is_empty() || !input.is_symbolic()) continue;
    if (!is_inexact(input.dtype())) continue;
    if (active.contains(input.node().get())) accumulate(map, input, result[i]);
  }
}

// The outputs of each node as tensors, found among the users' inputs.
std::unordered_map<const Node*, std::vector<Tensor>> tensors_by_node(
    const std::vector<const Node*>& order, std::span<const Tensor> outputs) {
  std::unordered_map<const Node*, std::vector<Tensor>> result;
  auto note = [&](const Tensor& t) {
    if (t.is_symbolic() && !result.contains(t.node().get()))
      result[t.node().get()] = outputs_of(t);
  };
  for (const Tensor& t : outputs) note(t);
  for (const Node* node : order)
    for (const Tensor& t : node->inputs) note(t);
  return result;
}

Tensor zeros_like(const Tensor& t) {
  return call_one(op_named("zeros_like"), {t});
}

}  // namespace

std::vector<Tensor> vjp(std::span<const Tensor> outputs,
                        std::span<const Tensor> cotangents,
                        std::span<const Tensor> wrt) {
  NUMEST_CHECK(outputs.size() == cotangents.size());
  for (const Tensor& t : wrt)
    NUMEST_USER_CHECK(t.is_symbolic(), TypeError,
                      "vjp: an argument to differentiate by is data, "
                      "expected a traced tensor: got {}",
                      t.to_string());
  const auto order = topological_order(outputs);
  const auto active = dependents(order, wrt);
  const auto tensors = tensors_by_node(order, outputs);
  Cotangents map;
  for (size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].is_symbolic() && !cotangents[i].is_empty())
      accumulate(map, outputs[i], cotangents[i]);
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    auto found = map.find(*it);
    if (found == map.end() || !active.contains(*it)) continue;
    const std::vector<Tensor> given = found->second;
    if ((*it)->op->vjp == unknown_gradient)
      refuse(**it, order, outputs, active);
    propagate(**it, tensors.at(*it), given, active, map);
  }
  std::vector<Tensor> result;
  for (const Tensor& t : wrt) {
    auto found = map.find(t.node().get());
    result.push_back(found == map.end() ? Tensor()
                                        : found->second[size_t(t.output())]);
  }
  return result;
}

std::vector<Tensor> gradients(const Tensor& loss, std::span<const Tensor> wrt) {
  NUMEST_USER_CHECK(loss.ndim() == 0 && is_inexact(loss.dtype()), ValueError,
                    "gradients: the loss must be a floating scalar: got "
                    "shape {}, dtype {}; use mean or sum",
                    loss.shape().to_string(), name(loss.dtype()));
  const Tensor outputs[] = {loss};
  const Tensor ones[] = {Tensor(Array::scalar(1.0).astype(loss.dtype()))};
  std::vector<Tensor> result = vjp(outputs, ones, wrt);
  for (size_t i = 0; i < result.size(); ++i)
    if (result[i].is_empty()) result[i] = zeros_like(wrt[i]);
  return result;
}

namespace {

// Positions of the arguments by which to differentiate, all if none are given.
std::vector<int> positions(std::vector<int> argnums, size_t count) {
  const int n = int(count);
  if (argnums.empty())
    for (int i = 0; i < n; ++i) argnums.push_back(i);
  for (int& i : argnums) {
    NUMEST_USER_CHECK(i >= -n && i < n, ValueError,
                      "grad: got argnum {}, expected one of the {} arguments",
                      i, n);
    if (i < 0) i += n;
  }
  return argnums;
}

std::vector<Tensor> value_and_grad_now(const ScalarFunction& function,
                                       const std::vector<int>& argnums,
                                       std::span<const Tensor> arguments) {
  std::vector<Tensor> wrt{function(arguments)};
  for (int i : argnums) wrt.push_back(arguments[size_t(i)]);
  wrt = BranchSinker(BranchUse::kElement).sink(wrt);
  const Tensor value = wrt[0];
  wrt.erase(wrt.begin());
  std::vector<Tensor> result{value};
  for (Tensor& t : gradients(value, wrt)) result.push_back(std::move(t));
  return result;
}

std::vector<Tensor> run_traced(const TensorFunction& function,
                               std::span<const Tensor> arguments) {
  std::vector<TensorSpec> specs;
  std::vector<Array> values;
  for (const Tensor& t : arguments) {
    specs.push_back(t.spec());
    values.push_back(t.numpy());
  }
  std::vector<Tensor> result;
  for (Array& a : evaluate(trace(function, specs), values))
    result.emplace_back(std::move(a));
  return result;
}

}  // namespace

GradFunction value_and_grad(ScalarFunction function, std::vector<int> argnums) {
  return [function, argnums](std::span<const Tensor> arguments) {
    const auto numbers = positions(argnums, arguments.size());
    auto run = [&](std::span<const Tensor> inputs) {
      return value_and_grad_now(function, numbers, inputs);
    };
    const bool is_symbolic =
        std::any_of(numbers.begin(), numbers.end(),
                    [&](int i) { return arguments[size_t(i)].is_symbolic(); });
    std::vector<Tensor> all =
        is_symbolic ? run(arguments) : run_traced(run, arguments);
    Tensor value = std::move(all[0]);
    all.erase(all.begin());
    return std::pair{std::move(value), std::move(all)};
  };
}

std::function<std::vector<Tensor>(std::span<const Tensor>)> grad(
    ScalarFunction function, std::vector<int> argnums) {
  GradFunction both = value_and_grad(std::move(function), std::move(argnums));
  return [both](std::span<const Tensor> arguments) {
    return both(arguments).second;
  };
}

Graph vjp_graph(const Graph& graph) {
  Graph result;
  result.name = graph.name + "_vjp";
  for (const Tensor& t : graph.inputs)
    result.inputs.push_back(parameter(t.spec(), t.node()->name));
  const std::vector<Tensor> wrt = result.inputs;
  const std::vector<Tensor> outputs = inline_graph(graph, wrt);
  std::vector<Tensor> cotangents;
  for (const Tensor& t : outputs)
    cotangents.push_back(parameter(t.spec(), "cotangent"));
  result.inputs.insert(result.inputs.end(), cotangents.begin(),
                       cotangents.end());
  result.outputs = vjp(outputs, cotangents, wrt);
  for (size_t i = 0; i < wrt.size(); ++i)
    if (result.outputs[i].is_empty()) result.outputs[i] = zeros_like(wrt[i]);
  return result;
}

namespace {

// Ops with sub-graphs find their derivatives through this.
[[maybe_unused]] const bool is_registered = (set_graph_vjp(vjp_graph), true);

}  // namespace

}  // namespace numest
