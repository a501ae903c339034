// Sets against comparing all pairs, for all dtypes.
#include "numest/kernels/sets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <vector>

namespace numest::kernels {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Multiples of `step` that each dtype has.
template <class T>
std::vector<T> sample(int64_t n, int seed, double step) {
  std::mt19937 generator(static_cast<unsigned>(seed));
  std::uniform_int_distribution<int> values(0, 120);
  std::vector<T> x;
  for (int64_t i = 0; i < n; ++i) {
    const double value = values(generator) * step;
    if constexpr (std::is_same_v<T, Bytes>)
      x.push_back(std::to_string(value));
    else if constexpr (std::is_same_v<T, Float16> ||
                       std::is_same_v<T, BFloat16>)
      x.push_back(T(float(value)));
    else if constexpr (std::is_same_v<T, Complex64> ||
                       std::is_same_v<T, Complex128>)
      x.push_back(T(typename T::value_type(value)));
    else
      x.push_back(static_cast<T>(value));
  }
  return x;
}

template <class T>
bool is_equal(const T& a, const T& b) {
  if constexpr (std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>)
    return float(a) == float(b);
  else
    return a == b;
}

template <class T>
void expect_members(const std::vector<T>& x, const std::vector<T>& tests) {
  const auto given = std::make_unique<T[]>(x.size() + tests.size() + 1);
  std::copy(x.begin(), x.end(), given.get());  // of vector<bool>, too
  std::copy(tests.begin(), tests.end(), given.get() + x.size());
  const auto found = std::make_unique<bool[]>(x.size() + 1);
  isin(dtype_of<T>, given.get(), int64_t(x.size()), given.get() + x.size(),
       int64_t(tests.size()), found.get());
  for (size_t i = 0; i < x.size(); ++i) {
    const bool wanted =
        std::any_of(tests.begin(), tests.end(),
                    [&](const T& t) { return is_equal<T>(t, x[i]); });
    ASSERT_EQ(found[i], wanted) << name(dtype_of<T>) << " " << tests.size();
  }
}

TEST(Sets, MembersOfAllDtypesAreThoseThatAreEqualToOne) {
  for (int d = 0; d < kNumDTypes; ++d)
    visit_dtype(static_cast<DType>(d), [](auto tag) {
      using T = typename decltype(tag)::type;
      for (const double step : {1.0, 1e7, 1e17}) {
        if constexpr (std::is_integral_v<T>)
          if (step > 1 && step > double(std::numeric_limits<T>::max()) / 130)
            continue;
        if (sizeof(T) == 2 && step > 1) continue;
        for (const int64_t m : {0, 1, 8, 9, 60, 3000})
          expect_members(sample<T>(500, 1, step), sample<T>(m, 2, step));
        expect_members(sample<T>(0, 1, step), sample<T>(30, 2, step));
      }
    });
}

TEST(Sets, IntegersAtTheEndsOfTheirRangeAreFound) {
  using Limits = std::numeric_limits<int64_t>;
  std::vector<int64_t> ends{Limits::min(), -1, 0, Limits::max()};
  for (int64_t i = 0; i < 20; ++i) ends.push_back(i * (int64_t{1} << 50));
  expect_members<int64_t>({Limits::max(), 1, Limits::min(), 0, -1, 5}, ends);
  std::vector<int64_t> few(20, 7);
  expect_members<int64_t>({Limits::max(), 7, Limits::min(), 6, 8}, few);
  std::vector<uint64_t> large(20, ~uint64_t{0});
  expect_members<uint64_t>({0, ~uint64_t{0}, ~uint64_t{0} - 1}, large);
}

TEST(Sets, NanIsNoMemberAndZerosAreEqual) {
  for (const size_t m : {3u, 40u}) {
    std::vector<double> tests(m, kNan);
    tests[0] = -0.0;
    tests[1] = -std::numeric_limits<double>::infinity();
    expect_members<double>({kNan, 0.0, -0.0, 1.0, tests[1], -tests[1]}, tests);
    std::vector<Complex64> pairs(m, Complex64(float(kNan), 1));
    pairs[1] = Complex64(1, -0.0f);
    expect_members<Complex64>({pairs[0], {1, 0}, {0, 1}}, pairs);
  }
}

template <class T>
std::vector<T> distinct(const std::vector<T>& x, bool equal_nan) {
  std::vector<T> out(x.size());
  out.resize(size_t(
      unique(dtype_of<T>, x.data(), int64_t(x.size()), equal_nan, out.data())));
  return out;
}

TEST(Sets, DistinctElementsAreSortedAndOnce) {
  const auto check = [](auto tag) {
    using T = decltype(tag);
    for (const double step : {1.0, 1e7}) {
      if (sizeof(T) < 4 && step > 1) continue;
      for (const int64_t n : {0, 1, 2, 5, 100, 4000}) {
        const auto x = sample<T>(n, 3, step);
        std::vector<T> wanted(x);
        std::sort(wanted.begin(), wanted.end());
        wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
        EXPECT_EQ(distinct(x, true), wanted) << name(dtype_of<T>);
      }
    }
  };
  check(int8_t{}), check(uint8_t{}), check(int16_t{}), check(int32_t{});
  check(uint32_t{}), check(int64_t{}), check(uint64_t{}), check(float{});
  check(double{});
  EXPECT_FALSE(is_unique_defined(DType::kFloat16));
  EXPECT_FALSE(is_unique_defined(DType::kBytes));
}

TEST(Sets, OfEqualElementsTheFirstStays) {
  const std::vector<double> x{kNan, 2, 0.0, -0.0, -1, -kNan, 2};
  const auto once = distinct(x, true), each = distinct(x, false);
  ASSERT_EQ(once.size(), 4u);
  EXPECT_EQ(once[0], -1);
  EXPECT_FALSE(std::signbit(once[1]));
  EXPECT_TRUE(std::isnan(once[3]) && !std::signbit(once[3]));
  ASSERT_EQ(each.size(), 5u);
  EXPECT_TRUE(std::isnan(each[4]) && std::signbit(each[4]));
  EXPECT_TRUE(std::signbit(distinct<float>({1, -0.0f, 0.0f}, true)[0]));
}

}  // namespace
}  // namespace numest::kernels
