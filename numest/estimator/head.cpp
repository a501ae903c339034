// What all heads share: weights, reduction, names of metrics.
#include "numest/estimator/head.h"

#include "numest/feature/feature_column.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest::estimator {

namespace {

losses::Reduction reduction_of(const HeadOptions& o) {
  if (o.loss_reduction) return *o.loss_reduction;
  return o.api == Api::kV1 ? losses::Reduction::kSum
                           : losses::Reduction::kSumOverBatchSize;
}

Tensor sum_of(const std::vector<Tensor>& terms) {
  Tensor total;
  for (const Tensor& t : terms) total = total.is_empty() ? t : total + t;
  return total;
}

}  // namespace

std::string Head::key(const std::string& metric) const {
  return name().empty() ? metric : metric + "/" + name();
}

EstimatorSpec Head::create_estimator_spec(const Features& features, Mode mode,
                                          const Features& logits,
                                          const std::optional<Features>& labels,
                                          const TrainFn& train) const {
  EstimatorSpec spec;
  spec.mode = mode;
  std::vector<std::pair<std::string, Nest<Tensor>>> items;
  for (auto& [k, value] : predictions(logits)) items.emplace_back(k, value);
  spec.predictions = Predictions::dict(std::move(items));
  if (mode == Mode::kPredict) return spec;
  NUMEST_USER_CHECK(labels, ValueError,
                    "You must provide a labels Tensor: input_fn returned "
                    "features only, expected (features, labels)");
  ModelScope& scope = ModelScope::current();
  const HeadInputs inputs{features, *labels, logits,
                          scope.regularization_losses};
  spec.loss = loss(inputs);
  scope.summaries.push_back({key("loss"), spec.loss});
  if (mode == Mode::kTrain)
    spec.train_op = train(spec.loss);
  else
    spec.eval_metric_ops = metrics(inputs);
  return spec;
}

std::optional<Tensor> SingleHead::weights(const Features& features,
                                          const Tensor& losses) const {
  if (options_.weight_column.empty()) return std::nullopt;
  Tensor w = feature_column::feature(features, options_.weight_column);
  NUMEST_USER_CHECK(is_inexact(w.dtype()) || is_integer(w.dtype()) ||
                        w.dtype() == DType::kBool,
                    ValueError,
                    "weight_column '{}': weights must be numbers: got {}",
                    options_.weight_column, numest::name(w.dtype()));
  w = astype(w, DType::kFloat32);
  if (w.ndim() + 1 == losses.ndim()) w = expand_dims(w, -1);
  NUMEST_USER_CHECK(
      w.ndim() == losses.ndim() &&
          (w.shape().back() == 1 || w.shape().back() == losses.shape().back()),
      ValueError,
      "weight_column '{}': got weights of shape {}, expected "
      "(batch,) or (batch, 1)",
      options_.weight_column, w.shape().to_string());
  return w;
}

const Tensor& SingleHead::one_tensor(const Features& logits) const {
  NUMEST_USER_CHECK(logits.is_leaf(), ValueError,
                    "logits: got a structure, expected one array");
  const Shape& shape = logits.leaf.shape();
  NUMEST_USER_CHECK(shape.ndim() >= 2 && shape.back() == logits_dimension(),
                    ValueError, "logits: got shape {}, expected (batch, {})",
                    shape.to_string(), logits_dimension());
  return logits.leaf;
}

Head::Items SingleHead::predictions(const Features& logits) const {
  return predict(one_tensor(logits));
}

SingleHead::Parts SingleHead::parts(const HeadInputs& inputs) const {
  NUMEST_USER_CHECK(inputs.labels.is_leaf(), ValueError,
                    "labels: got a structure, expected one array");
  Parts p;
  p.logits = one_tensor(inputs.logits);
  p.labels = process_labels(inputs.labels.leaf, p.logits);
  p.losses = options_.loss_fn ? options_.loss_fn(p.labels, p.logits)
                              : element_loss(p.labels, p.logits);
  p.weights = weights(inputs.features, p.losses);
  return p;
}

Tensor SingleHead::loss(const HeadInputs& inputs) const {
  const Parts p = parts(inputs);
  Tensor total = losses::compute_weighted_loss(
      p.losses, p.weights ? *p.weights : Tensor(1.0), reduction_of(options_));
  for (const Tensor& extra : inputs.regularization_losses)
    total = total + extra;
  return total;
}

Metrics SingleHead::metrics(const HeadInputs& inputs) const {
  const Parts p = parts(inputs);
  Metrics all;
  all["average_loss"] = metrics::mean(p.losses, p.weights, "average_loss");
  if (!inputs.regularization_losses.empty())
    all["regularization_loss"] = metrics::mean(
        sum_of(inputs.regularization_losses), {}, "regularization_loss");
  add_metrics(all, p.labels, p.logits, p.weights);
  Metrics named;
  for (auto& [metric, value] : all) named[key(metric)] = value;
  return named;
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
  const bool has_predictions =
      predictions.num_leaves() > 0 &&
      !(predictions.is_leaf() && predictions.leaf.is_empty());
  NUMEST_USER_CHECK(mode != Mode::kPredict || has_predictions, ValueError,
                    "Missing predictions.");
  if (mode != Mode::kPredict)
    NUMEST_USER_CHECK(
        loss.ndim() == 0 || (loss.ndim() == 1 && loss.shape()[0] == 1),
        ValueError, "Loss must be scalar: got shape {}",
        loss.shape().to_string());
}

}  // namespace numest::estimator
