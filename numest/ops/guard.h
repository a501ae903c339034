// Branches that not all elements take. A traced branch is computed for each
// element of a block; what an op would refuse is replaced where the element
// goes another way.
#pragma once

#include <vector>

#include "numest/graph/node.h"

namespace numest {

/// From now on, ops that this thread calls count only where `condition`, a bool
/// scalar, is true; an empty tensor: everywhere. Returns what was set before.
Tensor set_guard(Tensor condition);
/// True if a condition is set that is not known.
bool is_guarded();

/// `inputs`, with values that the op takes (OpDef::harmless) in place of those
/// of elements that go another way. Where all are constants they stay.
std::vector<Tensor> harmless_inputs(const OpDef& op, std::vector<Tensor> inputs,
                                    const Attrs& attrs);

}  // namespace numest
