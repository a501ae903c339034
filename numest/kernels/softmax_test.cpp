// Softmax and cross entropy against the formulas in double.
#include "numest/kernels/softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "numest/kernels/elementwise.h"

namespace numest::kernels {
namespace {

using Values = std::vector<double>;

Values logits_of(int64_t count) {
  std::mt19937 generator(3);
  std::uniform_real_distribution<double> values(-8, 8);
  Values x(static_cast<size_t>(count));
  for (double& v : x)
    v = static_cast<double>(BFloat16(float(values(generator))));
  return x;
}

Values log_softmax_row(const double* x, int64_t n) {
  const double shift = *std::max_element(x, x + n);
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += std::exp(x[i] - shift);
  Values y;
  for (int64_t i = 0; i < n; ++i) y.push_back(x[i] - shift - std::log(sum));
  return y;
}

std::vector<std::byte> cast_to(DType dtype, const Values& x) {
  std::vector<std::byte> out((x.size() + 1) * 8);
  const void* in = x.data();
  cast_tile(DType::kFloat64, dtype)(&in, out.data(), int64_t(x.size()));
  return out;
}
Values cast_back(DType dtype, const std::vector<std::byte>& x, size_t n) {
  Values out(n);
  const void* in = x.data();
  cast_tile(dtype, DType::kFloat64)(&in, out.data(), int64_t(n));
  return out;
}

struct Precision {
  DType dtype;
  double tolerance;
};
constexpr Precision kPrecisions[] = {{DType::kFloat16, 8e-3},
                                     {DType::kBFloat16, 7e-2},
                                     {DType::kFloat32, 4e-6},
                                     {DType::kFloat64, 1e-13}};
constexpr int64_t kShapes[][2] = {{0, 3},     {1, 1},    {7, 3},
                                  {1000, 10}, {3, 9000}, {40, 1000}};

TEST(Softmax, RowsMatchTheFormulaForAllFloats) {
  for (const auto& [dtype, tolerance] : kPrecisions) {
    for (const auto& [rows, n] : kShapes) {
      const Values x = logits_of(rows * n);
      const auto in = cast_to(dtype, x);
      auto y = cast_to(dtype, x), z = in;
      softmax(dtype, in.data(), y.data(), rows, n);
      log_softmax(dtype, z.data(), z.data(), rows, n);
      const Values p = cast_back(dtype, y, x.size());
      const Values l = cast_back(dtype, z, x.size());
      for (int64_t r = 0; r < rows; ++r) {
        const Values want = log_softmax_row(x.data() + r * n, n);
        for (int64_t i = 0; i < n; ++i) {
          const size_t at = size_t(r * n + i);
          ASSERT_NEAR(p[at], std::exp(want[size_t(i)]), tolerance);
          ASSERT_NEAR(l[at], want[size_t(i)], 4 * tolerance) << name(dtype);
        }
      }
    }
  }
}

TEST(Softmax, CrossEntropyGivesLossAndGradientInOnePass) {
  for (const auto& [dtype, tolerance] : kPrecisions) {
    for (const auto& [rows, n] : kShapes) {
      const Values x = logits_of(rows * n);
      std::vector<int64_t> labels;
      for (int64_t r = 0; r < rows; ++r) labels.push_back(r * 7 % n);
      const auto in = cast_to(dtype, x);
      auto loss = cast_to(dtype, Values(size_t(rows))), gradient = in;
      softmax_cross_entropy(dtype, in.data(), labels.data(), loss.data(),
                            gradient.data(), rows, n);
      const Values l = cast_back(dtype, loss, size_t(rows));
      const Values g = cast_back(dtype, gradient, x.size());
      for (int64_t r = 0; r < rows; ++r) {
        const Values want = log_softmax_row(x.data() + r * n, n);
        const int64_t label = labels[size_t(r)];
        ASSERT_NEAR(l[size_t(r)], -want[size_t(label)], 4 * tolerance);
        for (int64_t i = 0; i < n; ++i)
          ASSERT_NEAR(g[size_t(r * n + i)],
                      std::exp(want[size_t(i)]) - (i == label), tolerance);
      }
    }
  }
}

TEST(Softmax, LargeLogitsDoNotOverflow) {
  const float x[] = {1000, 1000, -1000};
  float y[3], loss;
  softmax(DType::kFloat32, x, y, 1, 3);
  EXPECT_FLOAT_EQ(y[0], 0.5f);
  EXPECT_FLOAT_EQ(y[2], 0.0f);
  const int64_t label = 2;
  softmax_cross_entropy(DType::kFloat32, x, &label, &loss, nullptr, 1, 3);
  EXPECT_FLOAT_EQ(loss, 2000 + std::log(2.0f));
  const float masked[] = {0, -std::numeric_limits<float>::infinity(), 0};
  softmax(DType::kFloat32, masked, y, 1, 3);
  EXPECT_FLOAT_EQ(y[1], 0.0f);
}

TEST(Softmax, WrongLabelsAndDtypesAreErrors) {
  float x[2] = {0, 0}, loss;
  const int64_t label = 2;
  EXPECT_THROW(
      softmax_cross_entropy(DType::kFloat32, x, &label, &loss, nullptr, 1, 2),
      ValueError);
  EXPECT_THROW(softmax(DType::kInt32, x, x, 1, 2), TypeError);
}

TEST(FewRowsSoftmax, EqualsSoftmaxBitByBitInEachRun) {
  for (const auto& [rows, n] :
       {std::pair<int64_t, int64_t>{1, 10}, {7, 3}, {1, 1}, {4, 1024}}) {
    ASSERT_TRUE(FewRowsSoftmax::takes(rows, n));
    FewRowsSoftmax few(rows, n);
    const Values x = logits_of(2 * rows * n);
    const std::vector<float> all(x.begin(), x.end());
    for (int64_t run : {0, 1, 0}) {
      const float* from = all.data() + run * rows * n;
      std::vector<float> expected(size_t(rows * n)), found = expected;
      softmax(DType::kFloat32, from, expected.data(), rows, n);
      few.run(from, found.data());
      EXPECT_EQ(found, expected);
    }
  }
  EXPECT_FALSE(FewRowsSoftmax::takes(0, 3));
  EXPECT_FALSE(FewRowsSoftmax::takes(5, 1000));
}

}  // namespace
}  // namespace numest::kernels
