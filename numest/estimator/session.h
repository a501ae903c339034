// A run over data: an iterator, a model, hooks. Train, evaluate and predict
// are loops around it.
#pragma once

#include <memory>
#include <optional>
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

  const Model& model() const { return *model_; }
  const data::Leaves& batch() const { return batch_; }
  const data::Iterator& iterator() const { return iterator_; }
  /// Keeps the store of this session alive with it.
  void own(std::unique_ptr<VariableStore> store) { owned_ = std::move(store); }

 private:
  std::vector<Array> run(const std::vector<Tensor>& fetches,
                         const std::vector<Tensor>& operations);

  std::shared_ptr<const Model> model_;
  std::unique_ptr<VariableStore> owned_;
  VariableStore& store_;
  data::Iterator iterator_;
  Hooks hooks_;
  Key key_;
  data::Leaves batch_;
  // A step is keyed by its place, so that a resumed run draws the same; runs
  // that leave the global step as it is are counted.
  int64_t keyed_step_ = -1, num_repeats_ = 0;
};

}  // namespace numest::estimator
