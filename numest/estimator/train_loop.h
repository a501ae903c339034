// The loops of training and evaluation.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "numest/estimator/checkpoints.h"
#include "numest/estimator/estimator.h"
#include "numest/estimator/session.h"
#include "numest/formats/event_file.h"

namespace numest::estimator {

class TrainLoop {
 public:
  TrainLoop(Session& session, const RunConfig& config,
            const TrainOptions& options, int64_t last_step, uint64_t data_seed);
  /// Runs to the last step, the end of the data, or a stop request.
  /// `cardinality` of the data is for the plan line.
  void run(int64_t cardinality);

 private:
  using Clock = std::chrono::steady_clock;
  bool step();
  bool step_or_end();
  bool is_summary_due() const;
  void write_summaries(std::span<const Array> values);
  void save(bool is_done);
  bool is_save_due() const;
  void report(int64_t step, double loss);
  void show_progress(int64_t step, double loss, bool is_last);
  void finish(bool data_ended);

  Session& session_;
  const RunConfig& config_;
  const TrainOptions& options_;
  int64_t first_step_, last_step_;
  uint64_t data_seed_;
  int64_t saved_step_ = -1;
  int64_t summary_step_ = -1;
  std::unique_ptr<EventWriter> events_;
  double loss_ = 0;
  int64_t num_steps_ = 0;  // of this run, whatever global_step says
  int64_t num_examples_ = 0;
  Clock::time_point start_, last_save_, last_report_, last_progress_;
  int64_t last_report_step_ = 0;
};

/// Metric values over all batches, or `steps` of them.
EvalResult run_evaluation(Session& session, std::optional<int64_t> steps);

/// Scalars of a result as summaries in an event file of `folder`.
void write_evaluation(const std::string& folder, const EvalResult& result);

}  // namespace numest::estimator
