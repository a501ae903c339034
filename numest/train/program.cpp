// Turning marked assignments into outputs, and running a step.
#include "numest/train/program.h"

#include <algorithm>
#include <atomic>
#include <unordered_map>
#include <unordered_set>

namespace numest {

namespace {

struct Update {
  std::string variable;
  Tensor value;
};

// The last assignment of each variable that the operations depend on.
std::vector<Update> reachable_updates(const std::vector<Tensor>& roots) {
  std::vector<Update> updates;
  for (const Node* node : topological_order(roots)) {
    if (node->op->name != "assign") continue;
    const std::string& name = node->attrs.text("variable");
    auto it = std::find_if(updates.begin(), updates.end(),
                           [&](const Update& u) { return u.variable == name; });
    if (it == updates.end())
      updates.push_back({name, node->inputs[0]});
    else
      it->value = node->inputs[0];
  }
  return updates;
}

using Nodes = std::unordered_set<const Node*>;

// Leaves that are read, and of the others those that bind an unknown extent
// of the graph which no leaf before does.
std::vector<bool> needed_leaves(const std::vector<Tensor>& batch,
                                const Nodes& used) {
  std::unordered_set<int64_t> wanted;
  for (const Node* node : used)
    for (const TensorSpec& spec : node->outputs)
      for (int64_t e : spec.shape)
        if (is_symbol(e)) wanted.insert(e);
  std::vector<bool> result;
  auto bind = [&](const Tensor& leaf) {
    bool binds = false;
    for (int64_t e : leaf.shape()) binds = wanted.erase(e) > 0 || binds;
    return binds;
  };
  for (const Tensor& leaf : batch) {
    result.push_back(used.contains(leaf.node().get()));
    if (result.back()) bind(leaf);
  }
  for (size_t i = 0; i < batch.size(); ++i)
    if (!result[i]) result[i] = bind(batch[i]);
  return result;
}

Nodes reachable(const std::vector<Tensor>& outputs) {
  const auto order = topological_order(outputs);
  return {order.begin(), order.end()};
}

// A tensor that was kept from another call has no value in this model.
void check_parameters(const Nodes& used, const std::vector<Tensor>& inputs,
                      const ModelScope& scope) {
  Nodes known;
  for (const Tensor& input : inputs) known.insert(input.node().get());
  if (!scope.step_key().is_empty()) known.insert(scope.step_key().node().get());
  for (const Node* node : used)
    NUMEST_USER_CHECK(
        !is_parameter(*node) || known.contains(node), ValueError,
        "model_fn: the model uses '{}' of another call of a model function: "
        "got a tensor that was kept, expected tensors of this call; make them "
        "inside of model_fn each time",
        node->name);
}

}  // namespace

const Array& VariableStore::at(const std::string& name) const {
  auto it = values_.find(name);
  NUMEST_USER_CHECK(it != values_.end(), NotFoundError,
                    "variable '{}' has no value", name);
  return it->second;
}

namespace {

uint64_t next_version() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

void VariableStore::erase(const std::string& name) {
  values_.erase(name);
  version_ = next_version();
}

void VariableStore::clear() {
  values_.clear();
  version_ = next_version();
}

void VariableStore::set(const std::string& name, const Array& value) {
  auto it = values_.find(name);
  if (it != values_.end() && it->second.dtype() == value.dtype() &&
      it->second.shape() == value.shape()) {
    if (it->second.raw() != value.raw()) it->second.assign(value);
  } else {
    values_[name] = value.copy();
    version_ = next_version();
  }
}

VariableStore VariableStore::copy() const {
  VariableStore result;
  for (const auto& [name, value] : values_) result.values_[name] = value.copy();
  result.version_ = next_version();
  return result;
}

std::vector<std::string> VariableStore::names() const {
  std::vector<std::string> result;
  for (const auto& [name, value] : values_) result.push_back(name);
  return result;
}

StepProgram::StepProgram(const ModelScope& scope, std::vector<Tensor> batch,
                         std::vector<Tensor> fetches,
                         std::vector<Tensor> operations)
    : num_fetches_(fetches.size()) {
  std::vector<Tensor> roots = std::move(fetches);
  roots.insert(roots.end(), operations.begin(), operations.end());
  roots = scope.with_branches(roots);
  Graph graph;
  graph.name = scope.is_training() ? "train_step" : "step";
  graph.outputs.assign(roots.begin(), roots.begin() + int64_t(num_fetches_));
  for (Update& u : reachable_updates(roots)) {
    updated_.push_back(u.variable);
    graph.outputs.push_back(std::move(u.value));
  }
  const auto used = reachable(graph.outputs);
  CompileOptions options;
  options.profile = true;
  options.profile_every = 16;
  for (const auto& v : scope.variables()) {
    if (!used.contains(v->read.node().get())) continue;
    const int input = int(graph.inputs.size());
    auto it = std::find(updated_.begin(), updated_.end(), v->name);
    if (it != updated_.end()) {
      options.donated.push_back(input);
      options.alias.emplace_back(int(num_fetches_) + int(it - updated_.begin()),
                                 input);
    }
    variables_.push_back(v->name);
    graph.inputs.push_back(v->read);
  }
  num_in_place_ = options.alias.size();
  const auto is_needed = needed_leaves(batch, used);
  for (size_t i = 0; i < batch.size(); ++i) {
    if (!is_needed[i]) continue;
    batch_leaves_.push_back(i);
    graph.inputs.push_back(batch[i]);
  }
  check_parameters(used, graph.inputs, scope);
  has_key_ = !scope.step_key().is_empty() &&
             used.contains(scope.step_key().node().get());
  if (has_key_) graph.inputs.push_back(scope.step_key());
  executable_ = std::make_shared<const Executable>(compile(graph, options));
}

namespace {

// A scalar whose memory is `key`, which must outlive it.
Array borrowed(const Key& key) {
  auto* data = reinterpret_cast<std::byte*>(const_cast<Key*>(&key));
  return Array(DType::kUInt64, Shape{}, Strides{}, data,
               Buffer::borrow(data, sizeof key, nullptr, false));
}

}  // namespace

std::vector<Array> StepProgram::inputs(const VariableStore& store,
                                       const std::vector<Array>& batch,
                                       Key key) const {
  std::vector<Array> inputs = keyless_inputs(store, batch);
  if (has_key_) inputs.push_back(Array::scalar(key.value));
  return inputs;
}

std::vector<Array> StepProgram::keyless_inputs(
    const VariableStore& store, const std::vector<Array>& batch) const {
  std::vector<Array> inputs;
  inputs.reserve(variables_.size() + batch_leaves_.size() + 1);
  for (const std::string& name : variables_) inputs.push_back(store.at(name));
  for (size_t leaf : batch_leaves_) inputs.push_back(batch.at(leaf));
  return inputs;
}

std::vector<Array> StepProgram::run(std::span<const Array> inputs) const {
  NUMEST_CHECK(updated_.empty(), "a step that assigns variables");
  return executable_->run(inputs);
}

void StepProgram::run(VariableStore& store, const std::vector<Array>& batch,
                      Key key, std::vector<Array>& fetched) const {
  std::vector<Array> given = keyless_inputs(store, batch);
  if (has_key_) given.push_back(borrowed(key));
  fetched = executable_->run(given);
  for (size_t i = 0; i < updated_.size(); ++i)
    store.set(updated_[i], fetched[num_fetches_ + i]);
  fetched.resize(num_fetches_);
}

std::optional<BoundStep> StepProgram::bind(
    const VariableStore& store, const std::vector<Array>& batch) const {
  if (num_in_place_ != updated_.size()) return std::nullopt;
  std::vector<Array> given = keyless_inputs(store, batch);
  auto key = has_key_ ? std::make_unique<Key>() : nullptr;
  if (key) given.push_back(borrowed(*key));
  auto program = executable_->bind(std::move(given));
  if (!program) return std::nullopt;
  BoundStep step(std::move(*program));
  step.key_ = std::move(key);
  step.variables_ = variables_;
  step.num_fetches_ = num_fetches_;
  step.input_of_leaf_.assign(batch.size(), -1);
  for (size_t i = 0; i < batch_leaves_.size(); ++i)
    step.input_of_leaf_[batch_leaves_[i]] = int(variables_.size() + i);
  return step;
}

bool BoundStep::fits(const VariableStore& store,
                     const std::vector<Array>& batch) const {
  const std::vector<Array>& inputs = program_.inputs();
  for (size_t i = 0; i < variables_.size(); ++i) {
    const Array* value = store.find(variables_[i]);
    if (!value || value->raw() != inputs[i].raw()) return false;
  }
  for (size_t leaf = 0; leaf < batch.size(); ++leaf) {
    if (input_of_leaf_[leaf] < 0) continue;
    const Array& bound = inputs[size_t(input_of_leaf_[leaf])];
    const Array& given = batch[leaf];
    if (given.dtype() != bound.dtype() || given.shape() != bound.shape() ||
        given.strides() != bound.strides())
      return false;
  }
  return true;
}

bool BoundStep::may_read(const std::vector<Array>& batch) const {
  return std::all_of(batch.begin(), batch.end(), [&](const Array& leaf) {
    return program_.may_read(leaf.buffer());
  });
}

}  // namespace numest
