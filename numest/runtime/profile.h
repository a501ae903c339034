// Accumulated time of each step of a program.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "numest/runtime/profile_row.h"
#include "numest/runtime/step_list.h"

namespace numest {

/// Counts runs, nanoseconds and bytes by step; any thread.
class Profile {
 public:
  /// Times each `every`-th run.
  Profile(const StepList& list, int64_t every);
  /// Counts a run; true if its steps are to be timed.
  bool starts_run();
  void add(size_t step, int64_t nanoseconds, int64_t num_bytes);
  /// The steps that took most, one line each: share, time, calls, GB/s, op.
  std::string table(size_t max_lines = 40) const;
  /// One row per step, in order, extrapolated to all runs.
  std::vector<ProfileRow> rows() const;

 private:
  struct Row {
    std::atomic<int64_t> calls{0}, nanoseconds{0}, num_bytes{0};
  };
  const StepList& list_;
  std::unique_ptr<Row[]> rows_;
  int64_t every_;
  std::atomic<int64_t> runs_{0};
};

/// Monotonic clock in nanoseconds.
int64_t now_ns();

}  // namespace numest
