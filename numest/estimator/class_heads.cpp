// Heads of classifiers.
#include <numeric>

#include "numest/estimator/head.h"
#include "numest/ops/call.h"
#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest::estimator {

namespace {

// Class names as a constant array of strings.
Array class_names(int64_t n, const std::vector<std::string>& vocabulary) {
  std::vector<Bytes> names;
  for (int64_t i = 0; i < n; ++i)
    names.push_back(vocabulary.empty() ? std::to_string(i)
                                       : vocabulary[size_t(i)]);
  return Array::from(names);
}

// A row for every example of the batch.
Tensor tiled(const Array& row, const Tensor& logits) {
  return broadcast_to(expand_dims(Tensor(row), 0),
                      Shape{logits.shape()[0], row.size()});
}

using Items = Head::Items;

// The keys that name classes; `ids` is (batch, 1) int64.
void add_class_items(Items& items, const Tensor& ids, const Tensor& logits,
                     int64_t n, const std::vector<std::string>& vocabulary) {
  const Array names = class_names(n, vocabulary);
  std::vector<int32_t> all_ids(static_cast<size_t>(n));
  std::iota(all_ids.begin(), all_ids.end(), 0);
  items.emplace_back("class_ids", ids);
  items.emplace_back("classes", call_one(op_named("take"), {Tensor(names), ids},
                                         {{"axis", int64_t{0}}}));
  items.emplace_back("all_class_ids", tiled(Array::from(all_ids), logits));
  items.emplace_back("all_classes", tiled(names, logits));
}

// (batch,) to (batch, 1).
Tensor column(const Tensor& labels, const Tensor& logits, int64_t width) {
  Tensor y =
      labels.ndim() + 1 == logits.ndim() ? expand_dims(labels, -1) : labels;
  NUMEST_USER_CHECK(y.ndim() == logits.ndim() && y.shape().back() == width,
                    ValueError,
                    "labels: got shape {}, expected (batch,) or (batch, {})",
                    labels.shape().to_string(), width);
  return y;
}

// Ids of string labels.
Tensor looked_up(const Tensor& labels, const HeadOptions& o) {
  const bool is_text = labels.dtype() == DType::kBytes;
  NUMEST_USER_CHECK(is_text == !o.label_vocabulary.empty(), ValueError,
                    "labels: got dtype {}, expected {}", name(labels.dtype()),
                    is_text ? "integers, or a label_vocabulary"
                            : "strings of the label_vocabulary");
  if (!is_text) return labels;
  const Array words =
      class_names(int64_t(o.label_vocabulary.size()), o.label_vocabulary);
  return call_one(op_named("vocabulary_index"), {labels},
                  {{"vocabulary", std::make_shared<const Array>(words)},
                   {"what", std::string("label")}});
}

Tensor in_range(const Tensor& labels, int64_t n_classes) {
  return call_one(
      op_named("check_range"), {labels},
      {{"low", 0.0},
       {"high", double(n_classes - 1)},
       {"what", fmt::format("Labels must be <= n_classes - 1 and >= 0; label "
                            "of a model with {} classes",
                            n_classes)}});
}

void add_threshold(Metrics& all, const Tensor& labels, const Tensor& p,
                   const std::optional<Tensor>& w, double t, bool is_v1) {
  const std::string suffix = fmt::format("/positive_threshold_{:g}", t);
  const Tensor above = astype(greater(p, Tensor(t)), DType::kFloat32);
  const Tensor at =
      is_v1 ? astype(greater_equal(p, Tensor(t)), DType::kFloat32) : above;
  all["accuracy" + suffix] = metrics::accuracy(labels, at, w);
  all["precision" + suffix] = metrics::precision(labels, above, w);
  all["recall" + suffix] = metrics::recall(labels, above, w);
}

// Areas under both curves, and what the thresholds give.
void add_curve_metrics(Metrics& all, const Tensor& labels, const Tensor& p,
                       const std::optional<Tensor>& w, const HeadOptions& o) {
  using metrics::AucSummation;
  const bool is_v1 = o.api == Api::kV1;
  metrics::AucOptions auc{.is_keras = !is_v1};
  auc.summation =
      is_v1 ? AucSummation::kTrapezoidal : AucSummation::kInterpolation;
  all["auc"] = metrics::auc(labels, p, w, auc);
  auc.curve = metrics::Curve::kPr;
  all["auc_precision_recall"] = metrics::auc(labels, p, w, auc);
  for (double t : o.thresholds) add_threshold(all, labels, p, w, t, is_v1);
}

class BinaryClassHead : public SingleHead {
 public:
  using SingleHead::SingleHead;
  int64_t logits_dimension() const override { return 1; }

  Tensor process_labels(const Tensor& labels,
                        const Tensor& logits) const override {
    const Tensor y = looked_up(column(labels, logits, 1), options_);
    return in_range(astype(y, DType::kFloat32), 2);
  }

  Tensor element_loss(const Tensor& labels,
                      const Tensor& logits) const override {
    return call_one(op_named("sigmoid_cross_entropy"), {logits, labels});
  }

  Items predict(const Tensor& logits) const override {
    const Tensor zeros = zeros_like(logits);
    const Tensor two = concatenate({zeros, logits}, 1);
    Items items{{"logits", logits},
                {"logistic", sigmoid(logits)},
                {"probabilities", call_one(op_named("softmax"), {two})}};
    add_class_items(items, class_ids(logits), logits, 2,
                    options_.label_vocabulary);
    return items;
  }

  void add_metrics(Metrics& all, const Tensor& labels, const Tensor& logits,
                   const std::optional<Tensor>& w) const override {
    const Tensor p = sigmoid(logits);
    const Tensor ids = astype(class_ids(logits), DType::kFloat32);
    all["accuracy"] = metrics::accuracy(labels, ids, w);
    all["precision"] = metrics::precision(labels, ids, w);
    all["recall"] = metrics::recall(labels, ids, w);
    all["prediction/mean"] = metrics::mean(p, w, "prediction_mean");
    const Metric label_mean = metrics::mean(labels, w, "label_mean");
    all["label/mean"] = label_mean;
    all["accuracy_baseline"] = {baseline(label_mean.value),
                                baseline(label_mean.update)};
    add_curve_metrics(all, labels, p, w, options_);
  }

 private:
  static Tensor class_ids(const Tensor& logits) {
    return astype(greater(logits, Tensor(0.0)), DType::kInt64);
  }
  static Tensor baseline(const Tensor& mean) {
    return maximum(mean, Tensor(1.0) - mean);
  }
};

class MultiClassHead : public SingleHead {
 public:
  MultiClassHead(int64_t n_classes, HeadOptions options)
      : SingleHead(std::move(options)), n_classes_(n_classes) {}
  int64_t logits_dimension() const override { return n_classes_; }

  Tensor process_labels(const Tensor& labels,
                        const Tensor& logits) const override {
    const Tensor y = looked_up(column(labels, logits, 1), options_);
    NUMEST_USER_CHECK(is_integer(y.dtype()), ValueError,
                      "Labels dtype should be integer: got {}",
                      numest::name(y.dtype()));
    return in_range(y, n_classes_);
  }

  Tensor element_loss(const Tensor& labels,
                      const Tensor& logits) const override {
    const Tensor losses = call_one(op_named("softmax_cross_entropy"),
                                   {logits, squeeze(labels, -1)});
    return expand_dims(losses, -1);
  }

  Items predict(const Tensor& logits) const override {
    Items items{{"logits", logits},
                {"probabilities", call_one(op_named("softmax"), {logits})}};
    add_class_items(items, argmax(logits, -1, true), logits, n_classes_,
                    options_.label_vocabulary);
    return items;
  }

  void add_metrics(Metrics& all, const Tensor& labels, const Tensor& logits,
                   const std::optional<Tensor>& w) const override {
    all["accuracy"] = metrics::accuracy(labels, argmax(logits, -1, true), w);
  }

 private:
  int64_t n_classes_;
};

class MultiLabelHead : public SingleHead {
 public:
  MultiLabelHead(int64_t n_classes, HeadOptions options,
                 std::vector<int64_t> class_metrics)
      : SingleHead(std::move(options)),
        n_classes_(n_classes),
        class_metrics_(std::move(class_metrics)) {}
  int64_t logits_dimension() const override { return n_classes_; }

 protected:
  Tensor process_labels(const Tensor& labels,
                        const Tensor& logits) const override {
    NUMEST_USER_CHECK(
        labels.ndim() == logits.ndim() && labels.shape().back() == n_classes_ &&
            labels.dtype() != DType::kBytes,
        ValueError,
        "labels: got {} of shape {}, expected a 0/1 row of {} "
        "classes per example",
        numest::name(labels.dtype()), labels.shape().to_string(), n_classes_);
    return in_range(astype(labels, DType::kFloat32), 2);
  }

  Tensor element_loss(const Tensor& labels,
                      const Tensor& logits) const override {
    return mean(call_one(op_named("sigmoid_cross_entropy"), {logits, labels}),
                -1, std::nullopt, true);
  }

  Items predict(const Tensor& logits) const override {
    return {
        {"logits", logits},
        {"probabilities", sigmoid(logits)},
        {"classes",
         tiled(class_names(n_classes_, options_.label_vocabulary), logits)}};
  }

  void add_metrics(Metrics& all, const Tensor& labels, const Tensor& logits,
                   const std::optional<Tensor>& w) const override {
    const Tensor p = sigmoid(logits);
    add_curve_metrics(all, labels, p, w, options_);
    for (int64_t id : class_metrics_) {
      const std::string suffix =
          options_.label_vocabulary.empty()
              ? fmt::format("/class{}", id)
              : "/" + options_.label_vocabulary[size_t(id)];
      auto one = [&](const Tensor& x) {
        return call_one(op_named("take"),
                        {x, Tensor(Array::from(std::vector<int64_t>{id}))},
                        {{"axis", int64_t{-1}}});
      };
      HeadOptions plain = options_;
      plain.thresholds.clear();
      Metrics own;
      own["probability_mean"] = metrics::mean(one(p), w, "probability_mean");
      add_curve_metrics(own, one(labels), one(p), w, plain);
      for (auto& [key, metric] : own) all[key + suffix] = metric;
    }
  }

 private:
  int64_t n_classes_;
  std::vector<int64_t> class_metrics_;
};

void check_thresholds(const HeadOptions& options) {
  for (double t : options.thresholds)
    NUMEST_USER_CHECK(t > 0 && t < 1, ValueError,
                      "thresholds must lie in (0, 1): got {}", t);
}

void check_vocabulary(const HeadOptions& o, int64_t n_classes) {
  NUMEST_USER_CHECK(o.label_vocabulary.empty() ||
                        int64_t(o.label_vocabulary.size()) == n_classes,
                    ValueError,
                    "label_vocabulary: got {} entries, expected n_classes={}",
                    o.label_vocabulary.size(), n_classes);
}

}  // namespace

HeadPtr binary_class_head(const HeadOptions& options) {
  check_thresholds(options);
  check_vocabulary(options, 2);
  return std::make_shared<BinaryClassHead>(options);
}

HeadPtr multi_class_head(int64_t n_classes, const HeadOptions& options) {
  NUMEST_USER_CHECK(n_classes > 2, ValueError,
                    "n_classes must be > 2: {} (2 for two classes makes a "
                    "binary head)",
                    n_classes);
  check_vocabulary(options, n_classes);
  return std::make_shared<MultiClassHead>(n_classes, options);
}

HeadPtr multi_label_head(int64_t n_classes, const HeadOptions& options,
                         const std::vector<int64_t>& class_metrics) {
  NUMEST_USER_CHECK(n_classes >= 2, ValueError,
                    "n_classes must be >= 2 for multi-label: got {}",
                    n_classes);
  check_thresholds(options);
  check_vocabulary(options, n_classes);
  for (int64_t id : class_metrics)
    NUMEST_USER_CHECK(id >= 0 && id < n_classes, ValueError,
                      "classes_for_class_based_metrics: got {}, expected ids "
                      "from 0 to {}",
                      id, n_classes - 1);
  return std::make_shared<MultiLabelHead>(n_classes, options, class_metrics);
}

}  // namespace numest::estimator
