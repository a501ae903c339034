// The derivative of the derivative of a loop.
#pragma once

#include <string>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

/// VJP of while_loop_grad. Its nodes are scans, so there are derivatives of any
/// order. NotSupportedError if a round changes an extent of a variable.
std::vector<Tensor> while_loop_grad_vjp(const VjpContext& c);

/// A graph without outputs whose parameters are of the types of those of
/// `graph`.
Graph with_inputs_like(const Graph& graph, std::string name);

/// The `scan` node: `body` gives what is carried on, then results by row, of
/// shared operands, what is carried, and a row of each of `rows`.
std::vector<Tensor> scan(std::vector<Tensor> shared,
                         const std::vector<Tensor>& carried,
                         const std::vector<Tensor>& rows, Graph body,
                         bool reverse);

}  // namespace numest
