// Factorizations called from several threads at once; their values are tested
// by the op table and from Python.
#include "numest/kernels/lapack.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

namespace numest::kernels {
namespace {

// a x = a has the identity as its solution.
bool solves_itself(int64_t n, int seed) {
  std::vector<double> a(size_t(n * n)), b;
  for (int64_t i = 0; i < n * n; ++i)
    a[size_t(i)] = std::sin(double(i * (seed + 1))) + (i % (n + 1) ? 0 : 20);
  b = a;
  if (!solve(a.data(), b.data(), n, n)) return false;
  for (int64_t i = 0; i < n * n; ++i)
    if (std::abs(b[size_t(i)] - (i % (n + 1) == 0)) > 1e-9) return false;
  return true;
}

TEST(Lapack, IsCalledFromSeveralThreads) {
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&wrong, t] {
      for (int i = 0; i < 4000; ++i) wrong += !solves_itself(12, t + i);
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace numest::kernels
