// Heads: from logits to loss, predictions and metrics.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "numest/estimator/estimator_spec.h"
#include "numest/train/losses.h"

namespace numest::estimator {

/// Which of TensorFlow's two implementations a detail follows.
enum class Api { kV1, kV2 };

struct HeadOptions {
  std::string name = {};           // suffix of metric keys
  std::string weight_column = {};  // key of the example weights, or empty
  std::vector<std::string> label_vocabulary = {};
  std::vector<double> thresholds = {};  // binary: extra metrics
  std::optional<losses::Reduction> loss_reduction = {};       // default by api
  std::function<Tensor(const Tensor&)> inverse_link_fn = {};  // regression
  /// Replaces the head's unreduced loss.
  std::function<Tensor(const Tensor& labels, const Tensor& logits)> loss_fn =
      {};
  Api api = Api::kV2;
};

/// Makes the train operation of a loss.
using TrainFn = std::function<Tensor(const Tensor& loss)>;

/// What a head computes from; `logits` and `labels` may be dictionaries for
/// heads of several parts.
struct HeadInputs {
  Features features = {};
  Features labels = {};
  Features logits = {};
  /// Added to the loss, unweighted.
  std::vector<Tensor> regularization_losses = {};
};

/// From logits to predictions, loss and metrics. All functions also compute
/// on data, outside of a model (metrics: inside of an eager ModelScope).
class Head {
 public:
  using Items = std::vector<std::pair<std::string, Tensor>>;
  virtual ~Head() = default;
  /// Suffix of metric keys, or empty.
  virtual std::string name() const = 0;
  virtual int64_t logits_dimension() const = 0;
  /// Prediction keys in TensorFlow's spelling.
  virtual Items predictions(const Features& logits) const = 0;
  /// Reduced loss with the regularization losses.
  virtual Tensor loss(const HeadInputs& inputs) const = 0;
  /// Metrics by key, the name appended.
  virtual Metrics metrics(const HeadInputs& inputs) const = 0;
  /// Loss, predictions and metrics for a mode; `train` is called in kTrain.
  virtual EstimatorSpec create_estimator_spec(
      const Features& features, Mode mode, const Features& logits,
      const std::optional<Features>& labels, const TrainFn& train) const;

 protected:
  std::string key(const std::string& metric) const;
};

/// A head of one logits tensor, (..., logits_dimension).
class SingleHead : public Head {
 public:
  explicit SingleHead(HeadOptions options) : options_(std::move(options)) {}
  const HeadOptions& options() const { return options_; }
  std::string name() const override { return options_.name; }
  Items predictions(const Features& logits) const override;
  Tensor loss(const HeadInputs& inputs) const override;
  Metrics metrics(const HeadInputs& inputs) const override;

 protected:
  /// Labels as the loss needs them, (..., 1) or (..., dimension).
  virtual Tensor process_labels(const Tensor& labels,
                                const Tensor& logits) const = 0;
  /// Unreduced loss, (..., 1) or (..., dimension).
  virtual Tensor element_loss(const Tensor& labels,
                              const Tensor& logits) const = 0;
  virtual Items predict(const Tensor& logits) const = 0;
  /// Metrics besides the losses.
  virtual void add_metrics(Metrics& metrics, const Tensor& labels,
                           const Tensor& logits,
                           const std::optional<Tensor>& weights) const = 0;
  bool is_v1() const { return options_.api == Api::kV1; }
  HeadOptions options_;

 private:
  struct Parts {
    Tensor logits, labels, losses;
    std::optional<Tensor> weights;
  };
  Parts parts(const HeadInputs& inputs) const;
  const Tensor& one_tensor(const Features& logits) const;
  std::optional<Tensor> weights(const Features& features,
                                const Tensor& element_losses) const;
};
using HeadPtr = std::shared_ptr<const Head>;

/// Two classes by one logit. Labels 0 and 1, or floats between.
HeadPtr binary_class_head(const HeadOptions& options = {});
/// n_classes > 2 by as many logits; labels are class ids.
HeadPtr multi_class_head(int64_t n_classes, const HeadOptions& options = {});
/// Squared error of `label_dimension` values.
HeadPtr regression_head(int64_t label_dimension = 1,
                        const HeadOptions& options = {});
/// As regression_head, of counts: predictions are exp(logits). The full loss
/// has Stirling's approximation of the constant term.
HeadPtr poisson_regression_head(int64_t label_dimension = 1,
                                bool compute_full_loss = true,
                                const HeadOptions& options = {});
/// Predictions are sigmoid(logits); labels lie in [0, 1].
HeadPtr logistic_regression_head(const HeadOptions& options = {});
/// Any of n_classes >= 2 at once by as many logits; labels are 0/1 rows.
/// `class_metrics` are ids of classes with metrics of their own.
HeadPtr multi_label_head(int64_t n_classes, const HeadOptions& options = {},
                         const std::vector<int64_t>& class_metrics = {});
/// Several named heads; their losses are summed with `weights` (default 1).
/// Prediction keys are "<head>/<key>".
HeadPtr multi_head(const std::vector<HeadPtr>& heads,
                   const std::vector<double>& weights = {});
/// binary_class_head for 2 classes, multi_class_head above; ValueError below.
HeadPtr classification_head(int64_t n_classes, const HeadOptions& options = {});

}  // namespace numest::estimator
