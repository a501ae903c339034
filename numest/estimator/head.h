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
  Api api = Api::kV2;
};

/// Makes the train operation of a loss.
using TrainFn = std::function<Tensor(const Tensor& loss)>;

class Head {
 public:
  explicit Head(HeadOptions options) : options_(std::move(options)) {}
  virtual ~Head() = default;
  const HeadOptions& options() const { return options_; }
  virtual int64_t logits_dimension() const = 0;

  /// Labels as the loss needs them: (batch, 1) or (batch, dimension).
  virtual Tensor process_labels(const Tensor& labels,
                                const Tensor& logits) const = 0;
  /// Unreduced loss, (batch, 1) or (batch, dimension).
  virtual Tensor element_loss(const Tensor& labels,
                              const Tensor& logits) const = 0;
  /// Prediction keys in TensorFlow's spelling.
  virtual std::vector<std::pair<std::string, Tensor>> predictions(
      const Tensor& logits) const = 0;
  /// Metrics besides the losses.
  virtual void add_metrics(Metrics& metrics, const Tensor& labels,
                           const Tensor& logits,
                           const std::optional<Tensor>& weights) const = 0;

  /// Loss, predictions and metrics for a mode; `train` is called in kTrain.
  EstimatorSpec create_estimator_spec(const Features& features, Mode mode,
                                      const Tensor& logits,
                                      const std::optional<Features>& labels,
                                      const TrainFn& train) const;

 protected:
  losses::Reduction reduction() const;
  bool is_v1() const { return options_.api == Api::kV1; }
  HeadOptions options_;

 private:
  std::optional<Tensor> weights(const Features& features,
                                const Tensor& element_losses) const;
  void check_logits(const Tensor& logits) const;
  std::string key(const std::string& metric) const;
};
using HeadPtr = std::shared_ptr<const Head>;

/// Two classes by one logit. Labels 0 and 1, or floats between.
HeadPtr binary_class_head(const HeadOptions& options = {});
/// n_classes > 2 by as many logits; labels are class ids.
HeadPtr multi_class_head(int64_t n_classes, const HeadOptions& options = {});
/// Squared error of `label_dimension` values.
HeadPtr regression_head(int64_t label_dimension = 1,
                        const HeadOptions& options = {});
/// binary_class_head for 2 classes, multi_class_head above; ValueError below.
HeadPtr classification_head(int64_t n_classes, const HeadOptions& options = {});

}  // namespace numest::estimator
