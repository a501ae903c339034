// One built model: the scope that a model function filled, and the programs
// compiled from it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "numest/estimator/estimator_spec.h"

namespace numest::estimator {

class Model {
 public:
  /// Calls `model_fn` on parameters of the type of the elements. Elements
  /// that are tuples must be (features, labels); ValueError otherwise.
  Model(const ModelFn& model_fn, const ElementSpec& element, Mode mode,
        const RunConfig& config);

  /// False once what the model function read from outside is another value.
  bool is_current() const { return scope_->is_current(); }
  const ModelScope& scope() const { return *scope_; }
  const EstimatorSpec& spec() const { return spec_; }
  Mode mode() const { return mode_; }
  /// Parameters of the leaves of a batch, in order.
  const std::vector<Tensor>& batch() const { return batch_; }
  /// Loss as the metric that evaluate reports.
  const Metric& loss_metric() const { return loss_metric_; }

  /// The program of a step that fetches `fetches` and runs `operations`;
  /// compiled once per set of tensors. Any thread.
  const StepProgram& program(const std::vector<Tensor>& fetches,
                             const std::vector<Tensor>& operations) const;
  /// What the steps of all its programs cost so far.
  std::vector<ProfileRow> profile_rows() const;

 private:
  Mode mode_;
  std::unique_ptr<ModelScope> scope_;
  EstimatorSpec spec_;
  Metric loss_metric_;
  std::vector<Tensor> batch_;  // parameters of the leaves
  struct Cached {
    std::vector<Tensor> tensors;
    std::unique_ptr<StepProgram> program;
  };
  mutable std::mutex mutex_;  // of programs_
  mutable std::vector<Cached> programs_;
};

/// Structure, dtypes and shapes as text; unknown extents as "?".
std::string spec_key(const ElementSpec& spec);

}  // namespace numest::estimator
