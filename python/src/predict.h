// Predictions as Python objects.
#pragma once

#include "convert.h"

namespace numest::python {

/// Predictor and RowRequests.
void bind_predict(nb::module_& m);

}  // namespace numest::python
