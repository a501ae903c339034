// The kernel of `take`.
#pragma once

#include "numest/graph/op_def.h"

namespace numest {

void run_take(const KernelContext& c);
std::unique_ptr<BoundKernel> bind_take(const KernelContext& c);
inline constexpr Kernel take_kernel{run_take, bind_take};

}  // namespace numest
