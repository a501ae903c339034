// Short forms for rules that use ops of any family: call by name, batch axes.
#pragma once

#include "numest/ops/rules.h"

namespace numest {

/// Calls the op `name`, which has one output. Named as style.md has it: the
/// call that computes at once or adds a node.
inline Tensor emit(std::string_view name, std::vector<Tensor> inputs,
                   Attrs attrs = {}) {
  return call_one(op_named(name), std::move(inputs), std::move(attrs));
}

/// An axis that counts from the front moves behind the batch axis.
inline int64_t behind_batch(int64_t axis) {
  return axis >= 0 ? axis + 1 : axis;
}

/// `attrs` with `key` set to `value`.
inline Attrs with(Attrs attrs, std::string_view key, Attr value) {
  attrs.set(key, std::move(value));
  return attrs;
}

/// Inserts `count` axes of extent 1 at `axis`.
Tensor insert_ones(const Tensor& t, int axis, int count);
/// Moves axis `from` to position `to`.
Tensor move_axis(const Tensor& t, int from, int to);
/// The shared batch extent (a symbol while tracing).
int64_t batch_extent(const VmapContext& c);
/// Input i with a batch axis; an input without one is broadcast.
Tensor batched_input(const VmapContext& c, size_t i);
/// The same for all inputs.
std::vector<Tensor> batched_inputs(const VmapContext& c);
/// vmap of ops that map every leading axis alike: the call is unchanged.
std::vector<Tensor> vmap_same(const VmapContext& c);
/// vmap of ops with one `axis` attribute, an int: shifts it; inputs without
/// a batch axis are broadcast.
std::vector<Tensor> vmap_shift_axis(const VmapContext& c);

/// Product of the extents of axes [begin, end).
inline int64_t extent_product(const Shape& shape, int begin, int end) {
  int64_t product = 1;
  for (int i = begin; i < end; ++i) product *= shape[i];
  return product;
}

/// Calls `f(float{})` or `f(double{})`; throws TypeError on another dtype.
template <class F>
void visit_real(DType dtype, const char* op, F&& f) {
  if (dtype == DType::kFloat32) return f(float{});
  if (dtype == DType::kFloat64) return f(double{});
  fail<TypeError>("{}: got dtype {}, expected float32 or float64; use astype",
                  op, name(dtype));
}

}  // namespace numest
