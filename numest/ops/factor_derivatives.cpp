// Adjoints stand where formulas for real matrices have transposes.
#include "numest/ops/factor_derivatives.h"

#include <limits>

#include "numest/ops/composite.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

Tensor transposed(const Tensor& a) { return swapaxes(a, -1, -2); }

// --- adjoints ---
// The formulas of derivatives below are those of the gradient that pairs as
// Re(conj(g) dx); a cotangent pairs as Re(g dx), so it is conjugated on the
// way in and out.
Tensor conjugated(const Tensor& a) {
  return !a.is_empty() && is_complex(a.dtype()) ? conjugate(a) : a;
}

Tensor adjoint(const Tensor& a) { return transposed(conjugated(a)); }

// a^H b and a b^H.
Tensor adjoint_times(const Tensor& a, const Tensor& b) {
  return matmul(conjugated(a), b, true, false);
}
Tensor times_adjoint(const Tensor& a, const Tensor& b) {
  return matmul(a, conjugated(b), false, true);
}

Tensor hermitian(const Tensor& a) { return (a + adjoint(a)) * 0.5; }

// `x`, checked: a loss whose gradient by vectors is g does not depend on their
// phases if the diagonal of x is real.
Tensor checked_phases(const Tensor& x, const Tensor& g) {
  return is_complex(x.dtype()) ? emit("phase_free", {x, g}) : x;
}

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

// x - x^H.
Tensor skew(const Tensor& x) { return x - adjoint(x); }

// What of gx lies outside of the span of x's columns.
Tensor outside(const Tensor& x, const Tensor& gx) {
  return gx - matmul(x, adjoint_times(x, gx));
}

// The first k rows (axis -2) or columns (axis -1).
Tensor first(const Tensor& a, int axis, int64_t k) {
  if (a.shape()[a.ndim() + axis] == k) return a;
  const auto count = size_t(a.ndim() + axis) + 1;
  std::vector<int64_t> starts(count, 0);
  std::vector<int64_t> stops(count, std::numeric_limits<int64_t>::max());
  stops.back() = k;
  return slice(a, starts, stops);
}

// The gradient by u^H a v through the vectors. Phases of u and v may turn
// together: then the loss must not change, and where u turns alone, s does.
Tensor by_vectors(const Tensor& u, const Tensor& s, const Tensor& v,
                  const Tensor& gu, const Tensor& gv) {
  const Tensor gaps = inverse_gaps(s * s, matmul(u, u, true, false));
  const Tensor in_u = gu.is_empty() ? Tensor() : adjoint_times(u, gu);
  const Tensor in_v = gv.is_empty() ? Tensor() : adjoint_times(v, gv);
  if (in_u.is_empty())
    return expand_dims(s, -1) * (gaps * skew(checked_phases(in_v, gv)));
  if (in_v.is_empty())
    return column_scale(gaps * skew(checked_phases(in_u, gu)), s);
  const Tensor g = column_scale(gaps * skew(in_u), s) +
                   expand_dims(s, -1) * (gaps * skew(in_v));
  if (!is_complex(u.dtype())) return g;
  const Tensor scale = concatenate({gu, gv}, -2);
  const Tensor both = checked_phases(in_u + in_v, scale);  // in_u, but for in_v
  const Tensor turns = column_scale(skew(both - in_v) * 0.5, reciprocal(s));
  return g + where(diagonal_mask(g), turns, zeros_like(g));
}

}  // namespace

Tensors inv_vjp(const VjpContext& c) {
  const Tensor& x = c.out();
  return {-matmul(matmul(x, c.cotangent(), true, false), x, false, true)};
}

Tensors solve_vjp(const VjpContext& c) {
  const Tensor db = emit("solve", {transposed(c.in(0)), c.cotangent()});
  return {-matmul(db, c.out(), false, true), db};
}

// Murray, "Differentiation of the Cholesky decomposition": symmetric.
Tensors cholesky_vjp(const VjpContext& c) {
  const Tensor& l = c.out();
  const Tensor product = tril(adjoint_times(l, conjugated(c.cotangent())));
  const Tensor phi = where(diagonal_mask(product), product * 0.5, product);
  const Tensor lh = adjoint(l);
  const Tensor half = adjoint(emit("solve", {lh, phi}));
  return {conjugated(hermitian(emit("solve", {lh, half})))};
}

// With z = tr(a^-1 da) the logarithm changes by Re z, a complex sign by
// i sign Im z; a real one does not change.
Tensors slogdet_vjp(const VjpContext& c) {
  const Tensor &g_sign = c.cotangents[0], &g_log = c.cotangents[1];
  Tensor g = g_log;
  if (!g_sign.is_empty() && is_complex(c.in(0).dtype())) {
    const Tensor h = g_sign * c.outputs[0];
    const Tensor turned = (h - conjugate(h)) * 0.5;
    g = g.is_empty() ? turned : g + turned;
  }
  if (g.is_empty()) return {Tensor()};
  return {transposed(emit("inv", {c.in(0)})) * expand_dims(g, {-2, -1})};
}

Tensors eigh_vjp(const VjpContext& c) {
  const Tensor &w = c.outputs[0], &v = c.outputs[1];
  const Tensor &gw = c.cotangents[0], gv = conjugated(c.cotangents[1]);
  Tensor inner;
  if (!gw.is_empty())
    inner =
        where(diagonal_mask(v), astype(expand_dims(gw, int64_t{-2}), v.dtype()),
              zeros_like(v));
  if (!gv.is_empty()) {
    const Tensor product = checked_phases(adjoint_times(v, gv), gv);
    const Tensor turned = product * inverse_gaps(w, v);
    inner = inner.is_empty() ? turned : inner + turned;
  }
  return {conjugated(hermitian(times_adjoint(matmul(v, inner), v)))};
}

namespace {

// The cotangent of a = v diag(w) v^-1, from that of v^-1 da v, transposed.
Tensor by_eigenvectors(const VjpContext& c, const Tensor& v, const Tensor& g) {
  const Tensor vt = transposed(v);
  const Tensor result = emit("solve", {vt, matmul(g, vt)});
  return is_complex(c.in(0).dtype()) ? result : real(result);
}

Tensor diagonal_matrix(const Tensor& w, const Tensor& like) {
  return where(diagonal_mask(like), expand_dims(w, int64_t{-2}),
               zeros_like(like));
}

}  // namespace

Tensors eigvals_vjp(const VjpContext& c) {
  const Tensor v = call(op_named("eig"), {c.in(0)})[1];
  return {by_eigenvectors(c, v, diagonal_matrix(c.cotangent(), v))};
}

// With p_jk = (v^-1 da v)_jk / (w_k - w_j), vectors change by v p, less what of
// it would change their norms and phases. Cotangents pair without conjugation.
Tensors eig_vjp(const VjpContext& c) {
  const Tensor &w = c.outputs[0], &v = c.outputs[1];
  const Tensor &gw = c.cotangents[0], &gv = c.cotangents[1];
  Tensor inner;
  if (!gw.is_empty()) inner = diagonal_matrix(gw, v);
  if (!gv.is_empty()) {
    const Tensor given = checked_phases(matmul(v, gv, true, false), gv);
    const Tensor kept =
        conjugated(adjoint_times(v, v)) *
        sum(where(diagonal_mask(v), given, zeros_like(given)), -2, {}, true);
    const Tensor turned = (given - kept) * inverse_gaps(w, v);
    inner = inner.is_empty() ? turned : inner + turned;
  }
  return {by_eigenvectors(c, v, inner)};
}

// Townsend, "Differentiating the singular value decomposition"; complex:
// Wan and Zhang, "Automatic differentiation for complex valued SVD".
Tensors svd_vjp(const VjpContext& c) {
  const Tensor &s = c.outputs[1], &gs = c.cotangents[1];
  const int64_t k = s.shape().back();
  NUMEST_USER_CHECK(!is_symbol(k) || !c.attrs.flag("full_matrices"),
                    NotSupportedError,
                    "svd: got a of shape {} for a derivative, expected "
                    "full_matrices=False where an extent is not known",
                    c.in(0).shape().to_string());
  const Tensor u = first(c.outputs[0], -1, k);
  const Tensor vh = first(c.outputs[2], -2, k), v = adjoint(vh);
  const Tensor gu = conjugated(c.cotangents[0]);
  // The cotangent of v^H, conjugated and then its adjoint, is v's gradient.
  const Tensor gv =
      c.cotangents[2].is_empty() ? Tensor() : transposed(c.cotangents[2]);
  const bool has_vectors = !gu.is_empty() || !gv.is_empty();
  NUMEST_USER_CHECK(!has_vectors || !c.attrs.flag("full_matrices"),
                    NotSupportedError,
                    "svd: got a derivative of the vectors of all columns, "
                    "expected full_matrices=False");
  Tensor g;
  auto add_to = [&g](const Tensor& t) { g = g.is_empty() ? t : g + t; };
  if (!gs.is_empty()) add_to(matmul(column_scale(u, gs), vh));
  if (has_vectors) add_to(matmul(matmul(u, by_vectors(u, s, v, gu, gv)), vh));
  if (!gu.is_empty())
    add_to(matmul(column_scale(outside(u, gu), reciprocal(s)), vh));
  if (!gv.is_empty())
    add_to(times_adjoint(column_scale(u, reciprocal(s)), outside(v, gv)));
  return {conjugated(g)};
}

// Walter and Lehmann, "Algorithmic differentiation of linear algebra". The
// diagonal of r is real, so phases are known.
Tensors qr_vjp(const VjpContext& c) {
  const Tensor &q = c.outputs[0], &r = c.outputs[1];
  const int64_t rows = r.shape()[r.ndim() - 2];
  NUMEST_USER_CHECK(rows == r.shape().back() || is_symbol(rows),
                    NotSupportedError,
                    "qr: got a of shape {}, expected at least as many rows as "
                    "columns for a derivative",
                    c.in(0).shape().to_string());
  const auto gradient_of = [&](size_t i) {
    const Tensor& g = c.cotangents[i];
    return g.is_empty() ? zeros_like(c.outputs[i]) : conjugated(g);
  };
  const Tensor gq = gradient_of(0), gr = gradient_of(1);
  const Tensor m = times_adjoint(r, gr) - adjoint_times(gq, q);
  const Tensor low = tril(m, -1);
  const Tensor symmetric =
      low + adjoint(low) + where(diagonal_mask(m), hermitian(m), zeros_like(m));
  const Tensor g = gq + matmul(q, symmetric);
  return {transposed(emit("solve", {r, adjoint(g)}))};
}

}  // namespace numest
