// Heads and specs between Python and the core.
#pragma once

#include "convert.h"
#include "numest/estimator/head.h"

namespace numest::python {

nb::object from_features(const estimator::Features& features);
estimator::Features to_features(nb::handle object);
/// The Python spec is a dictionary made by numest.estimator.
estimator::EstimatorSpec to_spec(const nb::dict& d, estimator::Mode mode);
/// Metrics by name: pairs (value, update), or (list of inputs, function).
Metrics to_metrics(nb::handle dict);
/// A function of tensors, or none.
std::function<Tensor(const Tensor&)> to_activation(nb::handle object);
void bind_heads(nb::module_& m);

}  // namespace numest::python
