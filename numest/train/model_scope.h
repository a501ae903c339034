// What a model under construction collects: variables, assignments, losses,
// updates, summaries, random keys. One scope per call of a model function.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "numest/graph/node.h"
#include "numest/train/initializers.h"
#include "numest/transforms/branches.h"

namespace numest {

/// A variable of a model: a graph input that assignments may replace.
struct Variable {
  std::string name;  // as in the checkpoint
  TensorSpec spec;
  Tensor read;  // its value at the start of the step
  Initializer initializer;
  bool is_trainable = true;
  bool is_local = false;  // metric state: not saved, reset per evaluation
  bool is_hyper = false;  // optimizer constant: restored if present
  /// Path element between variable and v1 slot names ("t_0", "part_0").
  std::string slot_infix;
};

struct VariableRequest {
  std::string name = {};
  Shape shape = {};
  DType dtype = DType::kFloat32;
  Initializer initializer = {};  // default: glorot_uniform, zeros for integers
  bool is_trainable = true;
  bool is_local = false;
  bool is_hyper = false;
  std::string slot_infix = {};
};

/// Summary to be written: a scalar or a histogram of a tensor.
struct SummaryRequest {
  std::string tag;
  Tensor value;
  bool is_histogram = false;
};

class ModelScope {
 public:
  explicit ModelScope(bool is_training);
  /// Values of variables by name.
  using Values = std::map<std::string, Array>;
  /// A scope whose variables are data: they are read from `values` (made
  /// there if missing), and an assignment changes `values` at once. Building
  /// a metric or an update in it computes it. Lives no longer than `values`.
  ModelScope(bool is_training, Values& values);
  ModelScope(const ModelScope&) = delete;
  ModelScope& operator=(const ModelScope&) = delete;

  /// The innermost scope; ValueError outside of a model function.
  static ModelScope& current();
  static bool is_active();

  bool is_training() const { return is_training_; }

  /// Makes a variable, or returns the one of that full name (the name scopes
  /// joined by '/'); ValueError if it has another shape or dtype.
  Tensor get_variable(const VariableRequest& request);
  /// The same outside of all name scopes.
  Tensor get_root_variable(const VariableRequest& request);
  const std::vector<std::unique_ptr<Variable>>& variables() const {
    return variables_;
  }
  /// The variable that `read` came from, or null.
  const Variable* find(const Tensor& read) const;
  const Variable* find(const std::string& name) const;
  std::vector<Tensor> trainable_variables() const;
  /// The trainable variables that a gradient of `outputs` would reach by other
  /// ways than through `inputs`.
  std::vector<const Variable*> variables_beside(
      std::span<const Tensor> outputs, std::span<const Tensor> inputs) const;

  /// Marks `value` as the next value of `variable`; the result stands for
  /// the value after the assignment.
  Tensor assign(const Tensor& variable, const Tensor& value);
  Tensor assign_add(const Tensor& variable, const Tensor& value);
  /// The latest assigned value, else the value at the start of the step.
  Tensor latest(const Tensor& variable) const;

  /// int64 scalar variable 'global_step', made on first use.
  Tensor global_step();
  bool has_global_step() const;

  /// A random key of its own for each call, new in each step.
  Tensor next_key();
  /// The input that `next_key` folds; empty if there was no draw.
  const Tensor& step_key() const { return step_key_; }

  /// The model is as it is while `is_current` gives true: for code that reads
  /// what may change later.
  void watch(std::function<bool()> is_current) {
    watches_.push_back(std::move(is_current));
  }
  bool is_current() const;

  // Variable scopes and unique layer names.
  void push_name(const std::string& name);
  void pop_name();
  std::string full_name(const std::string& name) const;
  /// "dense", "dense_1", ... within the current name scope.
  std::string unique_name(const std::string& base);

  /// Tensors of the model, with branches that are run only if they are taken
  /// (numest/transforms/branches.h): what is differentiated, and what is
  /// compiled in the end.
  std::vector<Tensor> with_branches(std::span<const Tensor> tensors) const {
    return branches_.sink(tensors);
  }

  std::vector<Tensor> update_ops, losses, regularization_losses;
  std::vector<SummaryRequest> summaries;

  /// Makes a scope the current one of this thread while it lives.
  class Active {
   public:
    explicit Active(ModelScope& scope);
    ~Active();
    Active(const Active&) = delete;
    Active& operator=(const Active&) = delete;

   private:
    ModelScope* outer_;
  };

 private:
  Tensor eager_value(const Variable& variable);
  Tensor assigned(const Variable& variable, const Tensor& next);
  bool is_training_;
  mutable BranchSinker branches_{BranchUse::kWhole};
  Values* values_ = nullptr;  // of an eager scope
  std::vector<std::unique_ptr<Variable>> variables_;
  std::vector<std::pair<std::string, Tensor>> assigned_;
  std::vector<std::string> names_;
  std::vector<std::pair<std::string, int>> used_names_;
  Tensor step_key_;
  int64_t num_draws_ = 0;
  std::vector<std::function<bool()>> watches_;
};

/// Pushes a name for variables and layers made while it lives.
class NameScope {
 public:
  explicit NameScope(const std::string& name) {
    ModelScope::current().push_name(name);
  }
  ~NameScope() { ModelScope::current().pop_name(); }
  NameScope(const NameScope&) = delete;
  NameScope& operator=(const NameScope&) = delete;
};

}  // namespace numest
