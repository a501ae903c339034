// Estimates from the types of nodes and the traits of their ops.
#include "numest/ops/branch_cost.h"

#include <algorithm>

namespace numest {

namespace {

constexpr int64_t kUnknownExtent = 32, kUnknownRounds = 8;
constexpr double kNsPerFlop = 0.02;  // of products, which vectorize well
constexpr double kNsPerElement = 0.1;
constexpr double kNsPerDearElement = 6;
constexpr double kNsPerDearFlop = 0.3;  // see kDear
constexpr double kNsPerByte = 0.1;      // copied
constexpr double kNsPerProgram = 1000;  // a run of a program inside another
constexpr double kNsPerForeignCall = 1000;

// An array of the type, whose elements share their memory.
Array stand_in(const TensorSpec& spec) {
  Shape shape = spec.shape;
  for (int64_t& e : shape)
    if (is_symbol(e)) e = kUnknownExtent;
  return Array(spec.dtype, Shape{}).broadcast_to(shape);
}

double num_elements(const TensorSpec& spec) {
  double size = 1;
  for (const int64_t e : spec.shape)
    size *= double(is_symbol(e) ? kUnknownExtent : e);
  return size;
}

double num_bytes(const TensorSpec& spec) {
  return num_elements(spec) * double(itemsize(spec.dtype));
}

// What the op's own rule says of arrays of these types. Extents that are made
// up may not fit others.
double flops(const Node& node) {
  std::vector<Array> inputs, outputs;
  for (const Tensor& t : node.inputs) inputs.push_back(stand_in(t.spec()));
  for (const TensorSpec& spec : node.outputs) outputs.push_back(stand_in(spec));
  try {
    return double(
        node.op->flops(KernelContext{*node.op, inputs, outputs, node.attrs}));
  } catch (const UserError&) {
    return num_bytes(node.outputs[0]);
  }
}

double moved_ns(const Node& node) {
  double bytes = 0;
  for (const TensorSpec& spec : node.outputs) bytes += num_bytes(spec);
  return bytes * kNsPerByte;
}

// Of the graphs of a node: a loop runs them in each round, a branch one.
double programs_ns(const Node& node) {
  double sum = 0;
  for (const auto& [key, value] : node.attrs.items())
    if (const auto* graph = std::get_if<std::shared_ptr<const Graph>>(&value))
      sum += estimated_ns(**graph) + kNsPerProgram;
  return sum;
}

bool has_graph(const OpDef& op) {
  return std::any_of(op.params.begin(), op.params.end(),
                     [](const auto& p) { return p.kind == Kind::kGraph; });
}

}  // namespace

double estimated_ns(const Node& node) {
  const OpDef& op = *node.op;
  if (is_parameter(node) || op.is(kView)) return 0;
  if (has_graph(op))
    return programs_ns(node) * (op.is(kDear) ? double(kUnknownRounds) : 1);
  if (op.is(kImpure)) return kNsPerForeignCall;
  if (op.flops)
    return flops(node) * (op.is(kDear) ? kNsPerDearFlop : kNsPerFlop);
  if (op.is(kElementwise))
    return num_elements(node.outputs[0]) *
           (op.is(kDear) ? kNsPerDearElement : kNsPerElement);
  return moved_ns(node);
}

double estimated_ns(const Graph& graph) {
  double sum = 0;
  for (const Node* node : topological_order(graph)) sum += estimated_ns(*node);
  return sum;
}

bool may_be_worth_choosing(double both_ns) {
  return both_ns / 2 > kNsPerProgram;
}

// As often the one as the other is taken. What is estimated has to be worth it
// twice, since a selection also fuses with what is around it.
bool is_worth_choosing(const Graph& then_graph, const Graph& else_graph,
                       const std::vector<bool>& is_moved) {
  double bytes = 0;
  bool any = false;
  for (size_t i = 0; i < is_moved.size(); ++i) {
    if (is_moved[i]) bytes += num_bytes(then_graph.inputs[i].spec());
    any = any || is_moved[i];
  }
  if (any)
    for (const Tensor& t : then_graph.outputs) bytes += num_bytes(t.spec());
  const double work = estimated_ns(then_graph) + estimated_ns(else_graph);
  return work / 2 > kNsPerProgram + 2 * bytes * kNsPerByte;
}

}  // namespace numest
