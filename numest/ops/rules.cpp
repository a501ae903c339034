// The standard type, vmap and gradient rules.
#include "numest/ops/rules.h"

#include <algorithm>

#include "numest/ops/control.h"
#include "numest/ops/emit.h"

namespace numest {

namespace {

Shape broadcast_inputs(const TypeContext& c) {
  Shape shape = c.in(0).shape;
  for (const TensorSpec& in : c.inputs.subspan(1))
    shape = broadcast_shapes(shape, in.shape, c.op.name);
  return shape;
}

std::string text_of(const OpDef& op) { return std::string(op.name); }

}  // namespace

Types broadcast_type(const TypeContext& c) {
  return TensorSpec{c.in(0).dtype, broadcast_inputs(c)};
}

Types elementwise_type(const TypeContext& c) {
  const DType dtype = c.inputs.back().dtype;
  const auto tile = tile_of(c.op, dtype);
  NUMEST_USER_CHECK(tile.has_value(), TypeError,
                    "{}: is not defined for dtype {}; use astype first",
                    c.op.name, name(dtype));
  return TensorSpec{tile->out, broadcast_inputs(c)};
}

Types compare_type(const TypeContext& c) {
  return TensorSpec{DType::kBool, broadcast_inputs(c)};
}

Types same_type(const TypeContext& c) { return c.in(0); }

Types reduce_type(const TypeContext& c) {
  const TensorSpec& in = c.in(0);
  const bool keepdims = c.attrs.flag("keepdims");
  Shape shape = in.shape;
  const auto axes =
      c.attrs.axes("axis", in.shape.ndim(), text_of(c.op).c_str());
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    if (keepdims)
      shape[*axis] = 1;
    else
      shape.erase(*axis);
  }
  return TensorSpec{in.dtype, shape};
}

// --- Vectorizing ---

std::vector<Tensor> vmap_elementwise(const VmapContext& c) {
  int ndim = 0;
  for (size_t i = 0; i < c.inputs.size(); ++i)
    ndim = std::max(ndim, c.inputs[i].ndim() - (c.batched[i] ? 1 : 0));
  std::vector<Tensor> inputs;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    const Tensor& t = c.inputs[i];
    inputs.push_back(c.batched[i] ? insert_ones(t, 1, ndim + 1 - t.ndim()) : t);
  }
  return call(c.op, std::move(inputs), c.attrs);
}

std::vector<Tensor> vmap_reduce(const VmapContext& c) {
  std::vector<int64_t> axes;
  for (int axis :
       c.attrs.axes("axis", c.inputs[0].ndim() - 1, text_of(c.op).c_str()))
    axes.push_back(axis + 1);
  return call(c.op, {c.inputs[0]}, with(c.attrs, "axis", axes));
}

namespace {

Tensor element_of(const Tensor& block, int64_t i) {
  const std::vector<int64_t> starts{i}, stops{i + 1};
  return emit("squeeze",
              {emit("slice", {block}, {{"starts", starts}, {"stops", stops}})},
              {{"axis", int64_t{0}}});
}

std::vector<Tensor> call_on_element(const VmapContext& c, int64_t i) {
  std::vector<Tensor> inputs = {c.inputs.begin(), c.inputs.end()};
  for (size_t k = 0; k < inputs.size(); ++k)
    if (c.batched[k]) inputs[k] = element_of(inputs[k], i);
  return call(c.op, std::move(inputs), c.attrs);
}

}  // namespace

std::vector<Tensor> vmap_loop(const VmapContext& c) {
  const int64_t extent = batch_extent(c);
  if (is_symbol(extent) || extent == 0) return vmap_rows(c);
  std::vector<std::vector<Tensor>> rows;  // [output][element]
  for (int64_t i = 0; i < extent; ++i) {
    const std::vector<Tensor> out = call_on_element(c, i);
    rows.resize(out.size());
    for (size_t k = 0; k < out.size(); ++k)
      rows[k].push_back(insert_ones(out[k], 0, 1));
  }
  std::vector<Tensor> result;
  for (const auto& row : rows)
    result.push_back(emit("concatenate", row, {{"axis", int64_t{0}}}));
  return result;
}

// --- Gradients ---

namespace {

// Which axes of `from` were broadcast: those that `to` lacks or has as 1.
struct Broadcast {
  std::vector<int64_t> missing, ones;
  bool is_known = true;
};

Broadcast find_broadcast(const Shape& from, const Shape& to) {
  Broadcast result;
  const int lead = from.ndim() - to.ndim();
  for (int i = 0; i < from.ndim(); ++i) {
    if (i < lead) {
      result.missing.push_back(i);
    } else if (to[i - lead] != from[i]) {
      if (to[i - lead] == 1)
        result.ones.push_back(i);
      else if (is_symbol(to[i - lead]))
        result.is_known = false;
    }
  }
  return result;
}

Tensor sum_over(const Tensor& t, const std::vector<int64_t>& axes,
                bool keepdims) {
  if (axes.empty()) return t;
  return emit("sum", {t},
              {{"axis", axes}, {"dtype", t.dtype()}, {"keepdims", keepdims}});
}

}  // namespace

Tensor unbroadcast(const Tensor& g, const Tensor& to) {
  if (g.shape() == to.shape()) return g;
  const Broadcast b = find_broadcast(g.shape(), to.shape());
  const Tensor sum = sum_over(sum_over(g, b.ones, true), b.missing, false);
  return b.is_known ? sum : emit("sum_to_like", {sum, to});
}

std::vector<Tensor> to_inputs(const VjpContext& c, std::vector<Tensor> g) {
  for (size_t i = 0; i < g.size(); ++i)
    if (!g[i].is_empty()) g[i] = unbroadcast(g[i], c.in(i));
  return g;
}

Tensor expand_reduced(const VjpContext& c, const Tensor& g) {
  const Tensor& x = c.in(0);
  const auto axes = c.attrs.axes("axis", x.ndim(), text_of(c.op).c_str());
  Tensor result = g;
  if (!c.attrs.flag("keepdims") && !axes.empty())
    result = emit("expand_dims", {g},
                  {{"axis", std::vector<int64_t>(axes.begin(), axes.end())}});
  if (result.shape() == x.shape()) return result;
  return emit("broadcast_to", {result}, {{"shape", x.shape()}});
}

int64_t flops_by_input(const KernelContext& c) { return c.in(0).size(); }

}  // namespace numest
