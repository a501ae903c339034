// Symbols are followed from the ops that make them to all that they reach.
#include "numest/transforms/ragged.h"

#include <algorithm>
#include <unordered_map>

namespace numest {

namespace {

using Nodes = std::vector<const Node*>;

template <class F>
void for_each_symbol(const Shape& shape, F&& f) {
  for (const int64_t extent : shape)
    if (is_symbol(extent)) f(extent);
}

template <class F>
void for_each_attr_symbol(const Node& node, F&& f) {
  for (const auto& [key, value] : node.attrs.items())
    if (const auto* shape = std::get_if<Shape>(&value))
      for_each_symbol(*shape, f);
}

bool has_graph(const Node& node) {
  return std::any_of(node.op->params.begin(), node.op->params.end(),
                     [](const ParamDef& p) { return p.kind == Kind::kGraph; });
}

// Walks the nodes, inputs first.
class Finder {
 public:
  Finder(const Graph& graph, std::span<const bool> is_batched) {
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      const Node* node = graph.inputs[i].node().get();
      if (is_batched[i]) batched_.insert(node);
      note(*node, known_);
    }
  }

  void visit(const Node& node) {
    if (is_parameter(node)) return;
    for (const Tensor& t : node.inputs)
      if (t.is_symbolic() && batched_.contains(t.node().get()))
        batched_.insert(&node);
    if (!batched_.contains(&node) || !is_ragged(node))
      return note(node, known_);
    part.nodes.insert(&node);
    note(node, part.symbols);
  }

  RaggedPart part;

 private:
  bool is_ragged(const Node& node) const {
    bool result = node.op->is(kDataShape);
    const auto ask = [&](int64_t s) {
      result = result || part.symbols.contains(s);
    };
    for (const Tensor& t : node.inputs) for_each_symbol(t.shape(), ask);
    for_each_attr_symbol(node, ask);
    return result || (has_graph(node) && makes_symbols(node));
  }

  // Branches and loops give extents of their own where values decide them.
  bool makes_symbols(const Node& node) const {
    bool result = false;
    for (const TensorSpec& spec : node.outputs)
      for_each_symbol(spec.shape, [&](int64_t s) {
        result = result || !known_.contains(s);
      });
    return result;
  }

  void note(const Node& node, std::unordered_set<int64_t>& symbols) {
    for (const TensorSpec& spec : node.outputs)
      for_each_symbol(spec.shape, [&](int64_t s) {
        if (!known_.contains(s)) symbols.insert(s);
      });
  }

  std::unordered_set<const Node*> batched_;
  std::unordered_set<int64_t> known_;
};

bool uses_any(const Node& node, const std::unordered_set<const Node*>& set) {
  return std::any_of(node.inputs.begin(), node.inputs.end(),
                     [&](const Tensor& t) {
                       return t.is_symbolic() && set.contains(t.node().get());
                     });
}

// Adds what lies between nodes of the part, so that it can run as one.
void close(const Nodes& order, RaggedPart& part) {
  std::unordered_set<const Node*> before;
  part.after = part.nodes;
  for (const Node* node : order)
    if (uses_any(*node, part.after)) part.after.insert(node);
  for (auto it = order.rbegin(); it != order.rend(); ++it)
    if (before.contains(*it) || part.nodes.contains(*it))
      for (const Tensor& t : (*it)->inputs)
        if (t.is_symbolic()) before.insert(t.node().get());
  for (const Node* node : order) {
    if (part.after.contains(node) && before.contains(node))
      part.nodes.insert(node);
    if (part.nodes.contains(node)) part.after.erase(node);
  }
}

// Copies the part node by node, with parameters for what comes from outside.
class Cutter {
 public:
  Cutter(const Graph& graph, const RaggedPart& part)
      : graph_(graph), part_(part), order_(topological_order(graph)) {}

  RowProgram cut() {
    rows_.body.name = graph_.name + "_row";
    for (const Node* node : order_)
      if (part_.nodes.contains(node)) copy(*node);
    for (const Node* node : order_)
      if (!part_.nodes.contains(node))
        for (const Tensor& t : node->inputs) hand_out(t);
    for (const Tensor& t : graph_.outputs) hand_out(t);
    bind_symbols();
    return std::move(rows_);
  }

 private:
  void copy(const Node& node) {
    std::vector<Tensor> inputs;
    for (const Tensor& t : node.inputs) inputs.push_back(inside(t));
    done_[&node] = with_inputs(owner(node), std::move(inputs));
  }

  // A node is owned by the tensors that name it.
  std::shared_ptr<const Node> owner(const Node& node) {
    if (owners_.empty()) {
      for (const Node* n : order_)
        for (const Tensor& t : n->inputs)
          if (t.is_symbolic()) owners_.emplace(t.node().get(), t.node());
      for (const Tensor& t : graph_.outputs)
        if (t.is_symbolic()) owners_.emplace(t.node().get(), t.node());
    }
    return owners_.at(&node);
  }

  Tensor inside(const Tensor& t) {
    if (!t.is_symbolic()) return t;
    if (auto it = done_.find(t.node().get()); it != done_.end())
      return it->second.at(size_t(t.output()));
    for (size_t i = 0; i < rows_.inputs.size(); ++i)
      if (rows_.inputs[i].is_same(t)) return rows_.body.inputs[i];
    rows_.inputs.push_back(t);
    rows_.body.inputs.push_back(parameter(t.spec(), "row"));
    return rows_.body.inputs.back();
  }

  void hand_out(const Tensor& t) {
    if (!t.is_symbolic() || !part_.nodes.contains(t.node().get())) return;
    for (const Tensor& known : rows_.outputs)
      if (known.is_same(t)) return;
    for_each_symbol(t.shape(), [&](int64_t s) {
      NUMEST_USER_CHECK(
          !part_.symbols.contains(s), NotSupportedError,
          "vmap of {}: the elements give different extents: got shape {}, "
          "expected one shape for all elements; reduce it, or pad it to a "
          "known extent",
          t.node()->op->name, t.shape().to_string());
    });
    rows_.outputs.push_back(t);
    rows_.body.outputs.push_back(inside(t));
  }

  // Attributes may name extents that no input of the body has.
  void bind_symbols() {
    std::unordered_set<int64_t> bound = part_.symbols;
    const auto bind = [&](int64_t s) { bound.insert(s); };
    for (const Tensor& t : rows_.inputs) for_each_symbol(t.shape(), bind);
    for (const Node* node : order_)
      if (part_.nodes.contains(node))
        for_each_attr_symbol(*node, [&](int64_t s) {
          if (bound.insert(s).second) take_in(s);
        });
  }

  void take_in(int64_t symbol) {
    for (const Tensor& t : graph_.inputs)
      if (std::find(t.shape().begin(), t.shape().end(), symbol) !=
          t.shape().end())
        return static_cast<void>(inside(t));
    for (const Node* node : order_)
      for (size_t i = 0; i < node->outputs.size(); ++i) {
        const Shape& shape = node->outputs[i].shape;
        if (!part_.nodes.contains(node) &&
            std::find(shape.begin(), shape.end(), symbol) != shape.end())
          return static_cast<void>(inside(Tensor(owner(*node), int(i))));
      }
  }

  const Graph& graph_;
  const RaggedPart& part_;
  Nodes order_;
  RowProgram rows_;
  std::unordered_map<const Node*, std::vector<Tensor>> done_;
  std::unordered_map<const Node*, std::shared_ptr<const Node>> owners_;
};

}  // namespace

RaggedPart ragged_part(const Graph& graph, std::span<const bool> is_batched) {
  Finder finder(graph, is_batched);
  const Nodes order = topological_order(graph);
  for (const Node* node : order) finder.visit(*node);
  if (!finder.part.nodes.empty()) close(order, finder.part);
  return std::move(finder.part);
}

RowProgram row_program(const Graph& graph, const RaggedPart& part) {
  return Cutter(graph, part).cut();
}

}  // namespace numest
