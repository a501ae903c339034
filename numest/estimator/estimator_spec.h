// What a model function returns.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "numest/estimator/hook.h"
#include "numest/estimator/mode.h"
#include "numest/estimator/run_config.h"
#include "numest/train/metrics.h"

namespace numest::estimator {

using Predictions = Nest<Tensor>;

struct EstimatorSpec {
  Mode mode = Mode::kTrain;
  Predictions predictions = {};  // a tensor, or a dictionary of tensors
  Tensor loss = {};              // scalar; kTrain and kEval
  Tensor train_op = {};          // kTrain
  Metrics eval_metric_ops = {};  // kEval
  Hooks training_hooks = {}, training_chief_hooks = {}, evaluation_hooks = {},
        prediction_hooks = {};

  /// Throws ValueError "Missing loss." and the like, as TensorFlow does.
  void validate() const;
};

/// Features or labels of a batch: a tensor, a tuple or a dictionary.
using Features = Nest<Tensor>;

struct ModelInputs {
  Features features;
  std::optional<Features> labels;
  Mode mode = Mode::kTrain;
  const RunConfig* config = nullptr;
};

using ModelFn = std::function<EstimatorSpec(const ModelInputs&)>;

}  // namespace numest::estimator
