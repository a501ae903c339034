// Predictions as Python objects.
#pragma once

#include "convert.h"

namespace numest::python {

void bind_row_requests(nb::module_& m);

}  // namespace numest::python
