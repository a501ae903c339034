// Products against three plain loops in double, for all dtypes, transposes
// and sizes around the switches between loops.
#include "numest/kernels/matmul.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <sstream>
#include <vector>

#include "numest/base/thread_pool.h"
#include "numest/kernels/elementwise.h"
#include "numest/kernels/matmul_rows.h"
#include "numest/kernels/matmul_thin.h"
#include "numest/kernels/simd.h"

namespace numest::kernels {
namespace {

using Values = std::vector<double>;

Values small_numbers(int64_t n, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_int_distribution<int> values(0, 3);
  Values x(static_cast<size_t>(n));
  for (double& v : x) v = values(generator);
  return x;
}

struct Case {
  int64_t m, n, k;
  bool trans_a = false, trans_b = false;
};

Values product(const Case& s, const Values& a, const Values& b) {
  Values c(static_cast<size_t>(s.m * s.n), 0);
  for (int64_t i = 0; i < s.m; ++i)
    for (int64_t j = 0; j < s.n; ++j)
      for (int64_t p = 0; p < s.k; ++p)
        c[size_t(i * s.n + j)] +=
            a[size_t(s.trans_a ? p * s.m + i : i * s.k + p)] *
            b[size_t(s.trans_b ? j * s.k + p : p * s.n + j)];
  return c;
}

std::vector<std::byte> converted(DType dtype, const Values& x) {
  std::vector<std::byte> out((x.size() + 1) * 16);
  const void* in = x.data();
  cast_tile(DType::kFloat64, dtype)(&in, out.data(),
                                    static_cast<int64_t>(x.size()));
  return out;
}
Values back(DType dtype, const std::vector<std::byte>& x, size_t n) {
  Values out(n);
  const void* in = x.data();
  cast_tile(dtype, DType::kFloat64)(&in, out.data(), static_cast<int64_t>(n));
  return out;
}

void check(DType dtype, const Case& s, float beta) {
  const Values a = small_numbers(s.m * s.k, 1), b = small_numbers(s.k * s.n, 2);
  const Values start = small_numbers(s.m * s.n, 3);
  Values want = product(s, a, b);
  for (size_t i = 0; i < want.size(); ++i) {
    if (beta != 0) want[i] += start[i];
    if (dtype == DType::kBool) want[i] = want[i] != 0;
    if (dtype == DType::kInt8)
      want[i] = static_cast<int8_t>(static_cast<int>(want[i]));
  }
  const auto x = converted(dtype, a), y = converted(dtype, b);
  auto z = converted(dtype, start);
  matmul(dtype, x.data(), s.trans_a, y.data(), s.trans_b, z.data(), s.m, s.n,
         s.k, beta);
  const Values got = back(dtype, z, want.size());
  const double tolerance = dtype == DType::kFloat16    ? 2e-3
                           : dtype == DType::kBFloat16 ? 1e-2
                                                       : 1e-6;
  for (size_t i = 0; i < want.size(); ++i)
    ASSERT_NEAR(got[i], want[i], tolerance * std::fabs(want[i]))
        << name(dtype) << " " << s.m << " " << s.n << " " << s.k;
}

TEST(Matmul, AllDtypesMatchThreeLoops) {
  for (int d = 0; d < kNumDTypes - 1; ++d) {
    const DType dtype = static_cast<DType>(d);
    if (dtype == DType::kBool) {
      const bool a[] = {true, false, false, false},
                 b[] = {true, true, false, true};
      bool c[4];
      matmul(dtype, a, false, b, false, c, 2, 2, 2);
      EXPECT_EQ(std::vector<bool>(c, c + 4), (std::vector<bool>{1, 1, 0, 0}));
      continue;
    }
    for (const bool trans_a : {false, true})
      for (const bool trans_b : {false, true})
        for (const float beta : {0.0f, 1.0f}) {
          check(dtype, {1, 1, 1, trans_a, trans_b}, beta);
          check(dtype, {3, 5, 7, trans_a, trans_b}, beta);
          check(dtype, {0, 5, 7, trans_a, trans_b}, beta);
          check(dtype, {4, 5, 0, trans_a, trans_b}, beta);
          check(dtype, {33, 17, 29, trans_a, trans_b}, beta);
          check(dtype, {70, 1, 90, trans_a, trans_b}, beta);
          check(dtype, {1, 80, 90, trans_a, trans_b}, beta);
          check(dtype, {80, 90, 1, trans_a, trans_b}, beta);
        }
  }
  float x = 0;
  EXPECT_THROW(matmul(DType::kBytes, &x, false, &x, false, &x, 1, 1, 1),
               TypeError);
}

TEST(Matmul, LargeProductsSplitByRowsAndColumns) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
    check(dtype, {300, 100, 300, false, false}, 0);
    check(dtype, {100, 300, 300, true, true}, 1);
    check(dtype, {2, 3000, 600, false, true}, 0);
    check(dtype, {3000, 2, 600, true, false}, 0);
  }
}

TEST(Matmul, ResultsAreEqualForAllNumbersOfThreads) {
  std::mt19937 generator(7);
  std::normal_distribution<float> values;
  std::vector<float> a(500 * 200), b(200 * 150);
  for (float& v : a) v = values(generator);
  for (float& v : b) v = values(generator);
  std::vector<std::vector<float>> results;
  const int threads = num_threads();
  for (const int count : {1, 3}) {
    set_num_threads(count);
    auto& c = results.emplace_back(500 * 150);
    matmul(DType::kFloat32, a.data(), false, b.data(), false, c.data(), 500,
           150, 200);
  }
  set_num_threads(threads);
  EXPECT_EQ(results[0], results[1]);
}

TEST(Matmul, BatchesRepeatAMatrixOfStrideZero) {
  const Case s = {3, 4, 5};
  const Values a = small_numbers(6 * 15, 1), b = small_numbers(20, 2);
  Values c(6 * 12);
  matmul_batched(DType::kFloat64, a.data(), 15, false, b.data(), 0, false,
                 c.data(), 6, 3, 4, 5);
  for (size_t i = 0; i < 6; ++i) {
    const auto at = a.begin() + static_cast<int64_t>(i * 15);
    const Values want = product(s, Values(at, at + 15), b);
    for (size_t j = 0; j < 12; ++j) EXPECT_EQ(c[i * 12 + j], want[j]);
  }
}

TEST(Matmul, EpilogueAddsBiasAndActivates) {
  for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
    for (const Case& s :
         {Case{2, 3, 4}, Case{32, 1, 1}, Case{40, 5, 3}, Case{300, 100, 300}}) {
      const Values a = small_numbers(s.m * s.k, 1);
      Values b = small_numbers(s.k * s.n, 2), bias = small_numbers(s.n, 3);
      for (double& v : b) v = (v - 1.5) / 64;
      const auto x = converted(dtype, a), y = converted(dtype, b),
                 z = converted(dtype, bias);
      const Values plain = product(s, a, b);
      std::vector<std::byte> c(plain.size() * 8);
      for (const Activation f : {Activation::kNone, Activation::kRelu,
                                 Activation::kTanh, Activation::kSigmoid}) {
        matmul_bias_activation(dtype, x.data(), false, y.data(), false,
                               z.data(), f, c.data(), s.m, s.n, s.k);
        const Values got = back(dtype, c, plain.size());
        for (size_t i = 0; i < plain.size(); ++i) {
          const double v = plain[i] + bias[i % size_t(s.n)];
          const double want = f == Activation::kRelu   ? std::max(v, 0.0)
                              : f == Activation::kTanh ? std::tanh(v)
                              : f == Activation::kSigmoid
                                  ? 1 / (1 + std::exp(-v))
                                  : v;
          ASSERT_NEAR(got[i], want, 2e-5);
        }
      }
    }
  }
}

// One request to a layer of each width around the vectors of all levels, with
// guards around the memory that may be read and written.
void check_few_rows(const Case& s, bool is_relu) {
  const Values a = small_numbers(s.m * s.k, 1), bias = small_numbers(s.n, 3);
  Values b = small_numbers(s.k * s.n, 2);
  for (double& v : b) v -= 1.5;
  const auto x = converted(DType::kFloat32, a),
             z = converted(DType::kFloat32, bias);
  // b ends where its memory ends: a sanitizer sees what reads beyond.
  const std::vector<float> y(b.begin(), b.end());
  std::vector<float> c(size_t(s.m * s.n) + 1, -7);
  const Activation f = is_relu ? Activation::kRelu : Activation::kNone;
  matmul_bias_activation(DType::kFloat32, x.data(), s.trans_a, y.data(), false,
                         z.data(), f, c.data(), s.m, s.n, s.k);
  const Values plain = product(s, a, b);
  for (size_t i = 0; i < plain.size(); ++i) {
    const double sum = plain[i] + bias[i % size_t(s.n)];
    ASSERT_EQ(c[i], is_relu ? std::max(sum, 0.0) : sum)
        << simd_level() << " " << s.m << " " << s.n << " " << s.k;
  }
  EXPECT_EQ(c.back(), -7);
}

// Of each level: levels must agree to the bit, as each product is rounded.
TEST(ThinProduct, EqualsTwoLoopsAtEveryLevel) {
  for (const int64_t m : {1, 3, 16, 45})
    for (const int64_t k : {2, 3, 4})
      for (const int64_t n : {1, 2, 3, 4}) {
        std::vector<float> a(size_t(m * k)), b(size_t(k * n));
        std::mt19937 generator(unsigned(m + 7 * k + 31 * n));
        std::normal_distribution<float> values;
        for (float& v : a) v = values(generator);
        for (float& v : b) v = values(generator);
        std::vector<float> c(size_t(m * n) + 1, 99);
        matmul_thin(a.data(), {b.data(), n, 1}, c.data(), m, n, k);
        for (int64_t i = 0; i < m; ++i)
          for (int64_t j = 0; j < n; ++j) {
            float sum = a[size_t(i * k)] * b[size_t(j)];
            for (int64_t p = 1; p < k; ++p)
              sum += a[size_t(i * k + p)] * b[size_t(p * n + j)];
            EXPECT_EQ(c[size_t(i * n + j)], sum);
          }
        EXPECT_EQ(c.back(), 99);
      }
}

TEST(FewRows, EqualThreeLoopsAtEveryWidthAndLevel) {
  std::istringstream levels(simd_levels());
  for (std::string level; levels >> level;) {
    force_simd(level);
    for (int64_t m = 1; m <= kFewRows + 1; ++m)
      for (const int64_t n : {1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64,
                              100, 128, 130, 300})
        for (const int64_t k : {0, 1, 2, 7, 8, 9, 65})
          for (const bool trans_a : {false, true})
            check_few_rows({m, n, k, trans_a}, n % 2 == 0);
    check_few_rows({1, 128, 3072}, true);  // several parts
    check_few_rows({3, 1001, 700}, false);
    check_few_rows({1, 200'000, 1}, true);  // each part is all of k
  }
  force_simd("");
}

TEST(FewRows, NanStaysAndThreadsChangeNothing) {
  const int64_t k = 3072, n = 128;
  std::mt19937 generator(7);
  std::normal_distribution<float> values;
  std::vector<float> a(3072), b(3072 * 128), bias(128);
  for (auto* all : {&a, &b, &bias})
    for (float& v : *all) v = values(generator);
  b[5] = std::numeric_limits<float>::quiet_NaN();
  std::vector<std::vector<uint32_t>> results;
  const int threads = num_threads();
  for (const int count : {1, 2, 3}) {
    set_num_threads(count);
    std::vector<float> c(128);
    matmul_bias_activation(DType::kFloat32, a.data(), false, b.data(), false,
                           bias.data(), Activation::kRelu, c.data(), 1, n, k);
    EXPECT_TRUE(std::isnan(c[5]));
    auto& bits = results.emplace_back();
    for (const float v : c) bits.push_back(std::bit_cast<uint32_t>(v));
  }
  set_num_threads(threads);
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

}  // namespace
}  // namespace numest::kernels
