// Vectorizing: a program for one element becomes a program for a block.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "numest/transforms/trace.h"

namespace numest {

/// Applies a program to blocks: `arguments[i]` has a leading batch axis where
/// `is_batched[i]`. Every output gets a leading batch axis (an output that
/// does not depend on a batched argument is broadcast).
std::vector<Tensor> vmap(const Graph& graph, std::span<const Tensor> arguments,
                         std::span<const bool> is_batched);

/// The program over blocks: batched inputs (all by default) get a leading
/// extent that is one shared symbol.
Graph vmap_graph(const Graph& graph, std::vector<bool> is_batched = {});

/// The vectorized function. `in_axes[i]` is the batch axis of argument i, or
/// -1 for an argument that all elements share; default: axis 0 of all.
TensorFunction vmap(TensorFunction function, std::vector<int> in_axes = {});

}  // namespace numest
