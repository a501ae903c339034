// What a training run tells its user on stderr: the plan first, then a line
// with steps, loss, examples/s and time left. A terminal gets one line that
// is written over; anything else gets whole lines, ever more rarely.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "numest/data/dataset_node.h"

namespace numest::estimator {

struct Plan {
  data::Epochs epochs = {};
  int64_t first_step = 0;
  std::optional<int64_t> end_step = {};  // none: not known
};

/// "60,000 rows, 469 steps per epoch, 5 epochs, 2,344 steps".
std::string plan_text(const Plan& plan);

struct Progress {
  int64_t step = 0;
  double loss = 0;
  int64_t num_examples = 0;  // since the start
  double seconds = 0;        // since the start
};

/// "step 100 of 2,344: loss 0.5, 12,000 examples/s, 3 s left"; of the last
/// step how long it took instead.
std::string progress_text(const Plan& plan, const Progress& progress);

class ProgressLine {
 public:
  explicit ProgressLine(const Plan& plan);
  /// Ends the line, so that whatever follows starts on its own.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows a step if it is time to; always shows the last one.
  void show(int64_t step, double loss, int64_t num_examples, bool is_last);

 private:
  using Clock = std::chrono::steady_clock;
  void write(const std::string& text);

  Plan plan_;
  bool is_terminal_, is_open_ = false;
  Clock::time_point start_, next_;
  std::chrono::milliseconds pause_;
};

}  // namespace numest::estimator
