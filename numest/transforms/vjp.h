// Reverse-mode derivatives: each op's VJP rule, chained from outputs to
// inputs. Results are tensors, so derivatives of derivatives come free.
#pragma once

#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

/// Products of `cotangents` (one per output, same shapes) with the Jacobian
/// of `outputs` by each of `wrt`. All are symbolic; a tensor of `wrt` that no
/// output depends on gives an empty Tensor.
std::vector<Tensor> vjp(std::span<const Tensor> outputs,
                        std::span<const Tensor> cotangents,
                        std::span<const Tensor> wrt);

/// Gradients of a scalar. Throws ValueError if `loss` is not a floating
/// scalar. Tensors that it does not depend on get zeros of their shape.
std::vector<Tensor> gradients(const Tensor& loss, std::span<const Tensor> wrt);

using ScalarFunction = std::function<Tensor(std::span<const Tensor>)>;
using GradFunction = std::function<std::pair<Tensor, std::vector<Tensor>>(
    std::span<const Tensor>)>;

/// The function of (value, gradients by arguments `argnums`, default all;
/// negative ones count from the end). Works on arrays (traces and runs) and
/// inside of other traces. ValueError if there is no such argument.
GradFunction value_and_grad(ScalarFunction function,
                            std::vector<int> argnums = {});
/// The gradients only.
std::function<std::vector<Tensor>(std::span<const Tensor>)> grad(
    ScalarFunction function, std::vector<int> argnums = {});

/// Program of the VJP of a program: inputs and cotangents of its outputs in,
/// cotangents of all inputs out (zeros where there is none).
Graph vjp_graph(const Graph& graph);

}  // namespace numest
