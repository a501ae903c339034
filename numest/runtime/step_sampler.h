// What the steps of a program cost, from some of its runs: always on where
// `explain` wants to tell, so it must cost nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "numest/base/recording.h"
#include "numest/runtime/profile_row.h"
#include "numest/runtime/step_list.h"

namespace numest {

class StepSampler {
 public:
  /// Times each `every`-th run, fewer of short ones (see `SampledRuns`).
  StepSampler(const StepList& list, int64_t every);
  void add(size_t step, int64_t nanoseconds, int64_t num_bytes);
  /// The steps that took most, one line each: share, time, calls, GB/s, op.
  std::string table(size_t max_lines = 40) const;
  /// One row per step, in order, extrapolated to all runs.
  std::vector<ProfileRow> rows() const;

 private:
  friend class SampledRuns;
  struct Row {
    std::atomic<int64_t> calls{0}, nanoseconds{0}, num_bytes{0};
  };
  int64_t num_runs() const;

  const StepList& list_;
  std::unique_ptr<Row[]> rows_;
  const int64_t every_;
  std::atomic<int64_t> timed_{0};
  mutable std::mutex mutex_;                          // guards what follows
  std::vector<const std::atomic<int64_t>*> running_;  // counts of SampledRuns
  int64_t ended_ = 0;  // runs of SampledRuns that are gone
};

/// Which of the runs of one frame are timed. One thread at a time, so that
/// counting takes no locked instruction.
class SampledRuns {
 public:
  /// `sampler` may be null: no run is timed.
  explicit SampledRuns(StepSampler* sampler);
  ~SampledRuns();
  SampledRuns(const SampledRuns&) = delete;
  SampledRuns& operator=(const SampledRuns&) = delete;

  /// Counts a run; true if its steps are to be timed.
  bool starts_timed() {
    const int64_t run = count_.load(std::memory_order_relaxed);
    count_.store(run + 1, std::memory_order_relaxed);
    return run >= next_timed_;
  }
  /// Ends a timed run: `num_steps` were timed, in `nanoseconds` together.
  void end_timed(size_t num_steps, int64_t nanoseconds);

 private:
  StepSampler* const sampler_;
  std::atomic<int64_t> count_{0};
  int64_t next_timed_;
  int64_t num_timed_ = 0;
};

}  // namespace numest
