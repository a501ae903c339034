// Keeps OpenMP inside a call of oneDNN at one thread: our own pool splits the
// work. Restored afterwards, since the thread may belong to the user.
#pragma once

#include <omp.h>

namespace numest::kernels {

class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) {
    if (before_ != 1) omp_set_num_threads(1);
  }
  ~OneThread() {
    if (before_ != 1) omp_set_num_threads(before_);
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

}  // namespace numest::kernels
