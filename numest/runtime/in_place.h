// Which steps may write an output over an input.
#pragma once

#include "numest/runtime/step_list.h"

namespace numest {

/// True if the kernel of `step` may be given output `output` in the memory of
/// input `input`, both contiguous and of equal shape and item size.
bool may_overwrite(const Step& step, int input, int output);

}  // namespace numest
