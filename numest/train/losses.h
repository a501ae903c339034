// Losses of tf.compat.v1: unreduced formulas, weights and reductions. Each
// adds its result to the current model's losses.
#pragma once

#include <string_view>

#include "numest/train/model_scope.h"

namespace numest::losses {

enum class Reduction {
  kNone,
  kSum,                  // sum of weighted losses
  kSumOverBatchSize,     // divided by their number
  kMean,                 // divided by the sum of the weights
  kSumByNonzeroWeights,  // divided by the number of non-zero weights
};
/// "none", "weighted_sum", "weighted_sum_over_batch_size", "weighted_mean",
/// "weighted_sum_by_nonzero_weights", and Keras's "sum",
/// "sum_over_batch_size"; ValueError lists them.
Reduction reduction_named(std::string_view name);

/// Reduces `values` with `weights` (a scalar, or of equal ndim with extents
/// 1 or equal; ValueError otherwise). A zero denominator gives 0.
Tensor compute_weighted_loss(
    const Tensor& values, const Tensor& weights = Tensor(1.0),
    Reduction reduction = Reduction::kSumByNonzeroWeights);

// Loss of each element; labels and predictions of equal shape.
Tensor squared_error(const Tensor& labels, const Tensor& predictions);
Tensor huber(const Tensor& labels, const Tensor& predictions, double delta);
Tensor log_loss_values(const Tensor& labels, const Tensor& predictions,
                       double epsilon);

struct Options {
  Tensor weights = Tensor(1.0);
  Reduction reduction = Reduction::kSumByNonzeroWeights;
};
Tensor absolute_difference(const Tensor& labels, const Tensor& predictions,
                           const Options& options = {});
Tensor mean_squared_error(const Tensor& labels, const Tensor& predictions,
                          const Options& options = {});
Tensor huber_loss(const Tensor& labels, const Tensor& predictions,
                  double delta = 1.0, const Options& options = {});
Tensor log_loss(const Tensor& labels, const Tensor& predictions,
                double epsilon = 1e-7, const Options& options = {});
/// Sum over the examples of the mean, over pairs of values, of the squared
/// difference of their errors. Values of weight 0 form no pairs.
Tensor mean_pairwise_squared_error(const Tensor& labels,
                                   const Tensor& predictions,
                                   const Tensor& weights = Tensor(1.0));
Tensor hinge_loss(const Tensor& labels, const Tensor& logits,
                  const Options& options = {});
/// 1 - sum(labels * predictions) along `axis` (kept as 1).
Tensor cosine_distance(const Tensor& labels, const Tensor& predictions,
                       int axis, const Options& options = {});
Tensor sigmoid_cross_entropy(const Tensor& labels, const Tensor& logits,
                             double label_smoothing = 0,
                             const Options& options = {});
/// One-hot (or soft) labels (batch, classes).
Tensor softmax_cross_entropy(const Tensor& onehot_labels, const Tensor& logits,
                             double label_smoothing = 0,
                             const Options& options = {});
/// Integer labels (batch) or (batch, 1); a label outside [0, classes) is a
/// ValueError that names it.
Tensor sparse_softmax_cross_entropy(const Tensor& labels, const Tensor& logits,
                                    const Options& options = {});

}  // namespace numest::losses
