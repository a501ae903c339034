// Fills against the scalar generator, moments, and independence of pieces.
#include "numest/kernels/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "numest/base/thread_pool.h"
#include "numest/kernels/simd.h"

namespace numest::kernels {
namespace {

constexpr Key kKey{0x0123456789abcdefu};

TEST(Random, BitsAreTheWordsOfTheScalarStream) {
  for (const char* level : {"SSE4", ""}) {
    force_simd(level);
    std::vector<uint32_t> x(5000);
    random_bits(kKey, 7, x.data(), 5000);
    for (uint64_t i = 0; i < x.size(); ++i)
      ASSERT_EQ(x[i], philox(kKey, (7 + i) / 4)[(7 + i) % 4]);
  }
}

TEST(Random, UniformsAreTheScalarValues) {
  std::vector<float> x(1000);
  random_uniform(kKey, DType::kFloat32, 3, x.data(), 1000);
  std::vector<double> y(1000);
  random_uniform(kKey, DType::kFloat64, 3, y.data(), 1000);
  for (uint64_t i = 0; i < 1000; ++i) {
    const uint64_t p = 3 + i;
    ASSERT_EQ(x[i], uniform_float(philox(kKey, p / 4)[p % 4]));
    const auto block = philox(kKey, p / 2);
    ASSERT_EQ(y[i], uniform_double(block[p % 2 * 2], block[p % 2 * 2 + 1]));
  }
}

TEST(Random, NormalsAreBoxMullerOfTheirBlock) {
  std::vector<double> x(100);
  random_normal(kKey, DType::kFloat64, 0, x.data(), 100);
  for (uint64_t i = 0; i < 100; ++i) {
    const auto b = philox(kKey, i / 2);
    const double u = uniform_double(b[0], b[1]), v = uniform_double(b[2], b[3]);
    const double r = std::sqrt(-2 * std::log(1 - u));
    const double angle = 2 * std::numbers::pi * v;
    ASSERT_NEAR(x[i], r * (i % 2 ? std::sin(angle) : std::cos(angle)), 1e-13);
  }
}

template <class Fill>
void check_position_only(Fill fill) {
  const int threads = num_threads();
  std::vector<float> all(40000), one(40000), part(333);
  set_num_threads(3);
  fill(uint64_t{0}, all.data(), int64_t{40000});
  set_num_threads(1);
  fill(uint64_t{0}, one.data(), int64_t{40000});
  set_num_threads(threads);
  EXPECT_EQ(all, one);
  for (const uint64_t first : {1u, 1022u, 1025u, 17001u}) {
    fill(first, part.data(), int64_t{333});
    EXPECT_TRUE(std::equal(part.begin(), part.end(),
                           all.begin() + static_cast<int64_t>(first)));
  }
}

TEST(Random, ValuesDependOnThePositionOnly) {
  check_position_only([](uint64_t first, float* out, int64_t n) {
    random_uniform(kKey, DType::kFloat32, first, out, n);
  });
  check_position_only([](uint64_t first, float* out, int64_t n) {
    random_normal(kKey, DType::kFloat32, first, out, n);
  });
  check_position_only([](uint64_t first, float* out, int64_t n) {
    random_truncated_normal(kKey, DType::kFloat32, first, out, n);
  });
}

struct Moments {
  double mean = 0, variance = 0, fourth = 0, largest = 0;
};
Moments moments(const std::vector<float>& x) {
  Moments m;
  const double n = static_cast<double>(x.size());
  for (const float v : x) m.mean += static_cast<double>(v) / n;
  for (const float v : x) {
    const double d = static_cast<double>(v) - m.mean;
    m.variance += d * d / n;
    m.fourth += d * d * d * d / n;
    m.largest = std::max(m.largest, std::fabs(static_cast<double>(v)));
  }
  return m;
}

TEST(Random, MomentsAreThoseOfTheDistribution) {
  std::vector<float> x(200000);
  const int64_t n = 200000;
  random_uniform(kKey, DType::kFloat32, 0, x.data(), n);
  Moments m = moments(x);
  EXPECT_NEAR(m.mean, 0.5, 0.004);
  EXPECT_NEAR(m.variance, 1.0 / 12, 0.002);
  EXPECT_LT(m.largest, 1);
  random_normal(kKey, DType::kFloat32, 0, x.data(), n);
  m = moments(x);
  EXPECT_NEAR(m.mean, 0, 0.012);
  EXPECT_NEAR(m.variance, 1, 0.02);
  EXPECT_NEAR(m.fourth, 3, 0.15);
  random_truncated_normal(kKey, DType::kFloat32, 0, x.data(), n);
  m = moments(x);
  EXPECT_NEAR(m.mean, 0, 0.012);
  EXPECT_NEAR(m.variance, 0.7737, 0.015);  // 1 - 4 phi(2) / (2 Phi(2) - 1)
  EXPECT_LT(m.largest, 2);
}

TEST(Random, HalvesStayBelowOne) {
  std::vector<Float16> x(20000);
  std::vector<BFloat16> y(20000);
  random_uniform(kKey, DType::kFloat16, 0, x.data(), 20000);
  random_uniform(kKey, DType::kBFloat16, 0, y.data(), 20000);
  for (const Float16 v : x) ASSERT_LT(static_cast<float>(v), 1);
  for (const BFloat16 v : y) ASSERT_LT(static_cast<float>(v), 1);
}

TEST(Random, IntegersCoverTheirRangeEvenly) {
  std::vector<int64_t> x(60000);
  random_integers(kKey, -2, 4, 0, x.data(), 60000);
  std::vector<int> counts(6);
  for (const int64_t v : x) {
    ASSERT_TRUE(v >= -2 && v < 4);
    ++counts[static_cast<size_t>(v + 2)];
  }
  for (const int c : counts) EXPECT_NEAR(c, 10000, 400);
  EXPECT_THROW(random_integers(kKey, 3, 3, 0, x.data(), 1), ValueError);
  EXPECT_THROW(random_uniform(kKey, DType::kInt32, 0, x.data(), 1), TypeError);
}

TEST(Random, PermutationHoldsEveryIndexOnce) {
  for (const int64_t n : {0, 1, 7, 1000}) {
    std::vector<int64_t> x(static_cast<size_t>(n));
    random_permutation(kKey, n, x.data());
    std::sort(x.begin(), x.end());
    for (int64_t i = 0; i < n; ++i) EXPECT_EQ(x[static_cast<size_t>(i)], i);
  }
}

}  // namespace
}  // namespace numest::kernels
