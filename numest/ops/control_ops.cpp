// Nodes that run graphs: branches, loops, calls and maps over rows. Derivatives
// and blocks of the sub-graphs come through the hooks of control.h.
#include <algorithm>

#include "numest/base/thread_pool.h"
#include "numest/graph/evaluate.h"
#include "numest/ops/control.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/graph_rules.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;
using GraphPtr = std::shared_ptr<const Graph>;

constexpr ParamDef kCond[] = {{"pred"},
                              {"operands", Kind::kArrays},
                              {"then_graph", Kind::kGraph},
                              {"else_graph", Kind::kGraph}};
constexpr ParamDef kWhile[] = {{"operands", Kind::kArrays},
                               {"cond_graph", Kind::kGraph},
                               {"body_graph", Kind::kGraph},
                               {"max_iterations", Kind::kInt, "-1"}};
constexpr ParamDef kWhileGrad[] = {{"operands", Kind::kArrays},
                                   {"cond_graph", Kind::kGraph},
                                   {"body_graph", Kind::kGraph},
                                   {"body_vjp", Kind::kGraph},
                                   {"max_iterations", Kind::kInt, "-1"}};
constexpr ParamDef kCall[] = {{"operands", Kind::kArrays},
                              {"graph", Kind::kGraph}};
constexpr ParamDef kMapRows[] = {{"operands", Kind::kArrays},
                                 {"body", Kind::kGraph},
                                 {"batched", Kind::kInts}};
// A symbol takes the first extent that it meets. Whether others agree is known
// where both are numbers; the run time checks the rest. Of the branches of a
// `cond` only the one that runs has to fit.
void bind_extent(Bindings& bindings, int64_t inside, int64_t outside,
                 std::string_view op) {
  const int64_t bound = bindings.resolve(Shape{inside})[0];
  const bool is_new = is_symbol(inside) && !bindings.is_bound(inside);
  const bool is_checked = op != "cond" || !is_symbol(inside);
  if (is_new || (is_checked && !is_symbol(bound) && !is_symbol(outside)))
    bindings.bind(Shape{inside}, Shape{outside}, std::string(op));
}

// Types of a graph's outputs at inputs of the given types. Extents known
// from outside replace the symbols of the parameters.
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

std::vector<bool> flags_of(const VmapContext& c, size_t begin) {
  return {c.batched.begin() + int64_t(begin), c.batched.end()};
}

// --- cond ---
Types cond_type(const TypeContext& c) {
  NUMEST_USER_CHECK(c.in(0).dtype == DType::kBool && c.in(0).shape.ndim() == 0,
                    TypeError,
                    "cond: got a condition {}{}, expected a bool scalar",
                    name(c.in(0).dtype), c.in(0).shape.to_string());
  const auto operands = c.inputs.subspan(1);
  const auto yes =
      graph_types(*graph_of(c.attrs, "then_graph"), operands, "cond");
  const auto no =
      graph_types(*graph_of(c.attrs, "else_graph"), operands, "cond");
  NUMEST_USER_CHECK(yes.size() == no.size(), TypeError,
                    "cond: the branches give {} and {} tensors", yes.size(),
                    no.size());
  Types types;
  for (size_t i = 0; i < yes.size(); ++i) {
    TensorSpec spec = yes[i];
    NUMEST_USER_CHECK(
        spec.dtype == no[i].dtype && spec.shape.ndim() == no[i].shape.ndim(),
        TypeError, "cond: output {} of the branches differs: {}{} and {}{}", i,
        name(spec.dtype), spec.shape.to_string(), name(no[i].dtype),
        no[i].shape.to_string());
    for (int k = 0; k < spec.shape.ndim(); ++k)
      if (spec.shape[k] != no[i].shape[k]) spec.shape[k] = fresh_extent();
    types.push_back(spec);
  }
  return types;
}

void cond_kernel(const KernelContext& c) {
  const bool pred = c.in(0).item<bool>();
  const auto& graph = graph_of(c.attrs, pred ? "then_graph" : "else_graph");
  deliver_all(c, evaluate_graph(graph, c.inputs.subspan(1)));
}

Tensors cond_vjp(const VjpContext& c) {
  const auto operands = c.inputs.subspan(1);
  Tensors inputs = with_cotangents(c, operands);
  inputs.insert(inputs.begin(), c.in(0));
  Tensors result =
      call(c.op, inputs,
           {{"then_graph", graph_vjp(*graph_of(c.attrs, "then_graph"))},
            {"else_graph", graph_vjp(*graph_of(c.attrs, "else_graph"))}});
  result = only_inexact(operands, std::move(result));
  result.insert(result.begin(), Tensor());
  return result;
}

// Elements that differ in the condition compute both branches.
Tensors cond_vmap(const VmapContext& c) {
  const auto flags = flags_of(c, 1);
  const auto yes = graph_vmap(*graph_of(c.attrs, "then_graph"), flags);
  const auto no = graph_vmap(*graph_of(c.attrs, "else_graph"), flags);
  if (!c.batched[0])
    return call(c.op, Tensors(c.inputs.begin(), c.inputs.end()),
                {{"then_graph", yes}, {"else_graph", no}});
  bool any = false;
  for (bool flag : flags) any = any || flag;
  const Tensors operands(c.inputs.begin() + 1, c.inputs.end());
  Tensors result = call_graph(yes, operands);
  const Tensors other = call_graph(no, operands);
  for (size_t i = 0; i < result.size(); ++i) {
    // Without a batched operand the branches give one value for all.
    const int ndim = result[i].ndim() - (any ? 1 : 0);
    const Tensor pred = insert_ones(c.inputs[0], 1, ndim);
    result[i] = emit("where", {pred, result[i], other[i]});
  }
  return result;
}

// --- while_loop ---
// An extent that the body changes is not known before the loop has run.
Types while_type(const TypeContext& c) {
  const Graph& body = *graph_of(c.attrs, "body_graph");
  graph_types(body, c.inputs, "while_loop");
  Types types;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    TensorSpec spec = c.in(i);
    const Shape& before = body.inputs[i].shape();
    const Shape& after = body.outputs[i].shape();
    for (int k = 0; k < spec.shape.ndim(); ++k)
      if (before[k] != after[k]) spec.shape[k] = fresh_extent();
    types.push_back(spec);
  }
  return types;
}

// Calls `each(state)` before every iteration; returns the last state.
template <class F>
std::vector<Array> run_while(const Attrs& attrs, std::vector<Array> state,
                             F&& each) {
  const auto& test = graph_of(attrs, "cond_graph");
  const auto& body = graph_of(attrs, "body_graph");
  const int64_t limit = attrs.integer("max_iterations");
  for (int64_t i = 0; i != limit; ++i) {
    if (!evaluate_graph(test, state)[0].item<bool>()) break;
    each(state);
    state = evaluate_graph(body, state);
  }
  return state;
}

void while_kernel(const KernelContext& c) {
  const std::vector<Array> first(c.inputs.begin(), c.inputs.end());
  deliver_all(c, run_while(c.attrs, first, [](const auto&) {}));
}

Tensors while_vjp(const VjpContext& c) {
  Attrs attrs = c.attrs;
  attrs.set("body_vjp", graph_vjp(*graph_of(c.attrs, "body_graph")));
  return only_inexact(c.inputs, call(op_named("while_loop_grad"),
                                     with_cotangents(c, c.inputs), attrs));
}

// All elements go on until the last has ended; those that have ended keep
// their variables.
Tensors while_vmap(const VmapContext& c) {
  const std::vector<bool> all(c.inputs.size(), true);
  const auto test = graph_vmap(*graph_of(c.attrs, "cond_graph"), all);
  const auto step = graph_vmap(*graph_of(c.attrs, "body_graph"), all);
  const Tensors inputs = batched_inputs(c);
  Graph test_all, body;
  for (const Tensor& t : step->inputs) {
    test_all.inputs.push_back(parameter(t.spec()));
    body.inputs.push_back(parameter(t.spec()));
  }
  test_all.outputs = {emit("any", {call_graph(test, test_all.inputs)[0]})};
  const Tensor goes_on = call_graph(test, body.inputs)[0];
  const Tensors next = call_graph(step, body.inputs);
  for (size_t i = 0; i < next.size(); ++i)
    body.outputs.push_back(
        emit("where", {insert_ones(goes_on, 1, next[i].ndim() - 1), next[i],
                       body.inputs[i]}));
  return call(c.op, inputs,
              {{"cond_graph", std::make_shared<const Graph>(test_all)},
               {"body_graph", std::make_shared<const Graph>(body)},
               {"max_iterations", c.attrs.integer("max_iterations")}});
}

Types while_grad_type(const TypeContext& c) {
  Types types;
  for (size_t i = 0; i < c.inputs.size() / 2; ++i) types.push_back(c.in(i));
  return types;
}

// Runs the loop again, keeping every state, then back.
void while_grad_kernel(const KernelContext& c) {
  const size_t n = c.inputs.size() / 2;
  std::vector<std::vector<Array>> states;
  run_while(c.attrs, {c.inputs.begin(), c.inputs.begin() + int64_t(n)},
            [&](const auto& state) { states.push_back(state); });
  std::vector<Array> g(c.inputs.begin() + int64_t(n), c.inputs.end());
  const auto& body_vjp = graph_of(c.attrs, "body_vjp");
  while (!states.empty()) {
    std::vector<Array> inputs = std::move(states.back());
    states.pop_back();
    inputs.insert(inputs.end(), g.begin(), g.end());
    g = evaluate_graph(body_vjp, inputs);
  }
  deliver_all(c, g);
}

Tensors no_second_derivative(const VjpContext& c) {
  fail<NotSupportedError>(
      "{}: second derivatives of while_loop are not supported; unroll the "
      "loop",
      c.op.name);
}

// --- call_graph ---
Types call_type(const TypeContext& c) {
  Types types;
  for (TensorSpec& t :
       graph_types(*graph_of(c.attrs, "graph"), c.inputs, "call_graph"))
    types.push_back(std::move(t));
  return types;
}

void call_kernel(const KernelContext& c) {
  deliver_all(c, evaluate_graph(graph_of(c.attrs, "graph"), c.inputs));
}

Tensors call_vjp(const VjpContext& c) {
  const auto vjp = graph_vjp(*graph_of(c.attrs, "graph"));
  return only_inexact(c.inputs, call_graph(vjp, with_cotangents(c, c.inputs)));
}

Tensors call_vmap(const VmapContext& c) {
  return call_graph(graph_vmap(*graph_of(c.attrs, "graph"), flags_of(c, 0)),
                    Tensors(c.inputs.begin(), c.inputs.end()));
}

// --- map_rows ---
struct Batch {
  std::vector<int64_t> flags;
  int64_t extent;
};

template <class Inputs>
Batch batch_of(const Attrs& attrs, const Inputs& shape_of, size_t n) {
  Batch batch{attrs.get<std::vector<int64_t>>("batched"), 0};
  NUMEST_CHECK(batch.flags.size() == n);
  for (size_t i = n; i-- > 0;)
    if (batch.flags[i]) batch.extent = shape_of(i)[0];
  return batch;
}

Types map_rows_type(const TypeContext& c) {
  const Batch batch = batch_of(
      c.attrs, [&](size_t i) { return c.in(i).shape; }, c.inputs.size());
  std::vector<TensorSpec> rows(c.inputs.begin(), c.inputs.end());
  for (size_t i = 0; i < rows.size(); ++i)
    if (batch.flags[i]) rows[i].shape.erase(0);
  Types types;
  for (TensorSpec& t :
       graph_types(*graph_of(c.attrs, "body"), rows, "map_rows")) {
    t.shape.insert(0, batch.extent);
    types.push_back(std::move(t));
  }
  return types;
}

// Extents that only a row could tell are 0 if there is none.
Array block_of_rows(const TensorSpec& body, int64_t extent, const Array* row) {
  Shape shape = row ? row->shape() : body.shape;
  for (int64_t& e : shape)
    if (is_symbol(e)) e = 0;
  shape.insert(0, extent);
  return Array(body.dtype, shape);
}

// Code outside of the program may need the thread that called.
bool may_run_anywhere(const Graph& graph) {
  const auto nodes = topological_order(graph);
  return std::none_of(nodes.begin(), nodes.end(), [](const Node* node) {
    return node->op->is(kImpure) && !is_parameter(*node);
  });
}

std::vector<Array> run_row(const KernelContext& c, const Batch& batch,
                           int64_t r) {
  std::vector<Array> row;
  for (size_t i = 0; i < c.inputs.size(); ++i)
    row.push_back(batch.flags[i] ? c.in(i).index(0, r) : c.in(i));
  return evaluate_graph(graph_of(c.attrs, "body"), row);
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

// The first row tells the extents; the others may run side by side.
void map_rows_kernel(const KernelContext& c) {
  const auto& body = graph_of(c.attrs, "body");
  const Batch batch = batch_of(
      c.attrs, [&](size_t i) { return c.in(i).shape(); }, c.inputs.size());
  std::vector<Array> first, blocks;
  if (batch.extent > 0) first = run_row(c, batch, 0);
  for (size_t i = 0; i < body->outputs.size(); ++i) {
    blocks.push_back(block_of_rows(body->outputs[i].spec(), batch.extent,
                                   first.empty() ? nullptr : &first[i]));
    if (!first.empty()) blocks[i].index(0, 0).assign(first[i]);
  }
  const auto run = [&](int64_t begin, int64_t end) {
    for (int64_t r = begin + 1; r < end + 1; ++r) {
      const auto values = run_row(c, batch, r);
      for (size_t i = 0; i < values.size(); ++i) {
        check_row(c, blocks[i], values[i], r);
        blocks[i].index(0, r).assign(values[i]);
      }
    }
  };
  const int64_t rest = std::max<int64_t>(batch.extent - 1, 0);
  if (may_run_anywhere(*body))
    parallel_for(rest, 4, run);
  else
    run(0, rest);
  deliver_all(c, blocks);
}

// Inputs that all rows share sum their cotangents.
Tensors map_rows_vjp(const VjpContext& c) {
  auto flags = c.attrs.get<std::vector<int64_t>>("batched");
  const size_t n = c.inputs.size();
  flags.resize(n + c.outputs.size(), 1);
  Tensors result = call(
      c.op, with_cotangents(c, c.inputs),
      {{"body", graph_vjp(*graph_of(c.attrs, "body"))}, {"batched", flags}});
  for (size_t i = 0; i < n; ++i)
    if (!flags[i] && is_inexact(c.in(i).dtype()))
      result[i] = emit("sum", {result[i]}, {{"axis", int64_t{0}}});
  return only_inexact(c.inputs, std::move(result));
}

constexpr OpDef kOps[] = {
    {.name = "cond",
     .doc = "Runs one of two graphs, chosen by a bool scalar.",
     .params = kCond,
     .type = cond_type,
     .kernel = cond_kernel,
     .vjp = cond_vjp,
     .vmap = cond_vmap},
    {.name = "while_loop",
     .doc = "Runs a graph on its own outputs while a condition holds.",
     .params = kWhile,
     .type = while_type,
     .kernel = while_kernel,
     .vjp = while_vjp,
     .vmap = while_vmap},
    {.name = "while_loop_grad",
     .doc = "Cotangents of a while_loop's operands.",
     .params = kWhileGrad,
     .type = while_grad_type,
     .kernel = while_grad_kernel,
     .vjp = no_second_derivative,
     .vmap = vmap_rows},
    {.name = "call_graph",
     .doc = "Runs a graph.",
     .params = kCall,
     .type = call_type,
     .kernel = call_kernel,
     .vjp = call_vjp,
     .vmap = call_vmap},
    {.name = "map_rows",
     .doc = "Runs a graph on each row of the batched operands and stacks.",
     .params = kMapRows,
     .type = map_rows_type,
     .kernel = map_rows_kernel,
     .vjp = map_rows_vjp,
     .vmap = vmap_rows},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> control_ops() { return kOps; }

}  // namespace numest
