// For tests that are a short slice in every run and long on demand:
// `tools/soak` sets NUMEST_SOAK.
#pragma once

#include <cstdint>
#include <cstdlib>

#include "numest/base/file.h"

namespace numest {

inline bool is_soak() { return std::getenv("NUMEST_SOAK") != nullptr; }

/// How much fewer rounds a run has under sanitizers, which are slow.
inline int64_t sanitizer_share() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return is_soak() ? 1 : 10;
#else
  return 1;
#endif
}

/// How many rounds to run.
inline int64_t rounds(int64_t in_every_run, int64_t at_length) {
  return is_soak() ? at_length : in_every_run / sanitizer_share();
}

/// Temporary folders of this process lie in memory where there is such a
/// place: to sync thousands of files on a busy disk takes minutes.
inline void keep_files_in_memory() {
  if (is_directory("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 1);
}

}  // namespace numest
