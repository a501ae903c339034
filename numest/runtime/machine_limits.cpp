// The best of a few runs of a copy and of a product.
#include "numest/runtime/machine_limits.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "numest/base/recording.h"
#include "numest/base/thread_pool.h"
#include "numest/kernels/matmul.h"

namespace numest {

namespace {

// Nanoseconds of the fastest run after one that warms up.
template <class F>
double best_ns(const F& run) {
  constexpr int kRuns = 8;
  run();
  int64_t best = std::numeric_limits<int64_t>::max();
  for (int i = 0; i < kRuns; ++i) {
    const int64_t start = now_ns();
    run();
    best = std::min(best, now_ns() - start);
  }
  return double(std::max<int64_t>(best, 1));
}

double measured_gb_per_s() {
  constexpr int64_t kBytes = 64 << 20, kPiece = 1 << 20;
  const auto from = std::make_unique<std::byte[]>(kBytes);
  const auto to = std::make_unique<std::byte[]>(kBytes);
  const auto copy = [&](int64_t begin, int64_t end) {
    std::memcpy(to.get() + begin, from.get() + begin, size_t(end - begin));
  };
  return 2.0 * kBytes / best_ns([&] { parallel_for(kBytes, kPiece, copy); });
}

double measured_gflop_per_s() {
  constexpr int64_t kRows = 1024;
  const std::vector<float> a(kRows * kRows, 1), b = a;
  std::vector<float> c(kRows * kRows);
  return 2.0 * kRows * kRows * kRows / best_ns([&] {
           kernels::matmul(DType::kFloat32, a.data(), false, b.data(), false,
                           c.data(), kRows, kRows, kRows);
         });
}

}  // namespace

MachineLimits machine_limits() {
  static std::mutex mutex;
  static std::map<int, MachineLimits> known;
  const std::lock_guard lock(mutex);
  const int count = num_threads();
  const auto found = known.find(count);
  if (found != known.end()) return found->second;
  return known[count] = {count, measured_gb_per_s(), measured_gflop_per_s()};
}

}  // namespace numest
