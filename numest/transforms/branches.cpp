// Finds what only one side of selections needs, from users to inputs, and cuts
// it out. The outermost condition goes first, the graphs of its branches next.
#include "numest/transforms/branches.h"

#include <algorithm>
#include <map>
#include <optional>

#include "numest/ops/branch_cost.h"
#include "numest/ops/call.h"
#include "numest/transforms/branch_group.h"

namespace numest {

namespace {

using namespace branching;  // NOLINT: the parts of this pass

/// Cuts a group out of its program.
class Cutter {
 public:
  Cutter(Program& program, const Group& group)
      : program_(program),
        group_(group),
        yes_{Region::kThen, {"then", {}, {}}, {}},
        no_{Region::kElse, {"else", {}, {}}, {}} {}

  /// The node's outputs by the selection they stand for; nothing if it is not
  /// worth it, or its types would be others.
  std::optional<std::map<int, Tensor>> cut(BranchUse use) {
    for (Branch* branch : {&yes_, &no_}) fill(*branch);
    if (!bind_symbols()) return {};
    for (Branch* branch : {&yes_, &no_}) complete(*branch);
    if (!is_worth_choosing(yes_.graph, no_.graph, moved(use))) return {};
    const LocationScope scope(
        program_.node(group_.selections().back().at).location);
    Tensors inputs{group_.condition()};
    inputs.insert(inputs.end(), operands_.begin(), operands_.end());
    const Tensors made = call(op_named("cond"), std::move(inputs),
                              {{"then_graph", finished(yes_, use)},
                               {"else_graph", finished(no_, use)}});
    std::map<int, Tensor> result;
    for (size_t i = 0; i < made.size(); ++i) {
      if (!(made[i].spec() == program_.node(results_[i]).outputs[0])) return {};
      result.emplace(results_[i], made[i]);
    }
    return result;
  }

 private:
  struct Branch {
    Region region;
    Graph graph;
    std::vector<Tensor> parameters;  // by operand, empty if not read
    std::unordered_map<int, Tensors> done = {};  // by position
    std::unordered_set<int64_t> made = {};       // extents
    std::unordered_set<int64_t> named = {};      // before they are made
  };

  void fill(Branch& branch) {
    for (int i = 0; i < program_.size(); ++i) {
      if (group_.region(i) == branch.region)
        copy(branch, i);
      else if (group_.region(i) == Region::kRoot)
        branch.done[i] = {chosen(branch, group_.selection_at(i))};
    }
    results_.clear();
    for (const Selection& s : group_.selections()) {
      if (!group_.is_read(s.at)) continue;
      results_.push_back(s.at);
      branch.graph.outputs.push_back(branch.done.at(s.at)[0]);
    }
  }

  void copy(Branch& branch, int i) {
    const Node& node = program_.node(i);
    if (const auto s = selection(node, i);
        s && s->condition.is_same(group_.condition())) {
      branch.done[i] = {chosen(branch, *s)};
      return;
    }
    Tensors inputs;
    for (const Tensor& t : node.inputs) inputs.push_back(inside(branch, t));
    for_each_named(node, [&](int64_t s) {
      if (!branch.made.contains(s)) branch.named.insert(s);
    });
    const Tensors made = with_inputs(program_.owner(i), std::move(inputs));
    for (const Tensor& t : made)
      for_each_symbol(t.shape(), [&](int64_t s) { branch.made.insert(s); });
    branch.done[i] = made;
  }

  // What a selection is in this branch.
  Tensor chosen(Branch& branch, const Selection& s) {
    const bool is_then = branch.region == Region::kThen;
    return inside(
        branch,
        program_.node(s.at).inputs[is_then ? s.then_input : s.else_input]);
  }

  Tensor inside(Branch& branch, const Tensor& t) {
    if (!t.is_symbolic()) return t;
    if (t.is_same(group_.condition()))
      return Tensor(branch.region == Region::kThen);
    const auto it = branch.done.find(program_.position(t));
    if (it != branch.done.end()) return it->second.at(size_t(t.output()));
    return parameter_of(branch, operand(t));
  }

  size_t operand(const Tensor& t) {
    for (size_t i = 0; i < operands_.size(); ++i)
      if (operands_[i].is_same(t)) return i;
    operands_.push_back(t);
    return operands_.size() - 1;
  }

  Tensor parameter_of(Branch& branch, size_t operand) {
    branch.parameters.resize(operands_.size());
    Tensor& found = branch.parameters[operand];
    if (found.is_empty())
      found = parameter(operands_[operand].spec(), "captured");
    return found;
  }

  // Attributes may name extents that no operand has.
  bool bind_symbols() {
    for (Branch* branch : {&yes_, &no_})
      for (const int64_t symbol : branch->named) {
        if (has_extent(symbol)) continue;
        const auto carrier = program_.with_extent(symbol);
        if (!carrier || !is_outside(*carrier)) return false;
        operand(*carrier);
      }
    return true;
  }

  bool is_outside(const Tensor& t) const {
    return is_parameter(*t.node()) ||
           group_.region(program_.position(t)) == Region::kOutside;
  }

  bool has_extent(int64_t symbol) const {
    return std::any_of(
        operands_.begin(), operands_.end(), [&](const Tensor& t) {
          return std::find(t.shape().begin(), t.shape().end(), symbol) !=
                 t.shape().end();
        });
  }

  // Both branches take all operands.
  void complete(Branch& branch) {
    for (size_t i = 0; i < operands_.size(); ++i)
      branch.graph.inputs.push_back(parameter_of(branch, i));
  }

  std::vector<bool> moved(BranchUse use) const {
    return std::vector<bool>(operands_.size(), use == BranchUse::kElement);
  }

  std::shared_ptr<const Graph> finished(const Branch& branch, BranchUse use) {
    return std::make_shared<const Graph>(sink_branches(branch.graph, use));
  }

  Program& program_;
  const Group& group_;
  Branch yes_, no_;
  Tensors operands_;
  std::vector<int> results_;  // selections that are outputs
};

/// The selections of a program by their conditions, that of the last selection
/// first: it may hold the others.
std::vector<std::vector<Selection>> by_condition(const Program& program) {
  std::vector<std::vector<Selection>> result;
  for (int i = program.size(); i-- > 0;) {
    const auto found = selection(program.node(i), i);
    if (!found) continue;
    const auto it = std::find_if(
        result.begin(), result.end(), [&](const std::vector<Selection>& one) {
          return one[0].condition.is_same(found->condition);
        });
    if (it == result.end())
      result.push_back({*found});
    else
      it->insert(it->begin(), *found);
  }
  return result;
}

// Programs with very many selections keep some of them: each group is a walk
// over all nodes.
struct Budget {
  int64_t nodes = 30'000'000;
  bool take(const Program& program) {
    nodes -= program.size();
    return nodes > 0;
  }
};

double work_of(Program& program, const Group& group) {
  double sum = 0;
  for (int i = 0; i < program.size(); ++i) {
    const Region region = group.region(i);
    if (region == Region::kThen || region == Region::kElse)
      sum += program.ns(i);
  }
  return sum;
}

// As many of the last selections as can be one node.
Group last_group(const Program& program, std::span<const Selection> all,
                 Budget& budget) {
  Group whole(program, all);
  if (whole.is_one_node()) return whole;
  Group group(program, all.last(1));
  for (size_t count = 2; count < all.size() && budget.take(program); ++count) {
    Group larger(program, all.last(count));
    if (!larger.is_one_node()) break;
    group = std::move(larger);
  }
  return group;
}

// The first group that is worth it, cut out.
std::optional<std::map<int, Tensor>> sunk_group(Program& program, BranchUse use,
                                                Budget& budget) {
  for (const auto& all : by_condition(program)) {
    std::span<const Selection> rest = all;
    while (!rest.empty() && budget.take(program)) {
      const Group group = last_group(program, rest, budget);
      if (may_be_worth_choosing(work_of(program, group)))
        if (auto made = Cutter(program, group).cut(use)) return made;
      rest = rest.first(rest.size() - group.selections().size());
    }
  }
  return {};
}

/// What the nodes of a program became.
using Became = std::unordered_map<const Node*, Tensors>;

Tensor image(const Became& became, const Tensor& t) {
  if (!t.is_symbolic()) return t;
  const auto it = became.find(t.node().get());
  return it == became.end() ? t : it->second.at(size_t(t.output()));
}

// Rewrites, and notes what became of each node of the first program.
Tensors rewritten(const Tensors& outputs, const Rewrite& visit,
                  Became& became) {
  Became step;
  Graph graph;
  graph.outputs = outputs;
  graph = rewrite(graph, [&](const NodePtr& node, Tensors inputs) {
    return step[node.get()] = visit(node, std::move(inputs));
  });
  for (auto& [node, made] : became)
    for (Tensor& t : made) t = image(step, t);
  became.merge(step);
  return graph.outputs;
}

Tensors sunk(const Tensors& inputs, const Tensors& outputs, BranchUse use,
             Became& became) {
  Budget budget;
  std::vector<Tensors> all{outputs};  // keeps the nodes that `became` names
  while (true) {
    Program program(inputs, all.back());
    const auto replaced = sunk_group(program, use, budget);
    if (!replaced) return all.back();
    const auto visit = [&](const NodePtr& node, Tensors given) -> Tensors {
      const auto it = replaced->find(program.position(Tensor(node)));
      if (it != replaced->end()) return {it->second};
      return with_inputs(node, std::move(given));
    };
    Tensors next = rewritten(all.back(), visit, became);
    all.push_back(std::move(next));
  }
}

bool has_graph(const Node& node) {
  return std::any_of(node.op->params.begin(), node.op->params.end(),
                     [](const ParamDef& p) { return p.kind == Kind::kGraph; });
}

bool has_same_outputs(const Graph& a, const Graph& b) {
  return std::equal(
      a.outputs.begin(), a.outputs.end(), b.outputs.begin(), b.outputs.end(),
      [](const Tensor& x, const Tensor& y) { return x.is_same(y); });
}

// True if a branch may be dear at all.
bool is_candidate(std::span<const Tensor> outputs) {
  bool selects = false;
  double ns = 0;
  for (const Node* node : topological_order(outputs)) {
    if (has_graph(*node)) return true;
    selects = selects || selection(*node, 0).has_value();
    ns += estimated_ns(*node);
  }
  return selects && may_be_worth_choosing(ns);
}

// The node, with its graphs sunk; itself if nothing is, or if the extents that
// it makes would be called otherwise.
Tensors with_sunk_graphs(const NodePtr& node, Tensors inputs, BranchUse use) {
  Tensors same = with_inputs(node, std::move(inputs));
  Attrs attrs = node->attrs;
  bool is_changed = false;
  for (const auto& [key, value] : node->attrs.items()) {
    const auto* graph = std::get_if<std::shared_ptr<const Graph>>(&value);
    if (!graph) continue;
    Graph sunk = sink_branches(**graph, use);
    if (has_same_outputs(sunk, **graph)) continue;
    attrs.set(key, std::make_shared<const Graph>(std::move(sunk)));
    is_changed = true;
  }
  if (!is_changed) return same;
  const LocationScope scope(node->location);
  Tensors made = make_node(*node->op, same[0].node()->inputs, attrs);
  for (size_t i = 0; i < made.size(); ++i)
    if (!(made[i].spec() == same[i].spec())) return same;
  return made;
}

Tensors sunk_everywhere(const Tensors& inputs, const Tensors& outputs,
                        BranchUse use, Became& became) {
  if (!is_candidate(outputs)) return outputs;
  const auto visit = [&](const NodePtr& node, Tensors given) {
    return has_graph(*node) ? with_sunk_graphs(node, std::move(given), use)
                            : with_inputs(node, std::move(given));
  };
  return rewritten(sunk(inputs, outputs, use, became), visit, became);
}

}  // namespace

Graph sink_branches(const Graph& graph, BranchUse use) {
  Graph result = graph;
  Became became;
  result.outputs = sunk_everywhere(graph.inputs, graph.outputs, use, became);
  return result;
}

std::vector<Tensor> BranchSinker::replaced(
    std::span<const Tensor> results) const {
  Graph graph;
  graph.outputs.assign(results.begin(), results.end());
  if (replaced_.empty()) return graph.outputs;
  return rewrite(graph,
                 [&](const NodePtr& node, Tensors inputs) {
                   const auto it = replaced_.find(node.get());
                   return it == replaced_.end()
                              ? with_inputs(node, std::move(inputs))
                              : it->second.outputs;
                 })
      .outputs;
}

namespace {

// A tensor of each node.
Tensors nodes_of(const Tensors& outputs) {
  std::unordered_map<const Node*, Tensor> found;
  const auto note = [&](const Tensor& t) {
    if (t.is_symbolic()) found.emplace(t.node().get(), t);
  };
  for (const Tensor& t : outputs) note(t);
  for (const Node* node : topological_order(outputs))
    for (const Tensor& t : node->inputs) note(t);
  Tensors result;
  for (const auto& [node, t] : found) result.push_back(t);
  return result;
}

}  // namespace

std::vector<Tensor> BranchSinker::sink(std::span<const Tensor> results) {
  const Tensors known = replaced(results);
  Became became;
  Tensors made = sunk_everywhere({}, known, use_, became);
  for (size_t i = 0; i < made.size(); ++i)
    if (results[i].is_weak()) made[i] = made[i].as_weak();
  for (const Tensor& t : nodes_of(known)) {
    const auto it = became.find(t.node().get());
    if (it != became.end() && !it->second[0].is_same(t))
      replaced_.emplace(t.node().get(), Replaced{t, it->second});
  }
  return made;
}

}  // namespace numest
