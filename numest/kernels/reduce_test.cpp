// Reductions against plain loops over (outer, n, inner) for all dtypes.
#include "numest/kernels/reduce.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "numest/base/thread_pool.h"
#include "numest/kernels/elementwise.h"
#include "numest/kernels/simd.h"

namespace numest::kernels {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct View {
  int64_t outer, n, inner;
  size_t size() const { return static_cast<size_t>(outer * n * inner); }
  size_t reduced() const { return static_cast<size_t>(outer * inner); }
};

std::vector<double> small_numbers(size_t n, int low, int high) {
  std::mt19937 generator(11);
  std::uniform_int_distribution<int> values(low, high);
  std::vector<double> x(n);
  for (double& v : x) v = values(generator);
  return x;
}

// Converts, reduces in dtype, converts back.
std::vector<double> run(const char* name, DType dtype, const View& v,
                        const std::vector<double>& x, size_t out_size) {
  const auto reduce = find_reduce(name, dtype);
  EXPECT_TRUE(reduce) << name;
  std::vector<std::byte> in((x.size() + 1) * 16), out((out_size + 1) * 16);
  const void* p = x.data();
  cast_tile(DType::kFloat64, dtype)(&p, in.data(),
                                    static_cast<int64_t>(x.size()));
  reduce->fn(in.data(), out.data(), v.outer, v.n, v.inner);
  std::vector<double> result(out_size);
  p = out.data();
  cast_tile(reduce->out, DType::kFloat64)(&p, result.data(),
                                          static_cast<int64_t>(out_size));
  return result;
}

using Fold = double (*)(double, double);
std::vector<double> fold(const View& v, const std::vector<double>& x,
                         double start, Fold f) {
  std::vector<double> y(v.reduced(), start);
  size_t next = 0;
  for (int64_t o = 0; o < v.outer; ++o)
    for (int64_t k = 0; k < v.n; ++k)
      for (int64_t i = 0; i < v.inner; ++i, ++next) {
        double& at = y[static_cast<size_t>(o * v.inner + i)];
        at = f(at, x[next]);
      }
  return y;
}

const View kViews[] = {{1, 1, 1}, {3, 7, 1},    {2, 1000, 1},
                       {1, 0, 3}, {4, 5, 9},    {2, 300, 600},
                       {0, 5, 2}, {1, 5000, 3}, {1, 140000, 1}};

TEST(Reduce, SumsOfAllDtypesMatchALoop) {
  for (const View& v : kViews) {
    const std::vector<double> x = small_numbers(v.size(), 0, 1);
    const auto want = fold(v, x, 0, [](double a, double b) { return a + b; });
    for (int d = 0; d < kNumDTypes - 1; ++d) {
      const DType dtype = static_cast<DType>(d);
      const auto got = run("sum", dtype, v, x, v.reduced());
      const double tolerance = dtype == DType::kFloat16    ? 1e-3
                               : dtype == DType::kBFloat16 ? 8e-3
                                                           : 0;
      for (size_t i = 0; i < want.size(); ++i) {
        if (dtype == DType::kFloat16 && want[i] > 65000) continue;
        EXPECT_NEAR(got[i], want[i], tolerance * want[i]) << name(dtype);
      }
    }
  }
}

TEST(Reduce, ExtremesAndLogicOfAllDtypesMatchALoop) {
  for (const View& v : kViews) {
    const std::vector<double> x = small_numbers(v.size(), 0, 100);
    const auto all = fold(v, x, 1, [](double a, double b) {
      return static_cast<double>(a != 0 && b != 0);
    });
    const auto any = fold(v, x, 0, [](double a, double b) {
      return static_cast<double>(a != 0 || b != 0);
    });
    const auto max =
        fold(v, x, -1e9, [](double a, double b) { return std::max(a, b); });
    const auto min =
        fold(v, x, 1e9, [](double a, double b) { return std::min(a, b); });
    for (int d = 0; d < kNumDTypes - 1; ++d) {
      const DType dtype = static_cast<DType>(d);
      EXPECT_EQ(run("all", dtype, v, x, v.reduced()), all) << name(dtype);
      EXPECT_EQ(run("any", dtype, v, x, v.reduced()), any) << name(dtype);
      if (v.n == 0 || is_complex(dtype)) continue;
      EXPECT_EQ(run("max", dtype, v, x, v.reduced()),
                dtype == DType::kBool ? any : max)
          << name(dtype);
      EXPECT_EQ(run("min", dtype, v, x, v.reduced()),
                dtype == DType::kBool ? all : min)
          << name(dtype);
    }
  }
}

TEST(Reduce, ProductsMatchALoop) {
  const View v{3, 20, 4};
  const std::vector<double> x = small_numbers(v.size(), 1, 2);
  const auto want = fold(v, x, 1, [](double a, double b) { return a * b; });
  for (const DType d : {DType::kInt32, DType::kUInt64, DType::kFloat32,
                        DType::kFloat64, DType::kBFloat16, DType::kComplex128})
    EXPECT_EQ(run("prod", d, v, x, v.reduced()), want) << name(d);
}

TEST(Reduce, NarrowIntegersSumInSixtyFourBits) {
  EXPECT_EQ(reduce_out("sum", DType::kBool), DType::kInt64);
  EXPECT_EQ(reduce_out("prod", DType::kInt8), DType::kInt64);
  EXPECT_EQ(reduce_out("cumsum", DType::kUInt8), DType::kUInt64);
  EXPECT_EQ(reduce_out("sum", DType::kFloat16), DType::kFloat16);
  EXPECT_EQ(reduce_out("max", DType::kInt8), DType::kInt8);
  EXPECT_EQ(reduce_out("argmax", DType::kFloat32), DType::kInt64);
  EXPECT_THROW(reduce_out("sum", DType::kBytes), TypeError);
  const View v{1, 1000, 1};
  const std::vector<double> x(1000, -100);
  EXPECT_EQ(run("sum", DType::kInt8, v, x, 1)[0], -100000);
}

TEST(Reduce, NanIsTheExtremeAndTheFirstWins) {
  std::vector<double> x(300, 1);
  x[7] = 5;
  x[130] = kNan;
  x[200] = kNan;
  const View row{1, 300, 1};
  EXPECT_TRUE(std::isnan(run("max", DType::kFloat32, row, x, 1)[0]));
  EXPECT_TRUE(std::isnan(run("min", DType::kFloat64, row, x, 1)[0]));
  EXPECT_TRUE(std::isnan(run("max", DType::kFloat16, row, x, 1)[0]));
  EXPECT_EQ(run("argmax", DType::kFloat32, row, x, 1)[0], 130);
  EXPECT_EQ(run("argmin", DType::kFloat64, row, x, 1)[0], 130);
  x[130] = x[200] = 5;
  EXPECT_EQ(run("argmax", DType::kInt32, row, x, 1)[0], 7);
  EXPECT_EQ(run("argmin", DType::kFloat16, row, x, 1)[0], 0);
}

TEST(Reduce, ArgmaxRunsAlongTheMiddleAxis) {
  const std::vector<double> x = {1, 9, 5, 2, 3, 4};  // (1, 3, 2)
  EXPECT_EQ(run("argmax", DType::kFloat32, {1, 3, 2}, x, 2),
            (std::vector<double>{1, 0}));
}

// Where the first NaN stands, else the first extreme.
std::vector<double> places(const View& v, const std::vector<double>& x,
                           bool is_max) {
  std::vector<double> y(v.reduced(), 0);
  const auto at = [&](int64_t o, double k, int64_t i) {
    return x[static_cast<size_t>((o * v.n + int64_t(k)) * v.inner + i)];
  };
  for (int64_t o = 0; o < v.outer; ++o)
    for (int64_t i = 0; i < v.inner; ++i)
      for (int64_t k = 1; k < v.n; ++k) {
        double& best = y[static_cast<size_t>(o * v.inner + i)];
        const double old = at(o, best, i), value = at(o, double(k), i);
        if (std::isnan(old)) continue;
        if (std::isnan(value) || (is_max ? value > old : value < old))
          best = double(k);
      }
  return y;
}

TEST(Reduce, PlacesOfExtremesOfAllDtypesMatchALoop) {
  const int threads = num_threads();
  for (const char* level : {"SSE4", ""}) {
    force_simd(level);
    set_num_threads(level[0] == 0 ? 4 : 1);
    for (const View& v : kViews) {
      if (v.n == 0) continue;
      std::vector<double> x = small_numbers(v.size(), 0, 100);
      for (size_t i = 0; i < x.size(); ++i)
        if (v.n > 6) x[i] = x[i] == 100 || x[i] == 0 ? 50 : x[i];
      for (int has_nan = 0; has_nan < 2; ++has_nan) {
        for (int d = 0; d < kNumDTypes - 1; ++d) {
          const DType dtype = static_cast<DType>(d);
          if (dtype == DType::kBool || (has_nan && !is_inexact(dtype)))
            continue;
          EXPECT_EQ(run("argmax", dtype, v, x, v.reduced()), places(v, x, true))
              << name(dtype);
          EXPECT_EQ(run("argmin", dtype, v, x, v.reduced()),
                    places(v, x, false))
              << name(dtype);
        }
        for (size_t i = 0; i < x.size(); i += 977) x[i] = kNan;
      }
    }
  }
  force_simd("");
  set_num_threads(threads);
}

TEST(Reduce, ScansOfAllDtypesMatchALoop) {
  for (const View& v : {View{1, 1, 1}, View{3, 20, 1}, View{2, 9, 700},
                        View{1, 0, 3}, View{1, 2000, 3}}) {
    const std::vector<double> x = small_numbers(v.size(), -1, 1);
    std::vector<double> want(x);
    for (size_t i = 0; i < x.size(); ++i)
      if (int64_t(i) / v.inner % v.n != 0) want[i] += want[i - size_t(v.inner)];
    for (const DType dtype :
         {DType::kInt8, DType::kInt64, DType::kFloat16, DType::kFloat32,
          DType::kFloat64, DType::kComplex64})
      EXPECT_EQ(run("cumsum", dtype, v, x, v.size()), want) << name(dtype);
  }
}

TEST(Reduce, EmptyExtremesAreValueErrors) {
  double x = 0, y = 0;
  for (const char* name : {"max", "min", "argmax", "argmin"})
    EXPECT_THROW(find_reduce(name, DType::kFloat64)->fn(&x, &y, 1, 0, 1),
                 ValueError);
}

TEST(Reduce, ScansRunAlongTheMiddleAxis) {
  const std::vector<double> x = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(run("cumsum", DType::kInt8, {1, 3, 2}, x, 6),
            (std::vector<double>{1, 2, 4, 6, 9, 12}));
  EXPECT_EQ(run("cumprod", DType::kFloat32, {2, 3, 1}, x, 6),
            (std::vector<double>{1, 2, 6, 4, 20, 120}));
}

// Pairwise order: an error of a few units of the last place, not of n.
TEST(Reduce, FloatSumsArePairwiseAndEqualForAllThreadsAndLevels) {
  for (const View& v : {View{1, 1000000, 1}, View{1, 50000, 7}}) {
    std::mt19937 generator(5);
    std::uniform_real_distribution<float> values(0, 1);
    std::vector<float> x(v.size());
    for (float& value : x) value = values(generator);
    std::vector<double> exact(v.reduced(), 0);
    for (size_t i = 0; i < x.size(); ++i)
      exact[i % exact.size()] += static_cast<double>(x[i]);
    std::vector<std::vector<float>> results;
    const int threads = num_threads();
    for (const char* level : {"SSE4", ""}) {
      for (const int count : {1, 4}) {
        force_simd(level);
        set_num_threads(count);
        std::vector<float>& y = results.emplace_back(v.reduced());
        find_reduce("sum", DType::kFloat32)
            ->fn(x.data(), y.data(), v.outer, v.n, v.inner);
      }
    }
    set_num_threads(threads);
    for (size_t i = 0; i < exact.size(); ++i)
      EXPECT_NEAR(static_cast<double>(results[0][i]), exact[i],
                  exact[i] * 2e-7);
    for (const auto& y : results) EXPECT_EQ(y, results[0]);
  }
}

}  // namespace
}  // namespace numest::kernels
