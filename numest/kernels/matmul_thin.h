// Products of rows of two to four numbers, such as colors of pixels or points,
// with a matrix of as many rows and few columns.
#pragma once

#include <cstdint>

#include "numest/kernels/matmul_block.h"

namespace numest::kernels {

/// True if `matmul_thin` takes rows of `k` numbers and `n` columns.
inline bool is_thin(int64_t n, int64_t k) {
  return k >= 2 && k <= 4 && n >= 1 && n <= 4;
}

/// c = a b: a (m, k) and c (m, n) row-major, b (k, n) of any strides. Adds in
/// the order of k, each product rounded, so results do not depend on m.
void matmul_thin(const float* a, MatrixView<float> b, float* c, int64_t m,
                 int64_t n, int64_t k);
void matmul_thin(const double* a, MatrixView<double> b, double* c, int64_t m,
                 int64_t n, int64_t k);

}  // namespace numest::kernels
