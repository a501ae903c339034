// Matrix products of stacks of matrices: NumPy's rules for shapes, and loops
// over the stacks around the kernel for one pair.
#pragma once

#include "numest/array/array.h"

namespace numest {

/// What a product reads and gives: (batch..., m, k) @ (batch..., k, n).
struct MatrixProduct {
  Shape batch;
  int64_t m = 1, k = 1, n = 1;
  bool a_is_vector = false, b_is_vector = false;
  /// Shape of the result; vectors drop their axis.
  Shape shape() const;
};

/// Throws ValueError as NumPy does. Symbols are compared at run time.
MatrixProduct product_of(const Shape& a, const Shape& b, bool transpose_a,
                         bool transpose_b);

/// Writes a @ b into contiguous `out` of `product_of`'s shape.
void multiply_matrices(const Array& a, const Array& b, bool transpose_a,
                       bool transpose_b, const Array& out);

}  // namespace numest
