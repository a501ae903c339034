// Several heads over one model: losses are summed, keys carry head names.
#include "numest/estimator/head.h"
#include "numest/ops/call.h"
#include "numest/ops/operators.h"

namespace numest::estimator {

namespace {

std::string joined_names(const std::vector<HeadPtr>& heads) {
  std::string text;
  for (const HeadPtr& head : heads)
    text += (text.empty() ? "" : "_") + head->name();
  return text;
}

const Features& part(const Features& parts, const std::string& name,
                     const char* what) {
  for (size_t i = 0; i < parts.keys.size(); ++i)
    if (parts.keys[i] == name) return parts.children[i];
  fail<ValueError>("{} must contain {}: got no entry of that head", what, name);
}

class MultiHead : public Head {
 public:
  MultiHead(std::vector<HeadPtr> heads, std::vector<double> weights)
      : heads_(std::move(heads)), weights_(std::move(weights)) {}
  std::string name() const override { return joined_names(heads_); }
  int64_t logits_dimension() const override {
    int64_t total = 0;
    for (const HeadPtr& head : heads_) total += head->logits_dimension();
    return total;
  }

  Items predictions(const Features& logits) const override {
    const Features parts = split(logits);
    Items all;
    for (const HeadPtr& head : heads_)
      for (auto& [key, value] :
           head->predictions(part(parts, head->name(), "logits")))
        all.emplace_back(head->name() + "/" + key, value);
    return all;
  }

  Tensor loss(const HeadInputs& inputs) const override {
    Tensor total;
    for (size_t i = 0; i < heads_.size(); ++i) {
      const Tensor one = heads_[i]->loss(of_head(inputs, *heads_[i]));
      const Tensor term = weights_.empty() ? one : one * Tensor(weights_[i]);
      total = total.is_empty() ? term : total + term;
    }
    for (const Tensor& extra : inputs.regularization_losses)
      total = total + extra;
    return total;
  }

  Metrics metrics(const HeadInputs& inputs) const override {
    Metrics all;
    for (const HeadPtr& head : heads_) {
      const HeadInputs own = of_head(inputs, *head);
      const std::string key = "loss/" + head->name();
      all[key] = metrics::mean(head->loss(own), {}, key);
      for (auto& [name, metric] : head->metrics(own)) all[name] = metric;
    }
    return all;
  }

 private:
  HeadInputs of_head(const HeadInputs& inputs, const Head& head) const {
    NUMEST_USER_CHECK(inputs.labels.is_dict(), ValueError,
                      "labels must be a dict: got an array, expected one "
                      "entry per head ({})",
                      joined_names(heads_));
    return {inputs.features,
            part(inputs.labels, head.name(), "labels"),
            part(split(inputs.logits), head.name(), "logits"),
            {}};
  }

  // One tensor is cut along its last axis, in the order of the heads.
  Features split(const Features& logits) const {
    if (logits.is_dict()) return logits;
    NUMEST_USER_CHECK(
        logits.is_leaf() && logits.leaf.shape().back() == logits_dimension(),
        ValueError, "logits: got shape {}, expected (batch, {}) for heads {}",
        logits.is_leaf() ? logits.leaf.shape().to_string() : "of a tuple",
        logits_dimension(), joined_names(heads_));
    std::vector<std::pair<std::string, Features>> items;
    int64_t begin = 0;
    for (const HeadPtr& head : heads_) {
      std::vector<int64_t> ids;
      for (int64_t i = 0; i < head->logits_dimension(); ++i)
        ids.push_back(begin++);
      items.emplace_back(
          head->name(),
          call_one(op_named("take"), {logits.leaf, Tensor(Array::from(ids))},
                   {{"axis", int64_t{-1}}}));
    }
    return Features::dict(std::move(items));
  }

  std::vector<HeadPtr> heads_;
  std::vector<double> weights_;
};

}  // namespace

HeadPtr multi_head(const std::vector<HeadPtr>& heads,
                   const std::vector<double>& weights) {
  NUMEST_USER_CHECK(!heads.empty(), ValueError,
                    "Must specify heads. Given: an empty list");
  NUMEST_USER_CHECK(weights.empty() || weights.size() == heads.size(),
                    ValueError,
                    "heads and head_weights must have the same size: got {} "
                    "and {}",
                    heads.size(), weights.size());
  for (const HeadPtr& head : heads)
    NUMEST_USER_CHECK(!head->name().empty(), ValueError,
                      "All given heads must have name specified: got a head "
                      "without one");
  return std::make_shared<MultiHead>(heads, weights);
}

}  // namespace numest::estimator
