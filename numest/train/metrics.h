// Streaming metrics: state in local variables, an update per batch, a value
// at the end. tf.compat.v1.metrics and Keras metrics share the state and
// differ in a few formulas.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "numest/train/model_scope.h"

namespace numest {

/// A metric of a model under construction.
struct Metric {
  Tensor value = {};   // of the state before the step
  Tensor update = {};  // operation; evaluates to the value after the step
  /// Instead of a state: these are kept for every batch, and `compute` gets
  /// them once, at the end, with the rows of all batches.
  std::vector<Tensor> collected = {};
  std::function<Array(std::span<const Array>)> compute = {};
};
using Metrics = std::map<std::string, Metric>;

namespace metrics {

/// Weights: a scalar or broadcast against the values.
using Weights = std::optional<Tensor>;

/// `compute` of all rows of `inputs` at once: exact for metrics that are no
/// sums over rows, whatever the batches. Scalars are stacked, one per batch.
Metric of_all_rows(std::vector<Tensor> inputs,
                   std::function<Array(std::span<const Array>)> compute);
/// sum(w x) / sum(w), 0 before any value.
Metric mean(const Tensor& values, const Weights& weights = {},
            const std::string& name = "mean");
/// Fraction of equal pairs; labels are cast to the predictions' dtype.
Metric accuracy(const Tensor& labels, const Tensor& predictions,
                const Weights& weights = {});
Metric mean_absolute_error(const Tensor& labels, const Tensor& predictions,
                           const Weights& weights = {});
Metric mean_squared_error(const Tensor& labels, const Tensor& predictions,
                          const Weights& weights = {});
Metric root_mean_squared_error(const Tensor& labels, const Tensor& predictions,
                               const Weights& weights = {});
/// Inputs are cast to bool. "true_positives", "false_positives", ...
Metric confusion_count(std::string_view which, const Tensor& labels,
                       const Tensor& predictions, const Weights& weights = {});
Metric precision(const Tensor& labels, const Tensor& predictions,
                 const Weights& weights = {});
Metric recall(const Tensor& labels, const Tensor& predictions,
              const Weights& weights = {});

enum class Curve { kRoc, kPr };
/// v1 sums trapezoids; Keras interpolates the PR curve (Davis, Goadrich
/// 2006), "minoring" and "majoring" bound it from below and above.
enum class AucSummation { kTrapezoidal, kInterpolation, kMinoring, kMajoring };
struct AucOptions {
  Curve curve = Curve::kRoc;
  AucSummation summation = AucSummation::kTrapezoidal;
  int num_thresholds = 200;
  bool is_keras = false;  // divisions without v1's 1e-6
};
/// Area under the curve of predictions in [0, 1].
Metric auc(const Tensor& labels, const Tensor& predictions,
           const Weights& weights = {}, const AucOptions& options = {});

/// precision or recall of `predictions > t` for each threshold: (thresholds,).
Metric precision_at_thresholds(const Tensor& labels, const Tensor& predictions,
                               const std::vector<double>& thresholds,
                               const Weights& weights = {},
                               double epsilon = 1e-7);
Metric recall_at_thresholds(const Tensor& labels, const Tensor& predictions,
                            const std::vector<double>& thresholds,
                            const Weights& weights = {}, double epsilon = 1e-7);
/// Sensitivity at the threshold whose specificity is nearest to
/// `specificity`, and the reverse; `num_thresholds` evenly spaced ones.
Metric sensitivity_at_specificity(const Tensor& labels,
                                  const Tensor& predictions, double specificity,
                                  const Weights& weights = {},
                                  int num_thresholds = 200);
Metric specificity_at_sensitivity(const Tensor& labels,
                                  const Tensor& predictions, double sensitivity,
                                  const Weights& weights = {},
                                  int num_thresholds = 200);
/// Of the k classes with the largest predictions (batch, classes), the
/// fraction that are labels (batch, labels), and the fraction of labels that
/// are among them.
Metric precision_at_k(const Tensor& labels, const Tensor& predictions,
                      int64_t k, const Weights& weights = {});
Metric recall_at_k(const Tensor& labels, const Tensor& predictions, int64_t k,
                   const Weights& weights = {});

/// Fraction of values below a threshold.
Metric percentage_below(const Tensor& values, double threshold,
                        const Weights& weights = {});
Metric mean_relative_error(const Tensor& labels, const Tensor& predictions,
                           const Tensor& normalizer,
                           const Weights& weights = {});
Metric mean_per_class_accuracy(const Tensor& labels, const Tensor& predictions,
                               int64_t num_classes,
                               const Weights& weights = {});
Metric mean_iou(const Tensor& labels, const Tensor& predictions,
                int64_t num_classes, const Weights& weights = {});

}  // namespace metrics
}  // namespace numest
