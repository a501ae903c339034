// Elements at positions: anywhere, and bound to a layout.
#include "numest/ops/take_kernel.h"

#include "numest/ops/emit.h"
#include "numest/ops/positions.h"

namespace numest {

void run_take(const KernelContext& c) {
  if (c.attrs.is_none("axis")) {
    const Array a = c.in(0).reshape(Shape{-1});
    const Attrs attrs = with(c.attrs, "axis", int64_t{0});
    return gather(gather_of(c.op, a.shape(), c.in(1), attrs), a.contiguous(),
                  c.out());
  }
  gather(gather_of(c.op, c.in(0).shape(), c.in(1), c.attrs),
         c.in(0).contiguous(), c.out());
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
    write_positions(c.op, integers_of(c.in(1)), gather_.extent, axis_, mode_,
                    gather_.positions);
    gather(gather_, c.in(0), c.out());
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
