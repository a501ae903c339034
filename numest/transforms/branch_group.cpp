// What counts as a selection.
#include "numest/transforms/branch_group.h"

#include "numest/ops/call.h"

namespace numest::branching {

namespace {

bool is_op(const Tensor& t, const OpDef& op) {
  return t.is_symbolic() && t.node()->op == &op;
}

}  // namespace

std::optional<Selection> selection(const Node& node, int at) {
  static const OpDef& where = op_named("where");
  static const OpDef& logical_not = op_named("logical_not");
  if (node.op != &where) return {};
  const TensorSpec& out = node.outputs[0];
  Tensor condition = node.inputs[0];
  if (!condition.is_symbolic() || condition.ndim() != 0 ||
      condition.dtype() != DType::kBool || !(node.inputs[1].spec() == out) ||
      !(node.inputs[2].spec() == out))
    return {};
  size_t then_input = 1;
  while (is_op(condition, logical_not)) {
    condition = condition.node()->inputs[0];
    then_input = 3 - then_input;
  }
  if (condition.dtype() != DType::kBool) return {};
  return Selection{at, condition, then_input, 3 - then_input};
}

}  // namespace numest::branching
