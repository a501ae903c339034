// Metrics of the user's own on top of those of an estimator.
#pragma once

#include <functional>
#include <memory>

#include "numest/estimator/estimator.h"

namespace numest::estimator {

/// Metrics of features, labels and the estimator's predictions.
using MetricFn = std::function<Metrics(const ModelInputs&, const Predictions&)>;

/// An estimator with the model, model_dir and config of `estimator` whose
/// `evaluate` gives the metrics of `metric_fn` too; those win over metrics of
/// the same name. Variables are shared through model_dir.
std::shared_ptr<Estimator> add_metrics(const Estimator& estimator,
                                       MetricFn metric_fn);

}  // namespace numest::estimator
