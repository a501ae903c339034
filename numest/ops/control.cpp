// Tracing of branches and bodies, and the hooks.
#include "numest/ops/control.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "numest/graph/evaluate.h"
#include "numest/ops/emit.h"
#include "numest/ops/guard.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

std::vector<Array> interpret(const std::shared_ptr<const Graph>& graph,
                             std::span<const Array> inputs) {
  return evaluate(*graph, inputs);
}

GraphEvaluator current_evaluator = interpret;
GraphVjp current_vjp = nullptr;
GraphVmap current_vmap = nullptr;

}  // namespace

void set_graph_evaluator(GraphEvaluator evaluator) {
  current_evaluator = evaluator;
}
std::vector<Array> evaluate_graph(const std::shared_ptr<const Graph>& graph,
                                  std::span<const Array> inputs) {
  return current_evaluator(graph, inputs);
}
void set_graph_vjp(GraphVjp vjp) { current_vjp = vjp; }
void set_graph_vmap(GraphVmap vmap) { current_vmap = vmap; }

std::shared_ptr<const Graph> graph_vjp(const Graph& graph) {
  NUMEST_CHECK(current_vjp, "no derivative of graphs is registered");
  return std::make_shared<const Graph>(current_vjp(graph));
}
std::shared_ptr<const Graph> graph_vmap(const Graph& graph,
                                        std::vector<bool> is_batched) {
  NUMEST_CHECK(current_vmap, "no vmap of graphs is registered");
  return std::make_shared<const Graph>(
      current_vmap(graph, std::move(is_batched)));
}

namespace {

// Turns what a function used from outside into parameters.
class Lifter {
 public:
  explicit Lifter(int64_t first_id) : first_id_(first_id) {}

  void lift(Graph& graph) {
    collect(graph.outputs);
    std::sort(inner_.begin(), inner_.end(),
              [](const auto& a, const auto& b) { return a->id < b->id; });
    for (const auto& node : inner_) {
      Tensors inputs;
      for (const Tensor& t : node->inputs) inputs.push_back(replaced(t));
      done_[node.get()] = is_parameter(*node)
                              ? Tensors{Tensor(node)}
                              : with_inputs(node, std::move(inputs));
    }
    for (Tensor& t : graph.outputs) t = replaced(t);
    graph.inputs.insert(graph.inputs.end(), parameters_.begin(),
                        parameters_.end());
  }
  Tensors captures() const { return captures_; }

 private:
  bool is_inner(const Tensor& t) const { return t.node()->id >= first_id_; }

  void collect(const Tensors& outputs) {
    std::unordered_set<const Node*> seen;
    std::vector<std::shared_ptr<const Node>> stack;
    auto visit = [&](const Tensor& t) {
      if (t.is_symbolic() && is_inner(t) && seen.insert(t.node().get()).second)
        stack.push_back(t.node());
    };
    for (const Tensor& t : outputs) visit(t);
    while (!stack.empty()) {
      inner_.push_back(stack.back());
      stack.pop_back();
      const auto node = inner_.back();
      for (const Tensor& t : node->inputs) visit(t);
    }
  }

  Tensor replaced(const Tensor& t) {
    if (!t.is_symbolic()) return t;
    if (is_inner(t)) return done_.at(t.node().get()).at(size_t(t.output()));
    for (size_t i = 0; i < captures_.size(); ++i)
      if (captures_[i].is_same(t)) return parameters_[i];
    captures_.push_back(t);
    parameters_.push_back(parameter(t.spec(), "captured"));
    return parameters_.back();
  }

  int64_t first_id_;
  std::vector<std::shared_ptr<const Node>> inner_;
  std::map<const Node*, Tensors> done_;
  Tensors captures_, parameters_;
};

Tensors map_specs(std::span<const TensorSpec> specs) {
  Tensors parameters;
  for (size_t i = 0; i < specs.size(); ++i)
    parameters.push_back(parameter(specs[i], fmt::format("operand_{}", i)));
  return parameters;
}

std::vector<TensorSpec> specs_of(const Tensors& tensors) {
  std::vector<TensorSpec> specs;
  for (const Tensor& t : tensors) specs.push_back(t.spec());
  return specs;
}

bool any_symbolic(const Tensors& tensors) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [](const Tensor& t) { return t.is_symbolic(); });
}

// The graph with parameters `extra` more, unused ones included, in the order
// operands, `all`.
std::shared_ptr<const Graph> with_captures(const Traced& traced,
                                           size_t num_operands,
                                           const Tensors& all) {
  Graph graph = *traced.graph;
  Tensors inputs(graph.inputs.begin(),
                 graph.inputs.begin() + int64_t(num_operands));
  for (const Tensor& t : all) {
    Tensor found;
    for (size_t i = 0; i < traced.captures.size(); ++i)
      if (traced.captures[i].is_same(t)) found = graph.inputs[num_operands + i];
    inputs.push_back(found.is_empty() ? parameter(t.spec(), "unused") : found);
  }
  graph.inputs = std::move(inputs);
  return std::make_shared<const Graph>(std::move(graph));
}

Tensors joined(const Tensors& a, const Tensors& b) {
  Tensors all = a;
  for (const Tensor& t : b)
    if (std::none_of(all.begin(), all.end(),
                     [&](const Tensor& x) { return x.is_same(t); }))
      all.push_back(t);
  return all;
}

Tensors appended(Tensors a, const Tensors& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Tensor as_bool(const Tensor& pred) {
  NUMEST_USER_CHECK(pred.ndim() == 0, ValueError,
                    "cond: got a condition of shape {}, expected a scalar; "
                    "use where to choose by element",
                    pred.shape().to_string());
  if (pred.dtype() == DType::kBool) return pred;
  return emit("astype", {pred}, {{"dtype", DType::kBool}});
}

}  // namespace

Traced lifted(Graph graph, int64_t first_id) {
  Lifter lifter(first_id);
  lifter.lift(graph);
  return {std::make_shared<const Graph>(std::move(graph)), lifter.captures()};
}

Traced trace_with_captures(const GraphBody& fn,
                           std::span<const TensorSpec> specs,
                           const std::string& name) {
  const int64_t first_id = next_node_id();
  Graph graph;
  graph.name = name;
  graph.inputs = map_specs(specs);
  graph.outputs = fn(graph.inputs);
  for (const Tensor& t : graph.outputs)
    NUMEST_USER_CHECK(!t.is_empty(), ValueError, "{}: an output has no value",
                      name);
  return lifted(std::move(graph), first_id);
}

namespace {

// Over a block all elements compute it, so it must not refuse the others.
Traced trace_branch(const Tensor& condition, const GraphBody& fn,
                    std::span<const TensorSpec> specs,
                    const std::string& name) {
  const GuardScope guard(condition);
  return trace_with_captures(fn, specs, name);
}

}  // namespace

Tensors cond(const Tensor& pred, const GraphBody& then_fn,
             const GraphBody& else_fn, Tensors operands) {
  const Tensor flag = as_bool(pred);
  if (!flag.is_symbolic())
    return flag.numpy().item<bool>() ? then_fn(operands) : else_fn(operands);
  const auto specs = specs_of(operands);
  const Traced yes = trace_branch(flag, then_fn, specs, "then");
  const Traced no =
      trace_branch(emit("logical_not", {flag}), else_fn, specs, "else");
  const Tensors all = joined(yes.captures, no.captures);
  const Tensors inputs = appended(appended({flag}, operands), all);
  return call(op_named("cond"), inputs,
              {{"then_graph", with_captures(yes, operands.size(), all)},
               {"else_graph", with_captures(no, operands.size(), all)}});
}

namespace {

// Traces the body until the extents that it changes are symbols of their own.
Traced trace_loop_body(const GraphBody& body, std::vector<TensorSpec>& specs) {
  while (true) {
    Traced traced = trace_with_captures(body, specs, "body");
    const Tensors& out = traced.graph->outputs;
    NUMEST_USER_CHECK(out.size() == specs.size(), ValueError,
                      "while_loop: the body gave {} tensors for {} variables",
                      out.size(), specs.size());
    bool is_stable = true;
    for (size_t i = 0; i < specs.size(); ++i) {
      Shape& shape = specs[i].shape;
      NUMEST_USER_CHECK(
          out[i].dtype() == specs[i].dtype && out[i].ndim() == shape.ndim(),
          TypeError,
          "while_loop: the body changes variable {}: got {}{}, expected {}{}",
          i, name(out[i].dtype()), out[i].shape().to_string(),
          name(specs[i].dtype), shape.to_string());
      for (int k = 0; k < shape.ndim(); ++k) {
        if (out[i].shape()[k] == shape[k] || is_symbol(shape[k])) continue;
        shape[k] = fresh_extent();
        is_stable = false;
      }
    }
    if (is_stable) return traced;
  }
}

}  // namespace

Tensors while_node(const GraphCondition& cond_fn, const GraphBody& body_fn,
                   const Tensors& vars, int64_t max_iterations) {
  std::vector<TensorSpec> specs = specs_of(vars);
  const Traced body = trace_loop_body(body_fn, specs);
  const Traced test = trace_with_captures(
      [&](std::span<const Tensor> v) { return Tensors{as_bool(cond_fn(v))}; },
      specs, "condition");
  const Tensors all = joined(test.captures, body.captures);
  const size_t n = vars.size();
  const auto test_graph = with_captures(test, n, all);
  Graph body_graph = *with_captures(body, n, all);
  for (size_t i = n; i < body_graph.inputs.size(); ++i)
    body_graph.outputs.push_back(body_graph.inputs[i]);
  Tensors out = call(op_named("while_loop"), appended(vars, all),
                     {{"cond_graph", test_graph},
                      {"body_graph", std::make_shared<const Graph>(body_graph)},
                      {"max_iterations", max_iterations}});
  out.resize(n);
  return out;
}

Tensors while_loop(const GraphCondition& cond_fn, const GraphBody& body_fn,
                   Tensors vars, int64_t max_iterations) {
  while (max_iterations != 0 && !any_symbolic(vars)) {
    const Tensor test = as_bool(cond_fn(vars));
    if (test.is_symbolic()) break;
    if (!test.numpy().item<bool>()) return vars;
    vars = body_fn(vars);
    if (max_iterations > 0) --max_iterations;
  }
  if (max_iterations == 0) return vars;
  return while_node(cond_fn, body_fn, vars, max_iterations);
}

Tensors call_graph(std::shared_ptr<const Graph> graph, Tensors arguments) {
  return call(op_named("call_graph"), std::move(arguments),
              {{"graph", std::move(graph)}});
}

Tensors vmap_rows(const VmapContext& c) {
  Graph row;
  row.name = std::string(c.op.name);
  std::vector<int64_t> flags;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    TensorSpec spec = c.inputs[i].spec();
    if (c.batched[i]) spec.shape.erase(0);
    flags.push_back(c.batched[i] ? 1 : 0);
    row.inputs.push_back(parameter(spec, "row"));
  }
  row.outputs = make_node(c.op, row.inputs, c.attrs);
  return call(op_named("map_rows"), Tensors(c.inputs.begin(), c.inputs.end()),
              {{"body", std::make_shared<const Graph>(std::move(row))},
               {"batched", flags}});
}

namespace {

void check_cotangents(const Tensors& found, const Tensors& arguments) {
  NUMEST_USER_CHECK(found.size() == arguments.size(), TypeError,
                    "custom_gradient: the gradient function gave {} tensors: "
                    "expected one for each of the {} arguments",
                    found.size(), arguments.size());
  for (size_t i = 0; i < found.size(); ++i)
    NUMEST_USER_CHECK(
        found[i].dtype() == arguments[i].dtype() &&
            found[i].ndim() == arguments[i].ndim(),
        TypeError,
        "custom_gradient: the gradient by argument {} is wrong: got {}{}, "
        "expected {}{}",
        i, name(found[i].dtype()), found[i].shape().to_string(),
        name(arguments[i].dtype()), arguments[i].shape().to_string());
}

}  // namespace

Tensors unknown_gradient(const VjpContext& c) {
  fail<NotSupportedError>("grad: {} has no derivative that is known",
                          c.op.name);
}

Tensors custom_gradient(Tensors values, Tensors arguments,
                        const GraphBody& vjp) {
  if (!any_symbolic(values)) return values;
  const Traced traced = trace_with_captures(
      [&](std::span<const Tensor> cotangents) {
        Tensors found = vjp(cotangents);
        check_cotangents(found, arguments);
        return found;
      },
      specs_of(values), "gradient");
  const auto count = int64_t(values.size());
  return call(op_named("custom_gradient"),
              appended(appended(std::move(values), arguments), traced.captures),
              {{"num_values", count}, {"gradient", traced.graph}});
}

}  // namespace numest
