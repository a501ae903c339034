// The machinery that all optimizers share: look-up, gradients, clipping,
// slots and their checkpoint names.
#include "numest/train/optimizer.h"

#include <algorithm>

#include "numest/ops/functions.h"
#include "numest/ops/operators.h"
#include "numest/train/optimizers/tables.h"
#include "numest/transforms/vjp.h"

namespace numest {

namespace {

bool is_same_name(std::string_view a, std::string_view b) {
  // "RMSProp" is the estimators' spelling of Keras's "RMSprop".
  return a == b || (a == "RMSProp" && b == "RMSprop");
}

const double* find_default(std::span<const HyperDef> defs,
                           std::string_view name) {
  for (const HyperDef& d : defs)
    if (d.name == name) return &d.default_value;
  return nullptr;
}

std::string known_names(OptimizerFamily family) {
  std::string names;
  for (const OptimizerDef& d : Optimizer::table())
    if (d.family == family)
      names += (names.empty() ? "'" : ", '") + std::string(d.name) + "'";
  return names;
}

void check_values(const OptimizerDef& def, const OptimizerOptions& options) {
  for (const auto& [name, value] : options.values) {
    NUMEST_USER_CHECK(
        find_default(def.hypers, name) || find_default(def.options, name),
        TypeError, "{}: unknown argument '{}'", def.name, name);
    const bool must_be_positive = name.find("accumulator") != name.npos ||
                                  name.find("regularization") != name.npos ||
                                  name == "decay" || name == "learning_rate";
    NUMEST_USER_CHECK(!must_be_positive || value >= 0, ValueError,
                      "{}: '{}' must not be negative: got {}", def.name, name,
                      value);
    NUMEST_USER_CHECK(name != "learning_rate_power" || value <= 0, ValueError,
                      "{}: 'learning_rate_power' must not be positive: got "
                      "{}",
                      def.name, value);
  }
}

Tensor norm(const Tensor& x) { return sqrt(sum(square(x))); }

Tensor scaled_to_norm(const Tensor& g, const Tensor& length, double limit) {
  return g * (Tensor(limit) / maximum(length, Tensor(limit)));
}

}  // namespace

std::span<const OptimizerDef> Optimizer::table() {
  static const std::vector<OptimizerDef> all = [] {
    std::vector<OptimizerDef> defs;
    for (auto family : {keras_optimizers(), v1_optimizers()})
      defs.insert(defs.end(), family.begin(), family.end());
    return defs;
  }();
  return all;
}

Optimizer Optimizer::named(std::string_view name, OptimizerFamily family,
                           OptimizerOptions options) {
  for (const OptimizerDef& def : table()) {
    if (def.family != family || !is_same_name(name, def.name)) continue;
    check_values(def, options);
    Optimizer result;
    result.def_ = &def;
    result.options_ = std::move(options);
    if (result.options_.name.empty()) result.options_.name = def.name;
    return result;
  }
  fail<ValueError>("Unsupported optimizer name: {}. Supported names are: ({})",
                   name, known_names(family));
}

double Optimizer::value(std::string_view name) const {
  auto it = options_.values.find(std::string(name));
  if (it != options_.values.end()) return it->second;
  if (const double* d = find_default(def_->hypers, name)) return *d;
  if (const double* d = find_default(def_->options, name)) return *d;
  throw InternalError(__FILE__, __LINE__, std::string(name));
}

// One application of an optimizer: owns the scalars that all variables share.
class OptimizerRun {
 public:
  OptimizerRun(const Optimizer& optimizer, std::optional<Tensor> step)
      : optimizer_(optimizer),
        scope_(ModelScope::current()),
        step_(std::move(step)) {
    prefix_ = is_keras() ? unique_prefix() : "";
  }

  Tensor run(std::vector<Tensor> gradients, std::vector<Tensor> variables) {
    clip(gradients);
    for (size_t i = 0; i < variables.size(); ++i)
      if (!gradients[i].is_empty()) update(variables[i], gradients[i]);
    finish();
    return group(operations_);
  }

  bool is_keras() const {
    return optimizer_.def().family == OptimizerFamily::kKeras;
  }

  Tensor hyper(std::string_view name, DType dtype) {
    const double value = optimizer_.value(name);
    if (!is_keras()) return scalar(value, dtype);
    return astype(root_variable(prefix_ + "/" + std::string(name),
                                DType::kFloat32, value, true),
                  dtype);
  }

  Tensor slot_variable(const Variable& variable, std::string_view name) {
    int number = 0;
    for (const SlotDef& slot : optimizer_.def().slots) {
      if (!exists(slot)) continue;
      if (slot.name == name) return make_slot(variable, slot, number);
      ++number;
    }
    throw InternalError(__FILE__, __LINE__, std::string(name));
  }

  bool has_slot(std::string_view name) const {
    for (const SlotDef& slot : optimizer_.def().slots)
      if (slot.name == name) return exists(slot);
    return false;
  }

  void assign(const Tensor& variable, const Tensor& value) {
    operations_.push_back(scope_.assign(variable, value));
  }

  const Optimizer& optimizer() const { return optimizer_; }

 private:
  static Tensor scalar(double value, DType dtype) {
    return Tensor(Array::scalar(value).astype(dtype));
  }

  std::string unique_prefix() {
    const std::string base = "training/" + optimizer_.options().name;
    std::string prefix = base;
    for (int i = 1; scope_.find(prefix + "/decay"); ++i)
      prefix = fmt::format("{}_{}", base, i);
    return prefix;
  }

  Tensor root_variable(const std::string& name, DType dtype, double value,
                       bool is_hyper) {
    if (const Variable* v = scope_.find(name)) return v->read;
    return scope_.get_root_variable(
        {.name = name,
         .shape = {},
         .dtype = dtype,
         .initializer = initializers::constant(value),
         .is_trainable = false,
         .is_hyper = is_hyper});
  }

  bool exists(const SlotDef& slot) const {
    return slot.only_if.empty() || optimizer_.value(slot.only_if) != 0;
  }

  Tensor make_slot(const Variable& variable, const SlotDef& slot, int number) {
    const double initial = slot.initial_hyper.empty()
                               ? slot.initial
                               : optimizer_.value(slot.initial_hyper);
    return scope_.get_root_variable(
        {.name = slot_name(variable, slot, number),
         .shape = variable.spec.shape,
         .dtype = variable.spec.dtype,
         .initializer = initializers::constant(initial),
         .is_trainable = false});
  }

  std::string slot_name(const Variable& variable, const SlotDef& slot,
                        int number) const {
    if (is_keras())
      return fmt::format("{}/{}/{}", prefix_, variable.name, slot.name);
    const std::string infix =
        variable.slot_infix.empty() ? "" : "/" + variable.slot_infix;
    const std::string suffix = number ? fmt::format("_{}", number) : "";
    return variable.name + infix + "/" + optimizer_.options().name + suffix;
  }

  void clip(std::vector<Tensor>& gradients) const {
    const OptimizerOptions& o = optimizer_.options();
    if (o.global_clipnorm) {
      std::optional<Tensor> total;
      for (const Tensor& g : gradients)
        if (!g.is_empty()) {
          const Tensor square_sum = sum(square(g));
          total = total ? *total + square_sum : square_sum;
        }
      if (total)
        for (Tensor& g : gradients)
          if (!g.is_empty())
            g = scaled_to_norm(g, sqrt(*total), *o.global_clipnorm);
    }
    for (Tensor& g : gradients) {
      if (g.is_empty()) continue;
      if (o.clipnorm) g = scaled_to_norm(g, norm(g), *o.clipnorm);
      if (o.clipvalue)
        g = minimum(maximum(g, Tensor(-*o.clipvalue)), Tensor(*o.clipvalue));
    }
  }

  // Steps done before this one, from the given counter or one of our own.
  Tensor iterations() {
    if (!step_ && is_keras())
      step_ = root_variable(prefix_ + "/iter", DType::kInt64, 0, false);
    return step_ ? *step_ : scope_.global_step();
  }

  Tensor learning_rate(DType dtype) {
    const auto& schedule = optimizer_.options().schedule;
    Tensor rate = schedule ? astype((*schedule)(iterations()), dtype)
                           : hyper("learning_rate", dtype);
    if (!is_keras()) return rate;
    const Tensor decay = hyper("decay", dtype);
    if (optimizer_.value("decay") == 0) return rate;
    return rate / (Tensor(1.0) + decay * astype(iterations(), dtype));
  }

  void update(const Tensor& variable, const Tensor& gradient) {
    UpdateContext c;
    c.run_ = this;
    c.variable_ = variable;
    c.gradient_ = gradient;
    const DType dtype = variable.dtype();
    if (rate_.is_empty() || rate_.dtype() != dtype) {
      rate_ = learning_rate(dtype);
      if (is_keras()) {
        for (const HyperDef& h : optimizer_.def().hypers)
          if (h.name != "learning_rate") hyper(h.name, dtype);
        time_ = astype(iterations() + Tensor(1), dtype);
      }
    }
    c.learning_rate_ = rate_;
    c.time_ = time_;
    optimizer_.def().update(c);
  }

  void finish() {
    if (optimizer_.def().name == "Adam" && !is_keras()) advance_powers();
    if (!step_) return;
    operations_.push_back(scope_.assign_add(*step_, Tensor(1)));
  }

 public:
  // Adam of compat.v1 keeps beta^t as variables in the current name scope.
  Tensor power(std::string_view beta) {
    const std::string name = std::string(beta) + "_power";
    return scope_.get_variable(
        {.name = name,
         .shape = {},
         .initializer = initializers::constant(optimizer_.value(beta)),
         .is_trainable = false});
  }

 private:
  void advance_powers() {
    for (std::string_view beta : {"beta1", "beta2"}) {
      const Tensor p = power(beta);
      assign(p, p * Tensor(optimizer_.value(beta)));
    }
  }

  const Optimizer& optimizer_;
  ModelScope& scope_;
  std::optional<Tensor> step_;
  std::string prefix_;
  Tensor rate_, time_;
  std::vector<Tensor> operations_;
};

Tensor UpdateContext::slot(std::string_view name) const {
  return run_->slot_variable(*ModelScope::current().find(variable_), name);
}
bool UpdateContext::has_slot(std::string_view name) const {
  return run_->has_slot(name);
}
Tensor UpdateContext::hyper(std::string_view name) const {
  return run_->hyper(name, variable_.dtype());
}
Tensor UpdateContext::power(std::string_view beta) const {
  return astype(run_->power(beta), variable_.dtype());
}
double UpdateContext::option(std::string_view name) const {
  return run_->optimizer().value(name);
}
void UpdateContext::set_variable(const Tensor& value) {
  run_->assign(variable_, value);
}
void UpdateContext::set_slot(std::string_view name, const Tensor& value) {
  run_->assign(slot(name), value);
}

std::vector<Tensor> Optimizer::compute_gradients(
    const Tensor& loss, const std::vector<Tensor>& variables) const {
  NUMEST_USER_CHECK(loss.ndim() == 0 && is_inexact(loss.dtype()), ValueError,
                    "minimize: the loss must be a floating scalar: got {}",
                    loss.to_string());
  std::vector<Tensor> all{loss};
  all.insert(all.end(), variables.begin(), variables.end());
  if (ModelScope::is_active()) all = ModelScope::current().with_branches(all);
  const Tensor ones[] = {Tensor(Array::scalar(1.0).astype(loss.dtype()))};
  return vjp(std::span(all).first(1), ones, std::span(all).subspan(1));
}

Tensor Optimizer::minimize(const Tensor& loss, std::vector<Tensor> variables,
                           std::optional<Tensor> step) const {
  if (variables.empty())
    variables = ModelScope::current().trainable_variables();
  return apply_gradients(compute_gradients(loss, variables), variables,
                         std::move(step));
}

Tensor Optimizer::apply_gradients(std::vector<Tensor> gradients,
                                  std::vector<Tensor> variables,
                                  std::optional<Tensor> step) const {
  const bool any = std::any_of(gradients.begin(), gradients.end(),
                               [](const Tensor& g) { return !g.is_empty(); });
  NUMEST_USER_CHECK(any, ValueError,
                    "No gradients provided for any variable: the loss does "
                    "not depend on {}",
                    variables.empty()
                        ? std::string("any variable; the model has none")
                        : "'" + variables[0].node()->name + "' or others");
  return OptimizerRun(*this, std::move(step))
      .run(std::move(gradients), std::move(variables));
}

}  // namespace numest
