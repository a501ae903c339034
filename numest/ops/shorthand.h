// NumPy's functions that are a short expression of others, under NumPy's names.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "numest/ops/composite_linalg.h"
#include "numest/ops/composite_signal.h"

namespace numest {

// --- Elementwise ---
/// Angle of complex numbers in radians, or in degrees if `deg`.
Tensor angle(const Tensor& z, bool deg = false);
Tensor around(const Tensor& a, int decimals = 0);
Tensor degrees(const Tensor& x);
Tensor radians(const Tensor& x);
/// x1 to the power x2, in float64.
Tensor float_power(const Tensor& x1, const Tensor& x2);
/// Quotient and rest of the floor division.
std::pair<Tensor, Tensor> divmod(const Tensor& x1, const Tensor& x2);
/// Fraction and whole part, both of the sign of x.
std::pair<Tensor, Tensor> modf(const Tensor& x);
/// Rounds towards zero.
Tensor fix(const Tensor& x);
Tensor isneginf(const Tensor& x);
Tensor isposinf(const Tensor& x);
/// True where the imaginary part is zero; `iscomplex` where it is not.
Tensor isreal(const Tensor& x);
Tensor iscomplex(const Tensor& x);
/// x1 * 2^x2.
Tensor ldexp(const Tensor& x1, const Tensor& x2);
/// log2(2^x1 + 2^x2), without overflow.
Tensor logaddexp2(const Tensor& x1, const Tensor& x2);

// --- Reductions ---
Tensor amax(const Tensor& a, const Axes& axis = {}, bool keepdims = false);
Tensor amin(const Tensor& a, const Axes& axis = {}, bool keepdims = false);
Tensor nanmedian(const Tensor& a, const Axes& axis = {}, bool keepdims = false);
Tensor nanpercentile(const Tensor& a, double q, const Axes& axis = {},
                     bool keepdims = false);
/// Sums and products so far, of what is not nan.
Tensor nancumsum(const Tensor& a, std::optional<int64_t> axis = {});
Tensor nancumprod(const Tensor& a, std::optional<int64_t> axis = {});
/// A bool scalar: equal shapes and elements, nan as nan if `equal_nan`.
Tensor array_equal(const Tensor& a1, const Tensor& a2, bool equal_nan = false);

// --- Products ---
/// Sums products along the last axes of both.
Tensor inner(const Tensor& a, const Tensor& b);
/// Sum of the products of all elements, a conjugated.
Tensor vdot(const Tensor& a, const Tensor& b);
/// Products of vectors along `axis`, x1 conjugated.
Tensor vecdot(const Tensor& x1, const Tensor& x2, int axis = -1);
Tensor matvec(const Tensor& x1, const Tensor& x2);
Tensor vecmat(const Tensor& x1, const Tensor& x2);
/// Eigenvalues, ascending, of symmetric matrices.
Tensor eigvalsh(const Tensor& a);

// --- Shapes, joining, positions ---
Tensor matrix_transpose(const Tensor& x);
Tensor atleast_3d(const Tensor& a);
Tensor dstack(const std::vector<Tensor>& tup);
std::vector<Tensor> hsplit(const Tensor& ary, int sections);
std::vector<Tensor> vsplit(const Tensor& ary, int sections);
std::vector<Tensor> dsplit(const Tensor& ary, int sections);
std::vector<Tensor> unstack(const Tensor& x, int axis = 0);
Tensor identity(int64_t n, DType dtype = DType::kFloat64);
/// Positions of the nonzero elements of the flat array, and the elements of
/// `arr` where `condition` is true.
Tensor flatnonzero(const Tensor& a);
Tensor extract(const Tensor& condition, const Tensor& arr);
/// Differences of neighbours in the flat array.
Tensor ediff1d(const Tensor& ary);

// --- Sets of the flat arrays ---
Tensor union1d(const Tensor& ar1, const Tensor& ar2);
Tensor intersect1d(const Tensor& ar1, const Tensor& ar2);
Tensor setdiff1d(const Tensor& ar1, const Tensor& ar2);

// --- Series ---
/// base^x for `num` numbers x evenly spaced from start to stop.
Tensor logspace(const Tensor& start, const Tensor& stop, int64_t num = 50,
                bool endpoint = true, double base = 10);
/// `num` numbers whose logarithms are evenly spaced; of positive ends.
Tensor geomspace(const Tensor& start, const Tensor& stop, int64_t num = 50,
                 bool endpoint = true);
/// Windows of M samples.
Tensor bartlett(int64_t M);
Tensor blackman(int64_t M);
Tensor hamming(int64_t M);
Tensor hanning(int64_t M);

// --- Polynomials: coefficients, the highest power first ---
Tensor polyadd(const Tensor& a1, const Tensor& a2);
Tensor polysub(const Tensor& a1, const Tensor& a2);
Tensor polymul(const Tensor& a1, const Tensor& a2);

}  // namespace numest
