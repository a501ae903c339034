// Shapes of matrix products and the loop over stacks of matrices.
#include "numest/ops/matrix_product.h"

#include <tuple>
#include <utility>
#include <vector>

#include "numest/kernels/matmul.h"

namespace numest {

namespace {

Shape leading_axes(const Shape& shape) {
  Shape result;
  for (int i = 0; i + 2 < shape.ndim(); ++i) result.push_back(shape[i]);
  return result;
}

// Rows and columns of a matrix, as it enters the product.
std::pair<int64_t, int64_t> matrix_extents(const Shape& s, bool transposed) {
  const int64_t rows = s[s.ndim() - 2], columns = s[s.ndim() - 1];
  return transposed ? std::pair{columns, rows} : std::pair{rows, columns};
}

}  // namespace

Shape MatrixProduct::shape() const {
  Shape result = batch;
  if (!a_is_vector) result.push_back(m);
  if (!b_is_vector) result.push_back(n);
  return result;
}

MatrixProduct product_of(const Shape& a, const Shape& b, bool transpose_a,
                         bool transpose_b) {
  NUMEST_USER_CHECK(a.ndim() > 0 && b.ndim() > 0, ValueError,
                    "matmul: got a scalar, expected vectors or matrices; use "
                    "multiply");
  MatrixProduct p;
  p.a_is_vector = a.ndim() == 1;
  p.b_is_vector = b.ndim() == 1;
  int64_t inner = b[0];
  p.k = a[0];
  if (!p.a_is_vector) std::tie(p.m, p.k) = matrix_extents(a, transpose_a);
  if (!p.b_is_vector) std::tie(inner, p.n) = matrix_extents(b, transpose_b);
  const bool fits = is_symbol(p.k) || is_symbol(inner) || p.k == inner;
  NUMEST_USER_CHECK(fits, ValueError,
                    "matmul: the inner extents differ: got shapes {} and {} "
                    "({} against {})",
                    a.to_string(), b.to_string(), p.k, inner);
  p.batch = broadcast_shapes(leading_axes(a), leading_axes(b), "matmul");
  return p;
}

namespace {

// (batch..., rows, columns) as a view without the transposition.
Array as_stack(const Array& x, bool is_vector, int vector_axis, bool transposed,
               const Shape& batch) {
  Array a = is_vector ? x.expand_dims(vector_axis) : x;
  if (transposed && !is_vector) {
    std::vector<int> axes;
    for (int i = 0; i < a.ndim(); ++i) axes.push_back(i);
    std::swap(axes[axes.size() - 1], axes[axes.size() - 2]);
    a = a.transpose(axes);
  }
  Shape shape = batch;
  shape.push_back(a.shape()[a.ndim() - 2]);
  shape.push_back(a.shape()[a.ndim() - 1]);
  return a.broadcast_to(shape);
}

// What the kernel reads: matrices stored by rows, or by columns.
struct Stack {
  Array array;
  bool is_transposed = false;
  std::vector<int64_t> offsets;  // of each matrix, in elements
};

// Strides of axes of extent 1 do not matter.
bool is_stored(const Array& a, int fast, int slow) {
  const int64_t item = a.itemsize();
  const Shape& n = a.shape();
  return (n[fast] == 1 || a.strides()[fast] == item) &&
         (n[slow] == 1 || a.strides()[slow] == n[fast] * item);
}

std::vector<int64_t> matrix_offsets(const Array& stack) {
  std::vector<int64_t> offsets{0};
  for (int axis = 0; axis + 2 < stack.ndim(); ++axis) {
    std::vector<int64_t> next;
    for (int64_t base : offsets)
      for (int64_t i = 0; i < stack.shape()[axis]; ++i)
        next.push_back(base + i * stack.strides()[axis] / stack.itemsize());
    offsets = std::move(next);
  }
  return offsets;
}

Stack stored_stack(const Array& a) {
  const int columns = a.ndim() - 1, rows = a.ndim() - 2;
  Stack s{a, false, {}};
  if (!is_stored(a, columns, rows)) {
    s.is_transposed = is_stored(a, rows, columns);
    if (!s.is_transposed) s.array = a.copy();
  }
  s.offsets = matrix_offsets(s.array);
  return s;
}

// Elements from one matrix to the next, or -1 if that varies.
int64_t even_stride(const std::vector<int64_t>& offsets) {
  if (offsets.size() == 1) return 0;
  const int64_t stride = offsets[1];
  for (size_t i = 0; i < offsets.size(); ++i)
    if (offsets[i] != int64_t(i) * stride) return -1;
  return stride;
}

const std::byte* matrix_at(const Stack& s, size_t i) {
  return s.array.raw() + s.offsets[i] * s.array.itemsize();
}

void multiply_stacks(const Stack& a, const Stack& b, const MatrixProduct& p,
                     const Array& out) {
  const int64_t a_stride = even_stride(a.offsets);
  const int64_t b_stride = even_stride(b.offsets);
  const auto batch = int64_t(a.offsets.size());
  const DType dtype = out.dtype();
  // Rows under one another times one matrix are one product.
  if (b_stride == 0 && a_stride == p.m * p.k && !a.is_transposed) {
    kernels::matmul(dtype, a.array.raw(), false, b.array.raw(), b.is_transposed,
                    out.raw(), batch * p.m, p.n, p.k);
    return;
  }
  if (a_stride >= 0 && b_stride >= 0) {
    kernels::matmul_batched(dtype, a.array.raw(), a_stride, a.is_transposed,
                            b.array.raw(), b_stride, b.is_transposed, out.raw(),
                            batch, p.m, p.n, p.k);
    return;
  }
  std::byte* to = out.raw();
  for (size_t i = 0; i < a.offsets.size(); ++i) {
    kernels::matmul(dtype, matrix_at(a, i), a.is_transposed, matrix_at(b, i),
                    b.is_transposed, to, p.m, p.n, p.k);
    to += p.m * p.n * out.itemsize();
  }
}

}  // namespace

void multiply_matrices(const Array& a, const Array& b, bool transpose_a,
                       bool transpose_b, const Array& out) {
  const MatrixProduct p =
      product_of(a.shape(), b.shape(), transpose_a, transpose_b);
  if (out.size() == 0) return;
  const Array x = as_stack(a, p.a_is_vector, 0, transpose_a, p.batch);
  const Array y = as_stack(b, p.b_is_vector, 1, transpose_b, p.batch);
  multiply_stacks(stored_stack(x), stored_stack(y), p, out);
}

void StoredProduct::run(const std::byte* a, const std::byte* b,
                        std::byte* out) const {
  kernels::matmul(dtype, a, a_is_transposed, b, b_is_transposed, out, m, n, k);
}

namespace {

// True, false: stored by columns, by rows; nullopt: neither.
std::optional<bool> storage(const Array& a, bool is_vector, int vector_axis,
                            bool transpose) {
  if (a.ndim() > 2) return std::nullopt;
  const Array m = as_stack(a, is_vector, vector_axis, transpose, Shape{});
  if (is_stored(m, 1, 0)) return false;
  return is_stored(m, 0, 1) ? std::optional(true) : std::nullopt;
}

}  // namespace

std::optional<StoredProduct> stored_product(const Array& a, const Array& b,
                                            bool transpose_a, bool transpose_b,
                                            DType dtype) {
  const MatrixProduct p =
      product_of(a.shape(), b.shape(), transpose_a, transpose_b);
  const auto x = storage(a, p.a_is_vector, 0, transpose_a);
  const auto y = storage(b, p.b_is_vector, 1, transpose_b);
  if (!x || !y || p.m * p.n == 0) return std::nullopt;
  return StoredProduct{dtype, *x, *y, p.m, p.n, p.k};
}

}  // namespace numest
