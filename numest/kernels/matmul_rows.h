// Products of a few rows, such as one request to a model.
#pragma once

#include <algorithm>
#include <cstdint>

#include "numest/kernels/matmul_block.h"

namespace numest::kernels {

constexpr int64_t kFewRows = 4;

/// c = activation(a b + bias): a (m, k) of any strides, b (k, n) and c (m, n)
/// row-major; m up to kFewRows.
struct FewRows {
  MatrixView<float> a;
  const float* b;
  const float* bias;  // or null
  bool is_relu;
  float* c;
  int64_t m, n, k;

  /// Parts of b that threads read; a part fits the second-level cache of a
  /// core, so that it stays there from call to call.
  int64_t num_parts() const {
    constexpr int64_t kPart = 768 * 1024;
    const int64_t bytes = n * k * int64_t{sizeof(float)};
    return std::clamp<int64_t>((bytes + kPart - 1) / kPart, 1, 64);
  }
};

void matmul_few_rows(const FewRows& product);

}  // namespace numest::kernels
