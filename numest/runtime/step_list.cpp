// Numbering values and ordering steps.
#include "numest/runtime/step_list.h"

#include <algorithm>
#include <queue>
#include <unordered_map>
#include <unordered_set>

#include "numest/graph/evaluate.h"

namespace numest {

namespace {

Types copy_type(const TypeContext& c) { return c.in(0); }
void copy_kernel(const KernelContext& c) { c.out().assign(c.in(0)); }
std::vector<Tensor> copy_vmap(const VmapContext&) { NUMEST_UNREACHABLE(); }

// Exists inside of step lists only.
constexpr OpDef kCopy = {
    .name = "copy",
    .doc = "A copy of the input.",
    .params = {},
    .type = copy_type,
    .kernel = copy_kernel,
    .vjp = no_gradient,
    .vmap = copy_vmap,
};

class Lister {
 public:
  Lister(const Graph& graph, const Alias& alias) : graph_(graph) {
    for (size_t i = 0; i < graph.inputs.size(); ++i) add_input(i);
    for (const Node* node : execution_order(graph))
      if (!is_parameter(*node)) add_step(*node);
    for (size_t i = 0; i < graph.outputs.size(); ++i) add_output(i, alias);
  }

  StepList take() { return std::move(list_); }

 private:
  void add_input(size_t index) {
    const Tensor& t = graph_.inputs[index];
    list_.inputs.push_back(int(list_.values.size()));
    first_value_[t.node().get()] = int(list_.values.size());
    StepValue value;
    value.spec = t.spec();
    value.input = int(index);
    list_.values.push_back(std::move(value));
  }

  int value_of(const Tensor& t) {
    if (!t.is_symbolic()) return constant(t);
    auto it = first_value_.find(t.node().get());
    NUMEST_CHECK(it != first_value_.end(),
                 "graph '{}' uses the parameter '{}' that is not its input",
                 graph_.name, t.node()->name);
    return it->second + t.output();
  }

  int constant(const Tensor& t) {
    StepValue value;
    value.spec = t.spec();
    value.constant = t.numpy();
    value.is_constant = true;
    list_.values.push_back(std::move(value));
    return int(list_.values.size()) - 1;
  }

  int add_result(const TensorSpec& spec) {
    StepValue value;
    value.spec = spec;
    value.step = int(list_.steps.size());
    list_.values.push_back(std::move(value));
    return int(list_.values.size()) - 1;
  }

  void add_step(const Node& node) {
    Step step;
    step.op = node.op;
    step.attrs = &node.attrs;
    step.node = &node;
    for (const Tensor& t : node.inputs) step.inputs.push_back(value_of(t));
    first_value_[&node] = int(list_.values.size());
    for (const TensorSpec& spec : node.outputs)
      step.outputs.push_back(add_result(spec));
    list_.steps.push_back(std::move(step));
  }

  // Follows views up to what owns the memory.
  bool is_computed(int value) const {
    const StepValue& v = list_.values[size_t(value)];
    if (v.step < 0) return false;
    const Step& step = list_.steps[size_t(v.step)];
    if (!step.op->is(kView)) return true;
    return std::all_of(step.inputs.begin(), step.inputs.end(),
                       [&](int input) { return is_computed(input); });
  }

  void add_output(size_t index, const Alias& alias) {
    int value = value_of(graph_.outputs[index]);
    const int input = list_.values[size_t(value)].input;
    const bool is_unchanged = std::any_of(
        alias.begin(), alias.end(), [&](const std::pair<int, int>& a) {
          return a.first == int(index) && a.second == input;
        });
    const bool is_owned = is_computed(value) && returned_.insert(value).second;
    if (!is_unchanged && !is_owned) value = add_copy(value);
    list_.outputs.push_back(value);
  }

  int add_copy(int value) {
    static const Attrs none;
    const int result = add_result(list_.values[size_t(value)].spec);
    list_.steps.push_back({&kCopy, &none, nullptr, {value}, {result}});
    return result;
  }

  const Graph& graph_;
  StepList list_;
  std::unordered_map<const Node*, int> first_value_;
  std::unordered_set<int> returned_;
};

// Steps that wait for others without using their values.
class Order {
 public:
  explicit Order(const StepList& list)
      : list_(list), users_(list.steps.size()) {
    for (size_t s = 0; s < list.steps.size(); ++s)
      for (int v : list.steps[s].inputs)
        if (list.values[size_t(v)].step >= 0)
          users_[size_t(list.values[size_t(v)].step)].push_back(int(s));
  }

  // Makes `writer` wait for the readers of value `v`, views included.
  void after_readers(int v, int writer) {
    for (size_t s = 0; s < list_.steps.size(); ++s) {
      const Step& step = list_.steps[s];
      if (std::find(step.inputs.begin(), step.inputs.end(), v) ==
          step.inputs.end())
        continue;
      if (int(s) > writer && !reaches(writer, int(s))) {
        users_[s].push_back(writer);
        is_changed_ = true;
      }
      if (step.op->is(kView))
        for (int out : step.outputs)
          if (int(s) != writer) after_readers(out, writer);
    }
  }

  bool is_changed() const { return is_changed_; }

  // Topological; the lowest old number first.
  std::vector<int> steps() const {
    std::vector<int> num_waiting(users_.size());
    for (const auto& users : users_)
      for (int u : users) ++num_waiting[size_t(u)];
    std::priority_queue<int, std::vector<int>, std::greater<>> ready;
    for (size_t s = 0; s < users_.size(); ++s)
      if (num_waiting[s] == 0) ready.push(int(s));
    std::vector<int> result;
    while (!ready.empty()) {
      const int s = ready.top();
      ready.pop();
      result.push_back(s);
      for (int u : users_[size_t(s)])
        if (--num_waiting[size_t(u)] == 0) ready.push(u);
    }
    NUMEST_CHECK(result.size() == users_.size(), "steps wait in a circle");
    return result;
  }

 private:
  bool reaches(int from, int to) const {
    std::vector<int> stack{from};
    std::vector<bool> seen(users_.size());
    while (!stack.empty()) {
      const int s = stack.back();
      stack.pop_back();
      if (s == to) return true;
      if (seen[size_t(s)]) continue;
      seen[size_t(s)] = true;
      for (int u : users_[size_t(s)]) stack.push_back(u);
    }
    return false;
  }

  const StepList& list_;
  std::vector<std::vector<int>> users_;
  bool is_changed_ = false;
};

void reorder(StepList& list, const std::vector<int>& order) {
  std::vector<Step> steps;
  for (int s : order) {
    for (int v : list.steps[size_t(s)].outputs)
      list.values[size_t(v)].step = int(steps.size());
    steps.push_back(std::move(list.steps[size_t(s)]));
  }
  list.steps = std::move(steps);
}

}  // namespace

StepList list_steps(const Graph& graph, const Alias& alias) {
  StepList list = Lister(graph, alias).take();
  Order order(list);
  for (auto [output, input] : alias) {
    const int writer = list.values[size_t(list.outputs[size_t(output)])].step;
    if (writer >= 0) order.after_readers(list.inputs[size_t(input)], writer);
  }
  if (order.is_changed()) reorder(list, order.steps());
  return list;
}

}  // namespace numest
