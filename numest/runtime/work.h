// What one run of a kernel reads, writes and computes.
#pragma once

#include "numest/base/recording.h"
#include "numest/graph/op_def.h"

namespace numest {

/// Bytes of inputs and outputs; the op's `flops`, else one operation for each
/// element if it is elementwise, else none.
Work work(const KernelContext& c);

}  // namespace numest
