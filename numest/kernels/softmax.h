// Softmax, its logarithm and the cross entropy of sparse labels over the rows
// of a contiguous (rows, n) array. Rows are shifted by their maximum first,
// so that large logits do not overflow.
#pragma once

#include <cstdint>
#include <vector>

#include "numest/array/dtype.h"
#include "numest/kernels/elementwise.h"
#include "numest/kernels/reduce.h"

namespace numest::kernels {

/// y = exp(x) / sum(exp(x)) along rows; floats only; y may be x.
void softmax(DType dtype, const void* x, void* y, int64_t rows, int64_t n);

/// What a softmax of one dtype calls.
struct SoftmaxKernels {
  ReduceFn max, sum;
  TileFn exp;
};

/// The same for a few rows of float32 again and again: its kernels are looked
/// up once, its memory is kept. One thread at a time.
class FewRowsSoftmax {
 public:
  static bool takes(int64_t rows, int64_t n);  // so few
  FewRowsSoftmax(int64_t rows, int64_t n);
  void run(const float* x, float* y);

 private:
  int64_t rows_, n_;
  SoftmaxKernels kernels_;
  std::vector<float> row_values_;
};

/// y = x - log(sum(exp(x))) along rows; floats only; y may be x.
void log_softmax(DType dtype, const void* x, void* y, int64_t rows, int64_t n);

/// loss[i] = -log_softmax(logits[i])[labels[i]] and, unless null,
/// gradient[i] = softmax(logits[i]) - one_hot(labels[i]), in one pass.
/// `loss` has `rows`, `gradient` rows x n elements of dtype; `gradient` may
/// be `logits`. Throws ValueError if a label is outside [0, n).
void softmax_cross_entropy(DType dtype, const void* logits,
                           const int64_t* labels, void* loss, void* gradient,
                           int64_t rows, int64_t n);

}  // namespace numest::kernels
