// Joins elementwise nodes of one shape into groups that run as tile programs.
// A node joins the groups of its inputs as long as no path leaves the joined
// group and comes back, because then neither could run first.
#include <algorithm>
#include <numeric>
#include <queue>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "numest/passes/fused.h"
#include "numest/passes/passes.h"

namespace numest {

namespace {

using Members = std::vector<int>;  // positions in the topological order

// A constant of one element that adds no axes lies in the program itself.
bool is_embedded(const Tensor& t) {
  return !t.is_symbolic() && t.shape().size() == 1 && t.ndim() == 0;
}

class Groups {
 public:
  explicit Groups(const Graph& graph)
      : graph_(graph),
        order_(topological_order(graph)),
        group_(order_.size()),
        members_(order_.size()),
        producers_(order_.size()) {
    for (size_t i = 0; i < order_.size(); ++i) position_[order_[i]] = int(i);
    std::iota(group_.begin(), group_.end(), 0);
    for (size_t i = 0; i < order_.size(); ++i) {
      members_[i] = {int(i)};
      has_tile_.push_back(has_tile(*order_[i]));
      for (const Tensor& t : order_[i]->inputs)
        if (t.is_symbolic())
          producers_[i].push_back(position_.at(t.node().get()));
    }
    note_users();
  }

  void join_all() {
    for (size_t i = 0; i < order_.size(); ++i) {
      if (!has_tile_[i]) continue;
      for (int p : producers_[i])
        if (can_join(p, int(i))) join(group_[size_t(p)], group_[i]);
    }
  }

  Graph rebuilt();

 private:
  const Shape& shape(int i) const {
    return order_[size_t(i)]->outputs[0].shape;
  }

  void note_users() {
    users_.resize(order_.size());
    for (size_t i = 0; i < order_.size(); ++i)
      for (int p : producers_[i]) users_[size_t(p)].push_back(int(i));
    for (const Tensor& t : graph_.outputs)
      if (t.is_symbolic()) is_output_.insert(t.node().get());
  }

  bool can_join(int producer, int user) {
    const int a = group_[size_t(producer)], b = group_[size_t(user)];
    if (a == b || !has_tile_[size_t(producer)]) return false;
    if (!(shape(producer) == shape(user))) return false;
    return fits_program(a, b) && !has_detour(a, b) && !has_detour(b, a);
  }

  bool fits_program(int a, int b) const {
    std::set<std::pair<const void*, int>> inputs;
    size_t num_constants = 0, num_outputs = 0;
    for (int g : {a, b}) {
      for (int m : members_[size_t(g)]) {
        for (const Tensor& t : order_[size_t(m)]->inputs) {
          if (is_embedded(t))
            ++num_constants;
          else if (!t.is_symbolic())
            inputs.emplace(&t.numpy(), 0);
          else if (!is_in(t, a, b))
            inputs.emplace(t.node().get(), t.output());
        }
        num_outputs += escapes(m, a, b);
      }
    }
    return members_[size_t(a)].size() + members_[size_t(b)].size() <=
               TileProgram::kMaxSteps &&
           inputs.size() + num_constants <= TileProgram::kMaxInputs &&
           num_outputs <= TileProgram::kMaxOutputs;
  }

  bool is_in(const Tensor& t, int a, int b) const {
    const int g = group_[size_t(position_.at(t.node().get()))];
    return g == a || g == b;
  }

  bool escapes(int member, int a, int b) const {
    if (is_output_.contains(order_[size_t(member)])) return true;
    return std::any_of(users_[size_t(member)].begin(),
                       users_[size_t(member)].end(), [&](int u) {
                         return group_[size_t(u)] != a &&
                                group_[size_t(u)] != b;
                       });
  }

  // True if `to` depends on `from` through a third group. Positions of members
  // cannot cut the search: a group also waits for the later members of the
  // groups that it reads.
  bool has_detour(int from, int to) const {
    std::vector<int> stack;
    std::unordered_set<int> seen{to};
    auto push_producers = [&](int g) {
      for (int m : members_[size_t(g)])
        for (int p : producers_[size_t(m)]) {
          const int next = group_[size_t(p)];
          if (g == to && next == from) continue;
          if (seen.insert(next).second) stack.push_back(next);
        }
    };
    push_producers(to);
    while (!stack.empty()) {
      const int g = stack.back();
      stack.pop_back();
      if (g == from) return true;
      push_producers(g);
    }
    return false;
  }

  void join(int a, int b) {
    Members joined;
    std::merge(members_[size_t(a)].begin(), members_[size_t(a)].end(),
               members_[size_t(b)].begin(), members_[size_t(b)].end(),
               std::back_inserter(joined));
    for (int m : members_[size_t(a)]) group_[size_t(m)] = b;
    members_[size_t(a)].clear();
    members_[size_t(b)] = std::move(joined);
  }

  const Graph& graph_;
  std::vector<const Node*> order_;
  std::unordered_map<const Node*, int> position_;
  std::vector<bool> has_tile_;                       // by node
  std::vector<int> group_;                           // by node
  std::vector<Members> members_;                     // by group, sorted
  std::vector<std::vector<int>> producers_, users_;  // by node
  std::unordered_set<const Node*> is_output_;
  friend class Rebuilder;
};

// Makes the new nodes, group by group.
class Rebuilder {
 public:
  explicit Rebuilder(const Groups& groups) : g_(groups) { note_owners(); }

  Graph run() {
    for (int group : ordered_groups()) {
      const Members& members = g_.members_[size_t(group)];
      if (members.size() == 1)
        rebuild_node(members[0]);
      else
        rebuild_group(group);
    }
    Graph result = g_.graph_;
    for (Tensor& t : result.outputs) t = replaced(t);
    return result;
  }

 private:
  using Outputs = std::vector<Tensor>;

  void note_owners() {
    auto note = [&](const Tensor& t) {
      if (t.is_symbolic()) owner_.emplace(t.node().get(), t.node());
    };
    for (const Tensor& t : g_.graph_.outputs) note(t);
    for (const Node* n : g_.order_)
      for (const Tensor& t : n->inputs) note(t);
  }

  // Groups after the groups they read; the earliest node first.
  std::vector<int> ordered_groups() const {
    std::vector<std::unordered_set<int>> users(g_.order_.size());
    std::vector<int> num_waiting(g_.order_.size());
    for (size_t i = 0; i < g_.order_.size(); ++i)
      for (int p : g_.producers_[i]) {
        const int from = g_.group_[size_t(p)], to = g_.group_[i];
        if (from != to && users[size_t(from)].insert(to).second)
          ++num_waiting[size_t(to)];
      }
    auto later = [&](int a, int b) {
      return g_.members_[size_t(a)].back() > g_.members_[size_t(b)].back();
    };
    std::priority_queue<int, std::vector<int>, decltype(later)> ready(later);
    for (size_t i = 0; i < g_.order_.size(); ++i)
      if (!g_.members_[i].empty() && num_waiting[i] == 0) ready.push(int(i));
    std::vector<int> result;
    while (!ready.empty()) {
      const int group = ready.top();
      ready.pop();
      result.push_back(group);
      for (int u : users[size_t(group)])
        if (--num_waiting[size_t(u)] == 0) ready.push(u);
    }
    return result;
  }

  Tensor replaced(const Tensor& t) const {
    if (!t.is_symbolic()) return t;
    return done_.at(t.node().get()).at(size_t(t.output()));
  }

  void rebuild_node(int member) {
    const auto& node = owner_.at(g_.order_[size_t(member)]);
    if (is_parameter(*node)) {
      done_[node.get()] = {Tensor(node)};
      return;
    }
    std::vector<Tensor> inputs;
    for (const Tensor& t : node->inputs) inputs.push_back(replaced(t));
    done_[node.get()] = with_inputs(node, std::move(inputs));
  }

  /// The body of a group under construction.
  struct Body {
    std::shared_ptr<Graph> graph = std::make_shared<Graph>();
    std::vector<Tensor> arguments;  // of the fused node
    std::unordered_map<const Node*, Tensor> values;
    std::vector<const Node*> escaping;

    Tensor input(const Tensor& original, const Tensor& argument) {
      for (size_t i = 0; i < arguments.size(); ++i)
        if (arguments[i].is_same(argument)) return graph->inputs[i];
      arguments.push_back(argument);
      graph->inputs.push_back(parameter(original.spec()));
      return graph->inputs.back();
    }
  };

  void rebuild_group(int group) {
    Body body;
    body.graph->name = "fused";
    for (int m : g_.members_[size_t(group)]) add_member(body, m, group);
    LocationScope scope(
        g_.order_[size_t(g_.members_[size_t(group)].back())]->location);
    const Outputs outputs = make_fused(body.graph, body.arguments);
    for (size_t i = 0; i < outputs.size(); ++i)
      done_[body.escaping[i]] = {outputs[i]};
  }

  void add_member(Body& body, int member, int group) {
    const Node& node = *g_.order_[size_t(member)];
    std::vector<Tensor> inputs;
    for (const Tensor& t : node.inputs) {
      const Node* from = t.node().get();
      if (from && body.values.contains(from))
        inputs.push_back(body.values.at(from));
      else
        inputs.push_back(is_embedded(t) ? t : body.input(t, replaced(t)));
    }
    const LocationScope scope(node.location);
    const Tensor value = make_node(*node.op, std::move(inputs), node.attrs)[0];
    body.values.emplace(&node, value);
    if (!g_.escapes(member, group, group)) return;
    body.escaping.push_back(&node);
    body.graph->outputs.push_back(value);
  }

  const Groups& g_;
  std::unordered_map<const Node*, std::shared_ptr<const Node>> owner_;
  std::unordered_map<const Node*, Outputs> done_;
};

Graph Groups::rebuilt() { return Rebuilder(*this).run(); }

}  // namespace

Graph fuse_elementwise(const Graph& graph) {
  Groups groups(graph);
  groups.join_all();
  return groups.rebuilt();
}

}  // namespace numest
