// A model as compiled programs: variables live in a store, a step updates
// them in place.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "numest/runtime/executable.h"
#include "numest/train/model_scope.h"

namespace numest {

/// Values of variables by name; memory is authoritative, disk is a backup.
class VariableStore {
 public:
  bool has(const std::string& name) const { return values_.contains(name); }
  const Array& at(const std::string& name) const;
  /// The array of a variable, which `set` may replace; null if there is none.
  const Array* find(const std::string& name) const {
    const auto it = values_.find(name);
    return it == values_.end() ? nullptr : &it->second;
  }
  /// Writes into the existing array if dtype and shape agree, so that
  /// programs keep their buffers.
  void set(const std::string& name, const Array& value);
  /// The same values in memory of their own.
  VariableStore copy() const;
  void erase(const std::string& name) { values_.erase(name); }
  void clear() { values_.clear(); }
  std::vector<std::string> names() const;
  const std::map<std::string, Array>& values() const { return values_; }

 private:
  std::map<std::string, Array> values_;
};

/// A step bound to the variables of a store and the layout of a batch: what
/// is looked up by name is looked up once.
class BoundStep {
 public:
  /// True if it still stands for `store` and batches laid out as `batch`.
  bool fits(const VariableStore& store, const std::vector<Array>& batch) const;
  /// True if no variable that the step writes shares memory with `batch`.
  bool may_read(const std::vector<Array>& batch) const;
  /// Leaf `leaf` of the batch lies at `data` from now on; the caller keeps
  /// `buffer` alive.
  void move_leaf(size_t leaf, std::byte* data,
                 const std::shared_ptr<Buffer>& buffer) {
    if (input_of_leaf_[leaf] >= 0)
      program_.move_input(size_t(input_of_leaf_[leaf]), data, buffer);
  }
  bool has_key() const { return key_ != nullptr; }
  /// Runs one step in place on the store. `key` counts if `has_key`.
  void run(Key key) {
    if (key_) *key_ = key;
    program_.run();
  }
  /// The values of the last run.
  std::span<const Array> fetched() const {
    return std::span(program_.outputs()).first(num_fetches_);
  }

 private:
  friend class StepProgram;
  explicit BoundStep(BoundProgram program) : program_(std::move(program)) {}

  std::unique_ptr<Key> key_;  // null: the step draws nothing
  BoundProgram program_;
  std::vector<std::string> variables_;  // the first inputs
  std::vector<int> input_of_leaf_;      // -1: not read
  size_t num_fetches_ = 0;
};

/// One step of a model: reads variables, batch and key; gives the fetched
/// tensors; replaces the variables that `operations` assign.
class StepProgram {
 public:
  /// Compiles. `batch` are the parameters of the batch leaves, in order.
  /// Assignments are those that `operations` or `fetches` depend on.
  StepProgram(const ModelScope& scope, std::vector<Tensor> batch,
              std::vector<Tensor> fetches, std::vector<Tensor> operations);

  /// Runs one step in place on `store`; the fetched values stay valid until
  /// the next call with the same `fetched`.
  void run(VariableStore& store, const std::vector<Array>& batch, Key key,
           std::vector<Array>& fetched) const;

  /// Prepares runs on `store` and batches laid out as `batch`; nullopt if
  /// that saves nothing.
  std::optional<BoundStep> bind(const VariableStore& store,
                                const std::vector<Array>& batch) const;

  /// What a run reads: variables (views), leaves of the batch, the key.
  std::vector<Array> inputs(const VariableStore& store,
                            const std::vector<Array>& batch, Key key) const;
  /// Runs on `inputs` a step that assigns no variable. Any thread.
  std::vector<Array> run(std::span<const Array> inputs) const;

  const Executable& executable() const { return *executable_; }
  /// Names of the variables that a run reads or writes.
  const std::vector<std::string>& variables() const { return variables_; }
  bool updates_variables() const { return !updated_.empty(); }

 private:
  std::vector<Array> keyless_inputs(const VariableStore& store,
                                    const std::vector<Array>& batch) const;

  std::shared_ptr<const Executable> executable_;
  std::vector<std::string> variables_;  // inputs, in order
  std::vector<size_t> batch_leaves_;    // which leaves are inputs
  bool has_key_ = false;
  size_t num_fetches_ = 0;
  std::vector<std::string> updated_;  // outputs after the fetches
  size_t num_in_place_ = 0;           // of them
};

}  // namespace numest
