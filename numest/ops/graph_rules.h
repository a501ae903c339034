// What ops with sub-graphs or functions as attributes share.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

const std::shared_ptr<const Graph>& graph_of(const Attrs& attrs,
                                             std::string_view key);

/// Hands a result over: into the memory that the caller gave, if it fits.
void deliver(const KernelContext& c, size_t i, const Array& value);
void deliver_all(const KernelContext& c, const std::vector<Array>& values);

/// `inputs`, then the cotangents of the outputs, zeros where there are none.
std::vector<Tensor> with_cotangents(const VjpContext& c,
                                    std::span<const Tensor> inputs);
/// Only floating inputs have a cotangent.
std::vector<Tensor> only_inexact(std::span<const Tensor> inputs,
                                 std::vector<Tensor> cotangents);

}  // namespace numest
