// Collecting the parts of a model while its function runs.
#include "numest/train/model_scope.h"

#include <algorithm>
#include <set>

#include "numest/ops/call.h"

namespace numest {

namespace {

thread_local ModelScope* current_scope = nullptr;

Initializer default_initializer(DType dtype) {
  return is_inexact(dtype) ? initializers::glorot_uniform()
                           : initializers::zeros();
}

}  // namespace

ModelScope::ModelScope(bool is_training) : is_training_(is_training) {}

ModelScope::ModelScope(bool is_training, Values& values)
    : is_training_(is_training), values_(&values) {}

Tensor ModelScope::eager_value(const Variable& v) {
  auto it = values_->find(v.name);
  if (it == values_->end())
    it = values_
             ->emplace(v.name, v.initializer.make(v.spec.shape, v.spec.dtype,
                                                  Key{values_->size()}))
             .first;
  return Tensor(it->second);
}

ModelScope::Active::Active(ModelScope& scope) : outer_(current_scope) {
  current_scope = &scope;
}
ModelScope::Active::~Active() { current_scope = outer_; }

bool ModelScope::is_active() { return current_scope != nullptr; }

ModelScope& ModelScope::current() {
  NUMEST_USER_CHECK(current_scope, ValueError,
                    "variables exist inside of a model function only: none "
                    "is being called; move this code into model_fn");
  return *current_scope;
}

bool ModelScope::is_current() const {
  return std::all_of(watches_.begin(), watches_.end(),
                     [](const auto& is_current) { return is_current(); });
}

Tensor ModelScope::get_variable(const VariableRequest& request) {
  const std::string name = full_name(request.name);
  const TensorSpec spec{request.dtype, request.shape};
  if (const Variable* known = find(name)) {
    NUMEST_USER_CHECK(known->spec == spec, ValueError,
                      "get_variable: variable '{}' exists with shape {}, "
                      "dtype {}: got shape {}, dtype {}",
                      name, known->spec.shape.to_string(),
                      numest::name(known->spec.dtype), spec.shape.to_string(),
                      numest::name(spec.dtype));
    return known->read;
  }
  NUMEST_USER_CHECK(spec.shape.is_known(), ValueError,
                    "get_variable: shape of '{}' is not known: got {}", name,
                    spec.shape.to_string());
  auto variable = std::make_unique<Variable>();
  variable->name = name;
  variable->spec = spec;
  variable->initializer = request.initializer
                              ? request.initializer
                              : default_initializer(request.dtype);
  variable->is_trainable = request.is_trainable && !request.is_local;
  variable->is_local = request.is_local;
  variable->is_hyper = request.is_hyper;
  variable->slot_infix = request.slot_infix;
  variable->read = values_ ? eager_value(*variable) : parameter(spec, name);
  variables_.push_back(std::move(variable));
  return variables_.back()->read;
}

const Variable* ModelScope::find(const Tensor& read) const {
  for (const auto& v : variables_)
    if (v->read.is_same(read)) return v.get();
  return nullptr;
}

const Variable* ModelScope::find(const std::string& name) const {
  for (const auto& v : variables_)
    if (v->name == name) return v.get();
  return nullptr;
}

std::vector<Tensor> ModelScope::trainable_variables() const {
  std::vector<Tensor> result;
  for (const auto& v : variables_)
    if (v->is_trainable) result.push_back(v->read);
  return result;
}

std::vector<const Variable*> ModelScope::variables_beside(
    std::span<const Tensor> outputs, std::span<const Tensor> inputs) const {
  std::vector<Tensor> pending(outputs.begin(), outputs.end());
  std::set<const Node*> seen;
  while (!pending.empty()) {
    const Tensor t = pending.back();
    pending.pop_back();
    const bool is_input =
        std::any_of(inputs.begin(), inputs.end(),
                    [&](const Tensor& input) { return input.is_same(t); });
    if (is_input || !t.node() || t.node()->op == &op_named("stop_gradient") ||
        !seen.insert(t.node().get()).second)
      continue;
    pending.insert(pending.end(), t.node()->inputs.begin(),
                   t.node()->inputs.end());
  }
  std::vector<const Variable*> found;
  for (const auto& v : variables_)
    if (v->is_trainable && seen.contains(v->read.node().get()))
      found.push_back(v.get());
  return found;
}

Tensor ModelScope::assign(const Tensor& variable, const Tensor& value) {
  const Variable* v = find(variable);
  NUMEST_USER_CHECK(v, TypeError,
                    "assign: got {}, expected a variable of this model",
                    variable.to_string());
  Tensor next = value;
  if (next.dtype() != v->spec.dtype || next.is_weak())
    next = call_one(op_named("astype"), {next}, {{"dtype", v->spec.dtype}});
  const Shape shape = broadcast_shapes(next.shape(), v->spec.shape, "assign");
  NUMEST_USER_CHECK(shape == v->spec.shape, ValueError,
                    "assign: variable '{}' has shape {}: got a value of "
                    "shape {}",
                    v->name, v->spec.shape.to_string(),
                    next.shape().to_string());
  if (next.shape() != v->spec.shape)
    next = call_one(op_named("broadcast_to"), {next}, {{"shape", shape}});
  return assigned(*v, next);
}

Tensor ModelScope::assigned(const Variable& v, const Tensor& next) {
  if (values_) values_->insert_or_assign(v.name, next.numpy());
  // A node even for constants: the mark must be found in the graph.
  Tensor marked = values_ ? next
                          : make_node(op_named("assign"), {next},
                                      {{"variable", v.name}})[0];
  for (auto& [name, last] : assigned_)
    if (name == v.name) return last = marked;
  assigned_.emplace_back(v.name, marked);
  return marked;
}

Tensor ModelScope::latest(const Tensor& variable) const {
  const Variable* v = find(variable);
  if (v)
    for (const auto& [name, last] : assigned_)
      if (name == v->name) return last;
  return variable;
}

Tensor ModelScope::assign_add(const Tensor& variable, const Tensor& value) {
  return assign(variable, call_one(op_named("add"), {latest(variable), value}));
}

Tensor ModelScope::global_step() {
  if (const Variable* v = find(std::string("global_step"))) return v->read;
  return get_root_variable({.name = "global_step",
                            .shape = {},
                            .dtype = DType::kInt64,
                            .initializer = initializers::zeros(),
                            .is_trainable = false});
}

Tensor ModelScope::get_root_variable(const VariableRequest& request) {
  std::vector<std::string> names;
  names.swap(names_);
  Tensor variable = get_variable(request);
  names_.swap(names);
  return variable;
}

bool ModelScope::has_global_step() const {
  return find(std::string("global_step")) != nullptr;
}

Tensor ModelScope::next_key() {
  if (step_key_.is_empty())
    step_key_ = parameter({DType::kUInt64, Shape{}}, "step_key");
  return call_one(op_named("fold_in"), {step_key_, Tensor(num_draws_++)});
}

void ModelScope::push_name(const std::string& name) { names_.push_back(name); }
void ModelScope::pop_name() { names_.pop_back(); }

std::string ModelScope::full_name(const std::string& name) const {
  std::string full;
  for (const std::string& part : names_)
    if (!part.empty()) full += part + "/";
  return full + name;
}

std::string ModelScope::unique_name(const std::string& base) {
  const std::string full = full_name(base);
  for (auto& [name, count] : used_names_)
    if (name == full) return fmt::format("{}_{}", base, ++count);
  used_names_.emplace_back(full, 0);
  return base;
}

}  // namespace numest
