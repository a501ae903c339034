// The loops of training and evaluation.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "numest/estimator/checkpoints.h"
#include "numest/estimator/estimator.h"
#include "numest/estimator/progress.h"
#include "numest/estimator/session.h"
#include "numest/formats/event_file.h"

namespace numest::estimator {

/// What the loop knows of its data.
struct TrainData {
  uint64_t seed = 0;
  int64_t begin_step = 0;    // global step at the start of the data
  int64_t cardinality = -2;  // batches
  data::Epochs epochs = {};
};

class TrainLoop {
 public:
  /// `saved_step`: global step of the newest checkpoint if it holds what is
  /// in memory, else -1.
  TrainLoop(Session& session, const RunConfig& config,
            const TrainOptions& options, int64_t last_step,
            const TrainData& data, int64_t saved_step);
  /// Runs to the last step, the end of the data, or a stop request.
  void run();

 private:
  using Clock = std::chrono::steady_clock;
  bool step();
  bool many_steps(int64_t max_steps);
  bool steps_or_end();
  int64_t steps_until_event() const;
  void note_step(int64_t step, const Array& loss);
  bool is_summary_due() const;
  void write_summaries(std::span<const Array> values);
  Plan plan() const;
  void save_first();
  void save(bool is_done);
  void tell_saved();
  void stop_if_interrupted(bool saves);
  bool is_save_due() const;
  void report(int64_t step, double loss);
  void finish(bool data_ended);

  Session& session_;
  const RunConfig& config_;
  const TrainOptions& options_;
  int64_t first_step_, last_step_;
  TrainData data_;
  int64_t saved_step_;
  std::unique_ptr<ProgressLine> progress_;
  int64_t summary_step_ = -1;
  std::unique_ptr<EventWriter> events_;
  double loss_ = 0;
  int64_t num_steps_ = 0;  // of this run, whatever global_step says
  int64_t num_examples_ = 0;
  Clock::time_point last_save_, last_report_;
  int64_t last_report_step_ = 0;
  int64_t num_ahead_ = 1;  // steps that take about a millisecond
};

/// Metric values over all batches, or `steps` of them.
EvalResult run_evaluation(Session& session, std::optional<int64_t> steps);

}  // namespace numest::estimator
