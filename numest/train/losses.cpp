// Loss formulas and their reduction.
#include "numest/train/losses.h"

#include <map>

#include "numest/ops/call.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest::losses {

Reduction reduction_named(std::string_view name) {
  static const std::map<std::string_view, Reduction> table = {
      {"none", Reduction::kNone},
      {"weighted_sum", Reduction::kSum},
      {"sum", Reduction::kSum},
      {"weighted_sum_over_batch_size", Reduction::kSumOverBatchSize},
      {"sum_over_batch_size", Reduction::kSumOverBatchSize},
      {"auto", Reduction::kSumOverBatchSize},
      {"weighted_mean", Reduction::kMean},
      {"weighted_sum_by_nonzero_weights", Reduction::kSumByNonzeroWeights},
  };
  auto it = table.find(name);
  if (it != table.end()) return it->second;
  std::string known;
  for (const auto& [key, value] : table)
    known += (known.empty() ? "'" : ", '") + std::string(key) + "'";
  fail<ValueError>("reduction: got '{}', expected one of {}", name, known);
}

namespace {

Tensor float_like(const Tensor& x, const Tensor& like) {
  return x.is_weak() || x.dtype() == like.dtype() ? x : astype(x, like.dtype());
}

Tensor safe_divide(const Tensor& a, const Tensor& b) {
  const Tensor zero = equal(b, Tensor(0.0));
  return where(zero, zeros_like(a), a / where(zero, ones_like(b), b));
}

void check_weights(const Tensor& values, const Tensor& weights) {
  if (weights.ndim() == 0) return;
  bool fits = weights.ndim() == values.ndim();
  for (int i = 0; fits && i < values.ndim(); ++i) {
    const int64_t w = weights.shape()[i], v = values.shape()[i];
    fits = w == 1 || w == v || is_symbol(w) || is_symbol(v);
  }
  NUMEST_USER_CHECK(fits, ValueError,
                    "weights can not be broadcast to values: got weights of "
                    "shape {} for values of shape {}, expected a scalar or "
                    "equal ndim with extents 1 or equal",
                    weights.shape().to_string(), values.shape().to_string());
}

Tensor recorded(Tensor loss) {
  if (ModelScope::is_active()) ModelScope::current().losses.push_back(loss);
  return loss;
}

}  // namespace

Tensor compute_weighted_loss(const Tensor& values, const Tensor& weights,
                             Reduction reduction) {
  Tensor w = weights;
  // (batch,) weights of (batch, 1) losses and the reverse.
  if (w.ndim() == values.ndim() + 1 && w.shape().back() == 1)
    w = squeeze(w, -1);
  if (w.ndim() + 1 == values.ndim() && w.ndim() > 0 &&
      values.shape().back() == 1)
    w = expand_dims(w, -1);
  check_weights(values, w);
  w = float_like(w, values);
  const Tensor weighted = values * w;
  if (reduction == Reduction::kNone) return recorded(weighted);
  const Tensor total = sum(weighted);
  if (reduction == Reduction::kSum) return recorded(total);
  const Tensor all_ones = ones_like(values);
  Tensor count;
  if (reduction == Reduction::kSumOverBatchSize)
    count = sum(all_ones);
  else if (reduction == Reduction::kMean)
    count = sum(all_ones * w);
  else
    count = sum(astype(not_equal(all_ones * w, Tensor(0.0)), values.dtype()));
  return recorded(safe_divide(total, count));
}

Tensor squared_error(const Tensor& labels, const Tensor& predictions) {
  return square(predictions - float_like(labels, predictions));
}

Tensor huber(const Tensor& labels, const Tensor& predictions, double delta) {
  const Tensor error = absolute(predictions - float_like(labels, predictions));
  const Tensor quadratic = minimum(error, Tensor(delta));
  return Tensor(0.5) * square(quadratic) + Tensor(delta) * (error - quadratic);
}

Tensor log_loss_values(const Tensor& labels, const Tensor& p, double epsilon) {
  const Tensor y = float_like(labels, p), one(1.0), e(epsilon);
  return negative(y * log(p + e)) - (one - y) * log(one - p + e);
}

Tensor absolute_difference(const Tensor& labels, const Tensor& predictions,
                           const Options& o) {
  return compute_weighted_loss(
      absolute(predictions - float_like(labels, predictions)), o.weights,
      o.reduction);
}
Tensor mean_squared_error(const Tensor& labels, const Tensor& predictions,
                          const Options& o) {
  return compute_weighted_loss(squared_error(labels, predictions), o.weights,
                               o.reduction);
}
Tensor huber_loss(const Tensor& labels, const Tensor& predictions, double delta,
                  const Options& o) {
  return compute_weighted_loss(huber(labels, predictions, delta), o.weights,
                               o.reduction);
}
Tensor log_loss(const Tensor& labels, const Tensor& predictions, double epsilon,
                const Options& o) {
  return compute_weighted_loss(log_loss_values(labels, predictions, epsilon),
                               o.weights, o.reduction);
}
// With d the errors of an example of n present values, the mean of
// (d_i - d_j)^2 over its ordered pairs is
// 2 (sum(d^2) / (n - 1) - sum(d)^2 / (n (n - 1))).
Tensor mean_pairwise_squared_error(const Tensor& labels,
                                   const Tensor& predictions,
                                   const Tensor& weights) {
  const Tensor d = predictions - float_like(labels, predictions);
  NUMEST_USER_CHECK(d.ndim() == 2, ValueError,
                    "mean_pairwise_squared_error: got shape {}, expected "
                    "(batch, values)",
                    d.shape().to_string());
  Tensor w = float_like(weights, d);
  if (w.ndim() == 1) w = expand_dims(w, -1);
  check_weights(d, w);
  const Tensor present =
      astype(not_equal(ones_like(d) * w, Tensor(0.0)), d.dtype());
  const Tensor n = sum(present, 1, std::nullopt, true), one(1.0), two(2.0);
  const Tensor total = sum(d, 1, std::nullopt, true);
  const Tensor squares = sum(square(d), 1, std::nullopt, true);
  const Tensor rest = maximum(n - one, Tensor(0.0));
  const Tensor each =
      two * (safe_divide(squares, rest) - safe_divide(square(total), n * rest));
  return recorded(sum(each * w));
}
Tensor hinge_loss(const Tensor& labels, const Tensor& logits,
                  const Options& o) {
  const Tensor y = Tensor(2.0) * float_like(labels, logits) - Tensor(1.0);
  return compute_weighted_loss(relu(Tensor(1.0) - y * logits), o.weights,
                               o.reduction);
}
Tensor cosine_distance(const Tensor& labels, const Tensor& predictions,
                       int axis, const Options& o) {
  const Tensor product = float_like(labels, predictions) * predictions;
  return compute_weighted_loss(
      Tensor(1.0) - sum(product, axis, std::nullopt, true), o.weights,
      o.reduction);
}

Tensor sigmoid_cross_entropy(const Tensor& labels, const Tensor& logits,
                             double label_smoothing, const Options& o) {
  Tensor y = float_like(labels, logits);
  if (label_smoothing > 0)
    y = y * Tensor(1 - label_smoothing) + Tensor(0.5 * label_smoothing);
  return compute_weighted_loss(
      call_one(op_named("sigmoid_cross_entropy"), {logits, y}), o.weights,
      o.reduction);
}

Tensor softmax_cross_entropy(const Tensor& onehot_labels, const Tensor& logits,
                             double label_smoothing, const Options& o) {
  Tensor y = float_like(onehot_labels, logits);
  if (label_smoothing > 0)
    y = y * Tensor(1 - label_smoothing) +
        Tensor(label_smoothing / double(logits.shape().back()));
  const Tensor log_p = call_one(op_named("log_softmax"), {logits});
  return compute_weighted_loss(negative(sum(y * log_p, -1)), o.weights,
                               o.reduction);
}

Tensor sparse_softmax_cross_entropy(const Tensor& labels, const Tensor& logits,
                                    const Options& o) {
  NUMEST_USER_CHECK(is_integer(labels.dtype()), TypeError,
                    "sparse_softmax_cross_entropy: labels must be integers: "
                    "got {}",
                    name(labels.dtype()));
  const Tensor y =
      labels.ndim() == logits.ndim() ? squeeze(labels, -1) : labels;
  return compute_weighted_loss(
      call_one(op_named("softmax_cross_entropy"), {logits, y}), o.weights,
      o.reduction);
}

}  // namespace numest::losses
