// State of metrics: local variables that a step adds to.
#pragma once

#include <optional>
#include <string>

#include "numest/train/model_scope.h"

namespace numest::metrics {

/// A float32 local variable that sums.
class State {
 public:
  State(const std::string& name, const Shape& shape);
  void add(const Tensor& term);
  const Tensor& before() const { return before_; }
  const Tensor& after() const { return after_; }

 private:
  Tensor before_, after_;
};

Tensor to_float(const Tensor& x);
/// a / b, 0 where b is 0.
Tensor safe_ratio(const Tensor& a, const Tensor& b);
Tensor mean_of(const Tensor& x);
/// Weights of the shape of `values`; ones if not given. A missing or extra
/// last axis of extent 1 is added or dropped.
Tensor broadcast_weights(const Tensor& values,
                         const std::optional<Tensor>& weights);
/// Labels with the ndim of predictions, as far as an extent 1 allows.
Tensor align(const Tensor& labels, const Tensor& predictions);

}  // namespace numest::metrics
