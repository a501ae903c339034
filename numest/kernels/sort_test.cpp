// Sorting against insertion by definition, for all dtypes.
#include "numest/kernels/sort.h"

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
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Values sample(int64_t n) {
  std::mt19937 generator(13);
  std::uniform_int_distribution<int> values(0, 50);
  Values x(static_cast<size_t>(n));
  for (double& v : x) v = values(generator);
  return x;
}
std::vector<std::byte> cast_to(DType dtype, const Values& x) {
  std::vector<std::byte> out((x.size() + 1) * 16);
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

TEST(Sort, SignedZerosStandInOneOrderAndAreEqualToArgsort) {
  std::vector<float> x;
  for (int i = 0; i < 300; ++i)
    x.push_back(i % 3 == 0 ? -0.0f : i % 3 == 1 ? 0.0f : float(i % 7 - 3));
  std::vector<int64_t> order(x.size());
  argsort_rows(DType::kFloat32, x.data(), order.data(), 1, 300);
  for (size_t i = 1; i < order.size(); ++i)
    if (x[size_t(order[i])] == x[size_t(order[i - 1])]) {
      ASSERT_LT(order[i - 1], order[i]);
    }
  sort_rows(DType::kFloat32, x.data(), 1, 300);
  for (size_t i = 1; i < x.size(); ++i) {
    ASSERT_LE(x[i - 1], x[i]);
    if (x[i] == 0 && x[i - 1] == 0) {
      ASSERT_GE(std::signbit(x[i - 1]), std::signbit(x[i]));
    }
  }
}

TEST(Sort, RowsOfAllDtypesAreAscendingAndStable) {
  for (int d = 0; d < kNumDTypes - 1; ++d) {
    const DType dtype = static_cast<DType>(d);
    for (const int64_t n : {0, 1, 7, 1000}) {
      const int64_t rows = 3;
      auto x = cast_to(dtype, sample(rows * n));
      const Values before = cast_back(dtype, x, size_t(rows * n));
      std::vector<int64_t> order(size_t(rows * n) + 1);
      argsort_rows(dtype, x.data(), order.data(), rows, n);
      sort_rows(dtype, x.data(), rows, n);
      const Values after = cast_back(dtype, x, size_t(rows * n));
      for (int64_t r = 0; r < rows; ++r) {
        Values want(before.begin() + r * n, before.begin() + (r + 1) * n);
        std::stable_sort(want.begin(), want.end());
        for (int64_t i = 0; i < n; ++i) {
          const size_t at = size_t(r * n + i);
          ASSERT_EQ(after[at], want[size_t(i)]) << name(dtype);
          ASSERT_EQ(before[size_t(r * n + order[at])], want[size_t(i)]);
          if (i > 0 && want[size_t(i)] == want[size_t(i - 1)]) {
            ASSERT_LT(order[at - 1], order[at]);
          }
        }
      }
    }
  }
}

TEST(Sort, NanComesLast) {
  for (const DType dtype :
       {DType::kFloat16, DType::kFloat32, DType::kFloat64, DType::kComplex64}) {
    auto x = cast_to(dtype, {kNan, 3, kNan, -1, 2});
    std::vector<int64_t> order(5);
    argsort_rows(dtype, x.data(), order.data(), 1, 5);
    EXPECT_EQ(order, (std::vector<int64_t>{3, 4, 1, 0, 2}));
    sort_rows(dtype, x.data(), 1, 5);
    const Values y = cast_back(dtype, x, 5);
    EXPECT_EQ(Values(y.begin(), y.begin() + 3), (Values{-1, 2, 3}));
    EXPECT_TRUE(std::isnan(y[3]) && std::isnan(y[4]));
  }
}

TEST(Sort, StringsSortByUnsignedBytes) {
  std::vector<Bytes> x = {"b", "\xff", "", "a"};
  std::vector<int64_t> order(4);
  argsort_rows(DType::kBytes, x.data(), order.data(), 1, 4);
  EXPECT_EQ(order, (std::vector<int64_t>{2, 3, 0, 1}));
  sort_rows(DType::kBytes, x.data(), 1, 4);
  EXPECT_EQ(x, (std::vector<Bytes>{"", "a", "b", "\xff"}));
}

TEST(TopK, LargestComeFirstAndEqualsByPosition) {
  const float x[] = {1, 5, 5, 3, 2, 2, 9, 0};
  float values[4];
  int64_t indices[4];
  top_k(DType::kFloat32, x, 2, 4, 2, values, indices);
  EXPECT_EQ(std::vector<float>(values, values + 4),
            (std::vector<float>{5, 5, 9, 2}));
  EXPECT_EQ(std::vector<int64_t>(indices, indices + 4),
            (std::vector<int64_t>{1, 2, 2, 0}));
  top_k(DType::kFloat32, x, 2, 4, 0, values, nullptr);
  EXPECT_THROW(top_k(DType::kFloat32, x, 2, 4, 5, values, indices), ValueError);
}

TEST(SearchSorted, FindsTheLeftAndTheRightPlace) {
  const double sorted[] = {1, 2, 2, 3, kNan}, values[] = {0, 2, 2.5, 9, kNan};
  int64_t left[5], right[5];
  searchsorted(DType::kFloat64, sorted, 5, values, 5, false, left);
  searchsorted(DType::kFloat64, sorted, 5, values, 5, true, right);
  EXPECT_EQ(std::vector<int64_t>(left, left + 5),
            (std::vector<int64_t>{0, 1, 3, 4, 4}));
  EXPECT_EQ(std::vector<int64_t>(right, right + 5),
            (std::vector<int64_t>{0, 3, 3, 4, 5}));
}

TEST(SearchSorted, OfAnyLengthIsWhatCountingGives) {
  for (const int64_t n : {0, 1, 2, 3, 16, 17, 1000}) {
    Values sorted = sample(n);
    std::sort(sorted.begin(), sorted.end());
    for (const int64_t m : {0, 1, 7, 8, 9, 5000}) {
      Values wanted = sample(m);
      for (double& v : wanted) v += 1;
      for (int d = 0; d < kNumDTypes - 1; ++d) {
        const DType dtype = static_cast<DType>(d);
        if (dtype == DType::kBool) continue;
        const auto x = cast_to(dtype, sorted), v = cast_to(dtype, wanted);
        for (const bool right : {false, true}) {
          std::vector<int64_t> found(size_t(m), -1);
          searchsorted(dtype, x.data(), n, v.data(), m, right, found.data());
          for (size_t i = 0; i < found.size(); i += 13)
            ASSERT_EQ(found[i], std::count_if(sorted.begin(), sorted.end(),
                                              [&](double s) {
                                                return right ? s <= wanted[i]
                                                             : s < wanted[i];
                                              }))
                << name(dtype) << " " << n;
        }
      }
    }
  }
  const Bytes words[] = {"a", "b", "\xff"}, word[] = {"b"};
  int64_t at = -1;
  searchsorted(DType::kBytes, words, 3, word, 1, true, &at);
  EXPECT_EQ(at, 2);
}

}  // namespace
}  // namespace numest::kernels
