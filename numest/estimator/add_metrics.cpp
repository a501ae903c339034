// A model function around another.
#include "numest/estimator/add_metrics.h"

#include <utility>

namespace numest::estimator {

std::shared_ptr<Estimator> add_metrics(const Estimator& estimator,
                                       MetricFn metric_fn) {
  NUMEST_USER_CHECK(metric_fn, TypeError,
                    "add_metrics: metric_fn: got an empty function, expected "
                    "a function of the model's inputs and predictions");
  ModelFn model_fn = [inner = estimator.model_fn(),
                      metric_fn =
                          std::move(metric_fn)](const ModelInputs& inputs) {
    EstimatorSpec spec = inner(inputs);
    if (inputs.mode != Mode::kEval) return spec;
    for (auto& [name, metric] : metric_fn(inputs, spec.predictions))
      spec.eval_metric_ops[name] = metric;
    return spec;
  };
  return std::make_shared<Estimator>(std::move(model_fn), estimator.config());
}

}  // namespace numest::estimator
