// The cache of compiled sub-graphs.
#include "numest/runtime/subgraphs.h"

#include <mutex>
#include <optional>
#include <unordered_map>

#include "numest/graph/evaluate.h"
#include "numest/ops/control.h"
#include "numest/passes/fused.h"
#include "numest/runtime/executable.h"

namespace numest {

namespace {

struct Entry {
  std::weak_ptr<const Graph> graph;  // tells a new graph at an old address
  std::optional<Executable> program;
};

class SubgraphCache {
 public:
  // The graph will run often: its first run compiles.
  void expect(const std::shared_ptr<const Graph>& graph) {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[graph.get()];
    if (entry.graph.expired()) entry = {graph, std::nullopt};
    drop_expired();
  }

  // The program, or nothing at the first run.
  std::optional<Executable> find(const std::shared_ptr<const Graph>& graph) {
    {
      const std::lock_guard lock(mutex_);
      auto [it, is_new] = entries_.try_emplace(graph.get());
      if (is_new || it->second.graph.expired()) {
        it->second = {graph, std::nullopt};
        drop_expired();
        return std::nullopt;
      }
      if (it->second.program) return it->second.program;
    }
    Executable program = compile(*graph);
    const std::lock_guard lock(mutex_);
    auto it = entries_.find(graph.get());
    if (it != entries_.end() && !it->second.program)
      it->second.program = program;
    return program;
  }

 private:
  // At each doubling, so that a run pays a constant part.
  void drop_expired() {
    if (entries_.size() < limit_) return;
    std::erase_if(entries_,
                  [](const auto& e) { return e.second.graph.expired(); });
    limit_ = 2 * entries_.size() + 64;
  }

  std::mutex mutex_;
  std::unordered_map<const Graph*, Entry> entries_;
  size_t limit_ = 64;
};

SubgraphCache& cache() {
  static SubgraphCache instance;
  return instance;
}

}  // namespace

void expect_subgraphs(const Graph& graph) {
  for (const Node* node : topological_order(graph)) {
    if (node->op == &fused_op()) continue;
    for (const auto& [key, attr] : node->attrs.items())
      if (const auto* inner = std::get_if<std::shared_ptr<const Graph>>(&attr))
        cache().expect(*inner);
  }
}

std::vector<Array> run_subgraph(const std::shared_ptr<const Graph>& graph,
                                std::span<const Array> inputs) {
  const std::optional<Executable> program = cache().find(graph);
  return program ? program->run(inputs) : evaluate(*graph, inputs);
}

void install_compiled_subgraphs() {
  static const bool is_installed = [] {
    set_graph_evaluator(run_subgraph);
    return true;
  }();
  static_cast<void>(is_installed);
}

}  // namespace numest
