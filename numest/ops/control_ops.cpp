// Nodes that run graphs: loops, calls and maps over rows. Derivatives
// and blocks of the sub-graphs come through the hooks of control.h.
#include <algorithm>

#include "numest/base/thread_pool.h"
#include "numest/graph/evaluate.h"
#include "numest/ops/control.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/graph_rules.h"
#include "numest/ops/loop_gradient.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;
using GraphPtr = std::shared_ptr<const Graph>;

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

std::vector<Array> run_row(const KernelContext& c, const Batch& batch,
                           int64_t r) {
  std::vector<Array> row;
  for (size_t i = 0; i < c.inputs.size(); ++i)
    row.push_back(batch.flags[i] ? c.in(i).index(0, r) : c.in(i));
  return evaluate_graph(graph_of(c.attrs, "body"), row);
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
    {.name = "while_loop",
     .doc = "Runs a graph on its own outputs while a condition holds.",
     .params = kWhile,
     .type = while_type,
     .kernel = while_kernel,
     .vjp = while_vjp,
     .vmap = while_vmap,
     .traits = kDear},
    {.name = "while_loop_grad",
     .doc = "Cotangents of a while_loop's operands.",
     .params = kWhileGrad,
     .type = while_grad_type,
     .kernel = while_grad_kernel,
     .vjp = while_loop_grad_vjp,
     .vmap = vmap_rows,
     .traits = kDear},
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
     .vmap = vmap_rows,
     .traits = kDear},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> control_ops() { return kOps; }

}  // namespace numest
