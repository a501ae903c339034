// Branches that are not taken are not computed: selections of dear values by
// one condition become a node that runs one of two graphs.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "numest/graph/node.h"

namespace numest {

/// How the program will be used.
enum class BranchUse : uint8_t {
  kElement,  // vmapped: the elements of a block differ in the condition
  kWhole,    // as it is
};

/// A graph of the same results. `where` nodes whose condition is a scalar, and
/// what only one side of them needs, become `cond` nodes if computing both
/// sides would cost more; also in graphs inside. Nodes that call code outside
/// of the program stay where they are. Inputs stay.
Graph sink_branches(const Graph& graph, BranchUse use);

/// The same of tensors of one program that grows: what was sunk once stands for
/// the old nodes in all that is asked for later.
class BranchSinker {
 public:
  explicit BranchSinker(BranchUse use) : use_(use) {}

  /// The tensors, sunk. None of them is moved into a branch, so the new ones
  /// may be differentiated by each other.
  std::vector<Tensor> sink(std::span<const Tensor> results);

 private:
  struct Replaced {
    Tensor old;  // keeps its node
    std::vector<Tensor> outputs;
  };
  std::vector<Tensor> replaced(std::span<const Tensor> results) const;

  BranchUse use_;
  std::unordered_map<const Node*, Replaced> replaced_;
};

}  // namespace numest
