// Area under ROC and precision-recall curves from counts at thresholds.
#include "numest/ops/call.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"
#include "numest/train/metric_state.h"
#include "numest/train/metrics.h"

namespace numest::metrics {

namespace {

// {-1e-7, 1/(n-1), ..., 1+1e-7}: the ends catch predictions of 0 and 1.
Tensor thresholds(int count) {
  std::vector<float> values;
  values.push_back(-1e-7f);
  for (int i = 1; i + 1 < count; ++i)
    values.push_back(float(double(i) / double(count - 1)));
  values.push_back(1.0f + 1e-7f);
  return Tensor(Array::from(values, Shape{count, 1}));
}

struct Counts {
  Tensor tp, fp, tn, fn;  // (thresholds,)
};

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
  if (o.is_keras && o.curve == Curve::kPr &&
      o.summation == AucSummation::kInterpolation)
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
  const Tensor p = to_float(predictions);
  const Tensor y = to_float(astype(align(labels, predictions), DType::kBool));
  const Tensor w = broadcast_weights(p, weights);
  auto row = [](const Tensor& t) { return expand_dims(ravel(t), 0); };
  const Tensor above = to_float(greater(row(p), thresholds(o.num_thresholds)));
  const Tensor positive = row(y * w), negative_ = row((Tensor(1.0) - y) * w);
  const Shape shape{o.num_thresholds};
  State tp("auc/true_positives", shape), fp("auc/false_positives", shape);
  State tn("auc/true_negatives", shape), fn("auc/false_negatives", shape);
  const Tensor below = Tensor(1.0) - above;
  tp.add(sum(above * positive, 1));
  fp.add(sum(above * negative_, 1));
  fn.add(sum(below * positive, 1));
  tn.add(sum(below * negative_, 1));
  return {area({tp.before(), fp.before(), tn.before(), fn.before()}, o),
          area({tp.after(), fp.after(), tn.after(), fn.after()}, o)};
}

}  // namespace numest::metrics
