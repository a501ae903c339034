// A run over data: an iterator, a model, hooks. Train, evaluate and predict
// are loops around it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "numest/data/dataset.h"
#include "numest/estimator/model.h"

namespace numest::estimator {

class Session : public RunContext {
 public:
  Session(std::shared_ptr<const Model> model, VariableStore& store,
          data::Iterator iterator, Hooks hooks, Key key);

  int64_t global_step() const override;
  VariableStore& variables() override { return store_; }
  Tensor loss() const override { return model_->spec().loss; }
  Tensor variable(const std::string& name) const override;

  void start();  // begin and after_create_session of the hooks
  /// Reads the next batch; false at the end of the data.
  bool next_batch();
  /// Runs one step: `fetches` first in the result, hooks see theirs.
  std::vector<Array> step(const std::vector<Tensor>& fetches,
                          const std::vector<Tensor>& operations);
  void end();  // of the hooks

  /// Called after a step with the global step and the fetched values; false
  /// ends the run of batches.
  using AfterStep = std::function<bool(int64_t, std::span<const Array>)>;
  /// Reads one or more batches, at most `max_batches`; false at the end of the
  /// data. What is left of the batches read before comes first.
  bool next_batches(int64_t max_batches);
  /// One step on each of these batches, without looking anything up in
  /// between. For sessions without hooks.
  void run_batches(const std::vector<Tensor>& fetches,
                   const std::vector<Tensor>& operations,
                   const AfterStep& after);
  bool has_hooks() const { return !hooks_.empty(); }
  /// True if `run_batches` ended before all batches were used: the position
  /// of the iterator is ahead of the steps.
  bool has_batches_left() const { return next_in_block_ < block_.count(); }

  const Model& model() const { return *model_; }
  const data::Leaves& batch() const { return batch_; }
  const data::Iterator& iterator() const { return iterator_; }
  /// Keeps the store of this session alive with it.
  void own(std::unique_ptr<VariableStore> store) { owned_ = std::move(store); }

 private:
  struct Bound {
    const StepProgram* program;
    BoundStep step;
  };
  std::vector<Array> run(const StepProgram& program);
  Key next_key(int64_t global_step);
  /// The step bound to the layout of `batch_`; null if binding is of no use.
  BoundStep* bound_step(const StepProgram& program);
  void run_bound(BoundStep& step, int64_t position, int64_t global_step);

  std::shared_ptr<const Model> model_;
  std::unique_ptr<VariableStore> owned_;
  VariableStore& store_;
  data::Iterator iterator_;
  Hooks hooks_;
  Key key_;
  data::Leaves batch_;
  data::Block block_;  // batches read ahead
  int64_t next_in_block_ = 0;
  std::vector<Bound> bound_;  // the latest last
  // A step is keyed by its place, so that a resumed run draws the same; runs
  // that leave the global step as it is are counted.
  int64_t keyed_step_ = -1, num_repeats_ = 0;
};

}  // namespace numest::estimator
