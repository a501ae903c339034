// Vectors hold one number each of several rows, so that no lane is idle.
#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/matmul_thin.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include <hwy/highway.h>

#include "numest/kernels/matmul_thin.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Rows of K numbers times a matrix of N columns.
template <class T, size_t K, size_t N>
struct Thin {
  using D = hn::ScalableTag<T>;
  using V = hn::Vec<D>;

  T weights[K][N];

  explicit Thin(MatrixView<T> b) {
    for (size_t k = 0; k < K; ++k)
      for (size_t n = 0; n < N; ++n)
        weights[k][n] = b.data[int64_t(k) * b.row + int64_t(n) * b.column];
  }

  void run(const T* a, T* c, int64_t m) const {
    const D d;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    int64_t i = 0;
    for (; i + lanes <= m; i += lanes)
      rows(d, a + i * int64_t(K), c + i * int64_t(N));
    for (; i < m; ++i) row(a + i * int64_t(K), c + i * int64_t(N));
  }

 private:
  // Vectors cannot stand in arrays on all levels, so each has a name.
  HWY_INLINE void rows(D d, const T* a, T* c) const {
    V x0, x1, x2 = hn::Zero(d), x3 = x2;
    if constexpr (K == 2) hn::LoadInterleaved2(d, a, x0, x1);
    if constexpr (K == 3) hn::LoadInterleaved3(d, a, x0, x1, x2);
    if constexpr (K == 4) hn::LoadInterleaved4(d, a, x0, x1, x2, x3);
    const auto column = [&](size_t n) HWY_ATTR {
      V sum = hn::Add(hn::Mul(x0, hn::Set(d, weights[0][n])),
                      hn::Mul(x1, hn::Set(d, weights[1][n])));
      if constexpr (K > 2)
        sum = hn::Add(sum, hn::Mul(x2, hn::Set(d, weights[2][n])));
      if constexpr (K > 3)
        sum = hn::Add(sum, hn::Mul(x3, hn::Set(d, weights[3][n])));
      return sum;
    };
    if constexpr (N == 1) hn::StoreU(column(0), d, c);
    if constexpr (N == 2) hn::StoreInterleaved2(column(0), column(1), d, c);
    if constexpr (N == 3)
      hn::StoreInterleaved3(column(0), column(1), column(2), d, c);
    if constexpr (N == 4)
      hn::StoreInterleaved4(column(0), column(1), column(2), column(3), d, c);
  }

  HWY_INLINE void row(const T* a, T* c) const {
    for (size_t n = 0; n < N; ++n) {
      T sum = a[0] * weights[0][n];
      for (size_t k = 1; k < K; ++k) sum += a[k] * weights[k][n];
      c[n] = sum;
    }
  }
};

template <class T, size_t K, size_t N>
void run(const T* a, MatrixView<T> b, T* c, int64_t m) {
  Thin<T, K, N>(b).run(a, c, m);
}

template <class T, size_t K>
void by_columns(const T* a, MatrixView<T> b, T* c, int64_t m, int64_t n) {
  if (n == 1) return run<T, K, 1>(a, b, c, m);
  if (n == 2) return run<T, K, 2>(a, b, c, m);
  if (n == 3) return run<T, K, 3>(a, b, c, m);
  run<T, K, 4>(a, b, c, m);
}

template <class T>
void by_depth(const T* a, MatrixView<T> b, T* c, int64_t m, int64_t n,
              int64_t k) {
  if (k == 2) return by_columns<T, 2>(a, b, c, m, n);
  if (k == 3) return by_columns<T, 3>(a, b, c, m, n);
  by_columns<T, 4>(a, b, c, m, n);
}

void run_float(const float* a, MatrixView<float> b, float* c, int64_t m,
               int64_t n, int64_t k) {
  by_depth(a, b, c, m, n, k);
}
void run_double(const double* a, MatrixView<double> b, double* c, int64_t m,
                int64_t n, int64_t k) {
  by_depth(a, b, c, m, n, k);
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(run_float);
HWY_EXPORT(run_double);
void matmul_thin(const float* a, MatrixView<float> b, float* c, int64_t m,
                 int64_t n, int64_t k) {
  HWY_DYNAMIC_DISPATCH(run_float)(a, b, c, m, n, k);
}
void matmul_thin(const double* a, MatrixView<double> b, double* c, int64_t m,
                 int64_t n, int64_t k) {
  HWY_DYNAMIC_DISPATCH(run_double)(a, b, c, m, n, k);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
