// Works on chunks of whole rows that stay in the cache: maximum, shift, exp
// and sum each run over the chunk with the SIMD kernels.
#include "numest/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "numest/base/thread_pool.h"

namespace numest::kernels {
namespace {

constexpr int64_t kChunk = 4096;     // elements of a chunk of rows
constexpr int64_t kPiece = 1 << 15;  // elements of a parallel piece

SoftmaxKernels kernels_of(DType dtype) {
  return {find_reduce("max", dtype)->fn, find_reduce("sum", dtype)->fn,
          find_tile("exp", dtype)->fn};
}

// shifted = x - max of the row; scratch of a chunk, by row.
template <class T>
void shift_rows(const SoftmaxKernels& kernels, const T* x, T* shifted,
                int64_t rows, int64_t n, T* row_values) {
  kernels.max(x, row_values, rows, n, 1);
  for (int64_t r = 0; r < rows; ++r) {
    const T shift = row_values[r];
    for (int64_t i = 0; i < n; ++i) shifted[r * n + i] = x[r * n + i] - shift;
  }
}

template <class T>
void exp_rows(const SoftmaxKernels& kernels, const T* shifted, T* e,
              int64_t rows, int64_t n, T* sums) {
  const void* in[] = {shifted};
  kernels.exp(in, e, rows * n);
  kernels.sum(e, sums, rows, n, 1);
}

// Calls body(kernels, first row, rows, scratch of one value a row) by chunk.
template <class T, class Body>
void for_chunks(int64_t rows, int64_t n, const Body& body) {
  if (rows == 0 || n == 0) return;
  const SoftmaxKernels kernels = kernels_of(dtype_of<T>);
  const int64_t step = std::max<int64_t>(1, kChunk / n);
  const int64_t grain = std::max<int64_t>(1, kPiece / (step * n)) * step;
  parallel_for(rows, grain, [&](int64_t begin, int64_t end) {
    std::vector<T> row_values(static_cast<size_t>(step));
    for (int64_t r = begin; r < end; r += step)
      body(kernels, r, std::min(step, end - r), row_values.data());
  });
}

// Softmax of a chunk; scratch of a value by row.
template <class T>
void softmax_rows(const SoftmaxKernels& kernels, const T* x, T* out,
                  int64_t rows, int64_t n, T* row_values) {
  shift_rows(kernels, x, out, rows, n, row_values);
  exp_rows(kernels, out, out, rows, n, row_values);
  for (int64_t i = 0; i < rows; ++i) {
    const T scale = T{1} / row_values[i];
    for (int64_t j = 0; j < n; ++j) out[i * n + j] *= scale;
  }
}

template <class T>
void softmax_of(const T* x, T* y, int64_t rows, int64_t n) {
  for_chunks<T>(
      rows, n,
      [=](const SoftmaxKernels& kernels, int64_t r, int64_t m, T* row_values) {
        softmax_rows(kernels, x + r * n, y + r * n, m, n, row_values);
      });
}

template <class T>
void log_softmax_of(const T* x, T* y, int64_t rows, int64_t n) {
  for_chunks<T>(
      rows, n,
      [=](const SoftmaxKernels& kernels, int64_t r, int64_t m, T* row_values) {
        T* out = y + r * n;
        std::vector<T> e(static_cast<size_t>(m * n));
        shift_rows(kernels, x + r * n, out, m, n, row_values);
        exp_rows(kernels, out, e.data(), m, n, row_values);
        for (int64_t i = 0; i < m; ++i) {
          const T log_sum = std::log(row_values[i]);
          for (int64_t j = 0; j < n; ++j) out[i * n + j] -= log_sum;
        }
      });
}

template <class T>
struct CrossEntropy {
  const T* logits;
  const int64_t* labels;
  T* loss;
  T* gradient;  // or null
  int64_t n;

  void run(const SoftmaxKernels& kernels, int64_t r, int64_t m, T* sums) const {
    std::vector<T> scratch(static_cast<size_t>(m * n));
    T* e = scratch.data();
    shift_rows(kernels, logits + r * n, e, m, n, sums);
    for (int64_t i = 0; i < m; ++i) loss[r + i] = -e[i * n + labels[r + i]];
    exp_rows(kernels, e, e, m, n, sums);
    for (int64_t i = 0; i < m; ++i) {
      loss[r + i] += std::log(sums[i]);
      if (gradient) write_gradient(e + i * n, sums[i], r + i);
    }
  }

  void write_gradient(const T* e, T sum, int64_t row) const {
    const T scale = T{1} / sum;
    T* g = gradient + row * n;
    for (int64_t j = 0; j < n; ++j) g[j] = e[j] * scale;
    g[labels[row]] -= T{1};
  }
};

template <class T>
void cross_entropy_of(const T* logits, const int64_t* labels, T* loss,
                      T* gradient, int64_t rows, int64_t n) {
  const CrossEntropy<T> job = {logits, labels, loss, gradient, n};
  for_chunks<T>(rows, n,
                [&](const SoftmaxKernels& kernels, int64_t r, int64_t m,
                    T* row_values) { job.run(kernels, r, m, row_values); });
}

// Converts n elements between dtypes.
void convert(DType from, const void* in, DType to, void* out, int64_t n) {
  cast_tile(from, to)(&in, out, n);
}
std::vector<float> widened(DType dtype, const void* x, int64_t n) {
  std::vector<float> wide(static_cast<size_t>(n));
  convert(dtype, x, DType::kFloat32, wide.data(), n);
  return wide;
}

void check_float(const char* op, DType dtype) {
  NUMEST_USER_CHECK(is_float(dtype), TypeError,
                    "{}: got dtype {}, expected a floating dtype", op,
                    name(dtype));
}

// Runs f in float32 or float64; 16-bit floats are widened and rounded.
template <class F>
void run_rows(const char* op, DType dtype, const void* x, void* y, int64_t n,
              F f) {
  check_float(op, dtype);
  if (dtype == DType::kFloat32) {
    f(static_cast<const float*>(x), static_cast<float*>(y));
  } else if (dtype == DType::kFloat64) {
    f(static_cast<const double*>(x), static_cast<double*>(y));
  } else {
    std::vector<float> wide = widened(dtype, x, n);
    f(static_cast<const float*>(wide.data()), wide.data());
    convert(DType::kFloat32, wide.data(), dtype, y, n);
  }
}

}  // namespace

void softmax(DType dtype, const void* x, void* y, int64_t rows, int64_t n) {
  run_rows("softmax", dtype, x, y, rows * n,
           [=](const auto* in, auto* out) { softmax_of(in, out, rows, n); });
}

bool FewRowsSoftmax::takes(int64_t rows, int64_t n) {
  return n > 0 && rows > 0 && rows * n <= kChunk;
}

FewRowsSoftmax::FewRowsSoftmax(int64_t rows, int64_t n)
    : rows_(rows),
      n_(n),
      kernels_(kernels_of(DType::kFloat32)),
      row_values_(static_cast<size_t>(rows)) {}

void FewRowsSoftmax::run(const float* x, float* y) {
  softmax_rows(kernels_, x, y, rows_, n_, row_values_.data());
}

void log_softmax(DType dtype, const void* x, void* y, int64_t rows, int64_t n) {
  run_rows(
      "log_softmax", dtype, x, y, rows * n,
      [=](const auto* in, auto* out) { log_softmax_of(in, out, rows, n); });
}

void softmax_cross_entropy(DType dtype, const void* logits,
                           const int64_t* labels, void* loss, void* gradient,
                           int64_t rows, int64_t n) {
  check_float("softmax_cross_entropy", dtype);
  for (int64_t i = 0; i < rows; ++i)
    NUMEST_USER_CHECK(labels[i] >= 0 && labels[i] < n, ValueError,
                      "softmax_cross_entropy: label out of range: got {} in "
                      "row {}, expected a class in [0, {})",
                      labels[i], i, n);
  if (dtype == DType::kFloat32)
    return cross_entropy_of(static_cast<const float*>(logits), labels,
                            static_cast<float*>(loss),
                            static_cast<float*>(gradient), rows, n);
  if (dtype == DType::kFloat64)
    return cross_entropy_of(static_cast<const double*>(logits), labels,
                            static_cast<double*>(loss),
                            static_cast<double*>(gradient), rows, n);
  std::vector<float> wide = widened(dtype, logits, rows * n);
  std::vector<float> losses(static_cast<size_t>(rows));
  cross_entropy_of<float>(wide.data(), labels, losses.data(),
                          gradient ? wide.data() : nullptr, rows, n);
  convert(DType::kFloat32, losses.data(), dtype, loss, rows);
  if (gradient)
    convert(DType::kFloat32, wide.data(), dtype, gradient, rows * n);
}

}  // namespace numest::kernels
