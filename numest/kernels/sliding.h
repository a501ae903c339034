// Products of a short row with each window of a longer one.
#pragma once

#include <cstdint>

#include "numest/array/dtype.h"

namespace numest::kernels {

/// out[i] = sum over k of a[i + k] v[k], for the `count` windows of `size`
/// elements that begin at a[0], a[1], ... Adds in the order of k, each product
/// rounded, so a result does not depend on how many there are. Integers wrap;
/// throws TypeError for 16-bit floats, bool and bytes.
void sliding_dot(DType dtype, const void* a, const void* v, void* out,
                 int64_t count, int64_t size);

}  // namespace numest::kernels
