// Optimizers: one table row each with hyper-parameters, slots and the update
// formula. Two families share the machinery: Keras (legacy) as used by the v2
// estimators, and tf.compat.v1.train; they differ in formulas, defaults and
// checkpoint names.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "numest/train/model_scope.h"

namespace numest {

/// Learning rate: a number, or a function of the global step.
using Schedule = std::function<Tensor(const Tensor& step)>;

enum class OptimizerFamily { kKeras, kV1 };

/// What an update formula sees for one variable; all Tensors.
class UpdateContext;

struct HyperDef {
  std::string_view name = {};
  double default_value;
};
struct SlotDef {
  std::string_view name;  // Keras slot name = {}; v1 names count: "", "_1"
  /// Initial value: a number, or the hyper-parameter of that name.
  double initial = 0.0;
  std::string_view initial_hyper = "";
  /// Exists only if this hyper-parameter is non-zero (or flag is set).
  std::string_view only_if = "";
};

struct OptimizerDef {
  std::string_view name = {};  // "Adagrad"
  OptimizerFamily family;
  std::string_view doc = {};
  std::span<const HyperDef> hypers = {};  // stored with the variables (Keras)
  std::span<const HyperDef> options =
      {};  // fixed numbers and flags, not stored
  std::span<const SlotDef> slots = {};
  void (*update)(UpdateContext&);
};

/// Settings of one optimizer object.
struct OptimizerOptions {
  std::map<std::string, double> values = {};  // hypers and options by name
  std::optional<Schedule> schedule = {};      // learning rate by step
  std::optional<double> clipnorm = {}, clipvalue = {}, global_clipnorm = {};
  std::string name = {};  // scope in checkpoints; empty: the optimizer's
};

class Optimizer {
 public:
  /// Finds "Adagrad", "Adam", "Ftrl", "RMSProp"/"RMSprop", "SGD", ...; throws
  /// ValueError "Unsupported optimizer name" listing the names, or for an
  /// unknown or invalid hyper-parameter.
  static Optimizer named(std::string_view name, OptimizerFamily family,
                         OptimizerOptions options = {});
  static std::span<const OptimizerDef> table();

  const OptimizerDef& def() const { return *def_; }
  const OptimizerOptions& options() const { return options_; }
  double value(std::string_view hyper) const;

  /// Gradients of `loss` by `variables` (default: the trainable ones),
  /// applied; adds one to `step` if given. Returns the train operation.
  /// Throws ValueError if no variable has a gradient.
  Tensor minimize(const Tensor& loss, std::vector<Tensor> variables = {},
                  std::optional<Tensor> step = std::nullopt) const;
  /// The same for given gradients (an empty Tensor means none).
  Tensor apply_gradients(std::vector<Tensor> gradients,
                         std::vector<Tensor> variables,
                         std::optional<Tensor> step = std::nullopt) const;
  std::vector<Tensor> compute_gradients(
      const Tensor& loss, const std::vector<Tensor>& variables) const;

 private:
  const OptimizerDef* def_ = nullptr;
  OptimizerOptions options_;
};

class UpdateContext {
 public:
  const Tensor& variable() const { return variable_; }
  const Tensor& gradient() const { return gradient_; }
  /// Value of a slot before the update.
  Tensor slot(std::string_view name) const;
  bool has_slot(std::string_view name) const;
  /// beta^t of compat.v1's Adam: `beta` is "beta1" or "beta2".
  Tensor power(std::string_view beta) const;
  /// Hyper-parameter as a scalar Tensor of the variable's dtype.
  Tensor hyper(std::string_view name) const;
  double option(std::string_view name) const;
  /// Learning rate of this step, schedule and decay applied.
  const Tensor& learning_rate() const { return learning_rate_; }
  /// Number of this step, from 1, in the variable's dtype.
  const Tensor& time() const { return time_; }
  void set_variable(const Tensor& value);
  void set_slot(std::string_view name, const Tensor& value);

 private:
  friend class OptimizerRun;
  class OptimizerRun* run_ = nullptr;
  Tensor variable_, gradient_, learning_rate_, time_;
};

}  // namespace numest
