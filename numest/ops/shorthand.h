// NumPy's functions that are a short expression of others, under NumPy's names.
#pragma once

#include <numbers>
#include <optional>
#include <string_view>
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
/// Sums products over the last `axes` axes of a and the first ones of b.
Tensor tensordot(const Tensor& a, const Tensor& b, int axes = 2);

// --- Shapes, joining, positions ---
Tensor matrix_transpose(const Tensor& x);
Tensor atleast_3d(const Tensor& a);
Tensor dstack(const std::vector<Tensor>& tup);
/// In equal parts, or before each of `indices`: along the second axis (of a
/// vector the first), the first, the third.
std::vector<Tensor> hsplit(const Tensor& ary, int sections);
std::vector<Tensor> hsplit(const Tensor& ary,
                           const std::vector<int64_t>& indices);
std::vector<Tensor> vsplit(const Tensor& ary, int sections);
std::vector<Tensor> vsplit(const Tensor& ary,
                           const std::vector<int64_t>& indices);
std::vector<Tensor> dsplit(const Tensor& ary, int sections);
std::vector<Tensor> dsplit(const Tensor& ary,
                           const std::vector<int64_t>& indices);
std::vector<Tensor> unstack(const Tensor& x, int axis = 0);
Tensor identity(int64_t n, DType dtype = DType::kFloat64);
/// Positions of the nonzero elements of the flat array, and the elements of
/// `arr` where `condition` is true.
Tensor flatnonzero(const Tensor& a);
Tensor extract(const Tensor& condition, const Tensor& arr);
/// Differences of neighbours in the flat array, with the elements of `to_begin`
/// before and those of `to_end` behind.
Tensor ediff1d(const Tensor& ary, const Tensor& to_end = {},
               const Tensor& to_begin = {});

/// A matrix with the vector v on diagonal k, or diagonal k of the matrix v. Of
/// a vector whose extent is not known while tracing only on diagonal 0.
Tensor diag(const Tensor& v, int64_t k = 0);
/// Sum of a diagonal of two axes.
Tensor trace(const Tensor& a, int64_t offset = 0, int64_t axis1 = 0,
             int64_t axis2 = 1);
/// All of the common shape to which they broadcast.
std::vector<Tensor> broadcast_arrays(const std::vector<Tensor>& args);
/// Joins rows of blocks: along the last axis, then along the one before.
Tensor block(const std::vector<std::vector<Tensor>>& arrays);
/// The flat array, repeated or cut to fill `new_shape`.
Tensor resize(const Tensor& a, const Shape& new_shape);
/// `arr` with `values` before position `index` of `axis`, by default of the
/// flat array. IndexError beyond its ends.
Tensor insert(const Tensor& arr, int64_t index, const Tensor& values,
              std::optional<int64_t> axis = {});
/// The element of the first of `choicelist` whose condition holds, else
/// `default_value`; all broadcast. ValueError for lists of other lengths.
Tensor select(const std::vector<Tensor>& condlist,
              const std::vector<Tensor>& choicelist,
              const Tensor& default_value);
inline Tensor select(const std::vector<Tensor>& condlist,
                     const std::vector<Tensor>& choicelist) {
  return select(condlist, choicelist, 0);
}
/// The element of choices[index] for each index; all broadcast. Where there is
/// none, `mode` "raise" is ValueError, "wrap" counts on from the first one and
/// "clip" takes the nearest.
Tensor choose(const Tensor& a, const std::vector<Tensor>& choices,
              std::string_view mode = "raise");
/// The parts of `axis`, by default of the flat array, that `condition` holds
/// for.
Tensor compress(const Tensor& condition, const Tensor& a,
                std::optional<int64_t> axis = {});
/// Positions of one array an axis: of the triangles of an n x m matrix, of
/// numbers of the flat array, and of all elements.
std::vector<Tensor> tril_indices(int64_t n, int64_t k = 0,
                                 std::optional<int64_t> m = {});
std::vector<Tensor> triu_indices(int64_t n, int64_t k = 0,
                                 std::optional<int64_t> m = {});
std::vector<Tensor> unravel_index(const Tensor& indices, const Shape& shape);
/// The same of extents that may be traced.
std::vector<Tensor> unravel_by_extents(const Tensor& indices,
                                       const std::vector<Tensor>& shape);
Tensor indices(const Shape& dimensions);

// --- Elementwise, order, sums so far ---
/// Distance to the next representable number, with the sign of x.
Tensor spacing(const Tensor& x);
/// Position of the part between `bins`, which rise or fall, that an element
/// lies in; `right` counts upper edges to a part. ValueError for other bins.
Tensor digitize(const Tensor& x, const Tensor& bins, bool right = false);
/// Sorted: element `kth` stands where it would, which is all that is asked.
Tensor partition(const Tensor& a, int64_t kth, int64_t axis = -1);
Tensor argpartition(const Tensor& a, int64_t kth, int64_t axis = -1);
/// Adds multiples of `period` so that neighbours differ by half of it or less;
/// steps up to `discont`, if that is more, stay.
Tensor unwrap(const Tensor& p, std::optional<double> discont = {},
              int axis = -1, double period = 2 * std::numbers::pi);
/// True if the shapes broadcast and all elements are equal.
Tensor array_equiv(const Tensor& a1, const Tensor& a2);

// --- Quantiles of several q, along a new first axis ---
Tensor quantile(const Tensor& a, const Tensor& q, const Axes& axis = {},
                bool keepdims = false);
Tensor percentile(const Tensor& a, const Tensor& q, const Axes& axis = {},
                  bool keepdims = false);

// --- Sets of the flat arrays ---
/// Distinct values with how often each occurs, or with the positions that
/// make the array of them.
std::pair<Tensor, Tensor> unique_counts(const Tensor& x);
std::pair<Tensor, Tensor> unique_inverse(const Tensor& x);
Tensor setxor1d(const Tensor& ar1, const Tensor& ar2);
Tensor union1d(const Tensor& ar1, const Tensor& ar2);
Tensor intersect1d(const Tensor& ar1, const Tensor& ar2);
/// The different elements of `ar1` that `ar2` lacks; in their own order and
/// each as often as it is there if `assume_unique`.
Tensor setdiff1d(const Tensor& ar1, const Tensor& ar2,
                 bool assume_unique = false);

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

/// Columns of falling powers of x, N of them, by default as many as x has.
Tensor vander(const Tensor& x, std::optional<int64_t> N = {},
              bool increasing = false);

// --- Polynomials: coefficients, the highest power first ---
/// The polynomial of degree `deg` of least squares through (x, y), or one for
/// each column of y; differences times `w`. Singular values of at most `rcond`
/// times the largest count as zero, by default the precision times len(x).
Tensor polyfit(const Tensor& x, const Tensor& y, int deg,
               std::optional<double> rcond = {}, const Tensor& w = {});
Tensor polyadd(const Tensor& a1, const Tensor& a2);
Tensor polysub(const Tensor& a1, const Tensor& a2);
Tensor polymul(const Tensor& a1, const Tensor& a2);

}  // namespace numest
