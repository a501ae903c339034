// Kernels against plain loops in double or in exact integers, for all dtypes
// and sizes that leave every kind of tail, at every level of this CPU.
#include "numest/kernels/elementwise.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <complex>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <random>
#include <sstream>

#include "numest/kernels/simd.h"

namespace numest::kernels {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

std::vector<std::string> levels() {
  std::istringstream names(simd_levels());
  std::vector<std::string> all;
  for (std::string name; names >> name;) all.push_back(name);
  return all;
}

// Runs the kernel over n copies; checks that it exists.
template <class Out, class In>
std::vector<Out> run(std::string_view name,
                     const std::vector<std::vector<In>>& inputs) {
  const auto tile = find_tile(name, dtype_of<In>);
  EXPECT_TRUE(tile) << name;
  EXPECT_EQ(tile->out, dtype_of<Out>) << name;
  EXPECT_EQ(tile->num_inputs, static_cast<int>(inputs.size())) << name;
  std::vector<const void*> pointers;
  for (const auto& input : inputs) pointers.push_back(input.data());
  const size_t n = inputs[0].size();
  auto out = std::make_unique<Out[]>(n + 1);
  tile->fn(pointers.data(), out.get(), static_cast<int64_t>(n));
  return std::vector<Out>(out.get(), out.get() + n);
}

// Distance in units of the last place of T at `want`.
template <class T>
double ulps(T got, double want) {
  if (std::isnan(want) || std::isnan(got))
    return std::isnan(want) && std::isnan(got) ? 0 : kInf;
  const T rounded = static_cast<T>(want);
  if (got == rounded) return 0;
  if (std::isinf(rounded) || std::isinf(got)) return kInf;
  const T size = std::max(std::fabs(rounded), std::numeric_limits<T>::min());
  const double unit = static_cast<double>(
      std::nextafter(size, std::numeric_limits<T>::infinity()) - size);
  return std::fabs(static_cast<double>(got) - want) / unit;
}

struct MathCase {
  const char* name;
  std::function<long double(long double)> exact;
  double low, high;
};

const std::vector<MathCase>& math_cases() {
  using L = long double;
  static const std::vector<MathCase> cases = {
      {"exp", [](L x) { return std::exp(x); }, -90, 88.5},
      {"exp2", [](L x) { return std::exp2(x); }, -140, 127},
      {"expm1", [](L x) { return std::expm1(x); }, -20, 80},
      {"log", [](L x) { return std::log(x); }, 0, 100},
      {"log2", [](L x) { return std::log2(x); }, 0, 100},
      {"log10", [](L x) { return std::log10(x); }, 0, 100},
      {"log1p", [](L x) { return std::log1p(x); }, -0.9, 100},
      {"sin", [](L x) { return std::sin(x); }, -3, 3},
      {"cos", [](L x) { return std::cos(x); }, -1.5, 1.5},
      {"tan", [](L x) { return std::tan(x); }, -1.5, 1.5},
      {"arcsin", [](L x) { return std::asin(x); }, -1, 1},
      {"arccos", [](L x) { return std::acos(x); }, -1, 1},
      {"arctan", [](L x) { return std::atan(x); }, -50, 50},
      {"sinh", [](L x) { return std::sinh(x); }, -80, 80},
      {"cosh", [](L x) { return std::cosh(x); }, -80, 80},
      {"tanh", [](L x) { return std::tanh(x); }, -12, 12},
      {"arcsinh", [](L x) { return std::asinh(x); }, -50, 50},
      {"arccosh", [](L x) { return std::acosh(x); }, 1, 50},
      {"arctanh", [](L x) { return std::atanh(x); }, -1, 1},
      {"sigmoid", [](L x) { return 1 / (1 + std::exp(-x)); }, -80, 80},
      {"softplus",
       [](L x) {
         return std::fmax(x, L{0}) + std::log1p(std::exp(-std::fabs(x)));
       },
       -80, 80},
      {"erf", [](L x) { return std::erf(x); }, -4, 4},
      {"cbrt", [](L x) { return std::cbrt(x); }, -100, 100},
      {"lgamma", [](L x) { return std::lgamma(x); }, 2.5, 50},
      {"sqrt", [](L x) { return std::sqrt(x); }, 0, 100},
      {"rsqrt", [](L x) { return 1 / std::sqrt(x); }, 1e-3, 100},
      {"reciprocal", [](L x) { return 1 / x; }, -100, 100},
  };
  return cases;
}

template <class T>
double worst_ulps(const MathCase& c, size_t n) {
  std::mt19937 generator(17);
  std::uniform_real_distribution<double> values(c.low, c.high);
  std::vector<T> x(n);
  for (T& v : x) v = static_cast<T>(values(generator));
  const std::vector<T> y = run<T, T>(c.name, {x});
  double worst = 0;
  for (size_t i = 0; i < n; ++i)
    worst = std::max(worst, ulps(y[i], static_cast<double>(c.exact(
                                           static_cast<long double>(x[i])))));
  return worst;
}

TEST(Elementwise, TranscendentalFunctionsLieWithinFourUlp) {
  for (const std::string& level : levels()) {
    force_simd(level);
    EXPECT_EQ(simd_level(), level);
    for (const MathCase& c : math_cases()) {
      for (const size_t n : {size_t{0}, size_t{1}, size_t{7}, size_t{20000}}) {
        EXPECT_LE(worst_ulps<float>(c, n), 4) << level << " " << c.name;
        EXPECT_LE(worst_ulps<double>(c, n), 4) << level << " " << c.name;
      }
    }
  }
  force_simd("");
}

TEST(Elementwise, TranscendentalFunctionsKnowNanAndInfinity) {
  const std::vector<double> edges = {kNan,   kInf,  -kInf,  0.0,   -0.0,
                                     1e-310, 1e300, -1e300, 710.0, -750.0,
                                     1.0,    -1.0,  1e6,    -2.0};
  for (const MathCase& c : math_cases()) {
    const std::vector<double> y = run<double, double>(c.name, {edges});
    for (size_t i = 0; i < edges.size(); ++i) {
      const double want = static_cast<double>(c.exact(edges[i]));
      EXPECT_LE(ulps(y[i], want), 4)
          << c.name << "(" << edges[i] << ") = " << y[i] << ", not " << want;
    }
  }
}

template <class T>
std::vector<T> sample(size_t n, unsigned seed) {
  std::mt19937 generator(seed);
  std::vector<T> x(n);
  for (T& v : x) {
    const int small = static_cast<int>(generator() % 23) - 11;
    if constexpr (std::is_integral_v<T>)
      v = static_cast<T>(generator() % 4 ? small
                                         : static_cast<int>(generator()));
    else
      v = static_cast<T>(static_cast<float>(small) * 0.75f);
  }
  return x;
}

// Python's // and % of exact integers; wide enough for all narrow types.
int64_t floor_divide(int64_t x, int64_t y) {
  if (y == 0) return 0;
  const int64_t q = x / y;
  return q - (x % y != 0 && (x < 0) != (y < 0));
}

using Exact = std::function<int64_t(int64_t, int64_t)>;
const std::vector<std::pair<const char*, Exact>>& integer_cases() {
  static const std::vector<std::pair<const char*, Exact>> cases = {
      {"add", [](int64_t x, int64_t y) { return x + y; }},
      {"subtract", [](int64_t x, int64_t y) { return x - y; }},
      {"multiply", [](int64_t x, int64_t y) { return x * y; }},
      {"floor_divide", floor_divide},
      {"remainder",
       [](int64_t x, int64_t y) {
         return y == 0 ? 0 : x - y * floor_divide(x, y);
       }},
      {"fmod", [](int64_t x, int64_t y) { return y == 0 ? 0 : x % y; }},
      {"maximum", [](int64_t x, int64_t y) { return std::max(x, y); }},
      {"fmin", [](int64_t x, int64_t y) { return std::min(x, y); }},
      {"bitwise_xor", [](int64_t x, int64_t y) { return x ^ y; }},
      {"bitwise_and", [](int64_t x, int64_t y) { return x & y; }},
      {"gcd", [](int64_t x, int64_t y) { return std::gcd(x, y); }},
      {"lcm", [](int64_t x, int64_t y) { return std::lcm(x, y); }},
  };
  return cases;
}

template <class T>
void check_integers() {
  for (const auto& [name, exact] : integer_cases()) {
    for (const size_t n : {size_t{0}, size_t{1}, size_t{7}, size_t{1000}}) {
      const std::vector<T> x = sample<T>(n, 3), y = sample<T>(n, 4);
      const std::vector<T> z = run<T, T>(name, {x, y});
      for (size_t i = 0; i < n; ++i)
        ASSERT_EQ(z[i], static_cast<T>(exact(x[i], y[i])))
            << name << " " << numest::name(dtype_of<T>) << " " << int64_t{x[i]}
            << " " << int64_t{y[i]};
    }
  }
}

TEST(Elementwise, NarrowIntegersWrapAndDivideLikePython) {
  for (const std::string& level : levels()) {
    force_simd(level);
    check_integers<int8_t>();
    check_integers<int16_t>();
    check_integers<int32_t>();
    check_integers<uint8_t>();
    check_integers<uint16_t>();
    check_integers<uint32_t>();
  }
  force_simd("");
}

TEST(Elementwise, IntegerEdgesDoNotTrap) {
  constexpr int64_t kLow = std::numeric_limits<int64_t>::min();
  using V = std::vector<int64_t>;
  const V x = {kLow, 5, kLow, -7}, y = {-1, 0, 2, 2};
  EXPECT_EQ((run<int64_t, int64_t>("floor_divide", {x, y})),
            (V{kLow, 0, kLow / 2, -4}));
  EXPECT_EQ((run<int64_t, int64_t>("remainder", {x, y})), (V{0, 0, 0, 1}));
  EXPECT_EQ((run<int64_t, int64_t>("fmod", {x, y})), (V{0, 0, 0, -1}));
  EXPECT_EQ((run<int64_t, int64_t>("negative", {V{kLow, 3}})), (V{kLow, -3}));
  EXPECT_EQ((run<int64_t, int64_t>("absolute", {V{kLow, -3}})), (V{kLow, 3}));
  EXPECT_EQ((run<int64_t, int64_t>("power",
                                   {V{2, -1, 2, 3, 0}, V{10, -3, -1, 0, 0}})),
            (V{1024, -1, 0, 1, 1}));
  EXPECT_EQ(
      (run<int64_t, int64_t>("left_shift", {V{1, 1, -1, 1}, V{3, 64, 63, -1}})),
      (V{8, 0, kLow, 0}));
  EXPECT_EQ((run<int64_t, int64_t>("right_shift",
                                   {V{-8, -8, 8, 8}, V{1, 64, 99, 2}})),
            (V{-4, -1, 0, 2}));
}

using ExactFloat = std::function<double(double, double)>;
template <class T>
void check_floats(const char* name, const ExactFloat& exact, double tolerance) {
  for (const size_t n : {size_t{0}, size_t{1}, size_t{7}, size_t{1000}}) {
    std::vector<T> x = sample<T>(n, 5), y = sample<T>(n, 6);
    if (n > 7) {
      x[3] = T(static_cast<float>(kNan));
      y[4] = T(static_cast<float>(kNan));
      x[5] = T(static_cast<float>(kInf));
    }
    const std::vector<T> z = run<T, T>(name, {x, y});
    for (size_t i = 0; i < n; ++i) {
      const double want =
          exact(static_cast<double>(x[i]), static_cast<double>(y[i]));
      const double got = static_cast<double>(z[i]);
      if (std::isnan(want) || std::isinf(want)) {
        ASSERT_TRUE(std::isnan(want) ? std::isnan(got) : got == want)
            << name << " " << static_cast<double>(x[i]) << " "
            << static_cast<double>(y[i]) << " " << got;
        continue;
      }
      ASSERT_NEAR(got, want, tolerance * (1e-30 + std::fabs(want)))
          << name << " " << numest::name(dtype_of<T>) << " "
          << static_cast<double>(x[i]) << " " << static_cast<double>(y[i]);
    }
  }
}

double nan_max(double x, double y) {
  return std::isnan(x) || std::isnan(y) ? kNan : std::max(x, y);
}
double nan_min(double x, double y) {
  return std::isnan(x) || std::isnan(y) ? kNan : std::min(x, y);
}

TEST(Elementwise, FloatBinaryOpsMatchDoubleArithmetic) {
  const std::vector<std::pair<const char*, ExactFloat>> cases = {
      {"add", std::plus<double>()},
      {"subtract", std::minus<double>()},
      {"multiply", std::multiplies<double>()},
      {"divide", std::divides<double>()},
      {"maximum", nan_max},
      {"minimum", nan_min},
      {"fmax", [](double x, double y) { return std::fmax(x, y); }},
      {"fmin", [](double x, double y) { return std::fmin(x, y); }},
      {"fmod", [](double x, double y) { return std::fmod(x, y); }},
      {"hypot", [](double x, double y) { return std::hypot(x, y); }},
      {"power", [](double x, double y) { return std::pow(x, y); }},
      {"arctan2", [](double x, double y) { return std::atan2(x, y); }},
      {"copysign", [](double x, double y) { return std::copysign(x, y); }},
  };
  for (const auto& [name, exact] : cases) {
    check_floats<double>(name, exact, 1e-15);
    check_floats<float>(name, exact, 3e-7);
    if (std::string_view(name) == "power") continue;  // overflows
    check_floats<Float16>(name, exact, 1e-3);
    check_floats<BFloat16>(name, exact, 8e-3);
  }
}

TEST(Elementwise, FloatFloorDivideFollowsTheSignOfTheDivisor) {
  using V = std::vector<double>;
  const V x = {7, -7, 7, -7, 1, -1, 0, kInf}, y = {2, 2, -2, -2, 0, 0, -3, 2};
  const V q = run<double, double>("floor_divide", {x, y});
  const V r = run<double, double>("remainder", {x, y});
  const V want_q = {3, -4, -4, 3, kInf, -kInf, -0.0, kNan};
  const V want_r = {1, 1, -1, -1, kNan, kNan, -0.0, kNan};
  for (size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(ulps(q[i], want_q[i]), 0) << x[i] << " // " << y[i] << q[i];
    EXPECT_EQ(ulps(r[i], want_r[i]), 0) << x[i] << " % " << y[i] << r[i];
  }
  EXPECT_TRUE(std::signbit(q[6]) && std::signbit(r[6]));
}

TEST(Elementwise, ComparisonsAndTestsGiveBool) {
  using B = std::vector<bool>;
  const std::vector<float> x = {1, 2, static_cast<float>(kNan), -0.0f},
                           y = {2, 2, 1, 0.0f};
  EXPECT_EQ((run<bool, float>("equal", {x, y})), (B{0, 1, 0, 1}));
  EXPECT_EQ((run<bool, float>("not_equal", {x, y})), (B{1, 0, 1, 0}));
  EXPECT_EQ((run<bool, float>("less", {x, y})), (B{1, 0, 0, 0}));
  EXPECT_EQ((run<bool, float>("greater_equal", {x, y})), (B{0, 1, 0, 1}));
  EXPECT_EQ((run<bool, float>("isnan", {x})), (B{0, 0, 1, 0}));
  EXPECT_EQ((run<bool, float>("signbit", {x})), (B{0, 0, 0, 1}));
  EXPECT_EQ((run<bool, float>("isfinite", {x})), (B{1, 1, 0, 1}));
  EXPECT_EQ((run<bool, float>("logical_and", {x, y})), (B{1, 1, 1, 0}));
  EXPECT_EQ((run<bool, float>("logical_not", {x})), (B{0, 0, 0, 1}));
  const std::vector<Bytes> a = {"a", "b", ""}, b = {"b", "b", "\xff"};
  EXPECT_EQ((run<bool, Bytes>("less", {a, b})), (B{1, 0, 1}));
  EXPECT_EQ((run<bool, Bytes>("equal", {a, b})), (B{0, 1, 0}));
}

TEST(Elementwise, BoolsAddAsOrAndMultiplyAsAnd) {
  const bool x[] = {false, false, true, true}, y[] = {false, true, false, true};
  const void* in[] = {x, y};
  bool z[4];
  find_tile("add", DType::kBool)->fn(in, z, 4);
  EXPECT_EQ(std::vector<bool>(z, z + 4), (std::vector<bool>{0, 1, 1, 1}));
  find_tile("multiply", DType::kBool)->fn(in, z, 4);
  EXPECT_EQ(std::vector<bool>(z, z + 4), (std::vector<bool>{0, 0, 0, 1}));
  EXPECT_FALSE(find_tile("subtract", DType::kBool));
  EXPECT_FALSE(find_tile("bitwise_and", DType::kFloat32));
  EXPECT_FALSE(find_tile("no_such_op", DType::kFloat32));
}

TEST(Elementwise, SignClipAndWhereKeepNan) {
  using V = std::vector<double>;
  const V s = run<double, double>("sign", {V{-3, 0, 5, kNan}});
  EXPECT_EQ(V(s.begin(), s.begin() + 3), (V{-1, 0, 1}));
  EXPECT_TRUE(std::isnan(s[3]));
  const V c = run<double, double>(
      "clip", {V{-3, 0.5, 5, kNan}, V{0, 0, 0, 0}, V{1, 1, 1, 1}});
  EXPECT_EQ(V(c.begin(), c.begin() + 3), (V{0, 0.5, 1}));
  EXPECT_TRUE(std::isnan(c[3]));
  const bool condition[] = {true, false};
  const double x[] = {1, 2}, y[] = {3, 4};
  double z[2];
  const void* in[] = {condition, x, y};
  find_tile("where", DType::kFloat64)->fn(in, z, 2);
  EXPECT_EQ(z[0], 1);
  EXPECT_EQ(z[1], 4);
}

TEST(Elementwise, ResultsMayOverwriteAnInput) {
  std::vector<float> x(1000, 2), y(1000, 3);
  const void* in[] = {x.data(), y.data()};
  find_tile("multiply", DType::kFloat32)->fn(in, x.data(), 1000);
  EXPECT_EQ(x, std::vector<float>(1000, 6));
  find_tile("exp", DType::kFloat32)->fn(in, x.data(), 1000);
  EXPECT_NEAR(x[999], std::exp(6.0f), 1e-3);
}

TEST(Elementwise, ComplexArithmeticMatchesStd) {
  const Complex128 a(3, -4), b(0.5, 2);
  using V = std::vector<Complex128>;
  const auto one = [](std::string_view name, const std::vector<V>& in) {
    return run<Complex128, Complex128>(name, in)[0];
  };
  EXPECT_LT(std::abs(one("multiply", {V{a}, V{b}}) - a * b), 1e-14);
  EXPECT_LT(std::abs(one("divide", {V{a}, V{b}}) - a / b), 1e-14);
  EXPECT_LT(std::abs(one("power", {V{a}, V{b}}) - std::pow(a, b)), 1e-10);
  EXPECT_LT(std::abs(one("exp", {V{a}}) - std::exp(a)), 1e-12);
  EXPECT_LT(std::abs(one("expm1", {V{a}}) - (std::exp(a) - 1.0)), 1e-12);
  EXPECT_EQ((run<double, Complex128>("absolute", {V{a}})[0]), 5);
  EXPECT_EQ((run<double, Complex128>("imag", {V{a}})[0]), -4);
  EXPECT_EQ((run<bool, Complex128>("less", {V{b}, V{a}})[0]), true);
}

template <class T>
void check_lengths() {
  const T largest = std::numeric_limits<T>::max();
  const T tiny = std::numeric_limits<T>::denorm_min();
  const T values[] = {0,    1,        3,        T(-4),       T(0.1),  T(1e20),
                      tiny, tiny * 3, T(1e-20), largest / 2, T(kInf), T(kNan)};
  std::vector<std::complex<T>> x;
  for (const T re : values)
    for (const T im : values) x.emplace_back(re, im);
  const auto y = run<T, std::complex<T>>("absolute", {x});
  for (size_t i = 0; i < x.size(); ++i)
    EXPECT_LE(ulps(y[i], static_cast<double>(std::abs(x[i]))), 1) << x[i];
}

TEST(Elementwise, LengthsOfComplexNumbersNeitherOverflowNorVanish) {
  check_lengths<float>();
  check_lengths<double>();
}

// Every pair of numeric dtypes against the value in double.
TEST(Cast, KeepsSmallNumbersBetweenAllPairs) {
  for (int from = 0; from < kNumDTypes - 1; ++from) {
    for (int to = 0; to < kNumDTypes - 1; ++to) {
      const DType f = static_cast<DType>(from), t = static_cast<DType>(to);
      alignas(16) std::byte a[16 * 37], b[16 * 37];
      double start[37], end[37];
      for (int i = 0; i < 37; ++i) start[i] = i;
      const void* in = start;
      cast_tile(DType::kFloat64, f)(&in, a, 37);
      in = a;
      cast_tile(f, t)(&in, b, 37);
      in = b;
      cast_tile(t, DType::kFloat64)(&in, end, 37);
      const bool is_bool = f == DType::kBool || t == DType::kBool;
      for (int i = 0; i < 37; ++i)
        EXPECT_EQ(end[i], is_bool ? (i != 0) : i) << name(f) << name(t);
    }
  }
  EXPECT_THROW(cast_tile(DType::kBytes, DType::kInt8), TypeError);
}

TEST(Cast, HalvesRoundToNearestEvenLikeTheScalarTypes) {
  std::vector<float> x = {0.0f,
                          -0.0f,
                          1.0f,
                          65504.0f,
                          65519.0f,
                          65520.0f,
                          1e-8f,
                          5.96e-8f,
                          6.1e-5f,
                          -3.14159f,
                          static_cast<float>(kInf),
                          static_cast<float>(-kInf)};
  for (uint32_t i = 0; i < 4000; ++i)
    x.push_back(std::bit_cast<float>(i * 1048573u));
  const auto n = static_cast<int64_t>(x.size());
  std::vector<Float16> half(x.size());
  std::vector<BFloat16> brain(x.size());
  const void* in = x.data();
  cast_tile(DType::kFloat32, DType::kFloat16)(&in, half.data(), n);
  cast_tile(DType::kFloat32, DType::kBFloat16)(&in, brain.data(), n);
  for (size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i])) {
      EXPECT_TRUE(std::isnan(static_cast<float>(half[i])));
      EXPECT_TRUE(std::isnan(static_cast<float>(brain[i])));
      continue;
    }
    EXPECT_EQ(half[i].bits, Float16(x[i]).bits) << x[i];
    EXPECT_EQ(brain[i].bits, BFloat16(x[i]).bits) << x[i];
  }
}

TEST(Simd, UnknownLevelIsAValueError) {
  EXPECT_THROW(force_simd("MMX"), ValueError);
  EXPECT_NE(simd_levels().find(simd_level()), std::string::npos);
}

TEST(Simd, AnEmptyNameGoesBackToWhereTheProcessStarted) {
  const char* wanted = std::getenv("NUMEST_SIMD");
  const std::string first = wanted ? wanted : levels().front();
  for (const std::string& level : levels()) {
    force_simd(level);
    force_simd("");
    EXPECT_EQ(simd_level(), first);
  }
}

}  // namespace
}  // namespace numest::kernels
