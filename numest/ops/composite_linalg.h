// Linear algebra composed of ops, under the names of NumPy and numpy.linalg.
#pragma once

#include <string_view>
#include <vector>

#include "numest/ops/composite.h"

namespace numest {

// --- Contractions ---
/// Sum of products over the axes that `subscripts` names by letters, with the
/// result's letters given: "ij,jk->ik", else those that stand once, in order.
/// Operands are joined from left to right.
/// Throws ValueError if letters and axes disagree.
Tensor einsum(std::string_view subscripts, const std::vector<Tensor>& operands);
/// Sums products over pairs of axes of a and b.
Tensor tensordot(const Tensor& a, const Tensor& b,
                 const std::vector<int64_t>& a_axes,
                 const std::vector<int64_t>& b_axes);
/// Kronecker product. Extents must be known.
Tensor kron(const Tensor& a, const Tensor& b);
/// Cross product of vectors of three elements, the last axis.
Tensor cross(const Tensor& a, const Tensor& b);
/// Product of at least two arrays, in the order that costs least.
Tensor multi_dot(const std::vector<Tensor>& arrays);

// --- Statistics of rows ---
/// Covariance matrix of the rows of `m` and `y`, or of their columns if not
/// `rowvar`, in float64 or complex128. The divisor is N - ddof; `ddof` is 1, or
/// 0 if `bias`. Observations count `fweights` times each, and by `aweights`.
Tensor cov(const Tensor& m, const Tensor& y = {}, bool rowvar = true,
           bool bias = false, std::optional<double> ddof = {},
           const Tensor& fweights = {}, const Tensor& aweights = {});
/// `cov`, each divided by the product of the standard deviations.
Tensor corrcoef(const Tensor& x, const Tensor& y = {}, bool rowvar = true);

// --- numpy.linalg: matrices are the last two axes ---
/// Determinant.
Tensor det(const Tensor& a);
/// Product of |n| matrices `a`, or their inverses if n < 0.
Tensor matrix_power(const Tensor& a, int n);
/// Moore-Penrose inverse; singular values up to rcond times the largest count
/// as zero.
Tensor pinv(const Tensor& a, const Tensor& rcond = 1e-15);
/// Number of singular values above `tol`, by default the largest times the
/// larger extent times the dtype's epsilon.
Tensor matrix_rank(const Tensor& a, std::optional<double> tol = {});
Tensor svdvals(const Tensor& a);
/// Norm of vectors along `axis`: of order inf, -inf, 0 or any other number.
Tensor vector_norm(const Tensor& x, double ord, const Axes& axis,
                   bool keepdims = false);
/// Norm of matrices: of order 1, -1, 2, -2, inf or -inf.
Tensor matrix_norm(const Tensor& x, double ord, bool keepdims = false);
/// Zeros of the polynomial of the coefficients p, highest power first, complex,
/// in no order. Zeros among the first coefficients are left out of a p that is
/// known; else they give a ValueError, as the eigenvalues of the companion
/// matrix are not finite.
Tensor roots(const Tensor& p);
/// Sum of the singular values.
Tensor nuclear_norm(const Tensor& x, bool keepdims = false);

}  // namespace numest
