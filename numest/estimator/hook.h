// Hooks look into a running session: they ask for values before a step, see
// them after it, and may ask to stop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "numest/train/program.h"

namespace numest::estimator {

/// What a hook may see of a run.
class RunContext {
 public:
  virtual ~RunContext() = default;
  /// Global step after the last finished step.
  virtual int64_t global_step() const = 0;
  virtual VariableStore& variables() = 0;
  /// Loss of the model, to be asked for in `before_run`; empty if the mode
  /// has none.
  virtual Tensor loss() const { return {}; }
  /// A variable of the model, to be asked for in `before_run`; empty if there
  /// is none of that name.
  virtual Tensor variable(const std::string&) const { return {}; }
  void request_stop() { stop_requested_ = true; }
  bool stop_requested() const { return stop_requested_; }

 private:
  bool stop_requested_ = false;
};

/// Base of all hooks; every method may be left out.
class Hook {
 public:
  virtual ~Hook() = default;
  /// While the model may still be extended.
  virtual void begin() {}
  virtual void after_create_session(RunContext&) {}
  /// Tensors of the model whose values this hook wants of the next step.
  virtual std::vector<Tensor> before_run(RunContext&) { return {}; }
  /// Values of the tensors that `before_run` asked for.
  virtual void after_run(RunContext&, const std::vector<Array>&) {}
  /// After a run that ended without an error.
  virtual void end(RunContext&) {}
};
using Hooks = std::vector<std::shared_ptr<Hook>>;

/// Told before and after each checkpoint is written.
class CheckpointListener {
 public:
  virtual ~CheckpointListener() = default;
  virtual void begin() {}
  virtual void before_save(RunContext&, int64_t) {}
  /// True asks to stop training.
  virtual bool after_save(RunContext&, int64_t) { return false; }
  virtual void end(RunContext&, int64_t) {}
};
using CheckpointListeners = std::vector<std::shared_ptr<CheckpointListener>>;

}  // namespace numest::estimator
