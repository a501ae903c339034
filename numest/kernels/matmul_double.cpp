// float64 products: panels of b are packed once, blocks of a per piece, and
// a register tile of 4 rows x 2 vectors runs down k (the scheme of Goto and
// van de Geijn, "Anatomy of high-performance matrix multiplication", 2008).
#include <algorithm>
#include <vector>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/matmul_double.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include <hwy/highway.h>

#include "numest/base/thread_pool.h"
#include "numest/kernels/matmul_block.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<double>;

constexpr int64_t kRows = 4;        // rows of a register tile
constexpr int64_t kDepth = 256;     // k of a packed panel: 16 KB in L1
constexpr int64_t kPieceRows = 64;  // rows of a parallel piece

int64_t tile_columns() { return 2 * static_cast<int64_t>(hn::Lanes(D())); }

// Panels of `width` columns, each depth x width, zeros beyond n.
void pack_columns(MatrixView<double> b, int64_t depth, int64_t n, int64_t width,
                  double* out) {
  for (int64_t j = 0; j < n; j += width)
    for (int64_t p = 0; p < depth; ++p)
      for (int64_t l = 0; l < width; ++l)
        *out++ = j + l < n ? b.data[p * b.row + (j + l) * b.column] : 0;
}

// Panels of kRows rows, each depth x kRows, zeros beyond m.
void pack_rows(MatrixView<double> a, int64_t m, int64_t depth, double* out) {
  for (int64_t i = 0; i < m; i += kRows)
    for (int64_t p = 0; p < depth; ++p)
      for (int64_t l = 0; l < kRows; ++l)
        *out++ = i + l < m ? a.data[(i + l) * a.row + p * a.column] : 0;
}

// tile[kRows][2 vectors] = packed rows of a times packed columns of b.
void multiply_tile(const double* a, const double* b, int64_t depth,
                   double* tile) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  auto c00 = hn::Zero(d), c01 = c00, c10 = c00, c11 = c00;
  auto c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  for (int64_t p = 0; p < depth; ++p, a += kRows, b += 2 * lanes) {
    const auto b0 = hn::LoadU(d, b), b1 = hn::LoadU(d, b + lanes);
    const auto a0 = hn::Set(d, a[0]), a1 = hn::Set(d, a[1]);
    c00 = hn::MulAdd(a0, b0, c00);
    c01 = hn::MulAdd(a0, b1, c01);
    c10 = hn::MulAdd(a1, b0, c10);
    c11 = hn::MulAdd(a1, b1, c11);
    const auto a2 = hn::Set(d, a[2]), a3 = hn::Set(d, a[3]);
    c20 = hn::MulAdd(a2, b0, c20);
    c21 = hn::MulAdd(a2, b1, c21);
    c30 = hn::MulAdd(a3, b0, c30);
    c31 = hn::MulAdd(a3, b1, c31);
  }
  hn::StoreU(c00, d, tile + 0 * lanes);
  hn::StoreU(c01, d, tile + 1 * lanes);
  hn::StoreU(c10, d, tile + 2 * lanes);
  hn::StoreU(c11, d, tile + 3 * lanes);
  hn::StoreU(c20, d, tile + 4 * lanes);
  hn::StoreU(c21, d, tile + 5 * lanes);
  hn::StoreU(c30, d, tile + 6 * lanes);
  hn::StoreU(c31, d, tile + 7 * lanes);
}

struct Product {
  MatrixView<double> a;
  double* c;
  int64_t n, k;
  const double* packed;  // all panels of b, kDepth after kDepth
  int64_t padded;        // n rounded up to whole panels
  double beta;
};

// Adds one packed block of `rows` rows to c at row i0.
void multiply_block(const Product& product, const double* block,
                    const double* panels, int64_t depth, int64_t i0,
                    int64_t rows, double beta) {
  const int64_t width = tile_columns(), n = product.n;
  double tile[kRows * 2 * hn::MaxLanes(D())];
  for (int64_t j = 0; j < n; j += width) {
    for (int64_t i = 0; i < rows; i += kRows) {
      multiply_tile(block + i * depth, panels + j * depth, depth, tile);
      const int64_t height = std::min(kRows, rows - i);
      const int64_t columns = std::min(width, n - j);
      for (int64_t r = 0; r < height; ++r) {
        double* c = product.c + (i0 + i + r) * n + j;
        const double* t = tile + r * width;
        for (int64_t l = 0; l < columns; ++l)
          c[l] = beta == 0 ? t[l] : beta * c[l] + t[l];
      }
    }
  }
}

void multiply_rows(const Product& p, int64_t begin, int64_t end) {
  std::vector<double> block(static_cast<size_t>((kPieceRows + kRows) * kDepth));
  for (int64_t i = begin; i < end; i += kPieceRows) {
    const int64_t rows = std::min(kPieceRows, end - i);
    for (int64_t q = 0; q < p.k; q += kDepth) {
      const int64_t depth = std::min(kDepth, p.k - q);
      const MatrixView<double> part = {p.a.data + i * p.a.row + q * p.a.column,
                                       p.a.row, p.a.column, p.a.is_transposed};
      pack_rows(part, rows, depth, block.data());
      multiply_block(p, block.data(), p.packed + q * p.padded, depth, i, rows,
                     q == 0 ? p.beta : 1);
    }
  }
}

void multiply(MatrixView<double> a, MatrixView<double> b, double* c, int64_t m,
              int64_t n, int64_t k, double beta) {
  const int64_t width = tile_columns();
  const int64_t padded = (n + width - 1) / width * width;
  std::vector<double> packed(static_cast<size_t>(padded * k));
  for (int64_t q = 0; q < k; q += kDepth) {
    const MatrixView<double> part = {b.data + q * b.row, b.row, b.column,
                                     b.is_transposed};
    pack_columns(part, std::min(kDepth, k - q), n, width,
                 packed.data() + q * padded);
  }
  const Product product = {a, c, n, k, packed.data(), padded, beta};
  parallel_for(m, kPieceRows, [&product](int64_t begin, int64_t end) {
    multiply_rows(product, begin, end);
  });
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(multiply);
void matmul_double(MatrixView<double> a, MatrixView<double> b, double* c,
                   int64_t m, int64_t n, int64_t k, double beta) {
  HWY_DYNAMIC_DISPATCH(multiply)(a, b, c, m, n, k, beta);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
