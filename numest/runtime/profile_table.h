// A profile as text.
#pragma once

#include <string>
#include <vector>

#include "numest/runtime/profile.h"

namespace numest {

/// A paragraph by call, at most `max_rows` rows each; the shares of its rows
/// add up to 100 %.
std::string profile_table(const std::vector<ProfiledCall>& calls,
                          const MachineLimits& limits, double seconds,
                          size_t max_rows);

}  // namespace numest
