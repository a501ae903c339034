// The inner products that matmul.cpp splits work among: each computes a block
// of c on the calling thread.
#pragma once

#include <cstdint>

namespace numest::kernels {

/// A row-major matrix or its transpose: element (i, j) lies at
/// data[i * row + j * column].
template <class T>
struct MatrixView {
  const T* data;
  int64_t row, column;
  bool is_transposed = false;
};

/// c = a b + beta c of (m, n), rows of c `ldc` elements apart. Splits rows
/// among threads itself, in fixed pieces.
void matmul_double(MatrixView<double> a, MatrixView<double> b, double* c,
                   int64_t m, int64_t n, int64_t k, double beta);

}  // namespace numest::kernels
