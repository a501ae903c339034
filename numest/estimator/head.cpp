// What all heads share: weights, reduction, names of metrics.
#include "numest/estimator/head.h"

#include "numest/feature/feature_column.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest::estimator {

losses::Reduction Head::reduction() const {
  if (options_.loss_reduction) return *options_.loss_reduction;
  return is_v1() ? losses::Reduction::kSum
                 : losses::Reduction::kSumOverBatchSize;
}

std::string Head::key(const std::string& metric) const {
  return options_.name.empty() ? metric : metric + "/" + options_.name;
}

std::optional<Tensor> Head::weights(const Features& features,
                                    const Tensor& element_losses) const {
  if (options_.weight_column.empty()) return std::nullopt;
  Tensor w = feature_column::feature(features, options_.weight_column);
  NUMEST_USER_CHECK(is_inexact(w.dtype()) || is_integer(w.dtype()) ||
                        w.dtype() == DType::kBool,
                    ValueError,
                    "weight_column '{}': weights must be numbers: got {}",
                    options_.weight_column, name(w.dtype()));
  w = astype(w, DType::kFloat32);
  if (w.ndim() == 1) w = expand_dims(w, -1);
  NUMEST_USER_CHECK(
      w.ndim() == 2 &&
          (w.shape()[1] == 1 || w.shape()[1] == element_losses.shape()[1]),
      ValueError,
      "weight_column '{}': got weights of shape {}, expected "
      "(batch,) or (batch, 1)",
      options_.weight_column, w.shape().to_string());
  return w;
}

void Head::check_logits(const Tensor& logits) const {
  NUMEST_USER_CHECK(
      logits.ndim() == 2 && logits.shape()[1] == logits_dimension(), ValueError,
      "logits: got shape {}, expected (batch, {})", logits.shape().to_string(),
      logits_dimension());
}

EstimatorSpec Head::create_estimator_spec(const Features& features, Mode mode,
                                          const Tensor& logits,
                                          const std::optional<Features>& labels,
                                          const TrainFn& train) const {
  check_logits(logits);
  EstimatorSpec spec;
  spec.mode = mode;
  std::vector<std::pair<std::string, Nest<Tensor>>> items;
  for (auto& [k, value] : predictions(logits)) items.emplace_back(k, value);
  spec.predictions = Predictions::dict(std::move(items));
  if (mode == Mode::kPredict) return spec;
  NUMEST_USER_CHECK(labels, ValueError,
                    "You must provide a labels Tensor: input_fn returned "
                    "features only, expected (features, labels)");
  NUMEST_USER_CHECK(labels->is_leaf(), ValueError,
                    "labels: got a structure, expected one array");
  const Tensor y = process_labels(labels->leaf, logits);
  const Tensor element_losses = element_loss(y, logits);
  const auto w = weights(features, element_losses);
  spec.loss = losses::compute_weighted_loss(element_losses,
                                            w ? *w : Tensor(1.0), reduction());
  ModelScope& scope = ModelScope::current();
  for (const Tensor& extra : scope.regularization_losses)
    spec.loss = spec.loss + extra;
  scope.summaries.push_back({key("loss"), spec.loss});
  if (mode == Mode::kTrain) {
    spec.train_op = train(spec.loss);
    return spec;
  }
  Metrics all;
  all["average_loss"] = metrics::mean(element_losses, w, "average_loss");
  add_metrics(all, y, logits, w);
  for (auto& [name, metric] : all) spec.eval_metric_ops[key(name)] = metric;
  return spec;
}

HeadPtr classification_head(int64_t n_classes, const HeadOptions& options) {
  if (n_classes == 2) return binary_class_head(options);
  return multi_class_head(n_classes, options);
}

void EstimatorSpec::validate() const {
  NUMEST_USER_CHECK(mode != Mode::kTrain || !train_op.is_empty(), ValueError,
                    "Missing train_op.");
  NUMEST_USER_CHECK(mode == Mode::kPredict || !loss.is_empty(), ValueError,
                    "Missing loss.");
  NUMEST_USER_CHECK(mode != Mode::kPredict || predictions.num_leaves() > 0,
                    ValueError, "Missing predictions.");
  if (mode != Mode::kPredict)
    NUMEST_USER_CHECK(
        loss.ndim() == 0 || (loss.ndim() == 1 && loss.shape()[0] == 1),
        ValueError, "Loss must be scalar: got shape {}",
        loss.shape().to_string());
}

}  // namespace numest::estimator
