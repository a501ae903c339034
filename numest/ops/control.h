// Control flow: branches, loops and calls of graphs as nodes, from C++
// functions of tensors; and the hooks by which layers above run and transform
// the sub-graphs.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

using GraphBody = std::function<std::vector<Tensor>(std::span<const Tensor>)>;

/// then_fn(operands) where `pred`, a bool scalar, is true; else_fn(operands)
/// otherwise. Only the branch taken is computed. Both must give as many
/// tensors, of equal dtypes and ndim; TypeError otherwise. A concrete `pred`
/// calls its branch at once. The functions may use tensors from outside.
std::vector<Tensor> cond(const Tensor& pred, const GraphBody& then_fn,
                         const GraphBody& else_fn,
                         std::vector<Tensor> operands = {});

using GraphCondition = std::function<Tensor(std::span<const Tensor>)>;

/// Repeats vars = body_fn(vars) while cond_fn(vars), a bool scalar, is true,
/// at most `max_iterations` times (-1: no limit). dtype and ndim of each
/// variable stay; extents may change. Runs at once on concrete variables.
std::vector<Tensor> while_loop(const GraphCondition& cond_fn,
                               const GraphBody& body_fn,
                               std::vector<Tensor> vars,
                               int64_t max_iterations = -1);
/// The same as one node, whether or not the variables are concrete.
std::vector<Tensor> while_node(const GraphCondition& cond_fn,
                               const GraphBody& body_fn,
                               const std::vector<Tensor>& vars,
                               int64_t max_iterations = -1);

/// Outputs of `graph` at `arguments`, as one node.
std::vector<Tensor> call_graph(std::shared_ptr<const Graph> graph,
                               std::vector<Tensor> arguments);

/// `values`, computed from `arguments`, with a derivative of their own:
/// `vjp` maps cotangents of the values to cotangents of the arguments. It may
/// use tensors from outside, which get no derivative through this call.
/// TypeError if it gives another number of tensors, dtypes or ndim.
std::vector<Tensor> custom_gradient(std::vector<Tensor> values,
                                    std::vector<Tensor> arguments,
                                    const GraphBody& vjp);

/// The derivative of an op that runs code outside of the program: there is
/// none to know. `vjp` of numest/transforms names the path that leads there.
std::vector<Tensor> unknown_gradient(const VjpContext& c);

/// A vmap rule for every op: a node that runs the op on each row, where the
/// batch extent need not be known while tracing.
std::vector<Tensor> vmap_rows(const VmapContext& c);

/// A function traced with new parameters; outer tensors that it uses become
/// parameters after them.
struct Traced {
  std::shared_ptr<const Graph> graph;
  std::vector<Tensor> captures;
};
/// The same of a graph whose own nodes have ids from `first_id` on.
Traced lifted(Graph graph, int64_t first_id);
Traced trace_with_captures(const GraphBody& fn,
                           std::span<const TensorSpec> specs,
                           const std::string& name);

// --- Hooks of the layers above ---
using GraphEvaluator = std::vector<Array> (*)(
    const std::shared_ptr<const Graph>&, std::span<const Array>);
/// Replaces the interpreter as the way sub-graphs run. Not thread-safe.
void set_graph_evaluator(GraphEvaluator evaluator);
std::vector<Array> evaluate_graph(const std::shared_ptr<const Graph>& graph,
                                  std::span<const Array> inputs);

/// Inputs and cotangents of the outputs in, cotangents of all inputs out.
using GraphVjp = Graph (*)(const Graph&);
/// The graph over blocks of the inputs that are flagged.
using GraphVmap = Graph (*)(const Graph&, std::vector<bool>);
void set_graph_vjp(GraphVjp vjp);
void set_graph_vmap(GraphVmap vmap);
/// InternalError if no layer has set the hook.
std::shared_ptr<const Graph> graph_vjp(const Graph& graph);
std::shared_ptr<const Graph> graph_vmap(const Graph& graph,
                                        std::vector<bool> is_batched);

}  // namespace numest
