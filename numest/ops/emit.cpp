// Batch axes of tensors, for vmap rules.
#include "numest/ops/emit.h"

namespace numest {

Tensor insert_ones(const Tensor& t, int axis, int count) {
  if (count <= 0) return t;
  std::vector<int64_t> axes;
  for (int i = 0; i < count; ++i) axes.push_back(axis + i);
  return emit("expand_dims", {t}, {{"axis", axes}});
}

Tensor move_axis(const Tensor& t, int from, int to) {
  if (from == to) return t;
  std::vector<int64_t> axes;
  for (int i = 0; i < t.ndim(); ++i)
    if (i != from) axes.push_back(i);
  axes.insert(axes.begin() + to, from);
  return emit("transpose", {t}, {{"axes", axes}});
}

int64_t batch_extent(const VmapContext& c) {
  for (size_t i = 0; i < c.inputs.size(); ++i)
    if (c.batched[i]) return c.inputs[i].shape()[0];
  NUMEST_UNREACHABLE();
}

Tensor batched_input(const VmapContext& c, size_t i) {
  if (c.batched[i]) return c.inputs[i];
  Shape shape = c.inputs[i].shape();
  shape.insert(0, batch_extent(c));
  return emit("broadcast_to", {c.inputs[i]}, {{"shape", shape}});
}

std::vector<Tensor> batched_inputs(const VmapContext& c) {
  std::vector<Tensor> inputs;
  for (size_t i = 0; i < c.inputs.size(); ++i)
    inputs.push_back(batched_input(c, i));
  return inputs;
}

std::vector<Tensor> vmap_same(const VmapContext& c) {
  return call(c.op, batched_inputs(c), c.attrs);
}

std::vector<Tensor> vmap_shift_axis(const VmapContext& c) {
  const int64_t axis = behind_batch(c.attrs.integer("axis"));
  return call(c.op, batched_inputs(c), with(c.attrs, "axis", axis));
}

}  // namespace numest
