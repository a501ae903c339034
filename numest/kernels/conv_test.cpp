// Convolution against seven plain loops, gradients against the definition:
// the forward map is linear, so <dy, conv(x)> gives each gradient by a basis.
#include "numest/kernels/conv.h"

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

Values sample(int64_t n, unsigned seed) {
  std::mt19937 generator(seed);
  std::uniform_int_distribution<int> values(-8, 8);
  Values x(static_cast<size_t>(n));
  for (double& v : x) v = values(generator) / 4.0;
  return x;
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

struct Sizes {
  int64_t x, w, y;
};
Sizes sizes(const ConvShape& s) {
  return {s.batch * s.height.extent * s.width.extent * s.channels,
          s.height.window * s.width.window * s.channels * s.filters,
          s.batch * s.height.out() * s.width.out() * s.filters};
}

// Calls f(index in x, index in w, index in y) for each product.
template <class F>
void for_products(const ConvShape& s, F f) {
  const WindowAxis &h = s.height, &w = s.width;
  for (int64_t b = 0; b < s.batch; ++b)
    for (int64_t i = 0; i < h.out(); ++i)
      for (int64_t j = 0; j < w.out(); ++j)
        for (int64_t p = 0; p < h.window; ++p)
          for (int64_t q = 0; q < w.window; ++q) {
            const int64_t y = i * h.stride - h.pad_before + p * h.dilation;
            const int64_t x = j * w.stride - w.pad_before + q * w.dilation;
            if (y < 0 || y >= h.extent || x < 0 || x >= w.extent) continue;
            for (int64_t c = 0; c < s.channels; ++c)
              for (int64_t k = 0; k < s.filters; ++k)
                f(size_t(((b * h.extent + y) * w.extent + x) * s.channels + c),
                  size_t(((p * w.window + q) * s.channels + c) * s.filters + k),
                  size_t(((b * h.out() + i) * w.out() + j) * s.filters + k));
          }
}

std::vector<ConvShape> shapes() {
  const WindowAxis plain = {.extent = 5, .window = 1};
  const WindowAxis valid = {.extent = 7, .window = 3};
  WindowAxis strided = {.extent = 9, .window = 3, .stride = 2};
  WindowAxis dilated = {.extent = 9, .window = 3, .dilation = 2};
  const WindowAxis same = same_padding({.extent = 6, .window = 3, .stride = 2});
  const WindowAxis lopsided = {
      .extent = 5, .window = 3, .pad_before = 2, .pad_after = 1};
  return {{2, plain, plain, 3, 4},  {2, valid, strided, 3, 4},
          {1, dilated, same, 2, 5}, {3, same, lopsided, 4, 2},
          {10, valid, valid, 1, 3}, {0, valid, valid, 2, 2}};
}

void expect_near(const Values& got, const Values& want, double tolerance) {
  ASSERT_EQ(got.size(), want.size());
  for (size_t i = 0; i < want.size(); ++i)
    ASSERT_NEAR(got[i], want[i], tolerance * (1 + std::fabs(want[i])));
}

TEST(Conv, ForwardAndGradientsMatchTheirDefinition) {
  for (const auto& [dtype, tolerance] : {std::pair{DType::kFloat16, 4e-3},
                                         {DType::kBFloat16, 3e-2},
                                         {DType::kFloat32, 1e-5},
                                         {DType::kFloat64, 1e-13}}) {
    for (const ConvShape& s : shapes()) {
      const Sizes n = sizes(s);
      const Values x = sample(n.x, 1), w = sample(n.w, 2), g = sample(n.y, 3);
      Values y(size_t(n.y), 0), dx(size_t(n.x), 0), dw(size_t(n.w), 0);
      for_products(s, [&](size_t a, size_t b, size_t c) {
        y[c] += x[a] * w[b];
        dx[a] += g[c] * w[b];
        dw[b] += g[c] * x[a];
      });
      const auto cx = cast_to(dtype, x), cw = cast_to(dtype, w),
                 cg = cast_to(dtype, g);
      auto cy = cg, cdx = cx, cdw = cw;
      conv2d(dtype, s, cx.data(), cw.data(), cy.data());
      conv2d_input_gradient(dtype, s, cg.data(), cw.data(), cdx.data());
      conv2d_filter_gradient(dtype, s, cx.data(), cg.data(), cdw.data());
      expect_near(cast_back(dtype, cy, y.size()), y, tolerance);
      expect_near(cast_back(dtype, cdx, dx.size()), dx, tolerance);
      expect_near(cast_back(dtype, cdw, dw.size()), dw, tolerance);
    }
  }
  int32_t x = 0;
  EXPECT_THROW(conv2d(DType::kInt32, {}, &x, &x, &x), TypeError);
}

TEST(Conv, SamePaddingPutsTheOddElementAfter) {
  const WindowAxis a = same_padding({.extent = 6, .window = 3, .stride = 2});
  EXPECT_EQ(a.out(), 3);
  EXPECT_EQ(a.pad_before, 0);
  EXPECT_EQ(a.pad_after, 1);
  EXPECT_EQ((WindowAxis{.extent = 2, .window = 3}.out()), 0);
}

TEST(Pool, MaximaAndMeansMatchTheirDefinition) {
  for (const DType dtype :
       {DType::kFloat32, DType::kFloat64, DType::kFloat16}) {
    const double tolerance = dtype == DType::kFloat16 ? 2e-3 : 1e-6;
    for (const ConvShape& c : shapes()) {
      const PoolShape s = {c.batch, c.height, c.width, 1};
      const ConvShape one = {c.batch, c.height, c.width, 1, 1};
      const Sizes n = sizes(one);
      const Values x = sample(n.x, 1), g = sample(n.y, 3);
      const double low = -std::numeric_limits<double>::infinity();
      Values max(size_t(n.y), low), sum(size_t(n.y), 0), count = sum;
      std::vector<size_t> where(size_t(n.y), 0);
      Values dmax(size_t(n.x), 0), davg = dmax;
      for_products(one, [&](size_t a, size_t, size_t y) {
        if (x[a] > max[y]) {
          max[y] = x[a];
          where[y] = a;
        }
        sum[y] += x[a];
        count[y] += 1;
      });
      for (size_t i = 0; i < sum.size(); ++i) {
        sum[i] /= count[i];
        dmax[where[i]] += g[i];
      }
      for_products(
          one, [&](size_t a, size_t, size_t y) { davg[a] += g[y] / count[y]; });
      const auto cx = cast_to(dtype, x), cg = cast_to(dtype, g);
      auto y = cg, dx = cx;
      max_pool2d(dtype, s, cx.data(), y.data());
      expect_near(cast_back(dtype, y, max.size()), max, tolerance);
      max_pool2d_gradient(dtype, s, cx.data(), cg.data(), dx.data());
      expect_near(cast_back(dtype, dx, dmax.size()), dmax, tolerance);
      avg_pool2d(dtype, s, cx.data(), y.data());
      expect_near(cast_back(dtype, y, sum.size()), sum, tolerance);
      avg_pool2d_gradient(dtype, s, cg.data(), dx.data());
      expect_near(cast_back(dtype, dx, davg.size()), davg, tolerance);
    }
  }
}

TEST(Pool, NanWinsAMaximum) {
  const float x[] = {1, std::numeric_limits<float>::quiet_NaN(), 3, 4};
  float y[2];
  const WindowAxis one, pairs = {.extent = 4, .window = 2, .stride = 2};
  max_pool2d(DType::kFloat32, {1, one, pairs, 1}, x, y);
  EXPECT_TRUE(std::isnan(y[0]));
  EXPECT_EQ(y[1], 4);
}

}  // namespace
}  // namespace numest::kernels
