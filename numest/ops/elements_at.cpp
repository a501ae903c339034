// Both follow a tensor back to the count_up that gave it its extent: through
// elementwise ops, and takes at positions that are counted themselves.
#include "numest/ops/elements_at.h"

#include <vector>

#include "numest/graph/equal.h"
#include "numest/graph/node.h"
#include "numest/ops/emit.h"
#include "numest/ops/positions.h"

namespace numest {

namespace {

bool is_ragged(const Tensor& t, int axis) {
  return t.is_symbolic() && is_symbol(t.shape()[axis]);
}

// Takes rows as slices do, at positions of one axis.
bool is_slice(const Node& node) {
  return node.op->name == "take" && !node.attrs.is_none("axis") &&
         node.attrs.integer("batch_dims") == 0 && node.inputs[1].ndim() == 1;
}

int axis_of_slice(const Node& node) {
  return axis_of(*node.op, node.attrs, node.inputs[0].ndim());
}

// Slices `axis` itself, of an array of known extent.
bool is_slice_along(const Node& node, int axis) {
  return is_slice(node) && axis_of_slice(node) == axis &&
         node.inputs[0].shape()[axis] > 0;
}

bool is_slice_across(const Node& node, int axis) {
  return is_slice(node) && axis_of_slice(node) != axis;
}

// The axis of an input of an elementwise node that meets `axis` of its output;
// nothing if the input is the same all along that axis.
std::optional<int> axis_in(const Node& node, const Tensor& input, int axis) {
  const int at = axis - (node.outputs[0].shape.ndim() - input.ndim());
  if (at < 0 || input.shape()[at] == 1) return {};
  return at;
}

bool is_fused(const Node& node) {
  return node.op->is(kElementwise) && node.outputs.size() == 1;
}

// The count behind the extent of `t`; an empty tensor if there is none, or if
// inputs of an elementwise op have counts of their own, which may differ.
Tensor count_behind(const Tensor& t, int axis) {
  if (!is_ragged(t, axis)) return {};
  const Node& node = *t.node();
  if (node.op->name == "count_up") return node.inputs[0];
  if (is_slice_along(node, axis)) return count_behind(node.inputs[1], 0);
  if (is_slice_across(node, axis)) return count_behind(node.inputs[0], axis);
  if (!is_fused(node)) return {};
  Tensor count;
  for (const Tensor& input : node.inputs) {
    const std::optional<int> at = axis_in(node, input, axis);
    if (!at) continue;
    const Tensor mine = count_behind(input, *at);
    if (mine.is_empty()) return {};
    if (!count.is_empty() && !is_equal_computation(mine, count)) return {};
    count = mine;
  }
  return count;
}

// Where elements are read, of an axis of `count`.
struct Positions {
  Tensor at, is_inside;
};

Tensor read(const Tensor& t, int axis, const Positions& p);

Tensor read_slice(const Node& node, const Positions& p) {
  const Tensor at = read(node.inputs[1], 0, p);
  // Of positions outside any would do, but 0 is one that there is.
  const Tensor taken = emit("where", {p.is_inside, at, Tensor(0)});
  return emit("take", {node.inputs[0], taken}, node.attrs);
}

// `t` has a count behind its extent.
Tensor read(const Tensor& t, int axis, const Positions& p) {
  const Node& node = *t.node();
  if (node.op->name == "count_up") return p.at;
  if (is_slice_along(node, axis)) return read_slice(node, p);
  std::vector<Tensor> inputs = node.inputs;
  if (is_slice_across(node, axis))
    return emit("take", {read(inputs[0], axis, p), inputs[1]}, node.attrs);
  for (Tensor& input : inputs)
    if (const auto at = axis_in(node, input, axis)) input = read(input, *at, p);
  const Tensor result = call_one(*node.op, std::move(inputs), node.attrs);
  return t.is_weak() ? result.as_weak() : result;
}

}  // namespace

std::optional<Tensor> elements_at(const Tensor& t, const Tensor& positions,
                                  int axis) {
  const Tensor count = count_behind(t, axis);
  if (count.is_empty()) return {};
  const Tensor inside =
      emit("logical_and", {emit("greater_equal", {positions, Tensor(0)}),
                           emit("less", {positions, count})});
  return read(
      t, axis,
      {emit("astype", {positions}, {{"dtype", DType::kInt64}}), inside});
}

Tensor extent_at(const Tensor& t, int axis) {
  const Tensor count = count_behind(t, axis);
  if (!count.is_empty())
    return emit("astype", {count}, {{"dtype", DType::kInt64}});
  return emit("extent", {t}, {{"axis", int64_t{axis}}});
}

}  // namespace numest
