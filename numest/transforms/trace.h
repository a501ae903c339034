// From a C++ callable over tensors to a graph.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

using TensorFunction =
    std::function<std::vector<Tensor>(std::span<const Tensor>)>;

/// Calls `function` once on parameters of the given types; the result is its
/// program. Negative extents of `specs` are symbols: one program serves all
/// values. Counted in Counter::traces.
Graph trace(const TensorFunction& function, std::span<const TensorSpec> specs,
            const std::string& name = "function");

}  // namespace numest
