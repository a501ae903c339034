// The list of passes and the loop that runs it.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "numest/passes/pass.h"

namespace numest {

struct PassOptions {
  /// Names of passes to skip, added to those of NUMEST_DISABLE_PASSES
  /// ("fold,fuse_elementwise"; "all" skips every pass).
  std::set<std::string> disabled;
  /// Runs `verify` after every pass; also on if NUMEST_VERIFY_PASSES=1.
  bool verify = false;
};

/// What one pass did, over all graphs of the process.
struct PassStatistics {
  std::string_view name;
  int64_t runs = 0;
  int64_t nodes_before = 0, nodes_after = 0;
  double seconds = 0;
};

/// All passes in the order in which they run.
std::span<const Pass> default_pipeline();

/// Runs the default pipeline. Throws KeyError if a name in `options.disabled`
/// is no pass.
Graph optimize(const Graph& graph, const PassOptions& options = {});

/// Statistics in pipeline order.
std::vector<PassStatistics> pass_statistics();

}  // namespace numest
