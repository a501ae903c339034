// Selections of a program by one condition, and the nodes that only one side
// of them needs: what may become a branch.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "numest/graph/node.h"
#include "numest/graph/symbols.h"
#include "numest/ops/branch_cost.h"

namespace numest::branching {

using Tensors = std::vector<Tensor>;
using NodePtr = std::shared_ptr<const Node>;

/// Where a node is to stand: a selection is a root.
enum class Region : uint8_t { kOutside, kThen, kElse, kRoot };

/// A selection by a scalar, of values of its own type.
struct Selection {
  int at;            // position of the `where`
  Tensor condition;  // without logical_not
  size_t then_input, else_input;
};

/// `node`, the `at`-th of a program, if it is one.
std::optional<Selection> selection(const Node& node, int at);

/// The nodes of a program with their users.
class Program {
 public:
  Program(const Tensors& inputs, const Tensors& outputs)
      : inputs_(inputs), outputs_(outputs), order_(topological_order(outputs)) {
    for (size_t i = 0; i < order_.size(); ++i) position_[order_[i]] = int(i);
    users_.resize(order_.size());
    needs_.resize(order_.size());
    is_result_.resize(order_.size());
    ns_.resize(order_.size(), -1);
    for (size_t i = 0; i < order_.size(); ++i) note(int(i));
    for (const Tensor& t : outputs)
      if (t.is_symbolic()) is_result_[size_t(position(t))] = true;
  }

  int size() const { return int(order_.size()); }
  const Node& node(int i) const { return *order_[size_t(i)]; }
  int position(const Tensor& t) const { return position_.at(t.node().get()); }
  bool is_result(int i) const { return is_result_[size_t(i)]; }
  const std::vector<int>& users(int i) const { return users_[size_t(i)]; }
  /// What must come before: inputs, and nodes that make an extent.
  const std::vector<int>& needs(int i) const { return needs_[size_t(i)]; }
  const Tensors& outputs() const { return outputs_; }
  /// What the node takes, by estimate.
  double ns(int i) {
    double& ns = ns_[size_t(i)];
    if (ns < 0) ns = estimated_ns(node(i));
    return ns;
  }

  const NodePtr& owner(int i) {
    if (owners_.empty()) {
      const auto keep = [&](const Tensor& t) {
        if (t.is_symbolic()) owners_.emplace(t.node().get(), t.node());
      };
      for (const Tensor& t : outputs_) keep(t);
      for (const Node* n : order_)
        for (const Tensor& t : n->inputs) keep(t);
    }
    return owners_.at(order_[size_t(i)]);
  }

  /// A tensor whose shape has the extent: what makes it, else a parameter.
  std::optional<Tensor> with_extent(int64_t symbol) {
    const auto has = [&](const Shape& shape) {
      return std::find(shape.begin(), shape.end(), symbol) != shape.end();
    };
    for (const Tensor& t : inputs_)
      if (has(t.shape())) return t;
    if (const auto it = maker_.find(symbol); it != maker_.end())
      for (size_t i = 0; i < node(it->second).outputs.size(); ++i)
        if (has(node(it->second).outputs[i].shape))
          return Tensor(owner(it->second), int(i));
    return {};
  }

 private:
  void note(int i) {
    std::unordered_set<int64_t> had;
    const auto connect = [&](int from) {
      needs_[size_t(i)].push_back(from);
      users_[size_t(from)].push_back(i);
    };
    for (const Tensor& t : node(i).inputs) {
      if (t.is_symbolic()) connect(position(t));
      for_each_symbol(t.shape(), [&](int64_t s) { had.insert(s); });
    }
    for_each_named(node(i), [&](int64_t s) {
      const auto it = maker_.find(s);
      if (had.insert(s).second && it != maker_.end()) connect(it->second);
    });
    for (const TensorSpec& spec : node(i).outputs)
      for_each_symbol(spec.shape, [&](int64_t s) {
        if (!had.contains(s)) maker_.emplace(s, i);
      });
  }

  const Tensors& inputs_;
  const Tensors& outputs_;
  std::vector<const Node*> order_;
  std::unordered_map<const Node*, int> position_;
  std::unordered_map<const Node*, NodePtr> owners_;
  std::unordered_map<int64_t, int> maker_;
  std::vector<std::vector<int>> users_, needs_;
  std::vector<bool> is_result_;
  std::vector<double> ns_;
};

/// Selections by one condition, and what only one side of them needs.
class Group {
 public:
  Group(const Program& program, std::span<const Selection> selections)
      : program_(&program),
        selections_(selections),
        regions_(size_t(program.size()), Region::kOutside) {
    for (const Selection& s : selections) {
      region(s.at) = Region::kRoot;
      by_position_[s.at] = &s;
    }
    for (int i = program.size(); i-- > 0;)
      if (region(i) == Region::kOutside && may_move(i))
        region(i) = needed_by(i);
  }

  Region region(int i) const { return regions_[size_t(i)]; }
  const Selection& selection_at(int i) const { return *by_position_.at(i); }
  std::span<const Selection> selections() const { return selections_; }
  const Tensor& condition() const { return selections_[0].condition; }

  /// False if something outside needs one of the selections and is needed by
  /// another, or by what leads there: they cannot be one node.
  bool is_one_node() const {
    std::vector<bool> is_after(regions_.size());
    for (int i = 0; i < program_->size(); ++i) {
      const bool is_outside = region(i) == Region::kOutside;
      for (const int from : program_->needs(i)) {
        if (is_after[size_t(from)] && !is_outside) return false;
        if (is_outside)
          is_after[size_t(i)] = is_after[size_t(i)] || is_after[size_t(from)] ||
                                region(from) == Region::kRoot;
      }
    }
    return true;
  }

  /// True if something outside reads selection `i`.
  bool is_read(int i) const {
    const auto& users = program_->users(i);
    return program_->is_result(i) ||
           std::any_of(users.begin(), users.end(),
                       [&](int u) { return region(u) == Region::kOutside; });
  }

 private:
  Region& region(int i) { return regions_[size_t(i)]; }

  bool may_move(int i) const {
    const Node& node = program_->node(i);
    return !node.op->is(kImpure) && !program_->is_result(i) &&
           !program_->users(i).empty();
  }

  // The side that all users are of.
  Region needed_by(int i) const {
    std::optional<Region> side;
    for (const int user : program_->users(i)) {
      const Region one =
          region(user) == Region::kRoot ? side_of(i, user) : region(user);
      if (one == Region::kOutside || (side && *side != one))
        return Region::kOutside;
      side = one;
    }
    return *side;
  }

  // The side on which a selection reads node `i`.
  Region side_of(int i, int user) const {
    const Selection& s = selection_at(user);
    const Node& node = program_->node(user);
    const auto reads = [&](size_t input) {
      const Tensor& t = node.inputs[input];
      return t.is_symbolic() && program_->position(t) == i;
    };
    if (reads(0) || reads(s.then_input) == reads(s.else_input))
      return Region::kOutside;
    return reads(s.then_input) ? Region::kThen : Region::kElse;
  }

  const Program* program_;
  std::span<const Selection> selections_;
  std::vector<Region> regions_;
  std::unordered_map<int, const Selection*> by_position_;
};

}  // namespace numest::branching
