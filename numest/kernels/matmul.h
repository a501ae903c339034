// Matrix products of row-major matrices. float32 runs in oneDNN, float64 in
// a packed SIMD loop, 16-bit floats by way of float32, all else in plain
// loops. The split into parallel pieces depends on the shape only.
#pragma once

#include <cstdint>

#include "numest/array/dtype.h"

namespace numest::kernels {

/// Computes c = op(a) op(b) + beta c for row-major c of (m, n); op(a) is
/// (m, k), op(b) is (k, n). A transposed matrix is stored as (k, m), (n, k).
/// beta 0 does not read c. Integers wrap; bool is any(a and b). Takes all
/// numeric dtypes; throws TypeError for bytes.
void matmul(DType dtype, const void* a, bool trans_a, const void* b,
            bool trans_b, void* c, int64_t m, int64_t n, int64_t k,
            float beta = 0);

/// As matmul for `batch` products; matrices are `stride_a` and `stride_b`
/// elements apart (0 repeats one matrix), results follow each other.
void matmul_batched(DType dtype, const void* a, int64_t stride_a, bool trans_a,
                    const void* b, int64_t stride_b, bool trans_b, void* c,
                    int64_t batch, int64_t m, int64_t n, int64_t k,
                    float beta = 0);

enum class Activation { kNone, kRelu, kTanh, kSigmoid };

/// Computes c = activation(op(a) op(b) + bias) with bias of n elements (null:
/// none) while the rows are in the cache. Floats only.
void matmul_bias_activation(DType dtype, const void* a, bool trans_a,
                            const void* b, bool trans_b, const void* bias,
                            Activation activation, void* c, int64_t m,
                            int64_t n, int64_t k);

}  // namespace numest::kernels
