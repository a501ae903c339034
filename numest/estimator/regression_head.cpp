// Heads of regressors.
#include <numbers>

#include "numest/estimator/head.h"
#include "numest/ops/call.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest::estimator {

namespace {

class RegressionHead : public SingleHead {
 public:
  RegressionHead(int64_t label_dimension, HeadOptions options)
      : SingleHead(std::move(options)), label_dimension_(label_dimension) {}
  int64_t logits_dimension() const override { return label_dimension_; }

  Tensor process_labels(const Tensor& labels,
                        const Tensor& logits) const override {
    const Tensor y =
        labels.ndim() + 1 == logits.ndim() ? expand_dims(labels, -1) : labels;
    NUMEST_USER_CHECK(
        y.ndim() == logits.ndim() && y.shape().back() == label_dimension_,
        ValueError,
        "labels: got shape {}, expected (batch, {}) or, for one value, "
        "(batch,)",
        labels.shape().to_string(), label_dimension_);
    NUMEST_USER_CHECK(labels.dtype() != DType::kBytes, TypeError,
                      "labels: got strings, expected numbers; parse them, or "
                      "use a classifier with a label_vocabulary");
    return astype(y, DType::kFloat32);
  }

  Tensor element_loss(const Tensor& labels,
                      const Tensor& logits) const override {
    return losses::squared_error(labels, values(logits));
  }

  Items predict(const Tensor& logits) const override {
    Items items{{"predictions", values(logits)}};
    if (options_.inverse_link_fn) items.emplace_back("logits", logits);
    return items;
  }

  void add_metrics(Metrics& all, const Tensor& labels, const Tensor& logits,
                   const std::optional<Tensor>& w) const override {
    all["prediction/mean"] =
        metrics::mean(values(logits), w, "prediction_mean");
    all["label/mean"] = metrics::mean(labels, w, "label_mean");
  }

 private:
  Tensor values(const Tensor& logits) const {
    return options_.inverse_link_fn ? options_.inverse_link_fn(logits) : logits;
  }
  int64_t label_dimension_;
};

class PoissonHead : public RegressionHead {
 public:
  PoissonHead(int64_t label_dimension, bool is_full, HeadOptions options)
      : RegressionHead(label_dimension, std::move(options)),
        is_full_(is_full) {}

  Tensor element_loss(const Tensor& y, const Tensor& z) const override {
    const Tensor loss = exp(z) - z * y;
    if (!is_full_) return loss;
    const Tensor one(1.0), half(0.5);
    const Tensor large = greater(y, one);
    const Tensor safe = where(large, y, ones_like(y));
    const Tensor stirling = safe * log(safe) - safe +
                            half * log(Tensor(2 * std::numbers::pi) * safe);
    return loss + where(large, stirling, zeros_like(y));
  }

 private:
  bool is_full_;
};

class LogisticHead : public RegressionHead {
 public:
  explicit LogisticHead(HeadOptions options)
      : RegressionHead(1, std::move(options)) {}

  Tensor process_labels(const Tensor& labels,
                        const Tensor& logits) const override {
    return call_one(op_named("check_range"),
                    {RegressionHead::process_labels(labels, logits)},
                    {{"low", 0.0},
                     {"high", 1.0},
                     {"what", std::string("Labels must be in range [0, 1]; "
                                          "label of logistic regression")}});
  }
  Tensor element_loss(const Tensor& y, const Tensor& z) const override {
    return call_one(op_named("sigmoid_cross_entropy"), {z, y});
  }
};

}  // namespace

HeadPtr regression_head(int64_t label_dimension, const HeadOptions& options) {
  NUMEST_USER_CHECK(label_dimension >= 1, ValueError,
                    "Invalid label_dimension {}: expected at least 1",
                    label_dimension);
  return std::make_shared<RegressionHead>(label_dimension, options);
}

HeadPtr poisson_regression_head(int64_t label_dimension, bool compute_full_loss,
                                const HeadOptions& options) {
  NUMEST_USER_CHECK(label_dimension >= 1, ValueError,
                    "Invalid label_dimension {}: expected at least 1",
                    label_dimension);
  HeadOptions o = options;
  o.inverse_link_fn = [](const Tensor& z) { return exp(z); };
  return std::make_shared<PoissonHead>(label_dimension, compute_full_loss, o);
}

HeadPtr logistic_regression_head(const HeadOptions& options) {
  HeadOptions o = options;
  o.inverse_link_fn = [](const Tensor& z) { return sigmoid(z); };
  return std::make_shared<LogisticHead>(o);
}

}  // namespace numest::estimator
