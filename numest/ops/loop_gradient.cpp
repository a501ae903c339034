// The gradient of a loop by scans: one that keeps the variables of each round,
// and one back.
#include "numest/ops/loop_gradient.h"

#include "numest/ops/control.h"
#include "numest/ops/emit.h"
#include "numest/ops/graph_rules.h"

namespace numest {

using Tensors = std::vector<Tensor>;

Graph with_inputs_like(const Graph& graph, std::string name) {
  Graph result;
  result.name = std::move(name);
  for (const Tensor& t : graph.inputs)
    result.inputs.push_back(parameter(t.spec(), "state"));
  return result;
}

Tensors scan(Tensors shared, const Tensors& carried, const Tensors& rows,
             Graph body, bool reverse) {
  const Attrs attrs{{"body", std::make_shared<const Graph>(std::move(body))},
                    {"num_shared", int64_t(shared.size())},
                    {"num_carried", int64_t(carried.size())},
                    {"reverse", reverse}};
  shared.insert(shared.end(), carried.begin(), carried.end());
  shared.insert(shared.end(), rows.begin(), rows.end());
  return call(op_named("scan"), std::move(shared), attrs);
}

namespace {

using Ints = std::vector<size_t>;

// How many rounds the loop has.
Tensor num_rounds(const Attrs& attrs, Tensors first) {
  const Graph& loop_body = *graph_of(attrs, "body_graph");
  Graph test = with_inputs_like(loop_body, "condition");
  Graph body = with_inputs_like(loop_body, "body");
  body.outputs = inline_graph(loop_body, body.inputs);
  test.outputs = inline_graph(*graph_of(attrs, "cond_graph"), test.inputs);
  const Tensor zero(Array::scalar(int64_t{0}));
  test.inputs.push_back(parameter(zero.spec(), "round"));
  body.inputs.push_back(parameter(zero.spec(), "round"));
  body.outputs.push_back(emit("add", {body.inputs.back(), int64_t{1}}));
  first.push_back(zero);
  return call(op_named("while_loop"), first,
              {{"cond_graph", std::make_shared<const Graph>(std::move(test))},
               {"body_graph", std::make_shared<const Graph>(std::move(body))},
               {"max_iterations", attrs.integer("max_iterations")}})
      .back();
}

Tensors at(const Tensors& all, const Ints& positions) {
  Tensors result;
  for (const size_t i : positions) result.push_back(all[i]);
  return result;
}

/// The gradient of a loop as two scans, whose derivatives are scans again. What
/// no round changes is not kept by round.
class LoopGradient {
 public:
  explicit LoopGradient(const Attrs& attrs)
      : attrs_(attrs), body_(*graph_of(attrs, "body_graph")) {
    for (size_t i = 0; i < body_.inputs.size(); ++i) {
      const Tensor &before = body_.inputs[i], &after = body_.outputs[i];
      NUMEST_USER_CHECK(
          before.shape() == after.shape(), NotSupportedError,
          "while_loop: its second derivative needs variables whose extents "
          "stay: variable {} changes from {} to {}; unroll the loop",
          i, before.shape().to_string(), after.shape().to_string());
      (before.is_same(after) ? kept_ : changed_).push_back(i);
    }
  }

  // first: variables; gradients: of their last values.
  Tensors of(const Tensors& first, const Tensors& gradients) const {
    Tensors rows{emit("count_up", {num_rounds(attrs_, first)})};
    Tensors states = scan(at(first, kept_), at(first, changed_), rows,
                          recording(rows[0]), false);
    rows.insert(rows.end(), states.begin() + int64_t(changed_.size()),
                states.end());
    return scan(at(first, kept_), gradients, rows, going_back(rows[0]), true);
  }

 private:
  // Shared and carried variables, a number: the next ones, and those before.
  Graph recording(const Tensor& numbers) const {
    Graph graph = with_inputs_like(body_, "record");
    const Tensors before = at(graph.inputs, changed_);
    graph.outputs = at(inline_graph(body_, graph.inputs), changed_);
    graph.outputs.insert(graph.outputs.end(), before.begin(), before.end());
    Tensors inputs = at(graph.inputs, kept_);
    inputs.insert(inputs.end(), before.begin(), before.end());
    inputs.push_back(parameter({numbers.dtype(), {}}, "round"));
    graph.inputs = std::move(inputs);
    return graph;
  }

  // Shared variables, gradients, a number, the round's variables: gradients.
  Graph going_back(const Tensor& numbers) const {
    const Graph& vjp = *graph_of(attrs_, "body_vjp");
    Graph graph = with_inputs_like(vjp, "back");
    graph.outputs = inline_graph(vjp, graph.inputs);
    const Tensors changed = at(graph.inputs, changed_);
    Tensors inputs = at(graph.inputs, kept_);
    inputs.insert(inputs.end(),
                  graph.inputs.begin() + int64_t(body_.inputs.size()),
                  graph.inputs.end());
    inputs.push_back(parameter({numbers.dtype(), {}}, "round"));
    inputs.insert(inputs.end(), changed.begin(), changed.end());
    graph.inputs = std::move(inputs);
    return graph;
  }

  const Attrs& attrs_;
  const Graph& body_;
  Ints kept_, changed_;
};

}  // namespace

Tensors while_loop_grad_vjp(const VjpContext& c) {
  Graph graph;
  graph.name = "while_loop_grad";
  for (const Tensor& t : c.inputs)
    graph.inputs.push_back(parameter(t.spec(), "operand"));
  const auto half = graph.inputs.begin() + int64_t(c.inputs.size() / 2);
  graph.outputs = LoopGradient(c.attrs).of({graph.inputs.begin(), half},
                                           {half, graph.inputs.end()});
  return only_inexact(
      c.inputs, call_graph(graph_vjp(graph), with_cotangents(c, c.inputs)));
}

}  // namespace numest
