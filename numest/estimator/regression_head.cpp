// The head of regressors.
#include "numest/estimator/head.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest::estimator {

namespace {

class RegressionHead : public Head {
 public:
  RegressionHead(int64_t label_dimension, HeadOptions options)
      : Head(std::move(options)), label_dimension_(label_dimension) {}
  int64_t logits_dimension() const override { return label_dimension_; }

  Tensor process_labels(const Tensor& labels,
                        const Tensor& logits) const override {
    const Tensor y =
        labels.ndim() + 1 == logits.ndim() ? expand_dims(labels, -1) : labels;
    NUMEST_USER_CHECK(
        y.ndim() == 2 && y.shape()[1] == label_dimension_, ValueError,
        "labels: got shape {}, expected (batch, {}) or, for one value, "
        "(batch,)",
        labels.shape().to_string(), label_dimension_);
    return astype(y, DType::kFloat32);
  }

  Tensor element_loss(const Tensor& labels,
                      const Tensor& logits) const override {
    return losses::squared_error(labels, values(logits));
  }

  std::vector<std::pair<std::string, Tensor>> predictions(
      const Tensor& logits) const override {
    std::vector<std::pair<std::string, Tensor>> items{
        {"predictions", values(logits)}};
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

}  // namespace

HeadPtr regression_head(int64_t label_dimension, const HeadOptions& options) {
  NUMEST_USER_CHECK(label_dimension >= 1, ValueError,
                    "Invalid label_dimension {}: expected at least 1",
                    label_dimension);
  return std::make_shared<RegressionHead>(label_dimension, options);
}

}  // namespace numest::estimator
