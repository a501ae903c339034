// Integer tensors as sums: what `stop - start` is although neither is known.
#pragma once

#include <optional>

#include "numest/graph/tensor.h"

namespace numest {

/// a - b if it is the same number for all values of what a and b are made of
/// (`x + 5` and `x`: 5); nothing otherwise. Follows add, subtract, negative,
/// casts between integers and products with known integers.
std::optional<int64_t> constant_difference(const Tensor& a, const Tensor& b);

}  // namespace numest
