// Traced functions as map functions of the pipeline: one program over blocks
// of elements, or one over each where results differ in extent.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "numest/base/recording.h"
#include "numest/data/map_function.h"
#include "numest/graph/node.h"
#include "numest/runtime/profile_row.h"

namespace numest::train {

/// What the calls of one function cost so far.
struct CallCosts {
  std::atomic<int64_t> calls{0}, nanoseconds{0}, num_bytes{0};

  void add(int64_t count, int64_t start, int64_t copied) {
    calls.fetch_add(count, std::memory_order_relaxed);
    nanoseconds.fetch_add(now_ns() - start, std::memory_order_relaxed);
    num_bytes.fetch_add(copied, std::memory_order_relaxed);
  }
};

/// A map function that knows its costs: calls or elements, nanoseconds, bytes
/// copied, and for a program those of its steps.
class CostedMap : public data::MapFunction {
 public:
  const std::shared_ptr<CallCosts>& costs() const { return costs_; }
  virtual std::vector<ProfileRow> profile_rows() const { return {}; }

 protected:
  const std::shared_ptr<CallCosts> costs_ = std::make_shared<CallCosts>();
};

/// The program of a function over one element, compiled: vectorized, unless
/// its results differ in extent by element.
/// @param element inputs: the leaves of an element, with `takes_place_key`
///     the key of the place, and last the key.
/// @param output the spec of the results.
std::shared_ptr<CostedMap> program_map(const Graph& element, ElementSpec output,
                                       bool takes_place_key);

}  // namespace numest::train
