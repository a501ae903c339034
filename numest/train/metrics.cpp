// Streaming metrics built from means and counts.
#include "numest/train/metrics.h"

#include <utility>

#include "numest/ops/call.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"
#include "numest/train/metric_state.h"

namespace numest::metrics {

Metric of_all_rows(std::vector<Tensor> inputs,
                   std::function<Array(std::span<const Array>)> compute) {
  NUMEST_USER_CHECK(!inputs.empty() && compute, TypeError,
                    "metric: got {} inputs and {}, expected at least one input "
                    "and a function",
                    inputs.size(), compute ? "a function" : "no function");
  Metric metric;
  metric.collected = std::move(inputs);
  metric.compute = std::move(compute);
  return metric;
}

Metric mean(const Tensor& values, const Weights& weights,
            const std::string& name) {
  const Tensor x = to_float(values);
  const Tensor w = broadcast_weights(x, weights);
  State total(name + "/total", Shape{}), count(name + "/count", Shape{});
  total.add(sum(x * w));
  count.add(sum(w));
  return {safe_ratio(total.before(), count.before()),
          safe_ratio(total.after(), count.after())};
}

Metric accuracy(const Tensor& labels, const Tensor& predictions,
                const Weights& weights) {
  const Tensor same = equal(
      astype(align(labels, predictions), predictions.dtype()), predictions);
  return mean(same, weights, "accuracy");
}

Metric mean_absolute_error(const Tensor& labels, const Tensor& predictions,
                           const Weights& weights) {
  return mean(absolute(to_float(predictions) - to_float(labels)), weights,
              "mean_absolute_error");
}
Metric mean_squared_error(const Tensor& labels, const Tensor& predictions,
                          const Weights& weights) {
  return mean(square(to_float(predictions) - to_float(labels)), weights,
              "mean_squared_error");
}
Metric root_mean_squared_error(const Tensor& labels, const Tensor& predictions,
                               const Weights& weights) {
  const Metric m = mean(square(to_float(predictions) - to_float(labels)),
                        weights, "root_mean_squared_error");
  return {sqrt(m.value), sqrt(m.update)};
}
Metric mean_relative_error(const Tensor& labels, const Tensor& predictions,
                           const Tensor& normalizer, const Weights& weights) {
  const Tensor n = to_float(normalizer);
  const Tensor zero = equal(n, Tensor(0.0));
  const Tensor error = absolute(to_float(labels) - to_float(predictions));
  return mean(
      where(zero, zeros_like(error), error / where(zero, ones_like(n), n)),
      weights, "mean_relative_error");
}
Metric percentage_below(const Tensor& values, double threshold,
                        const Weights& weights) {
  return mean(less(values, Tensor(threshold)), weights, "percentage_below");
}

namespace {

// One of the four cells of the confusion matrix, as 0/1 values.
Tensor cell(std::string_view which, const Tensor& labels,
            const Tensor& predictions) {
  const Tensor y = astype(align(labels, predictions), DType::kBool);
  const Tensor p = astype(predictions, DType::kBool);
  const bool is_true = which.starts_with("true");
  const bool is_positive = which.ends_with("positives");
  const Tensor predicted = is_positive ? p : logical_not(p);
  const Tensor label = is_positive == is_true ? y : logical_not(y);
  return to_float(logical_and(label, predicted));
}

State counted(std::string_view which, const Tensor& labels,
              const Tensor& predictions, const Weights& weights,
              const std::string& name) {
  const Tensor hits = cell(which, labels, predictions);
  State count(name + "/" + std::string(which), Shape{});
  count.add(sum(hits * broadcast_weights(hits, weights)));
  return count;
}

Metric ratio_to(const State& hits, const State& misses) {
  return {safe_ratio(hits.before(), hits.before() + misses.before()),
          safe_ratio(hits.after(), hits.after() + misses.after())};
}

}  // namespace

Metric confusion_count(std::string_view which, const Tensor& labels,
                       const Tensor& predictions, const Weights& weights) {
  const State s =
      counted(which, labels, predictions, weights, std::string(which));
  return {s.before(), s.after()};
}

Metric precision(const Tensor& labels, const Tensor& predictions,
                 const Weights& weights) {
  return ratio_to(
      counted("true_positives", labels, predictions, weights, "precision"),
      counted("false_positives", labels, predictions, weights, "precision"));
}
Metric recall(const Tensor& labels, const Tensor& predictions,
              const Weights& weights) {
  return ratio_to(
      counted("true_positives", labels, predictions, weights, "recall"),
      counted("false_negatives", labels, predictions, weights, "recall"));
}

namespace {

// Weighted counts of (label, prediction) pairs, (classes, classes).
State confusion_matrix(const Tensor& labels, const Tensor& predictions,
                       int64_t num_classes, const Weights& weights,
                       const std::string& name) {
  auto one_hot = [&](const Tensor& ids) {
    return call_one(op_named("one_hot"), {astype(ravel(ids), DType::kInt64)},
                    {{"depth", num_classes}, {"dtype", DType::kFloat32}});
  };
  const Tensor y = ravel(labels);
  const Tensor w = broadcast_weights(to_float(y), weights);
  State matrix(name + "/confusion_matrix", Shape{num_classes, num_classes});
  matrix.add(call_one(
      op_named("matmul"),
      {transpose(one_hot(y) * expand_dims(w, -1)), one_hot(predictions)}));
  return matrix;
}

Tensor diagonal_of(const Tensor& matrix) {
  const int64_t n = matrix.shape()[0];
  return sum(matrix * eye(n, std::nullopt, 0, DType::kFloat32), 1);
}

Tensor iou_of(const Tensor& matrix) {
  const Tensor hits = diagonal_of(matrix);
  const Tensor either = sum(matrix, 0) + sum(matrix, 1) - hits;
  const Tensor present = to_float(greater(either, Tensor(0.0)));
  return safe_ratio(sum(safe_ratio(hits, either) * present), sum(present));
}

Tensor class_accuracy_of(const Tensor& matrix) {
  return mean_of(safe_ratio(diagonal_of(matrix), sum(matrix, 1)));
}

}  // namespace

Metric mean_iou(const Tensor& labels, const Tensor& predictions,
                int64_t num_classes, const Weights& weights) {
  const State m =
      confusion_matrix(labels, predictions, num_classes, weights, "mean_iou");
  return {iou_of(m.before()), iou_of(m.after())};
}

Metric mean_per_class_accuracy(const Tensor& labels, const Tensor& predictions,
                               int64_t num_classes, const Weights& weights) {
  const State m = confusion_matrix(labels, predictions, num_classes, weights,
                                   "mean_per_class_accuracy");
  return {class_accuracy_of(m.before()), class_accuracy_of(m.after())};
}

}  // namespace numest::metrics
