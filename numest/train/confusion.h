// Counts of right and wrong decisions at thresholds, the state of curves.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "numest/train/metrics.h"

namespace numest::metrics {

/// Weighted counts, one per threshold.
struct ConfusionCounts {
  Tensor tp, fp, tn, fn;
};

/// {-1e-7, 1/(n-1), ..., 1+1e-7}: the ends catch predictions of 0 and 1.
std::vector<double> even_thresholds(int count);

/// Counts before and after this step; positive is `prediction > threshold`.
std::pair<ConfusionCounts, ConfusionCounts> confusion_at(
    const Tensor& labels, const Tensor& predictions,
    const std::vector<double>& thresholds, const Weights& weights,
    const std::string& name);

}  // namespace numest::metrics
