// Factorizations and systems of equations by LAPACK. Matrices are the last two
// axes; all leading axes are a batch, so that vmap is the same call.
#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

#include "numest/kernels/lapack.h"
#include "numest/ops/composite.h"
#include "numest/ops/emit.h"
#include "numest/ops/factor_derivatives.h"
#include "numest/ops/families.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr std::string_view kMatrices = "float32 float64 complex64 complex128";
constexpr ParamDef kMatrix[] = {{"a"}};
constexpr ParamDef kSystem[] = {{"a"}, {"b"}};
constexpr ParamDef kSvd[] = {{"a"}, {"full_matrices", Kind::kBool, "True"}};

constexpr ParamDef kPhases[] = {{"x"}, {"g"}};
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

// --- inv ---
void inv_kernel(const KernelContext& c) {
  in_place(c, kSingular,
           [](auto* a, int64_t n) { return kernels::inverse(a, n); });
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

Tensors solve_vmap(const VmapContext& c) {
  return call(c.op, batched_inputs(c), c.attrs);
}

// --- cholesky ---
void cholesky_kernel(const KernelContext& c) {
  in_place(c, kNotPositive,
           [](auto* a, int64_t n) { return kernels::cholesky(a, n); });
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

// --- eig, eigvals ---
DType complex_of(DType dtype) { return promote(dtype, DType::kComplex64); }

Types eigvals_type(const TypeContext& c) {
  const TensorSpec& a = square_of(c);
  return TensorSpec{complex_of(a.dtype), batch_and(a.shape, {a.shape.back()})};
}

Types eig_type(const TypeContext& c) {
  const TensorSpec& a = square_of(c);
  return {eigvals_type(c)[0], {complex_of(a.dtype), a.shape}};
}

template <class T>
void check_finite(const KernelContext& c, const T* x, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    check_found(c, std::isfinite(std::abs(x[i])),
                "Array must not contain infs or NaNs");
}

void eig_kernel(const KernelContext& c) {
  const Array a = c.in(0).copy();
  const Matrices s = matrices_of(a);
  visit_number(a.dtype(), c.op.name.data(), [&]<class T>(T) {
    using Complex = std::complex<kernels::Real<T>>;
    check_finite(c, a.data<T>(), a.size());
    Complex* const v =
        c.outputs.size() > 1 ? c.out(1).data<Complex>() : nullptr;
    for (int64_t i = 0; i < s.count; ++i)
      check_found(c,
                  kernels::eig(a.data<T>() + i * s.n * s.n, s.n,
                               c.out(0).data<Complex>() + i * s.n,
                               v ? v + i * s.n * s.n : nullptr),
                  kNoConvergence);
  });
}

// The smaller of two extents; a symbol of its own where that is not known.
int64_t smaller(int64_t m, int64_t n) {
  if (m == n) return m;
  return is_symbol(m) || is_symbol(n) ? fresh_extent() : std::min(m, n);
}

// --- svd ---
Types svd_type(const TypeContext& c) {
  const TensorSpec& a = matrix_of(c);
  const int64_t m = a.shape[a.shape.ndim() - 2], n = a.shape.back();
  const int64_t k = smaller(m, n);
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

// --- qr ---
int64_t num_columns(const Attrs& attrs, int64_t m, int64_t n) {
  return attrs.flag("complete") ? m : smaller(m, n);
}

Types qr_type(const TypeContext& c) {
  const TensorSpec& a = matrix_of(c);
  const int64_t m = a.shape[a.shape.ndim() - 2], n = a.shape.back();
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

// --- phase_free ---
Types phase_free_type(const TypeContext& c) {
  const TensorSpec &x = square_of(c), &g = c.in(1);
  NUMEST_USER_CHECK(g.shape.ndim() == x.shape.ndim() && g.dtype == x.dtype,
                    ValueError,
                    "phase_free: got g of shape {}, expected matrices as x",
                    g.shape.to_string());
  return x;
}

template <class T>
double largest_of(const T* x, int64_t count) {
  double largest = 0;
  for (int64_t i = 0; i < count; ++i)
    largest = std::max(largest, double(std::abs(x[i])));
  return largest;
}

void phase_free_kernel(const KernelContext& c) {
  const Array x = c.in(0).contiguous(), g = c.in(1).contiguous();
  const Matrices s = matrices_of(x);
  const int64_t step = s.count ? g.size() / s.count : 0;
  visit_number(x.dtype(), "phase_free", [&]<class T>(T) {
    const double tolerance = sizeof(kernels::Real<T>) == 4 ? 1e-3 : 1e-6;
    for (int64_t i = 0; i < s.count; ++i) {
      const double bound = tolerance * largest_of(g.data<T>() + i * step, step);
      for (int64_t k = 0; k < s.n; ++k) {
        const T value = x.data<T>()[(i * s.n + k) * s.n + k];
        NUMEST_USER_CHECK(
            !(std::abs(std::imag(value)) > bound), ValueError,
            "derivative of complex vectors: got a loss that depends on the "
            "phase of vector {}, expected one that does not: eigenvectors and "
            "singular vectors are known up to a factor of modulus one",
            k);
      }
    }
  });
  c.out().assign(x);
}

Tensors phase_free_vjp(const VjpContext& c) {
  return {c.cotangent(), Tensor()};
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
     .samples = {.shapes = "2,3,3", .dtypes = kMatrices},
     .reference = "np.linalg.inv",
     .traits = kPromotes | kInexact | kDear,
     .flops = factor_flops,
     .harmless = "eye"},
    {.name = "solve",
     .doc = "The x with a @ x = b, of square matrices a and columns b.",
     .params = kSystem,
     .type = solve_type,
     .kernel = solve_kernel,
     .vjp = solve_vjp,
     .vmap = solve_vmap,
     .samples = {.shapes = "2,3,3;2,3,4", .dtypes = kMatrices},
     .reference = "np.linalg.solve",
     .traits = kPromotes | kInexact | kDear,
     .flops = factor_flops,
     .harmless = "eye"},
    // Its samples have one row: any positive number is a definite matrix.
    {.name = "cholesky",
     .doc = "Lower triangular l with l @ l.T equal to a definite matrix.",
     .params = kMatrix,
     .type = square_type,
     .kernel = cholesky_kernel,
     .vjp = cholesky_vjp,
     .vmap = vmap_same,
     .samples = {.low = 0.5, .high = 2, .shapes = "4,1,1", .dtypes = kMatrices},
     .reference = "np.linalg.cholesky",
     .traits = kPromotes | kInexact | kDear,
     .flops = factor_flops,
     .harmless = "eye"},
    {.name = "slogdet",
     .doc = "Sign and logarithm of the absolute value of the determinant.",
     .params = kMatrix,
     .type = slogdet_type,
     .kernel = slogdet_kernel,
     .vjp = slogdet_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "2,3,3", .dtypes = kMatrices},
     .reference = "np.linalg.slogdet",
     .traits = kPromotes | kInexact | kManyOutputs | kDear,
     .flops = factor_flops},
    // Its samples have one row: the lower triangle alone is read. Vectors of
    // complex ones have phases that are no functions of the matrix.
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
     .flops = factor_flops,
     .harmless = "0"},
    // Values in the order of LAPACK, which samples in float32 may not share
    // with NumPy, which computes in float64: tests sort.
    {.name = "eigvals",
     .doc = "Eigenvalues of square matrices, complex, in no order.",
     .params = kMatrix,
     .type = eigvals_type,
     .kernel = eig_kernel,
     .vjp = eigvals_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "2,3,3", .dtypes = kMatrices},
     .traits = kPromotes | kInexact | kDear,
     .flops = factor_flops,
     .harmless = "0"},
    // Its samples are empty: the tests of the table have losses that depend on
    // phases.
    {.name = "eig",
     .doc = "Eigenvalues and eigenvectors of square matrices, complex.",
     .params = kMatrix,
     .type = eig_type,
     .kernel = eig_kernel,
     .vjp = eig_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "2,0,0", .dtypes = kMatrices},
     .traits = kPromotes | kInexact | kManyOutputs | kDear,
     .flops = factor_flops,
     .harmless = "0"},
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
     .flops = factor_flops,
     .harmless = "0"},
    {.name = "qr",
     .doc = "q of orthonormal columns and upper triangular r, a = q @ r.",
     .params = kQr,
     .type = qr_type,
     .kernel = qr_kernel,
     .vjp = qr_vjp,
     .vmap = vmap_same,
     .samples = {.shapes = "2,4,3", .dtypes = kMatrices},
     .traits = kPromotes | kInexact | kManyOutputs | kDear,
     .flops = factor_flops,
     .harmless = "0"},
    {.name = "phase_free",
     .doc = "x; ValueError if its diagonal is not real, for a size of g.",
     .params = kPhases,
     .type = phase_free_type,
     .kernel = phase_free_kernel,
     .vjp = phase_free_vjp,
     .vmap = solve_vmap,
     .samples = {.shapes = "2,3,3;2,4,3", .dtypes = kFloats},
     .traits = kPromotes | kInexact},
};
static_assert(documented(kOps), "an op needs a one-sentence doc");

}  // namespace

std::span<const OpDef> factor_ops() { return kOps; }

}  // namespace numest
