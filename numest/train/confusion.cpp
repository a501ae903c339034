// Counts at thresholds, and the metrics that read one point of a curve.
#include "numest/train/confusion.h"

#include "numest/ops/call.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"
#include "numest/train/metric_state.h"

namespace numest::metrics {

std::vector<double> even_thresholds(int count) {
  NUMEST_USER_CHECK(count > 1, ValueError, "num_thresholds must be > 1: got {}",
                    count);
  std::vector<double> values{-1e-7};
  for (int i = 1; i + 1 < count; ++i)
    values.push_back(double(i) / double(count - 1));
  values.push_back(1.0 + 1e-7);
  return values;
}

std::pair<ConfusionCounts, ConfusionCounts> confusion_at(
    const Tensor& labels, const Tensor& predictions,
    const std::vector<double>& thresholds, const Weights& weights,
    const std::string& name) {
  const std::vector<float> limits(thresholds.begin(), thresholds.end());
  const auto count = int64_t(limits.size());
  const Tensor p = to_float(predictions);
  const Tensor y = to_float(astype(align(labels, predictions), DType::kBool));
  const Tensor w = broadcast_weights(p, weights);
  auto row = [](const Tensor& t) { return expand_dims(ravel(t), 0); };
  const Tensor above =
      to_float(greater(row(p), Tensor(Array::from(limits, Shape{count, 1}))));
  const Tensor below = Tensor(1.0) - above;
  const Tensor positive = row(y * w), negative_ = row((Tensor(1.0) - y) * w);
  const Shape shape{count};
  State tp(name + "/true_positives", shape);
  State fp(name + "/false_positives", shape);
  State tn(name + "/true_negatives", shape);
  State fn(name + "/false_negatives", shape);
  tp.add(sum(above * positive, 1));
  fp.add(sum(above * negative_, 1));
  fn.add(sum(below * positive, 1));
  tn.add(sum(below * negative_, 1));
  return {{tp.before(), fp.before(), tn.before(), fn.before()},
          {tp.after(), fp.after(), tn.after(), fn.after()}};
}

namespace {

// hits / (hits + misses); Keras divides safely, v1 adds an epsilon.
Tensor fraction(const Tensor& hits, const Tensor& misses, double epsilon) {
  if (epsilon == 0) return safe_ratio(hits, hits + misses);
  return hits / (Tensor(epsilon) + hits + misses);
}

Tensor at_index(const Tensor& values, const Tensor& index) {
  return call_one(op_named("take"), {values, index}, {{"axis", int64_t{0}}});
}

constexpr double kEpsilon = 1e-7;

}  // namespace

Metric precision_at_thresholds(const Tensor& labels, const Tensor& predictions,
                               const std::vector<double>& thresholds,
                               const Weights& weights, double epsilon) {
  const auto [a, b] = confusion_at(labels, predictions, thresholds, weights,
                                   "precision_at_thresholds");
  return {fraction(a.tp, a.fp, epsilon), fraction(b.tp, b.fp, epsilon)};
}

Metric recall_at_thresholds(const Tensor& labels, const Tensor& predictions,
                            const std::vector<double>& thresholds,
                            const Weights& weights, double epsilon) {
  const auto [a, b] = confusion_at(labels, predictions, thresholds, weights,
                                   "recall_at_thresholds");
  return {fraction(a.tp, a.fn, epsilon), fraction(b.tp, b.fn, epsilon)};
}

Metric sensitivity_at_specificity(const Tensor& labels,
                                  const Tensor& predictions, double specificity,
                                  const Weights& weights, int num_thresholds) {
  NUMEST_USER_CHECK(specificity >= 0 && specificity <= 1, ValueError,
                    "specificity must be in the range [0, 1]: got {}",
                    specificity);
  auto point = [&](const ConfusionCounts& c) {
    const Tensor specificities = fraction(c.tn, c.fp, kEpsilon);
    const Tensor index =
        argmin(absolute(specificities - Tensor(specificity)), 0);
    return fraction(at_index(c.tp, index), at_index(c.fn, index), kEpsilon);
  };
  const auto [a, b] =
      confusion_at(labels, predictions, even_thresholds(num_thresholds),
                   weights, "sensitivity_at_specificity");
  return {point(a), point(b)};
}

Metric specificity_at_sensitivity(const Tensor& labels,
                                  const Tensor& predictions, double sensitivity,
                                  const Weights& weights, int num_thresholds) {
  NUMEST_USER_CHECK(sensitivity >= 0 && sensitivity <= 1, ValueError,
                    "sensitivity must be in the range [0, 1]: got {}",
                    sensitivity);
  auto point = [&](const ConfusionCounts& c) {
    // The last of equally near thresholds, as in TensorFlow.
    const Tensor distance =
        absolute(fraction(c.tp, c.fn, kEpsilon) - Tensor(sensitivity));
    const Tensor nearest = equal(distance, min(distance));
    const Tensor index = argmax(cumsum(to_float(nearest), 0), 0);
    return fraction(at_index(c.tn, index), at_index(c.fp, index), kEpsilon);
  };
  const auto [a, b] =
      confusion_at(labels, predictions, even_thresholds(num_thresholds),
                   weights, "specificity_at_sensitivity");
  return {point(a), point(b)};
}

namespace {

// How many of the k best classes of each row are labels, (batch,).
Tensor hits_at_k(const Tensor& labels, const Tensor& predictions, int64_t k) {
  NUMEST_USER_CHECK(k >= 1, ValueError, "k must be at least 1: got {}", k);
  NUMEST_USER_CHECK(predictions.ndim() == 2, ValueError,
                    "predictions: got shape {}, expected (batch, classes)",
                    predictions.shape().to_string());
  const auto best =
      call(op_named("top_k"), {predictions}, {{"k", int64_t{k}}}).back();
  const Tensor ids = astype(best, DType::kInt64);
  const Tensor y = astype(labels.ndim() == 1 ? expand_dims(labels, -1) : labels,
                          DType::kInt64);
  const Tensor same = to_float(equal(expand_dims(ids, -1), expand_dims(y, 1)));
  return sum(max(same, 2), 1);
}

Metric ratio_of_sums(const std::string& name, const Tensor& hits,
                     const Tensor& all, const Weights& weights) {
  const Tensor w = broadcast_weights(hits, weights);
  State total(name + "/hits", Shape{}), count(name + "/all", Shape{});
  total.add(sum(hits * w));
  count.add(sum(all * w));
  return {safe_ratio(total.before(), count.before()),
          safe_ratio(total.after(), count.after())};
}

}  // namespace

Metric precision_at_k(const Tensor& labels, const Tensor& predictions,
                      int64_t k, const Weights& weights) {
  const Tensor hits = hits_at_k(labels, predictions, k);
  return ratio_of_sums("precision_at_k", hits,
                       ones_like(hits) * Tensor(double(k)), weights);
}

Metric recall_at_k(const Tensor& labels, const Tensor& predictions, int64_t k,
                   const Weights& weights) {
  const Tensor hits = hits_at_k(labels, predictions, k);
  const Tensor per_row = labels.ndim() == 1
                             ? ones_like(hits)
                             : sum(ones_like(to_float(labels)), 1);
  return ratio_of_sums("recall_at_k", hits, per_row, weights);
}

}  // namespace numest::metrics
