// Nodes and graphs: immutable values in a directed acyclic graph, from
// outputs to inputs. State enters and leaves as inputs and outputs.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "numest/graph/op_def.h"

namespace numest {

/// One application of an op. `id` grows with creation, so that an input's id
/// is always lower: a cheap topological order and a test for "made outside".
struct Node {
  const OpDef* op = nullptr;
  std::vector<Tensor> inputs;  // concrete ones are constants
  Attrs attrs;
  std::vector<TensorSpec> outputs;
  int64_t id = 0;
  std::string name;      // of a parameter, or given by the user
  std::string location;  // "file.py:12" of the user's line, if known

  ~Node();  // iterative: long chains do not overflow the stack
};

/// A function of tensors: parameters in, tensors out.
struct Graph {
  std::string name;
  std::vector<Tensor> inputs;  // parameters (op "parameter")
  std::vector<Tensor> outputs;
};

/// A function outside of the graph that a program calls (Python, tests).
class ForeignFunction {
 public:
  virtual ~ForeignFunction() = default;
  virtual std::string name() const = 0;
  /// "file.py:12", or empty.
  virtual std::string location() const { return ""; }
  virtual std::string reason() const { return ""; }
  virtual std::vector<TensorSpec> output_types(
      std::span<const TensorSpec> inputs) const = 0;
  virtual std::vector<Array> call(std::span<const Array> inputs) const = 0;
};

/// The op of graph inputs; it has no kernel.
const OpDef& parameter_op();
bool is_parameter(const Node& node);

/// Makes an input of a graph under construction.
Tensor parameter(const TensorSpec& spec, const std::string& name = "");
/// Makes a node by the op's type rule; no promotion, no defaults (see
/// `numest/ops/call.h`).
std::vector<Tensor> make_node(const OpDef& op, std::vector<Tensor> inputs,
                              Attrs attrs);
/// Computes at once; all inputs are concrete. Symbols of attributes must be
/// resolved.
std::vector<Array> compute(const OpDef& op, std::span<const Array> inputs,
                           const Attrs& attrs);
/// The same of an op with one output.
Array compute_one(const OpDef& op, std::span<const Array> inputs,
                  const Attrs& attrs);

/// Id that the next node will get: nodes below it were made outside of what
/// is traced from here on.
int64_t next_node_id();

/// The user's source line for nodes made in this thread while it lives.
class LocationScope {
 public:
  explicit LocationScope(std::string location);
  ~LocationScope();
  LocationScope(const LocationScope&) = delete;
  LocationScope& operator=(const LocationScope&) = delete;

 private:
  std::string previous_;
};

/// Nodes that the outputs need, inputs before users, parameters included.
std::vector<const Node*> topological_order(std::span<const Tensor> outputs);
inline std::vector<const Node*> topological_order(const Graph& graph) {
  return topological_order(std::span<const Tensor>(graph.outputs));
}

/// One line per node: "%3: float32[?,10] = matmul(%1, w) {transpose_b=True}".
std::string to_string(const Graph& graph);

/// Replaces tensors: `visit(node, new_inputs)` returns the new outputs of
/// each node, inputs first; parameters are kept. The way passes are written.
using Rewrite = std::function<std::vector<Tensor>(
    const std::shared_ptr<const Node>&, std::vector<Tensor>)>;
Graph rewrite(const Graph& graph, const Rewrite& visit);
/// A node equal to `node` with other inputs (itself if none changed).
std::vector<Tensor> with_inputs(const std::shared_ptr<const Node>& node,
                                std::vector<Tensor> inputs);

/// Copies `graph` with its parameters replaced by `arguments`; returns its
/// outputs: the call of a graph inside another.
std::vector<Tensor> inline_graph(const Graph& graph,
                                 std::span<const Tensor> arguments);

}  // namespace numest
