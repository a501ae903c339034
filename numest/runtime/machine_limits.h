// How fast this machine can be: what a profile compares with.
#pragma once

namespace numest {

struct MachineLimits {
  int num_threads = 0;     // that computed
  double gb_per_s = 0;     // a copy too big for the caches, read and written
  double gflop_per_s = 0;  // the product of two float32 matrices of 1024 rows
};

/// The limits with the present number of threads: measured in some 0.1 s at
/// the first call for that number, kept afterwards. Any thread.
MachineLimits machine_limits();

}  // namespace numest
