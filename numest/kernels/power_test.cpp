// The power kernels against the C library in more digits, at every level:
// over the whole range, at the edges, and in place.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "numest/kernels/elementwise.h"
#include "numest/kernels/simd.h"

namespace numest::kernels {
namespace {

std::vector<std::string> levels() {
  std::istringstream names(simd_levels());
  std::vector<std::string> all;
  for (std::string name; names >> name;) all.push_back(name);
  return all;
}

template <class T>
struct Case {
  T x, y;
};
template <class T>
using Cases = std::vector<Case<T>>;

template <class T>
std::vector<T> powers(const Cases<T>& cases) {
  std::vector<T> x, y, z(cases.size());
  for (const Case<T>& c : cases) {
    x.push_back(c.x);
    y.push_back(c.y);
  }
  const void* in[] = {x.data(), y.data()};
  find_tile("power", dtype_of<T>)->fn(in, z.data(), int64_t(z.size()));
  return z;
}

// Squares are promised to be the rounded product.
template <class T>
long double exact(const Case<T>& c) {
  if (c.y == T{2}) return c.x * c.x;
  return std::pow(static_cast<long double>(c.x), static_cast<long double>(c.y));
}

/// Distance from `want` in units of the last place of T; infinite if one of
/// them is NaN, infinite or negative alone.
template <class T>
double ulps(T got, long double want) {
  const T rounded = static_cast<T>(want);
  if (std::isnan(got) || std::isnan(rounded))
    return std::isnan(got) && std::isnan(rounded) ? 0 : HUGE_VAL;
  if (got == rounded && std::signbit(got) == std::signbit(rounded)) return 0;
  if (std::isinf(got) || std::isinf(rounded) ||
      std::signbit(got) != std::signbit(rounded))
    return HUGE_VAL;
  const T size = std::max(std::fabs(rounded), std::numeric_limits<T>::min());
  const T unit = std::nextafter(size, std::numeric_limits<T>::max()) - size;
  return double(std::fabs(static_cast<long double>(got) - want) /
                static_cast<long double>(unit));
}

template <class T>
void expect_close(const Cases<T>& cases, double limit) {
  const std::vector<T> got = powers(cases);
  for (size_t i = 0; i < cases.size(); ++i)
    ASSERT_LE(ulps(got[i], exact(cases[i])), limit)
        << simd_level() << " " << cases[i].x << " ** " << cases[i].y << " = "
        << got[i];
}

/// Bases of all sizes and near 1; exponents that use the range of results.
template <class T>
Cases<T> cases_over_the_range(size_t n) {
  const double range = std::numeric_limits<T>::max_exponent;
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> unit(-1, 1);
  Cases<T> cases;
  for (size_t i = 0; i < n; ++i) {
    const double log2 = i % 3 == 0   ? range * unit(random)
                        : i % 3 == 1 ? unit(random)
                                     : 0.001 * unit(random);
    const T x = static_cast<T>(std::exp2(log2));
    const double size = std::max(1e-6, std::fabs(std::log2(double(x))));
    cases.push_back({x, static_cast<T>(1.02 * range * unit(random) / size)});
  }
  return cases;
}

/// Any bits: negative bases, NaN, subnormal numbers, results out of range.
template <class T>
Cases<T> cases_of_any_bits(size_t n) {
  std::mt19937_64 random(5);
  Cases<T> cases(n);
  for (Case<T>& c : cases) {
    const uint64_t x = random(), y = random();
    std::memcpy(&c.x, &x, sizeof(T));
    std::memcpy(&c.y, &y, sizeof(T));
  }
  return cases;
}

template <class T>
Cases<T> cases_at_the_edges() {
  using L = std::numeric_limits<T>;
  std::vector<T> values = {0,
                           1,
                           2,
                           3,
                           T(0.5),
                           T(2.5),
                           T(1.5),
                           1000,
                           T(1e9 + 1),
                           L::infinity(),
                           L::quiet_NaN(),
                           L::max(),
                           L::min(),
                           L::denorm_min(),
                           T(1) / L::epsilon() + 1,
                           T(2) / L::epsilon()};
  values.push_back(std::nextafter(T{1}, T{2}));
  values.push_back(std::nextafter(T{1}, T{0}));
  const size_t n = values.size();
  for (size_t i = 0; i < n; ++i) values.push_back(-values[i]);
  Cases<T> cases;
  for (T x : values)
    for (T y : values) cases.push_back({x, y});
  return cases;
}

template <class T>
void expect_close_everywhere(double limit) {
  for (const std::string& level : levels()) {
    force_simd(level);
    expect_close(cases_over_the_range<T>(60000), limit);
    expect_close(cases_of_any_bits<T>(60000), limit);
    expect_close(cases_at_the_edges<T>(), limit);
  }
  force_simd("");
}

TEST(Power, Float32LiesWithinTwoUlp) { expect_close_everywhere<float>(2); }
TEST(Power, Float64LiesWithinOneUlp) { expect_close_everywhere<double>(1); }

template <class T>
void expect_exact_integers() {
  const double largest = 1 / double(std::numeric_limits<T>::epsilon());
  Cases<T> cases;
  for (int base = 2; base < 300; ++base)
    for (int e = 1; std::pow(base, e) <= largest; ++e)
      for (int sign : {1, -1}) cases.push_back({T(sign * base), T(e)});
  for (const std::string& level : levels()) {
    force_simd(level);
    const std::vector<T> got = powers(cases);
    for (size_t i = 0; i < cases.size(); ++i)
      ASSERT_EQ(got[i], static_cast<T>(exact(cases[i])))
          << level << " " << cases[i].x << " ** " << cases[i].y;
  }
  force_simd("");
}
TEST(Power, IntegersThatFitAreExact) {
  expect_exact_integers<float>();
  expect_exact_integers<double>();
}

// A result must not depend on its neighbours or on its place.
template <class T>
void expect_places_do_not_matter() {
  const Cases<T> cases = cases_at_the_edges<T>();
  const std::vector<T> together = powers(cases);
  for (size_t i = 0; i < cases.size(); ++i) {
    const T alone = powers<T>({cases[i]})[0];
    ASSERT_EQ(std::memcmp(&alone, &together[i], sizeof(T)), 0)
        << cases[i].x << " ** " << cases[i].y;
  }
}
TEST(Power, ResultsDoNotDependOnNeighbours) {
  for (const std::string& level : levels()) {
    force_simd(level);
    expect_places_do_not_matter<float>();
    expect_places_do_not_matter<double>();
  }
  force_simd("");
}

TEST(Power, ResultsMayOverwriteAnInput) {
  for (const size_t n : {size_t{3}, size_t{100}}) {
    for (const size_t target : {size_t{0}, size_t{1}}) {
      std::vector<double> x(n, 3), y(n, 4);
      x[1] = -3;
      x[2] = std::numeric_limits<double>::infinity();
      const void* in[] = {x.data(), y.data()};
      std::vector<double>& out = target == 0 ? x : y;
      find_tile("power", DType::kFloat64)->fn(in, out.data(), int64_t(n));
      std::vector<double> want(n, 81);
      want[2] = std::numeric_limits<double>::infinity();
      EXPECT_EQ(out, want);
    }
  }
}

}  // namespace
}  // namespace numest::kernels
