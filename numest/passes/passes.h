// The passes, one source file each; `default_pipeline.cpp` orders them.
#pragma once

#include "numest/passes/pass.h"

namespace numest {

/// Constants of commutative ops second; casts, reshapes, broadcasts and
/// transposes that change nothing dropped.
Graph canonicalize(const Graph& graph);
/// Nodes of constants computed now, unless the result is large.
Graph fold(const Graph& graph);
/// Equal nodes (op, attributes, inputs) merged.
Graph merge_common(const Graph& graph);
/// Algebraic rewrites, one table row each.
Graph simplify(const Graph& graph);
/// Bias and activation of dense layers joined with the product.
Graph fuse_linear(const Graph& graph);
/// Groups of elementwise nodes joined to `fused` nodes.
Graph fuse_elementwise(const Graph& graph);
/// Large weight gradients joined with the update that reads them.
Graph fuse_product(const Graph& graph);

}  // namespace numest
