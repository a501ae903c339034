// The state of an Estimator: variable store, models by mode and element
// type, and what is known of the files.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>

#include "numest/base/file.h"
#include "numest/estimator/checkpoints.h"
#include "numest/estimator/estimator.h"
#include "numest/estimator/evaluation_events.h"
#include "numest/estimator/session.h"
#include "numest/estimator/train_loop.h"

namespace numest::estimator {

class Estimator::Impl {
 public:
  Impl(ModelFn model_fn, RunConfig config);
  ~Impl();

  void train(const InputFn& input_fn, const TrainOptions& options);
  EvalResult evaluate(const InputFn& input_fn, const EvaluateOptions& options);
  std::unique_ptr<Session> predict_session(const data::Dataset& dataset,
                                           const PredictOptions& options);
  Prediction predict_batch(const Element& features);
  PredictionProgram prediction_program(const ElementSpec& features);

  std::vector<std::pair<std::string, std::vector<ProfileRow>>> profile();

  /// What a RowPredictor needs. These want `mutex` held.
  std::recursive_mutex& mutex() { return mutex_; }
  std::shared_ptr<const Model> predict_model(const ElementSpec& features) {
    return model(features, Mode::kPredict);
  }
  /// The variables, which training leaves alone from now on.
  const VariableStore& variables_to_read() {
    has_readers_ = true;
    return store_;
  }
  /// As `prepare`, if the files may have changed: written by this process, or
  /// not looked at for some 20 milliseconds. Returns whether it looked.
  bool prepare_again(const Model& model);
  /// Variables in memory, else of the newest checkpoint, else initial ones.
  void prepare(const Model& model);
  Key key() const;

  const ModelFn& model_fn() const { return model_fn_; }
  const RunConfig& config() const { return config_; }
  std::string latest_checkpoint() const;

 private:
  std::shared_ptr<const Model> model(const ElementSpec& spec, Mode mode);
  void check_variables(const Model& model) const;
  void initialize_missing(const Model& model);
  /// To be called before variables change in place.
  void leave_variables_to_readers();
  std::unique_ptr<VariableStore> snapshot(const Model& model,
                                          const std::string& checkpoint);
  std::optional<int64_t> disk_step() const;
  /// The step in the name of the newest checkpoint.
  std::optional<int64_t> saved_step() const;
  /// Where the run of the newest checkpoint stood, else from the start.
  data::Iterator train_iterator(const data::Dataset& dataset, TrainData& data);

  ModelFn model_fn_;
  RunConfig config_;
  std::unique_ptr<TemporaryDirectory> temporary_;
  uint64_t seed_;
  VariableStore store_;
  bool has_readers_ = false;  // predictions that may still read the arrays
  bool is_training_ = false;
  int64_t pointer_time_ = 0;  // of the pointer file when last read or written
  int64_t looked_at_ms_ = 0;  // `prepare_again`, the coarse clock
  uint64_t states_written_ = 0;  // when it looked
  std::map<std::string, std::shared_ptr<const Model>> models_;
  EvaluationEvents evaluation_events_;
  std::recursive_mutex mutex_;
};

}  // namespace numest::estimator
