// Tensors that are the same computation, made twice.
#pragma once

#include "numest/graph/node.h"

namespace numest {

/// True if both are the same node, or made by equal nodes: the same pure op,
/// equal attributes, equal inputs. Constants are compared by value if small.
bool is_equal_computation(const Tensor& a, const Tensor& b);

}  // namespace numest
