// The public face: options are checked here, the work is in Impl.
#include "numest/estimator/estimator.h"

#include <algorithm>

#include "numest/base/interrupt.h"
#include "numest/base/recording.h"
#include "numest/estimator/estimator_impl.h"
#include "numest/formats/checkpoint.h"
#include "numest/formats/checkpoint_state.h"
#include "numest/ops/composite.h"

namespace numest::estimator {

namespace {

constinit SpanSite predict_site{SpanKind::kCall, "predict"};
constinit SpanSite predict_all_site{SpanKind::kCall, "predict_all"};

void check_positive(const std::optional<int64_t>& value, const char* what) {
  NUMEST_USER_CHECK(!value || *value > 0, ValueError,
                    "Must specify {} > 0, given: {}", what, *value);
}

}  // namespace

RunConfig with_model_dir(RunConfig config, const std::string& model_dir) {
  NUMEST_USER_CHECK(config.model_dir.empty() || model_dir.empty() ||
                        config.model_dir == model_dir,
                    ValueError,
                    "model_dir is set both in the constructor and in "
                    "RunConfig: got '{}' and '{}'",
                    model_dir, config.model_dir);
  if (!model_dir.empty()) config.model_dir = model_dir;
  return config;
}

void RunConfig::validate() const {
  auto check = [](bool ok, const char* field, auto value) {
    NUMEST_USER_CHECK(ok, ValueError,
                      "RunConfig: {} must not be negative: "
                      "got {}",
                      field, value);
  };
  check(save_summary_steps.value_or(0) >= 0, "save_summary_steps",
        save_summary_steps.value_or(0));
  check(save_checkpoints_steps.value_or(0) >= 0, "save_checkpoints_steps",
        save_checkpoints_steps.value_or(0));
  check(save_checkpoints_secs.value_or(0) >= 0, "save_checkpoints_secs",
        save_checkpoints_secs.value_or(0));
  check(keep_checkpoint_max.value_or(0) >= 0, "keep_checkpoint_max",
        keep_checkpoint_max.value_or(0));
  check(log_step_count_steps.value_or(1) > 0, "log_step_count_steps",
        log_step_count_steps.value_or(0));
}

Estimator::Estimator(ModelFn model_fn, RunConfig config)
    : impl_(std::make_shared<Impl>(std::move(model_fn), std::move(config))) {}
Estimator::~Estimator() = default;

Estimator& Estimator::train(const InputFn& input_fn,
                            const TrainOptions& options) {
  NUMEST_USER_CHECK(!options.steps || !options.max_steps, ValueError,
                    "Can not provide both steps and max_steps: got {} and {}",
                    *options.steps, *options.max_steps);
  check_positive(options.steps, "steps");
  check_positive(options.max_steps, "max_steps");
  impl_->train(input_fn, options);
  return *this;
}

EvalResult Estimator::evaluate(const InputFn& input_fn,
                               const EvaluateOptions& options) {
  check_positive(options.steps, "steps");
  return impl_->evaluate(input_fn, options);
}

Predictor Estimator::predict(const InputFn& input_fn, PredictOptions options) {
  auto impl = impl_;
  auto start = [impl, input_fn, options] {
    return impl->predict_session(input_fn(), options);
  };
  return Predictor(start, options);
}

Prediction Estimator::predict_all(const InputFn& input_fn,
                                  std::vector<std::string> predict_keys) {
  PredictOptions options;
  options.predict_keys = std::move(predict_keys);
  options.yield_single_examples = false;
  const Span span(predict_all_site);
  Predictor predictor = predict(input_fn, options);
  std::vector<std::vector<Tensor>> parts;
  Prediction all;
  while (auto batch = predictor.next()) {
    if (interrupt_requested()) {
      clear_interrupt();
      fail<InterruptedError>("the prediction was interrupted");
    }
    if (all.empty()) {
      all = *batch;
      parts.resize(all.size());
    }
    // Output buffers are used again once nobody holds them; these are held.
    for (size_t i = 0; i < batch->size(); ++i)
      parts[i].emplace_back((*batch)[i].second);
  }
  for (size_t i = 0; i < all.size(); ++i)
    if (parts[i].size() > 1) all[i].second = concatenate(parts[i], 0).numpy();
  return all;
}

Prediction Estimator::predict_batch(const Element& features) {
  return impl_->predict_batch(features);
}

std::vector<std::pair<std::string, std::vector<ProfileRow>>>
Estimator::profile() const {
  return impl_->profile();
}

const ModelFn& Estimator::model_fn() const { return impl_->model_fn(); }
const RunConfig& Estimator::config() const { return impl_->config(); }
PredictionProgram Estimator::prediction_program(const ElementSpec& features) {
  return impl_->prediction_program(features);
}
const std::string& Estimator::model_dir() const {
  return impl_->config().model_dir;
}
std::string Estimator::eval_dir(const std::string& name) const {
  return join_path(model_dir(), name.empty() ? "eval" : "eval_" + name);
}
std::string Estimator::latest_checkpoint() const {
  return impl_->latest_checkpoint();
}

namespace {

CheckpointReader open_newest(const Estimator& estimator) {
  const std::string prefix = estimator.latest_checkpoint();
  NUMEST_USER_CHECK(!prefix.empty(), ValueError,
                    "Couldn't find trained model at {}: train first",
                    estimator.model_dir());
  return CheckpointReader::open(prefix);
}

}  // namespace

std::vector<std::string> Estimator::get_variable_names() const {
  return open_newest(*this).names();
}
Array Estimator::get_variable_value(const std::string& name) const {
  const auto reader = open_newest(*this);
  NUMEST_USER_CHECK(reader.has(name), NotFoundError,
                    "Key {} not found in checkpoint", name);
  return reader.read(name);
}

Predictor::Predictor(std::function<std::unique_ptr<Session>()> start,
                     PredictOptions options)
    : start_(std::move(start)), options_(std::move(options)) {}
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

namespace {

// The wanted leaves of the predictions, by key.
struct Wanted {
  std::vector<std::string> keys;
  std::vector<Tensor> tensors;
};

std::string quoted(const std::vector<std::string>& keys) {
  std::string text;
  for (const auto& k : keys) text += (text.empty() ? "'" : ", '") + k + "'";
  return text;
}

Wanted wanted(const Predictions& p, const std::vector<std::string>& keys) {
  Wanted result;
  if (p.is_leaf()) {
    NUMEST_USER_CHECK(keys.empty(), ValueError,
                      "predict_keys: got keys, but the predictions are not a "
                      "dictionary");
    return {{""}, {p.leaf}};
  }
  for (size_t i = 0; i < p.keys.size(); ++i) {
    if (!keys.empty() &&
        std::find(keys.begin(), keys.end(), p.keys[i]) == keys.end())
      continue;
    result.keys.push_back(p.keys[i]);
    result.tensors.push_back(p.children[i].leaf);
  }
  NUMEST_USER_CHECK(!result.keys.empty(), ValueError,
                    "Expected to run at least one output from {}: "
                    "predict_keys has none of them: got {}",
                    quoted(p.keys), quoted(keys));
  return result;
}

}  // namespace

bool Predictor::next_batch() {
  if (!session_) {
    session_ = start_();
    session_->start();
  }
  if (!session_->next_batch()) {
    session_->end();
    return false;
  }
  const Wanted w =
      wanted(session_->model().spec().predictions, options_.predict_keys);
  const std::vector<Array> values = session_->step(w.tensors, {});
  batch_.clear();
  for (size_t i = 0; i < values.size(); ++i)
    batch_.emplace_back(w.keys[i], values[i]);
  if (!options_.yield_single_examples) return true;
  row_ = 0;
  num_rows_ = values[0].ndim() ? values[0].shape()[0] : -1;
  for (const auto& [key, value] : batch_)
    NUMEST_USER_CHECK(value.ndim() > 0 && value.shape()[0] == num_rows_,
                      ValueError,
                      "Batch length of predictions should be same: '{}' has "
                      "shape {}, '{}' has shape {}; or give "
                      "yield_single_examples=False",
                      batch_[0].first, batch_[0].second.shape().to_string(),
                      key, value.shape().to_string());
  return true;
}

std::optional<Prediction> Predictor::next_rows(int64_t max_rows) {
  const Span span(predict_site);
  if (!yields_rows())
    return next_batch() ? std::optional(batch_) : std::nullopt;
  while (row_ >= num_rows_)
    if (!next_batch()) return std::nullopt;
  const int64_t end = std::min(num_rows_, row_ + max_rows);
  Prediction rows;
  rows.reserve(batch_.size());
  for (const auto& [key, value] : batch_)
    rows.emplace_back(key, value.rows(row_, end));
  row_ = end;
  return rows;
}

std::optional<Prediction> Predictor::next() {
  auto rows = next_rows(1);
  if (rows && yields_rows())
    for (auto& [key, value] : *rows) value = value.index(0, 0);
  return rows;
}

std::vector<Prediction> Predictor::to_list() {
  std::vector<Prediction> all;
  while (auto one = next()) all.push_back(std::move(*one));
  return all;
}

}  // namespace numest::estimator
