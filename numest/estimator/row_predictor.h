// Predictions of one example at a time, hot: the program is bound to its
// variables and memory, so that a request costs its arithmetic.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "numest/estimator/estimator.h"

namespace numest::estimator {

/// Follows the Estimator: later training and newer checkpoints count (those
/// of other processes within some 20 ms). One thread at a time; make one for
/// each thread.
class RowPredictor {
 public:
  /// For examples of the types and layouts of `example`: the features of one
  /// example, without a batch axis.
  RowPredictor(const Estimator& estimator, const Element& example);
  RowPredictor(RowPredictor&&) noexcept;
  RowPredictor& operator=(RowPredictor&&) noexcept;
  ~RowPredictor();

  /// Keys of the values; one empty key if the predictions are one tensor.
  const std::vector<std::string>& keys() const;
  /// The values of one example, whose arrays are `leaves` in the order of
  /// `example.flatten()`. Dtypes, shapes and strides must be those of
  /// `example`, else ValueError. Overwritten by the next run.
  std::span<const Array> run(std::span<const Array> leaves);

  /// True if a run is short and enters no foreign function.
  bool is_light() const;
  /// As `run`, but waits for nobody and builds nothing: false if it would
  /// have to. `leaves` are known to fit.
  bool try_run(std::span<const Array> leaves);
  /// The values of the last run.
  std::span<const Array> values() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace numest::estimator
