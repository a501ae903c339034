// Walks a graph once with each op's vmap rule.
#include "numest/transforms/vmap.h"

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "numest/graph/evaluate.h"
#include "numest/ops/call.h"
#include "numest/ops/control.h"
#include "numest/transforms/ragged.h"

namespace numest {

namespace {

struct Mapped {
  std::vector<Tensor> outputs;
  bool is_batched = false;
};
using Values = std::unordered_map<const Node*, Mapped>;

// std::span<const bool> needs contiguous bools, unlike std::vector<bool>.
struct Inputs {
  std::vector<Tensor> tensors;
  std::unique_ptr<bool[]> batched;
  bool any = false;
};

Inputs mapped(std::span<const Tensor> tensors, const Values& values) {
  Inputs result;
  result.batched = std::make_unique<bool[]>(tensors.size() + 1);
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& t = tensors[i];
    if (!t.is_symbolic()) {
      result.tensors.push_back(t);
      continue;
    }
    const Mapped& m = values.at(t.node().get());
    result.tensors.push_back(m.outputs[size_t(t.output())]);
    result.batched[i] = m.is_batched;
    result.any = result.any || m.is_batched;
  }
  return result;
}

Mapped map_node(const Node& node, const Values& values) {
  Inputs in = mapped(node.inputs, values);
  LocationScope scope(node.location);
  if (!in.any) return {call(*node.op, std::move(in.tensors), node.attrs)};
  const std::span<const bool> batched(in.batched.get(), in.tensors.size());
  return {node.op->vmap(VmapContext{*node.op, in.tensors, batched, node.attrs}),
          true};
}

// Runs the part whose extents differ by element row by row.
void map_rows(const Graph& graph, const RaggedPart& part, Values& values) {
  RowProgram rows = row_program(graph, part);
  Inputs in = mapped(rows.inputs, values);
  const std::vector<int64_t> flags(in.batched.get(),
                                   in.batched.get() + rows.inputs.size());
  const std::vector<Tensor> results =
      call(op_named("map_rows"), std::move(in.tensors),
           {{"body", std::make_shared<const Graph>(std::move(rows.body))},
            {"batched", flags}});
  for (size_t i = 0; i < results.size(); ++i) {
    const Tensor& t = rows.outputs[i];
    Mapped& m = values[t.node().get()];
    m.outputs.resize(t.node()->outputs.size());
    m.outputs[size_t(t.output())] = results[i];
    m.is_batched = true;
  }
}

void map_all(const Graph& graph, const RaggedPart& part, Values& values) {
  const std::vector<const Node*> order = topological_order(graph);
  const auto map_if = [&](bool is_after) {
    for (const Node* node : order)
      if (!values.contains(node) && !part.nodes.contains(node) &&
          part.after.contains(node) == is_after)
        values[node] = map_node(*node, values);
  };
  map_if(false);
  if (part.nodes.empty()) return;
  map_rows(graph, part, values);
  map_if(true);
}

// Adds a batch axis to a value that does not depend on the element.
Tensor broadcast_batch(const Tensor& t, const Tensor& batched) {
  Shape shape = t.shape();
  shape.insert(0, batched.shape()[0]);
  return call_one(op_named("broadcast_to"), {t}, {{"shape", shape}});
}

}  // namespace

std::vector<Tensor> vmap(const Graph& graph, std::span<const Tensor> arguments,
                         std::span<const bool> is_batched) {
  NUMEST_CHECK(arguments.size() == graph.inputs.size());
  Values values;
  const Tensor* sample = nullptr;
  for (size_t i = 0; i < arguments.size(); ++i) {
    values[graph.inputs[i].node().get()] = {{arguments[i]}, is_batched[i]};
    if (is_batched[i]) sample = &arguments[i];
  }
  map_all(graph, ragged_part(graph, is_batched), values);
  std::vector<Tensor> outputs;
  for (const Tensor& t : graph.outputs) {
    const Mapped* m = t.is_symbolic() ? &values.at(t.node().get()) : nullptr;
    const Tensor value = m ? m->outputs[size_t(t.output())] : t;
    const bool done = (m && m->is_batched) || sample == nullptr;
    outputs.push_back(done ? value : broadcast_batch(value, *sample));
  }
  return outputs;
}

Graph vmap_graph(const Graph& graph, std::vector<bool> is_batched) {
  const size_t n = graph.inputs.size();
  if (is_batched.empty()) is_batched.assign(n, true);
  auto flags = std::make_unique<bool[]>(n + 1);
  const int64_t extent = fresh_extent();
  Graph result;
  result.name = graph.name + "_vmap";
  for (size_t i = 0; i < n; ++i) {
    TensorSpec spec = graph.inputs[i].spec();
    flags[i] = is_batched[i];
    if (flags[i]) spec.shape.insert(0, extent);
    result.inputs.push_back(parameter(spec, graph.inputs[i].node()->name));
  }
  result.outputs =
      vmap(graph, result.inputs, std::span<const bool>(flags.get(), n));
  return result;
}

namespace {

Tensor batch_axis_first(const Tensor& t, int axis) {
  std::vector<int64_t> axes{normalize_axis(axis, t.ndim(), "vmap")};
  if (axis == 0) return t;
  for (int i = 0; i < t.ndim(); ++i)
    if (i != axes[0]) axes.push_back(i);
  return call_one(op_named("transpose"), {t}, {{"axes", axes}});
}

}  // namespace

TensorFunction vmap(TensorFunction function, std::vector<int> in_axes) {
  return [function, in_axes](std::span<const Tensor> given) {
    const size_t n = given.size();
    NUMEST_USER_CHECK(in_axes.empty() || in_axes.size() == n, ValueError,
                      "vmap: got {} in_axes for {} arguments", in_axes.size(),
                      n);
    std::vector<Tensor> arguments;
    std::vector<TensorSpec> specs;
    std::vector<bool> has_rows;
    for (size_t i = 0; i < n; ++i) {
      const int axis = in_axes.empty() ? 0 : in_axes.at(i);
      has_rows.push_back(axis >= 0);
      arguments.push_back(axis >= 0 ? batch_axis_first(given[i], axis)
                                    : given[i]);
      TensorSpec spec = arguments.back().spec();
      if (axis >= 0) spec.shape.erase(0);
      specs.push_back(spec);
    }
    const Traced traced = trace_with_captures(function, specs, "vmap");
    arguments.insert(arguments.end(), traced.captures.begin(),
                     traced.captures.end());
    auto flags = std::make_unique<bool[]>(arguments.size() + 1);
    std::ranges::copy(has_rows, flags.get());
    return vmap(*traced.graph, arguments, {flags.get(), arguments.size()});
  };
}

namespace {

// Ops with sub-graphs find their blocks through this.
[[maybe_unused]] const bool is_registered = (set_graph_vmap(vmap_graph), true);

}  // namespace

}  // namespace numest
