// Options that travel with a dataset.
#pragma once

#include <optional>

#include "numest/data/dataset_node.h"

namespace numest::data {

/// Wishes about how a pipeline runs. All elements come out the same whatever
/// is set; unset fields leave earlier ones.
struct Options {
  std::optional<bool> deterministic;
  std::optional<bool> autotune;
  std::optional<int64_t> private_threadpool_size;
  std::optional<bool> auto_shard;

  /// Fields of `later` win.
  Options merged(const Options& later) const;
};

DatasetNodePtr make_with_options(DatasetNodePtr input, const Options& options);

}  // namespace numest::data
