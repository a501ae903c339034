// Settings of a run, with tf.estimator.RunConfig's names and defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace numest::estimator {

struct RunConfig {
  std::string model_dir = {};                   // empty: a temporary folder
  std::optional<uint64_t> tf_random_seed = {};  // none: fresh in each process
  std::optional<int64_t> save_summary_steps = 100;
  std::optional<int64_t> save_checkpoints_steps = {};
  std::optional<double> save_checkpoints_secs = 600;
  std::optional<int64_t> keep_checkpoint_max = 5;
  double keep_checkpoint_every_n_hours = 10000;
  std::optional<int64_t> log_step_count_steps = 100;
  /// On stderr a plan and a line with steps, loss, examples/s and time left,
  /// in place of the log lines of every log_step_count_steps.
  bool show_progress = false;

  /// Throws ValueError naming the field, what was given and expected.
  void validate() const;
};

}  // namespace numest::estimator
