// Estimator: trains, evaluates and predicts with a model function. Variables
// and compiled programs live in memory for its life; the disk is a backup.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "numest/data/dataset.h"
#include "numest/estimator/estimator_spec.h"

namespace numest::estimator {

/// Makes the dataset of (features, labels), or of features.
using InputFn = std::function<data::Dataset()>;
/// Metrics of an evaluation: float32 scalars, and int64 'global_step'.
using EvalResult = std::map<std::string, Array>;
/// Predictions of one example (or one batch) by key.
using Prediction = std::vector<std::pair<std::string, Array>>;

struct TrainOptions {
  std::optional<int64_t> steps = {};      // this many more
  std::optional<int64_t> max_steps = {};  // until the global step is this
  Hooks hooks = {};
  CheckpointListeners saving_listeners = {};
};
struct EvaluateOptions {
  std::optional<int64_t> steps = {};  // batches; none: until the data ends
  Hooks hooks = {};
  std::string checkpoint_path = {};  // none: memory, else the newest
  std::string name = {};             // eval_<name> folder
};
struct PredictOptions {
  std::vector<std::string> predict_keys = {};  // none: all
  Hooks hooks = {};
  std::string checkpoint_path = {};
  bool yield_single_examples = true;
};

/// A batch of features in, predictions out; keys are empty for one tensor.
struct PredictionProgram {
  Graph graph;
  std::vector<std::string> keys = {};
};

class Session;

/// Predictions one by one; nothing runs before the first `next`, and no more
/// batches are read than are asked for.
class Predictor {
 public:
  explicit Predictor(std::function<std::unique_ptr<Session>()> start,
                     PredictOptions options);
  Predictor(Predictor&&) noexcept;
  ~Predictor();
  std::optional<Prediction> next();
  /// All that is left.
  std::vector<Prediction> to_list();

 private:
  bool next_batch();
  std::function<std::unique_ptr<Session>()> start_;
  PredictOptions options_;
  std::unique_ptr<Session> session_;
  Prediction batch_;
  int64_t row_ = 0, num_rows_ = 0;
};

class Estimator {
 public:
  /// Throws ValueError for a bad config. Without model_dir a temporary
  /// folder is used (said in a log line).
  Estimator(ModelFn model_fn, RunConfig config);
  virtual ~Estimator();
  Estimator(const Estimator&) = delete;
  Estimator& operator=(const Estimator&) = delete;

  /// Trains until the data ends, `steps` are done, the global step reaches
  /// `max_steps`, or a hook stops; writes a checkpoint. ValueError if both
  /// are given or one is not positive; NanLossError if the loss is NaN.
  Estimator& train(const InputFn& input_fn, const TrainOptions& options = {});
  Estimator& train(const InputFn& input_fn, int64_t steps) {
    return train(input_fn, TrainOptions{.steps = steps});
  }
  /// Metrics over the data, with 'loss' (mean of the batches' losses) and
  /// 'global_step'.
  EvalResult evaluate(const InputFn& input_fn,
                      const EvaluateOptions& options = {});
  Predictor predict(const InputFn& input_fn, PredictOptions options = {});
  /// All predictions by key, rows stacked.
  Prediction predict_all(const InputFn& input_fn,
                         std::vector<std::string> predict_keys = {});
  /// Predictions of a batch given as arrays (first axis: examples).
  Prediction predict_batch(const Element& features);

  /// (mode, what each step of its programs cost so far) of all models that
  /// were built.
  std::vector<std::pair<std::string, std::vector<ProfileRow>>> profile() const;

  const ModelFn& model_fn() const;
  /// The program from a batch of features, of these types, to the flattened
  /// predictions, with the present values of the variables in it.
  /// NotSupportedError if the model draws random numbers to predict.
  PredictionProgram prediction_program(const ElementSpec& features);

  const RunConfig& config() const;
  const std::string& model_dir() const;
  std::string eval_dir(const std::string& name = "") const;
  /// Path prefix of the newest checkpoint, or empty.
  std::string latest_checkpoint() const;
  /// Names in the newest checkpoint; ValueError if there is none.
  std::vector<std::string> get_variable_names() const;
  Array get_variable_value(const std::string& name) const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

/// `config` with `model_dir`; ValueError if both are set and differ.
RunConfig with_model_dir(RunConfig config, const std::string& model_dir);

}  // namespace numest::estimator
