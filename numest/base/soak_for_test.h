// For tests that are a short slice in every run and long on demand:
// `tools/soak` sets NUMEST_SOAK.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace numest {

inline bool is_soak() { return std::getenv("NUMEST_SOAK") != nullptr; }

/// How many rounds to run.
inline int64_t rounds(int64_t in_every_run, int64_t at_length) {
  return is_soak() ? at_length : in_every_run;
}

}  // namespace numest
