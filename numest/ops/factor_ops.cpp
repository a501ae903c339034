// Factorizations and systems of equations by LAPACK. Matrices are the last two
// axes; all leading axes are a batch, so that vmap is the same call.
#include <algorithm>
#include <limits>

#include "numest/kernels/lapack.h"
#include "numest/ops/composite.h"
#include "numest/ops/emit.h"
#include "numest/ops/families.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr ParamDef kMatrix[] = {{"a"}};
constexpr ParamDef kSystem[] = {{"a"}, {"b"}};
constexpr ParamDef kSvd[] = {{"a"}, {"full_matrices", Kind::kBool, "True"}};

constexpr ParamDef kQr[] = {{"a"}, {"complete", Kind::kBool, "False"}};

// --- matrices ---
const TensorSpec& matrix_of(const TypeContext& c) {
  const TensorSpec& a = c.in(0);
  NUMEST_USER_CHECK(a.shape.ndim() >= 2, ValueError,
                    "{}: got a of shape {}, expected at least two axes",
                    c.op.name, a.shape.to_string());
  const bool has_routine = a.dtype == DType::kFloat32 ||
                           a.dtype == DType::kFloat64 || is_complex(a.dtype);
  NUMEST_USER_CHECK(has_routine, TypeError,
                    "{}: got dtype {}, expected float32, float64 or complex; "
                    "use astype",
                    c.op.name, name(a.dtype));
  return a;
}

DType real_of(DType dtype) {
  return dtype == DType::kComplex64    ? DType::kFloat32
         : dtype == DType::kComplex128 ? DType::kFloat64
                                       : dtype;
}

// f of a number of the dtype, which LAPACK has.
template <class F>
void visit_number(DType dtype, const char* op, F&& f) {
  if (dtype == DType::kComplex64) return f(Complex64{});
  if (dtype == DType::kComplex128) return f(Complex128{});
  visit_real(dtype, op, f);
}

// The formulas of derivatives take transposes for adjoints.
void check_real(const VjpContext& c) {
  NUMEST_USER_CHECK(!is_complex(c.in(0).dtype()), NotSupportedError,
                    "{}: got a derivative by a complex matrix, expected a "
                    "real one",
                    c.op.name);
}

const TensorSpec& square_of(const TypeContext& c) {
  const TensorSpec& a = matrix_of(c);
  const int64_t m = a.shape[a.shape.ndim() - 2], n = a.shape.back();
  NUMEST_USER_CHECK(m == n || is_symbol(m) || is_symbol(n), ValueError,
                    "{}: Last 2 dimensions of the array must be square: got a "
                    "of shape {}",
                    c.op.name, a.shape.to_string());
  return a;
}

// The batch axes of a, then the given extents.
Shape batch_and(const Shape& a, std::initializer_list<int64_t> extents) {
  Shape shape;
  for (int i = 0; i + 2 < a.ndim(); ++i) shape.push_back(a[i]);
  for (int64_t e : extents) shape.push_back(e);
  return shape;
}

Types square_type(const TypeContext& c) { return square_of(c); }

struct Matrices {
  int64_t count, m, n;
};

Matrices matrices_of(const Array& a) {
  const int d = a.ndim();
  return {extent_product(a.shape(), 0, d - 2), a.shape()[d - 2],
          a.shape()[d - 1]};
}

void check_found(const KernelContext& c, bool is_found, const char* why) {
  NUMEST_USER_CHECK(is_found, ValueError, "{}: {}", c.op.name, why);
}

constexpr char kSingular[] =
    "Singular matrix: expected one that can be inverted; add a multiple of "
    "the identity, or use pinv";
constexpr char kNotPositive[] =
    "Matrix is not positive definite: expected a symmetric one with positive "
    "eigenvalues; add a multiple of the identity";
constexpr char kNoConvergence[] =
    "did not converge: expected a matrix of finite numbers";

// out(0) holds a copy of a; `f(matrix, n)` replaces each matrix there.
template <class F>
void in_place(const KernelContext& c, const char* why, F&& f) {
  const Array a = c.in(0).copy();
  const Matrices s = matrices_of(a);
  visit_number(a.dtype(), c.op.name.data(), [&]<class T>(T) {
    for (int64_t i = 0; i < s.count; ++i)
      check_found(c, f(a.data<T>() + i * s.m * s.n, s.n), why);
  });
  c.out().assign(a);
}

Tensor transposed(const Tensor& a) { return swapaxes(a, -1, -2); }

Tensor column_scale(const Tensor& a, const Tensor& s) {
  return a * expand_dims(s, int64_t{-2});
}

// True on the main diagonal.
Tensor diagonal_mask(const Tensor& a) {
  return equal(expand_dims(arange_like(a, -2), int64_t{-1}),
               arange_like(a, -1));
}

// 1 / (x_j - x_i), and 0 on the diagonal.
Tensor inverse_gaps(const Tensor& x, const Tensor& square) {
  const Tensor mask = diagonal_mask(square);
  const Tensor gaps = expand_dims(x, int64_t{-2}) - expand_dims(x, int64_t{-1});
  return where(mask, zeros_like(gaps), reciprocal(where(mask, 1.0, gaps)));
}

// --- inv ---
void inv_kernel(const KernelContext& c) {
  in_place(c, kSingular,
           [](auto* a, int64_t n) { return kernels::inverse(a, n); });
}

Tensors inv_vjp(const VjpContext& c) {
  const Tensor& x = c.out();
  return {-matmul(matmul(x, c.cotangent(), true, false), x, false, true)};
}

// --- solve ---
Types solve_type(const TypeContext& c) {
  const Shape &a = square_of(c).shape, &b = c.in(1).shape;
  bool fits = a.ndim() == b.ndim();
  for (int i = 0; fits && i + 1 < a.ndim(); ++i)
    fits = a[i] == b[i] || is_symbol(a[i]) || is_symbol(b[i]);
  NUMEST_USER_CHECK(fits, ValueError,
                    "solve: got shapes {} and {}, expected (..., n, n) and "
                    "(..., n, k)",
                    a.to_string(), b.to_string());
  return c.in(1);
}

void solve_kernel(const KernelContext& c) {
  const Array a = c.in(0).copy(), b = c.in(1).copy();
  const Matrices s = matrices_of(b);
  visit_number(a.dtype(), "solve", [&]<class T>(T) {
    for (int64_t i = 0; i < s.count; ++i)
      check_found(c,
                  kernels::solve(a.data<T>() + i * s.m * s.m,
                                 b.data<T>() + i * s.m * s.n, s.m, s.n),
                  kSingular);
  });
  c.out().assign(b);
}

Tensors solve_vjp(const VjpContext& c) {
  const Tensor db = emit("solve", {transposed(c.in(0)), c.cotangent()});
  return {-matmul(db, c.out(), false, true), db};
}

Tensors solve_vmap(const VmapContext& c) {
  return call(c.op, batched_inputs(c), c.attrs);
}

// --- cholesky ---
void cholesky_kernel(const KernelContext& c) {
  in_place(c, kNotPositive,
           [](auto* a, int64_t n) { return kernels::cholesky(a, n); });
}

// Murray, "Differentiation of the Cholesky decomposition": symmetric.
Tensors cholesky_vjp(const VjpContext& c) {
  check_real(c);
  const Tensor& l = c.out();
  const Tensor product = tril(matmul(l, c.cotangent(), true, false));
  const Tensor phi = where(diagonal_mask(product), product * 0.5, product);
  const Tensor lt = transposed(l);
  const Tensor half = transposed(emit("solve", {lt, phi}));
  const Tensor s = emit("solve", {lt, half});
  return {(s + transposed(s)) * 0.5};
}

// --- slogdet ---
Types slogdet_type(const TypeContext& c) {
  const TensorSpec& a = square_of(c);
  const Shape shape = batch_and(a.shape, {});
  return {{a.dtype, shape}, {real_of(a.dtype), shape}};
}

void slogdet_kernel(const KernelContext& c) {
  const Array a = c.in(0).copy();
  const Matrices s = matrices_of(a);
  visit_number(a.dtype(), "slogdet", [&]<class T>(T) {
    for (int64_t i = 0; i < s.count; ++i)
      kernels::slogdet(a.data<T>() + i * s.n * s.n, s.n, c.out(0).data<T>() + i,
                       c.out(1).data<kernels::Real<T>>() + i);
  });
}

Tensors slogdet_vjp(const VjpContext& c) {
  check_real(c);
  const Tensor& g = c.cotangents[1];
  if (g.is_empty()) return {Tensor()};
  const Tensor each = expand_dims(g, {-2, -1});
  return {transposed(emit("inv", {c.in(0)})) * each};
}

// --- eigh ---
Types eigh_type(const TypeContext& c) {
  const TensorSpec& a = square_of(c);
  return {{real_of(a.dtype), batch_and(a.shape, {a.shape.back()})}, a};
}

void eigh_kernel(const KernelContext& c) {
  const Array a = c.in(0).copy();
  const Matrices s = matrices_of(a);
  visit_number(a.dtype(), "eigh", [&]<class T>(T) {
    for (int64_t i = 0; i < s.count; ++i)
      check_found(c,
                  kernels::eigh(a.data<T>() + i * s.n * s.n, s.n,
                                c.out(0).data<kernels::Real<T>>() + i * s.n),
                  kNoConvergence);
  });
  c.out(1).assign(a);
}

Tensors eigh_vjp(const VjpContext& c) {
  check_real(c);
  const Tensor &w = c.outputs[0], &v = c.outputs[1];
  const Tensor &gw = c.cotangents[0], &gv = c.cotangents[1];
  Tensor inner;
  if (!gw.is_empty())
    inner =
        where(diagonal_mask(v), expand_dims(gw, int64_t{-2}), zeros_like(v));
  if (!gv.is_empty()) {
    const Tensor turned = matmul(v, gv, true, false) * inverse_gaps(w, v);
    inner = inner.is_empty() ? turned : inner + turned;
  }
  const Tensor g = matmul(matmul(v, inner), v, false, true);
  return {(g + transposed(g)) * 0.5};
}

void check_known(const TypeContext& c, int64_t m, int64_t n) {
  NUMEST_USER_CHECK(!is_symbol(m) && !is_symbol(n), ValueError,
                    "{}: got a of shape {}, expected matrices whose extents "
                    "are known",
                    c.op.name, c.in(0).shape.to_string());
}

// --- svd ---
Types svd_type(const TypeContext& c) {
  const TensorSpec& a = matrix_of(c);
  const int64_t m = a.shape[a.shape.ndim() - 2], n = a.shape.back();
  check_known(c, m, n);
  const int64_t k = std::min(m, n);
  const bool full = c.attrs.flag("full_matrices");
  return {{a.dtype, batch_and(a.shape, {m, full ? m : k})},
          {real_of(a.dtype), batch_and(a.shape, {k})},
          {a.dtype, batch_and(a.shape, {full ? n : k, n})}};
}

void svd_kernel(const KernelContext& c) {
  const Array a = c.in(0).copy();
  const Matrices s = matrices_of(a), u = matrices_of(c.out(0)),
                 vh = matrices_of(c.out(2));
  const int64_t k = std::min(s.m, s.n);
  visit_number(a.dtype(), "svd", [&]<class T>(T) {
    for (int64_t i = 0; i < s.count; ++i)
      check_found(c,
                  kernels::svd(a.data<T>() + i * s.m * s.n, s.m, s.n,
                               c.attrs.flag("full_matrices"),
                               c.out(0).data<T>() + i * u.m * u.n,
                               c.out(1).data<kernels::Real<T>>() + i * k,
                               c.out(2).data<T>() + i * vh.m * vh.n),
                  kNoConvergence);
  });
}

// f o (x^T gx - gx^T x), the turn of the singular vectors x.
Tensor turn(const Tensor& x, const Tensor& gx, const Tensor& f) {
  const Tensor product = matmul(x, gx, true, false);
  return f * (product - transposed(product));
}

// What of gx lies outside of the span of x's columns.
Tensor outside(const Tensor& x, const Tensor& gx) {
  return gx - matmul(x, matmul(x, gx, true, false));
}

// The first k rows (axis -2) or columns (axis -1).
Tensor first(const Tensor& a, int axis, int64_t k) {
  const auto count = size_t(a.ndim() + axis) + 1;
  std::vector<int64_t> starts(count, 0);
  std::vector<int64_t> stops(count, std::numeric_limits<int64_t>::max());
  stops.back() = k;
  return slice(a, starts, stops);
}

// Townsend, "Differentiating the singular value decomposition": real case.
Tensors svd_vjp(const VjpContext& c) {
  check_real(c);
  const Tensor &s = c.outputs[1], &gs = c.cotangents[1];
  const int64_t k = s.shape().back();
  const Tensor u = first(c.outputs[0], -1, k);
  const Tensor vh = first(c.outputs[2], -2, k), v = transposed(vh);
  const Tensor &gu = c.cotangents[0], &gvh = c.cotangents[2];
  const bool has_vectors = !gu.is_empty() || !gvh.is_empty();
  NUMEST_USER_CHECK(!has_vectors || !c.attrs.flag("full_matrices"),
                    NotSupportedError,
                    "svd: got a derivative of the vectors of all columns, "
                    "expected full_matrices=False");
  Tensor g;
  auto add_to = [&g](const Tensor& t) { g = g.is_empty() ? t : g + t; };
  if (!gs.is_empty()) add_to(matmul(column_scale(u, gs), vh));
  if (!has_vectors) return {g};
  const Tensor gaps = inverse_gaps(s * s, matmul(u, u, true, false));
  if (!gu.is_empty()) {
    add_to(matmul(column_scale(matmul(u, turn(u, gu, gaps)), s), vh));
    add_to(matmul(column_scale(outside(u, gu), reciprocal(s)), vh));
  }
  if (!gvh.is_empty()) {
    const Tensor gv = transposed(gvh);
    add_to(matmul(column_scale(u, s), matmul(turn(v, gv, gaps), vh)));
    add_to(matmul(column_scale(u, reciprocal(s)), outside(v, gv), false, true));
  }
  return {g};
}

// --- qr ---
int64_t num_columns(const Attrs& attrs, int64_t m, int64_t n) {
  return attrs.flag("complete") ? m : std::min(m, n);
}

Types qr_type(const TypeContext& c) {
  const TensorSpec& a = matrix_of(c);
  const int64_t m = a.shape[a.shape.ndim() - 2], n = a.shape.back();
  check_known(c, m, n);
  const int64_t k = num_columns(c.attrs, m, n);
  return {{a.dtype, batch_and(a.shape, {m, k})},
          {a.dtype, batch_and(a.shape, {k, n})}};
}

void qr_kernel(const KernelContext& c) {
  const Array a = c.in(0).copy();
  const Matrices s = matrices_of(a);
  const int64_t k = num_columns(c.attrs, s.m, s.n);
  visit_number(a.dtype(), "qr", [&]<class T>(T) {
    for (int64_t i = 0; i < s.count; ++i)
      kernels::qr(a.data<T>() + i * s.m * s.n, s.m, s.n,
                  c.attrs.flag("complete"), c.out(0).data<T>() + i * s.m * k,
                  c.out(1).data<T>() + i * k * s.n);
  });
}

// Walter and Lehmann, "Algorithmic differentiation of linear algebra".
Tensors qr_vjp(const VjpContext& c) {
  check_real(c);
  const Tensor &q = c.outputs[0], &r = c.outputs[1];
  NUMEST_USER_CHECK(r.shape()[r.ndim() - 2] == r.shape().back(),
                    NotSupportedError,
                    "qr: got a of shape {}, expected at least as many rows as "
                    "columns for a derivative",
                    c.in(0).shape().to_string());
  const Tensor gq =
      c.cotangents[0].is_empty() ? zeros_like(q) : c.cotangents[0];
  const Tensor gr =
      c.cotangents[1].is_empty() ? zeros_like(r) : c.cotangents[1];
  const Tensor m = matmul(r, gr, false, true) - matmul(gq, q, true, false);
  const Tensor symmetric = tril(m) + transposed(tril(m, -1));
  const Tensor g = gq + matmul(q, symmetric);
  return {transposed(emit("solve", {r, transposed(g)}))};
}

// Within a factor of what each of them needs.
int64_t factor_flops(const KernelContext& c) {
  const Shape& shape = c.in(0).shape();
  return shape.ndim() == 0 ? 0 : c.in(0).size() * shape.back();
}

constexpr OpDef kOps[] = {
    {.name = "inv",
     .doc = "Inverse of each square matrix.",
     .params = kMatrix,
     .type = square_type,
     .kernel = inv_kernel,
     .vjp = inv_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "2,3,3", .dtypes = kFloats},
     .reference = "np.linalg.inv",
     .traits = kPromotes | kInexact | kDear,
     .flops = factor_flops},
    {.name = "solve",
     .doc = "The x with a @ x = b, of square matrices a and columns b.",
     .params = kSystem,
     .type = solve_type,
     .kernel = solve_kernel,
     .vjp = solve_vjp,
     .vmap = solve_vmap,
     .samples = {.shapes = "2,3,3;2,3,4", .dtypes = kFloats},
     .reference = "np.linalg.solve",
     .traits = kPromotes | kInexact | kDear,
     .flops = factor_flops},
    // Its samples have one row: any positive number is a definite matrix.
    {.name = "cholesky",
     .doc = "Lower triangular l with l @ l.T equal to a definite matrix.",
     .params = kMatrix,
     .type = square_type,
     .kernel = cholesky_kernel,
     .vjp = cholesky_vjp,
     .vmap = vmap_same,
     .samples = {.low = 0.5, .high = 2, .shapes = "4,1,1", .dtypes = kFloats},
     .reference = "np.linalg.cholesky",
     .traits = kPromotes | kInexact | kDear,
     .flops = factor_flops},
    {.name = "slogdet",
     .doc = "Sign and logarithm of the absolute value of the determinant.",
     .params = kMatrix,
     .type = slogdet_type,
     .kernel = slogdet_kernel,
     .vjp = slogdet_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "2,3,3", .dtypes = kFloats},
     .reference = "np.linalg.slogdet",
     .traits = kPromotes | kInexact | kManyOutputs | kDear,
     .flops = factor_flops},
    // Its samples have one row: the lower triangle alone is read.
    {.name = "eigh",
     .doc = "Eigenvalues, ascending, and eigenvectors of symmetric matrices.",
     .params = kMatrix,
     .type = eigh_type,
     .kernel = eigh_kernel,
     .vjp = eigh_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "4,1,1", .dtypes = kFloats},
     .reference = "np.linalg.eigh",
     .traits = kPromotes | kInexact | kManyOutputs | kDear,
     .flops = factor_flops},
    {.name = "svd",
     .doc = "u, s, vh with a = (u * s) @ vh and s descending.",
     .params = kSvd,
     .type = svd_type,
     .kernel = svd_kernel,
     .vjp = svd_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "2,4,3",
                 .attrs = "full_matrices=False",
                 .dtypes = kFloats},
     .traits = kPromotes | kInexact | kManyOutputs | kDear,
     .flops = factor_flops},
    {.name = "qr",
     .doc = "q of orthonormal columns and upper triangular r, a = q @ r.",
     .params = kQr,
     .type = qr_type,
     .kernel = qr_kernel,
     .vjp = qr_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "2,4,3", .dtypes = kFloats},
     .traits = kPromotes | kInexact | kManyOutputs | kDear,
     .flops = factor_flops},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> factor_ops() { return kOps; }

}  // namespace numest
