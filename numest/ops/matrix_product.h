// Matrix products of stacks of matrices: NumPy's rules for shapes, and loops
// over the stacks around the kernel for one pair.
#pragma once

#include <optional>

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

/// One product of two matrices that lie row by row, or transposed.
struct StoredProduct {
  DType dtype;
  bool a_is_transposed, b_is_transposed;
  int64_t m, n, k;
  void run(const std::byte* a, const std::byte* b, std::byte* out) const;
};

/// The product that `multiply_matrices` of arrays of this layout comes to, if
/// it is one that copies nothing. Reads no memory.
std::optional<StoredProduct> stored_product(const Array& a, const Array& b,
                                            bool transpose_a, bool transpose_b,
                                            DType dtype);

}  // namespace numest
