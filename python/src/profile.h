// Profiles as Python objects.
#pragma once

#include "convert.h"

namespace numest::python {

/// The class Profile.
void bind_profile(nb::module_& m);

}  // namespace numest::python
