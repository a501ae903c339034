// Elements at positions: anywhere, and bound to a layout.
#include "numest/ops/take_kernel.h"

#include "numest/kernels/gather.h"
#include "numest/ops/emit.h"
#include "numest/ops/positions.h"

namespace numest {

namespace {

// Most indices are in range and taken as they are; others, and those of other
// modes, become positions first, or an error.
void take_at(const OpDef& op, Gather& g, const Array& indices,
             PositionMode mode, int axis, const Array& a, const Array& out) {
  const auto at = integers_of(indices);
  if (mode == PositionMode::kRaise &&
      kernels::are_in_range(at.data(), int64_t(at.size()), g.extent))
    return gather_at(g, at, a, out);
  write_positions(op, at, g.extent, axis, mode, g.positions);
  gather(g, a, out);
}

}  // namespace

void run_take(const KernelContext& c) {
  const bool is_flat = c.attrs.is_none("axis");
  const Array a = is_flat ? c.in(0).reshape(Shape{-1}) : c.in(0);
  const Attrs attrs = is_flat ? with(c.attrs, "axis", int64_t{0}) : c.attrs;
  Gather g = extents_of_gather(c.op, a.shape(), c.in(1).shape(), attrs);
  take_at(c.op, g, c.in(1), mode_of(c.op, attrs),
          axis_of(c.op, attrs, a.ndim()), a.contiguous(), c.out());
}

namespace {

// Of arrays that lie in order: extents are known, memory for the positions is
// kept.
class BoundTake : public BoundKernel {
 public:
  explicit BoundTake(const KernelContext& c)
      : mode_(mode_of(c.op, c.attrs)),
        axis_(axis_of(c.op, c.attrs, c.in(0).ndim())),
        gather_(extents_of_gather(c.op, c.in(0).shape(), c.in(1).shape(),
                                  c.attrs)) {}
  void run(const KernelContext& c) override {
    take_at(c.op, gather_, c.in(1), mode_, axis_, c.in(0), c.out());
  }

 private:
  const PositionMode mode_;
  const int axis_;
  Gather gather_;
};

}  // namespace

std::unique_ptr<BoundKernel> bind_take(const KernelContext& c) {
  if (c.attrs.is_none("axis") || !c.in(0).is_contiguous()) return nullptr;
  return std::make_unique<BoundTake>(c);
}

}  // namespace numest
