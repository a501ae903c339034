// The op `fused_product`: a matrix product x.T @ g and the elementwise group
// that alone reads it, slab of rows by slab of rows. A weight gradient goes
// into the optimizer's update without ever leaving the cache.
#pragma once

#include <memory>
#include <vector>

#include "numest/passes/fused.h"

namespace numest {

const OpDef& fused_product_op();

/// Makes the node that stands for the fused node `update` whose input
/// `position` is x.T @ g; returns its outputs.
std::vector<Tensor> make_fused_product(const Tensor& x, const Tensor& g,
                                       const Node& update, size_t position);

/// True if output `output` may be written over input `input` of the node.
bool may_overwrite_product(const Attrs& attrs, int input, int output);

}  // namespace numest
