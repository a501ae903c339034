// Building models and their programs.
#include "numest/estimator/model.h"

#include "numest/ops/functions.h"
#include "numest/ops/traced_keys.h"

namespace numest::estimator {

std::string spec_key(const ElementSpec& spec) {
  if (spec.is_leaf())
    return fmt::format("{}{}", name(spec.leaf.dtype),
                       spec.leaf.shape.to_string());
  std::string text = spec.is_dict() ? "{" : "(";
  for (size_t i = 0; i < spec.children.size(); ++i)
    text += (spec.is_dict() ? spec.keys[i] + ":" : std::string()) +
            spec_key(spec.children[i]) + ";";
  return text + (spec.is_dict() ? "}" : ")");
}

namespace {

ModelInputs split(const Nest<Tensor>& element, Mode mode,
                  const RunConfig& config) {
  ModelInputs inputs;
  inputs.mode = mode;
  inputs.config = &config;
  if (!element.is_tuple()) {
    inputs.features = element;
    return inputs;
  }
  NUMEST_USER_CHECK(element.children.size() == 2, ValueError,
                    "input_fn should return (features, labels): got a tuple "
                    "of {} parts",
                    element.children.size());
  inputs.features = element.children[0];
  if (mode != Mode::kPredict) inputs.labels = element.children[1];
  return inputs;
}

}  // namespace

Model::Model(const ModelFn& model_fn, const ElementSpec& element, Mode mode,
             const RunConfig& config)
    : mode_(mode), scope_(std::make_unique<ModelScope>(mode == Mode::kTrain)) {
  ModelScope::Active active(*scope_);
  const TracedKeyScope draws([this] { return scope_->next_key(); });
  const Nest<Tensor> parameters = element.map(
      [](const TensorSpec& spec) { return parameter(spec, "batch"); });
  batch_ = parameters.flatten();
  scope_->global_step();  // model functions may ask for it in every mode
  spec_ = model_fn(split(parameters, mode, config));
  NUMEST_USER_CHECK(spec_.mode == mode, ValueError,
                    "model_fn returned a spec of mode '{}', expected '{}'",
                    mode_key(spec_.mode), mode_key(mode));
  spec_.validate();
  if (spec_.loss.ndim() == 1) spec_.loss = reshape(spec_.loss, Shape{});
  if (mode == Mode::kEval) loss_metric_ = metrics::mean(spec_.loss, {}, "loss");
}

const StepProgram& Model::program(const std::vector<Tensor>& fetches,
                                  const std::vector<Tensor>& operations) const {
  std::vector<Tensor> key = fetches;
  key.insert(key.end(), operations.begin(), operations.end());
  const std::lock_guard lock(mutex_);
  for (const Cached& c : programs_) {
    bool same = c.tensors.size() == key.size();
    for (size_t i = 0; same && i < key.size(); ++i)
      same = c.tensors[i].is_same(key[i]);
    if (same) return *c.program;
  }
  programs_.push_back({key, std::make_unique<StepProgram>(
                                *scope_, batch_, fetches, operations)});
  return *programs_.back().program;
}

std::vector<ProfileRow> Model::profile_rows() const {
  std::vector<ProfileRow> all;
  for (const Cached& c : programs_)
    for (ProfileRow& row : c.program->executable().profile_rows())
      all.push_back(std::move(row));
  return all;
}

}  // namespace numest::estimator
