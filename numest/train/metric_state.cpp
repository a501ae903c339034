// Local variables and shapes of metrics.
#include "numest/train/metric_state.h"

#include "numest/ops/composite.h"
#include "numest/ops/functions.h"
#include "numest/ops/operators.h"

namespace numest::metrics {

State::State(const std::string& name, const Shape& shape) {
  ModelScope& scope = ModelScope::current();
  before_ = scope.get_variable({.name = scope.unique_name(name),
                                .shape = shape,
                                .initializer = initializers::zeros(),
                                .is_local = true});
  after_ = before_;
}

void State::add(const Tensor& term) {
  after_ = ModelScope::current().assign_add(before_, term);
}

Tensor to_float(const Tensor& x) {
  return x.dtype() == DType::kFloat32 ? x : astype(x, DType::kFloat32);
}

Tensor safe_ratio(const Tensor& a, const Tensor& b) {
  const Tensor zero = equal(b, Tensor(0.0));
  return where(zero, zeros_like(a), a / where(zero, ones_like(b), b));
}

Tensor mean_of(const Tensor& x) { return numest::mean(x); }

Tensor align(const Tensor& labels, const Tensor& predictions) {
  if (labels.ndim() == predictions.ndim() + 1 && labels.shape().back() == 1)
    return squeeze(labels, -1);
  if (labels.ndim() + 1 == predictions.ndim() &&
      predictions.shape().back() == 1)
    return expand_dims(labels, -1);
  return labels;
}

Tensor broadcast_weights(const Tensor& values,
                         const std::optional<Tensor>& weights) {
  if (!weights) return ones_like(values);
  const Tensor w = align(to_float(*weights), values);
  return ones_like(values) * w;
}

}  // namespace numest::metrics
