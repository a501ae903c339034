// Area under ROC and precision-recall curves from counts at thresholds.
#include "numest/ops/call.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"
#include "numest/train/confusion.h"
#include "numest/train/metric_state.h"
#include "numest/train/metrics.h"

namespace numest::metrics {

namespace {

using Counts = ConfusionCounts;

Tensor head(const Tensor& x) {  // all but the last
  return call_one(op_named("slice"), {x},
                  {{"starts", std::vector<int64_t>{0}},
                   {"stops", std::vector<int64_t>{x.shape()[0] - 1}}});
}
Tensor tail(const Tensor& x) {  // all but the first
  return call_one(op_named("slice"), {x},
                  {{"starts", std::vector<int64_t>{1}},
                   {"stops", std::vector<int64_t>{x.shape()[0]}}});
}

Tensor trapezoids(const Tensor& x, const Tensor& y) {
  return sum((head(x) - tail(x)) * (head(y) + tail(y)) * Tensor(0.5));
}

Tensor heights(const Tensor& y, AucSummation summation) {
  if (summation == AucSummation::kMinoring) return minimum(head(y), tail(y));
  return maximum(head(y), tail(y));
}

// Davis and Goadrich: precision is interpolated in the counts, so that a
// segment contributes an integral with a logarithm.
Tensor interpolated_pr(const Counts& c) {
  const Tensor d_tp = head(c.tp) - tail(c.tp);
  const Tensor p = c.tp + c.fp;
  const Tensor d_p = head(p) - tail(p);
  const Tensor slope = safe_ratio(d_tp, maximum(d_p, Tensor(0.0)));
  const Tensor intercept = tail(c.tp) - slope * tail(p);
  const Tensor both =
      logical_and(greater(head(p), Tensor(0.0)), greater(tail(p), Tensor(0.0)));
  const Tensor ratio =
      where(both, safe_ratio(head(p), maximum(tail(p), Tensor(0.0))),
            ones_like(tail(p)));
  const Tensor area = slope * (d_tp + intercept * log(ratio));
  return sum(safe_ratio(area, maximum(tail(c.tp) + tail(c.fn), Tensor(0.0))));
}

Tensor area(const Counts& c, const AucOptions& o) {
  if (o.curve == Curve::kPr && o.summation == AucSummation::kInterpolation)
    return interpolated_pr(c);
  const Tensor e(1e-6);
  const Tensor zero(0.0);
  auto ratio = [&](const Tensor& a, const Tensor& b, bool above) {
    if (o.is_keras) return safe_ratio(a, b);
    return above ? (a + e) / (b + e) : a / (b + e);
  };
  Tensor x, y;
  if (o.curve == Curve::kRoc) {
    x = ratio(c.fp, c.fp + c.tn, false);
    y = ratio(c.tp, c.tp + c.fn, !o.is_keras);
  } else {
    x = ratio(c.tp, c.tp + c.fn, true);
    y = ratio(c.tp, c.tp + c.fp, true);
  }
  if (o.summation == AucSummation::kTrapezoidal ||
      o.summation == AucSummation::kInterpolation)
    return trapezoids(x, y);
  return sum((head(x) - tail(x)) * heights(y, o.summation));
}

}  // namespace

Metric auc(const Tensor& labels, const Tensor& predictions,
           const Weights& weights, const AucOptions& o) {
  const auto [before, after] = confusion_at(
      labels, predictions, even_thresholds(o.num_thresholds), weights, "auc");
  return {area(before, o), area(after, o)};
}

}  // namespace numest::metrics
