// The interpreter: runs a graph node by node. The reference that compiled
// programs are compared with, and the way sub-graphs run outside of them.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

/// Values of symbolic extents.
class Bindings {
 public:
  /// Matches known extents against symbols; throws ValueError naming `what`
  /// if a symbol has another value already or a known extent differs.
  void bind(const Shape& symbolic, const Shape& actual,
            const std::string& what);
  /// Replaces bound symbols; unbound ones stay.
  Shape resolve(const Shape& shape) const;
  Attrs resolve(const Attrs& attrs) const;
  bool is_bound(int64_t symbol) const { return values_.contains(symbol); }

 private:
  std::unordered_map<int64_t, int64_t> values_;
};

/// True if an attribute holds a symbol.
bool has_symbols(const Attrs& attrs);

/// The nodes in an order to run them: inputs before users, and what makes an
/// extent before the nodes whose attributes name its symbol.
std::vector<const Node*> execution_order(const Graph& graph);

/// Computes all outputs. Throws ValueError if inputs do not fit the
/// parameters (dtype, ndim, extents).
std::vector<Array> evaluate(const Graph& graph, std::span<const Array> inputs);

}  // namespace numest
