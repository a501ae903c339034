// Counting bytes and operations from shapes.
#include "numest/runtime/work.h"

namespace numest {

namespace {

int64_t flops(const KernelContext& c) {
  if (c.op.flops) return c.op.flops(c);
  if (!c.op.is(kElementwise) || c.outputs.empty()) return 0;
  return c.outputs[0].size();
}

}  // namespace

Work work(const KernelContext& c) {
  Work done;
  for (const Array& a : c.inputs) done.num_bytes += a.nbytes();
  for (const Array& a : c.outputs) done.num_bytes += a.nbytes();
  done.num_flops = flops(c);
  return done;
}

}  // namespace numest
