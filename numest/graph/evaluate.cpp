// The interpreter and the binding of symbolic extents.
#include "numest/graph/evaluate.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "numest/graph/symbols.h"

namespace numest {

void Bindings::bind(const Shape& symbolic, const Shape& actual,
                    const std::string& what) {
  NUMEST_USER_CHECK(symbolic.ndim() == actual.ndim(), ValueError,
                    "{}: got shape {}, expected {}", what, actual.to_string(),
                    symbolic.to_string());
  for (int i = 0; i < actual.ndim(); ++i) {
    int64_t expected = symbolic[i];
    if (is_symbol(expected))
      expected = values_.emplace(expected, actual[i]).first->second;
    NUMEST_USER_CHECK(expected == actual[i], ValueError,
                      "{}: got shape {}, expected {} with extent {} at axis "
                      "{}",
                      what, actual.to_string(), symbolic.to_string(), expected,
                      i);
  }
}

Shape Bindings::resolve(const Shape& shape) const {
  Shape result = shape;
  for (int64_t& extent : result) {
    if (!is_symbol(extent)) continue;
    auto it = values_.find(extent);
    if (it != values_.end()) extent = it->second;
  }
  return result;
}

Attrs Bindings::resolve(const Attrs& attrs) const {
  Attrs result = attrs;
  for (const auto& [key, value] : attrs.items())
    if (const auto* shape = std::get_if<Shape>(&value))
      result.set(key, resolve(*shape));
  return result;
}

bool has_symbols(const Attrs& attrs) {
  return std::any_of(attrs.items().begin(), attrs.items().end(), [](auto& i) {
    const auto* shape = std::get_if<Shape>(&i.second);
    return shape && !shape->is_known();
  });
}

namespace {

// Waits of nodes, by position in a topological order.
class Waits {
 public:
  explicit Waits(std::vector<const Node*> order) : order_(std::move(order)) {
    for (size_t i = 0; i < order_.size(); ++i) position_[order_[i]] = i;
    for (const Node* node : order_) note_maker(*node);
  }

  bool is_needed() {
    for (size_t i = 0; i < order_.size(); ++i)
      for_each_named(*order_[i], [&](int64_t s) {
        const auto it = maker_.find(s);
        const bool waits = it != maker_.end() && it->second != i;
        if (waits) extra_[it->second].push_back(i);
        is_late_ = is_late_ || (waits && it->second > i);
      });
    return is_late_;
  }

  // The lowest position that waits for nothing comes first.
  std::vector<const Node*> sorted() const {
    std::vector<std::vector<size_t>> users(order_.size());
    for (const auto& [maker, waiting] : extra_) users[maker] = waiting;
    for (size_t i = 0; i < order_.size(); ++i)
      for (const Tensor& t : order_[i]->inputs)
        if (t.is_symbolic()) users[position_.at(t.node().get())].push_back(i);
    std::vector<size_t> num_waiting(order_.size());
    for (const auto& list : users)
      for (const size_t u : list) ++num_waiting[u];
    std::set<size_t> ready;
    for (size_t i = 0; i < order_.size(); ++i)
      if (num_waiting[i] == 0) ready.insert(i);
    std::vector<const Node*> result;
    while (!ready.empty()) {
      const size_t i = *ready.begin();
      ready.erase(ready.begin());
      result.push_back(order_[i]);
      for (const size_t u : users[i])
        if (--num_waiting[u] == 0) ready.insert(u);
    }
    NUMEST_CHECK(result.size() == order_.size(), "nodes wait in a circle");
    return result;
  }

 private:
  // A node makes the symbols that neither its inputs nor its attributes have.
  void note_maker(const Node& node) {
    std::unordered_set<int64_t> had;
    const auto note = [&](int64_t s) { had.insert(s); };
    for (const Tensor& t : node.inputs) for_each_symbol(t.shape(), note);
    for_each_named(node, note);
    for (const TensorSpec& spec : node.outputs)
      for_each_symbol(spec.shape, [&](int64_t s) {
        if (!had.contains(s)) maker_.emplace(s, position_.at(&node));
      });
  }

  std::vector<const Node*> order_;
  std::unordered_map<const Node*, size_t> position_;
  std::unordered_map<int64_t, size_t> maker_;
  std::unordered_map<size_t, std::vector<size_t>> extra_;
  bool is_late_ = false;
};

}  // namespace

std::vector<const Node*> execution_order(const Graph& graph) {
  std::vector<const Node*> order = topological_order(graph);
  const bool names_symbols =
      std::any_of(order.begin(), order.end(),
                  [](const Node* node) { return has_symbols(node->attrs); });
  if (!names_symbols) return order;
  Waits waits(order);
  return waits.is_needed() ? waits.sorted() : order;
}

namespace {

using Values = std::unordered_map<const Node*, std::vector<Array>>;

Array value_of(const Values& values, const Tensor& t) {
  if (!t.is_symbolic()) return t.numpy();
  return values.at(t.node().get()).at(size_t(t.output()));
}

void bind_inputs(const Graph& graph, std::span<const Array> inputs,
                 Bindings& bindings, Values& values) {
  NUMEST_USER_CHECK(inputs.size() == graph.inputs.size(), ValueError,
                    "evaluate: got {} inputs, expected {}", inputs.size(),
                    graph.inputs.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& p = graph.inputs[i];
    const std::string what = fmt::format("input {} '{}'", i, p.node()->name);
    NUMEST_USER_CHECK(inputs[i].dtype() == p.dtype(), TypeError,
                      "{}: got dtype {}, expected {}", what,
                      name(inputs[i].dtype()), name(p.dtype()));
    bindings.bind(p.shape(), inputs[i].shape(), what);
    values[p.node().get()] = {inputs[i]};
  }
}

void run_node(const Node& node, Bindings& bindings, Values& values) {
  std::vector<Array> inputs;
  for (const Tensor& t : node.inputs) inputs.push_back(value_of(values, t));
  const bool is_symbolic = has_symbols(node.attrs);
  const Attrs resolved = is_symbolic ? bindings.resolve(node.attrs) : Attrs{};
  auto out = compute(*node.op, inputs, is_symbolic ? resolved : node.attrs);
  for (size_t i = 0; i < out.size(); ++i)
    bindings.bind(node.outputs[i].shape, out[i].shape(),
                  std::string(node.op->name));
  values[&node] = std::move(out);
}

}  // namespace

std::vector<Array> evaluate(const Graph& graph, std::span<const Array> inputs) {
  Bindings bindings;
  Values values;
  bind_inputs(graph, inputs, bindings, values);
  for (const Node* node : execution_order(graph))
    if (!values.contains(node)) run_node(*node, bindings, values);
  std::vector<Array> outputs;
  for (const Tensor& t : graph.outputs) outputs.push_back(value_of(values, t));
  return outputs;
}

}  // namespace numest
