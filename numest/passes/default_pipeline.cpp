// The order of the passes, and switching, timing and checking them.
#include "numest/passes/default_pipeline.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <mutex>

#include "numest/graph/verify.h"
#include "numest/passes/passes.h"

namespace numest {

namespace {

constexpr Pass kPipeline[] = {
    {"canonicalize", "One spelling for equal nodes.", canonicalize},
    {"fold", "Computes nodes of constants.", fold},
    {"simplify", "Applies the table of algebraic rewrites.", simplify},
    {"merge_common", "Merges equal nodes.", merge_common},
    {"fuse_linear", "Joins bias and activation with the product.", fuse_linear},
    {"fuse_elementwise", "Joins elementwise nodes to tile programs.",
     fuse_elementwise},
    {"fuse_product", "Joins large weight gradients with their update.",
     fuse_product},
};

std::set<std::string> names_in(const char* list) {
  std::set<std::string> names;
  std::string name;
  for (const char* c = list ? list : ""; *c; ++c) {
    if (*c != ',') {
      name += *c;
      continue;
    }
    names.insert(std::move(name));
    name.clear();
  }
  if (!name.empty()) names.insert(std::move(name));
  return names;
}

std::set<std::string> disabled_passes(const PassOptions& options) {
  std::set<std::string> names = names_in(std::getenv("NUMEST_DISABLE_PASSES"));
  names.insert(options.disabled.begin(), options.disabled.end());
  for (const std::string& name : names)
    NUMEST_USER_CHECK(
        name == "all" ||
            std::any_of(std::begin(kPipeline), std::end(kPipeline),
                        [&](const Pass& p) { return p.name == name; }),
        KeyError, "optimize: no pass is named '{}'", name);
  return names;
}

bool verifies(const PassOptions& options) {
  const char* text = std::getenv("NUMEST_VERIFY_PASSES");
  return options.verify || (text && std::string_view(text) == "1");
}

struct Statistics {
  std::mutex mutex;
  std::vector<PassStatistics> rows;
  Statistics() {
    for (const Pass& pass : kPipeline) rows.push_back({.name = pass.name});
  }
};

Statistics& statistics() {
  static Statistics instance;
  return instance;
}

Graph run_counted(size_t index, const Graph& graph) {
  const auto start = std::chrono::steady_clock::now();
  Graph result = kPipeline[index].run(graph);
  const std::chrono::duration<double> time =
      std::chrono::steady_clock::now() - start;
  const auto before = int64_t(topological_order(graph).size());
  const auto after = int64_t(topological_order(result).size());
  const std::lock_guard lock(statistics().mutex);
  PassStatistics& row = statistics().rows[index];
  ++row.runs;
  row.nodes_before += before;
  row.nodes_after += after;
  row.seconds += time.count();
  return result;
}

}  // namespace

std::span<const Pass> default_pipeline() { return kPipeline; }

Graph optimize(const Graph& graph, const PassOptions& options) {
  const std::set<std::string> disabled = disabled_passes(options);
  const bool is_verified = verifies(options);
  if (is_verified) verify(graph, "before all passes");
  Graph result = graph;
  if (disabled.contains("all")) return result;
  for (size_t i = 0; i < std::size(kPipeline); ++i) {
    const std::string name(kPipeline[i].name);
    if (disabled.contains(name)) continue;
    result = run_counted(i, result);
    if (is_verified) verify(result, "after pass " + name);
  }
  return result;
}

std::vector<PassStatistics> pass_statistics() {
  const std::lock_guard lock(statistics().mutex);
  return statistics().rows;
}

}  // namespace numest
