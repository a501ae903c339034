// Models, variables and files of an Estimator.
#include "numest/estimator/estimator_impl.h"

#include <time.h>

#include <algorithm>
#include <limits>

#include "numest/base/counters.h"
#include "numest/base/log.h"
#include "numest/base/recording.h"
#include "numest/formats/checkpoint.h"
#include "numest/formats/checkpoint_state.h"
#include "numest/ops/functions.h"

namespace numest::estimator {

namespace {

constinit SpanSite train_site{SpanKind::kCall, "train"};
constinit SpanSite evaluate_site{SpanKind::kCall, "evaluate"};
constinit SpanSite batch_site{SpanKind::kCall, "predict_batch"};
constinit SpanSite model_site{SpanKind::kCall, "trace the model"};
constinit SpanSite events_site{SpanKind::kCall, "events of the evaluation"};
constinit SpanSite restore_site{SpanKind::kCall, "restore a checkpoint"};

uint64_t fresh_seed() {
  std::random_device device;
  return (uint64_t{device()} << 32) | device();
}

uint64_t hash_text(const std::string& text) {  // FNV-1a
  uint64_t h = 0xcbf29ce484222325u;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return h;
}

std::string pointer_file(const std::string& model_dir) {
  return join_path(model_dir, "checkpoint");
}

// Unknown extents are equal in the key, whatever their symbol.
std::string model_key(const ElementSpec& spec, Mode mode) {
  return std::string(mode_key(mode)) + spec_key(spec);
}

bool has_hooks(const EstimatorSpec& s) {
  return !s.training_hooks.empty() || !s.training_chief_hooks.empty() ||
         !s.evaluation_hooks.empty() || !s.prediction_hooks.empty();
}

class FlagScope {
 public:
  explicit FlagScope(bool& flag) : flag_(flag) { flag_ = true; }
  ~FlagScope() { flag_ = false; }
  FlagScope(const FlagScope&) = delete;
  FlagScope& operator=(const FlagScope&) = delete;

 private:
  bool& flag_;
};

Hooks joined(Hooks first, const Hooks& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

Estimator::Impl::Impl(ModelFn model_fn, RunConfig config)
    : model_fn_(std::move(model_fn)), config_(std::move(config)) {
  NUMEST_USER_CHECK(model_fn_, ValueError,
                    "model_fn must be provided to Estimator.");
  config_.validate();
  seed_ = config_.tf_random_seed.value_or(fresh_seed());
  if (config_.model_dir.empty()) {
    temporary_ = std::make_unique<TemporaryDirectory>();
    config_.model_dir = temporary_->path();
    log_warning("Using temporary folder as model directory: {}",
                config_.model_dir);
  }
}
Estimator::Impl::~Impl() = default;

Key Estimator::Impl::key() const { return fold(Key{seed_}, 0x7374657073u); }

std::string Estimator::Impl::latest_checkpoint() const {
  return numest::latest_checkpoint(config_.model_dir);
}

std::shared_ptr<const Model> Estimator::Impl::model(const ElementSpec& spec,
                                                    Mode mode) {
  const std::string key = model_key(spec, mode);
  auto it = models_.find(key);
  if (it != models_.end()) {
    if (it->second->is_current()) return it->second;
    log_info("model_fn ({}) is traced again: what it reads has changed",
             mode_key(mode));
  }
  const Span span(model_site);
  count(Counter::traces);
  auto made = std::make_shared<const Model>(model_fn_, spec, mode, config_);
  // Hooks of a spec belong to one run: such a model is built each time.
  models_.erase(key);
  if (!has_hooks(made->spec())) models_[key] = made;
  return made;
}

void Estimator::Impl::initialize_missing(const Model& model) {
  for (const auto& v : model.scope().variables()) {
    if (v->is_local || store_.has(v->name)) continue;
    const Key key = fold(Key{seed_}, hash_text(v->name));
    store_.set(v->name, v->initializer.make(v->spec.shape, v->spec.dtype, key));
  }
}

void Estimator::Impl::leave_variables_to_readers() {
  if (has_readers_) store_ = store_.copy();
  has_readers_ = false;
}

// A model that was built again may want other shapes.
void Estimator::Impl::check_variables(const Model& model) const {
  for (const auto& v : model.scope().variables()) {
    const Array* value = store_.find(v->name);
    if (!value) continue;
    NUMEST_USER_CHECK(
        value->dtype() == v->spec.dtype && value->shape() == v->spec.shape,
        ValueError,
        "variable '{}' is {} of shape {}, but the model now wants {} of shape "
        "{}: what model_fn reads has changed; make another Estimator with "
        "another model_dir",
        v->name, name(value->dtype()), value->shape().to_string(),
        name(v->spec.dtype), v->spec.shape.to_string());
  }
}

void Estimator::Impl::prepare(const Model& model) {
  const int64_t time = modification_time_ns(pointer_file(config_.model_dir));
  if (time != 0 && time != pointer_time_) {
    const std::string newest = latest_checkpoint();
    if (!newest.empty()) {
      const Span span(restore_site);
      leave_variables_to_readers();
      restore_checkpoint(newest, model.scope(), store_);
      log_info("Restoring parameters from {}", newest);
    }
    pointer_time_ = time;
  }
  check_variables(model);
  bool is_complete = true;
  for (const auto& v : model.scope().variables())
    is_complete = is_complete && (v->is_local || store_.has(v->name));
  if (is_complete) return;
  // A model that evaluates may have been first: slots are still on disk.
  const std::string newest = latest_checkpoint();
  if (!newest.empty() && model.mode() == Mode::kTrain) {
    leave_variables_to_readers();
    restore_checkpoint(newest, model.scope(), store_);
  }
  initialize_missing(model);
}

bool Estimator::Impl::prepare_again(const Model& model) {
  constexpr int64_t kPauseMs = 20;
  timespec time;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  const int64_t now_ms = int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
  const uint64_t written = num_checkpoint_states_written();
  if (written == states_written_ && now_ms - looked_at_ms_ < kPauseMs)
    return false;
  prepare(model);
  looked_at_ms_ = now_ms;
  states_written_ = written;
  return true;
}

std::unique_ptr<VariableStore> Estimator::Impl::snapshot(
    const Model& model, const std::string& checkpoint) {
  if (checkpoint.empty()) {
    if (store_.values().empty() && latest_checkpoint().empty())
      log_info(
          "Could not find trained model in model_dir: {}, running "
          "initialization.",
          config_.model_dir);
    prepare(model);
    return std::make_unique<VariableStore>(store_);
  }
  auto store = std::make_unique<VariableStore>();
  restore_checkpoint(checkpoint, model.scope(), *store);
  return store;
}

void Estimator::Impl::train(const InputFn& input_fn,
                            const TrainOptions& options) {
  const Span span(train_site);
  std::lock_guard lock(mutex_);
  if (options.max_steps) {
    const auto step = disk_step();
    if (step && *step >= *options.max_steps) {
      log_info("Skipping training since max_steps has already saved.");
      return;
    }
  }
  data::Dataset dataset = input_fn();
  const auto built = model(dataset.element_spec(), Mode::kTrain);
  prepare(*built);
  leave_variables_to_readers();
  TrainData data;
  data::Iterator iterator = train_iterator(dataset, data);
  Session session(built, store_, std::move(iterator),
                  joined(joined(options.hooks, built->spec().training_hooks),
                         built->spec().training_chief_hooks),
                  key());
  const int64_t begin = session.global_step();
  int64_t end = std::numeric_limits<int64_t>::max();
  if (options.steps) end = begin + *options.steps;
  if (options.max_steps) end = *options.max_steps;
  TrainLoop loop(session, config_, options, end, data,
                 saved_step().value_or(-1));
  const FlagScope training(is_training_);
  try {
    loop.run();
  } catch (const InterruptedError&) {
    pointer_time_ = modification_time_ns(pointer_file(config_.model_dir));
    throw;
  } catch (...) {
    // Variables may hold anything now: the newest checkpoint counts.
    store_ = VariableStore();
    pointer_time_ = 0;
    throw;
  }
  pointer_time_ = modification_time_ns(pointer_file(config_.model_dir));
}

// The position counts if it is that of the variables in memory.
data::Iterator Estimator::Impl::train_iterator(const data::Dataset& dataset,
                                               TrainData& data) {
  const int64_t step =
      store_.has("global_step") ? store_.at("global_step").item<int64_t>() : 0;
  const std::string newest = latest_checkpoint();
  const auto resumed = newest.empty() || saved_step() != step
                           ? std::nullopt
                           : read_position(newest);
  const uint64_t fresh = fold(Key{seed_}, {0x64617461u, uint64_t(step)}).value;
  data = {resumed ? resumed->seed : fresh, resumed ? resumed->begin_step : step,
          dataset.cardinality(), dataset.node()->epochs()};
  const data::Dataset ahead = dataset.prefetch();
  data::Iterator iterator = ahead.make_iterator({.seed = data.seed});
  if (!resumed) return iterator;
  try {
    iterator.set_state(resumed->state);
    return iterator;
  } catch (const ValueError& error) {
    log_warning(
        "the input is not that of the run that is continued, so its data "
        "starts from the beginning ({})",
        error.what());
  }
  data.begin_step = step;
  return ahead.make_iterator({.seed = data.seed});
}

std::optional<int64_t> Estimator::Impl::saved_step() const {
  const std::string newest = latest_checkpoint();
  if (newest.empty()) return std::nullopt;
  return checkpoint_step(newest);
}

std::optional<int64_t> Estimator::Impl::disk_step() const {
  if (store_.has("global_step") &&
      pointer_time_ == modification_time_ns(pointer_file(config_.model_dir)))
    return store_.at("global_step").item<int64_t>();
  const std::string newest = latest_checkpoint();
  if (newest.empty()) return std::nullopt;
  const auto reader = CheckpointReader::open(newest);
  if (!reader.has("global_step")) return std::nullopt;
  return reader.read("global_step").item<int64_t>();
}

EvalResult Estimator::Impl::evaluate(const InputFn& input_fn,
                                     const EvaluateOptions& options) {
  const Span span(evaluate_site);
  std::lock_guard lock(mutex_);
  const data::Dataset dataset = input_fn();
  const auto built = model(dataset.element_spec(), Mode::kEval);
  auto store = snapshot(*built, options.checkpoint_path);
  for (const auto& v : built->scope().variables())
    if (v->is_local)
      store->set(v->name, Array::zeros(v->spec.dtype, v->spec.shape));
  VariableStore& variables = *store;
  Session session(built, variables, dataset.make_iterator(),
                  joined(options.hooks, built->spec().evaluation_hooks), key());
  session.own(std::move(store));
  const EvalResult result = run_evaluation(session, options.steps);
  const Span events(events_site);
  evaluation_events_.write(
      join_path(config_.model_dir,
                options.name.empty() ? "eval" : "eval_" + options.name),
      result);
  return result;
}

std::unique_ptr<Session> Estimator::Impl::predict_session(
    const data::Dataset& dataset, const PredictOptions& options) {
  std::lock_guard lock(mutex_);
  const auto built = model(dataset.element_spec(), Mode::kPredict);
  auto store = snapshot(*built, options.checkpoint_path);
  has_readers_ = true;
  if (is_training_) *store = store->copy();  // a hook predicts
  VariableStore& variables = *store;
  auto session = std::make_unique<Session>(
      built, variables, dataset.make_iterator({.keep_order = true}),
      joined(options.hooks, built->spec().prediction_hooks), key());
  session->own(std::move(store));
  return session;
}

Prediction Estimator::Impl::predict_batch(const Element& features) {
  const Span span(batch_site);
  std::unique_lock lock(mutex_);
  const int64_t batch = fresh_extent();
  const ElementSpec spec = features.map([&](const Array& a) {
    TensorSpec s{a.dtype(), a.shape()};
    NUMEST_USER_CHECK(s.shape.ndim() > 0, ValueError,
                      "predict: a feature is a scalar, expected a batch");
    s.shape[0] = batch;
    return s;
  });
  const auto built = model(spec, Mode::kPredict);
  prepare(*built);
  has_readers_ = true;
  const Predictions& p = built->spec().predictions;
  std::vector<Tensor> tensors = p.flatten();
  const StepProgram& program = built->program(tensors, {});
  const std::vector<Array> inputs =
      program.inputs(store_, features.flatten(), key());
  lock.unlock();
  const std::vector<Array> values = program.run(inputs);
  Prediction result;
  result.reserve(values.size());
  for (size_t i = 0; i < values.size(); ++i)
    result.emplace_back(p.is_leaf() ? "" : p.keys[i], values[i]);
  return result;
}

std::vector<std::pair<std::string, std::vector<ProfileRow>>>
Estimator::Impl::profile() {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, std::vector<ProfileRow>>> all;
  for (const auto& [key, model] : models_)
    all.emplace_back(mode_key(model->mode()), model->profile_rows());
  return all;
}

// Parameters like `batch`, with the features' keys as names.
std::vector<Tensor> named_inputs(const std::vector<Tensor>& batch,
                                 const ElementSpec& features) {
  const bool is_flat =
      features.is_dict() && features.keys.size() == batch.size();
  std::vector<Tensor> inputs;
  for (size_t i = 0; i < batch.size(); ++i)
    inputs.push_back(
        parameter(batch[i].spec(), is_flat ? features.keys[i] : "features"));
  return inputs;
}

PredictionProgram Estimator::Impl::prediction_program(
    const ElementSpec& features) {
  const std::lock_guard lock(mutex_);
  const auto built = model(features, Mode::kPredict);
  prepare(*built);
  Graph whole{"predict", built->batch(), built->spec().predictions.flatten()};
  std::vector<Tensor> arguments = named_inputs(whole.inputs, features);
  Graph result{"predict", arguments, {}};
  for (const auto& variable : built->scope().variables()) {
    if (!store_.has(variable->name)) continue;
    whole.inputs.push_back(variable->read);
    arguments.emplace_back(store_.at(variable->name).copy());
  }
  result.outputs = inline_graph(whole, arguments);
  for (const Node* node : topological_order(result)) {
    const bool is_known = std::any_of(
        result.inputs.begin(), result.inputs.end(),
        [&](const Tensor& input) { return input.node().get() == node; });
    NUMEST_USER_CHECK(!is_parameter(*node) || is_known, NotSupportedError,
                      "prediction_program: the predictions depend on '{}': "
                      "expected features and variables only, no random draws",
                      node->name);
  }
  return {std::move(result), built->spec().predictions.keys};
}

}  // namespace numest::estimator
