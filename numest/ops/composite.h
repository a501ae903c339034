// NumPy functions composed of ops: they need no table entry, their
// derivatives and blocks follow from their parts.
#pragma once

#include <optional>
#include <vector>

#include "numest/ops/functions.h"

namespace numest {

// --- Creation ---
Tensor zeros(const Shape& shape, DType dtype = DType::kFloat64);
Tensor ones(const Shape& shape, DType dtype = DType::kFloat64);
/// `num` numbers evenly spaced over [start, stop], or over [start, stop) if
/// `endpoint` is false; float64 by default.
Tensor linspace(double start, double stop, int64_t num = 50,
                bool endpoint = true, std::optional<DType> dtype = {});
/// 0, 1, ..., stop - 1 as int64.
Tensor arange(int64_t stop);

// --- Statistics: integers are averaged in float64 ---
/// Number of elements that a reduction over `axis` joins, an int64 scalar.
Tensor num_elements(const Tensor& a, const Axes& axis = {});
Tensor mean(const Tensor& a, const Axes& axis = {},
            std::optional<DType> dtype = {}, bool keepdims = false);
/// Mean squared distance from the mean; the divisor is N - ddof.
Tensor var(const Tensor& a, const Axes& axis = {},
           std::optional<DType> dtype = {}, double ddof = 0,
           bool keepdims = false);
/// Square root of `var`.
Tensor std(const Tensor& a, const Axes& axis = {},
           std::optional<DType> dtype = {}, double ddof = 0,
           bool keepdims = false);
/// Mean with weights that broadcast to `a`, or one weight for each position of
/// the one axis that is given; without weights `mean`.
Tensor average(const Tensor& a, const Axes& axis = {},
               const Tensor& weights = {});
/// max - min.
Tensor ptp(const Tensor& a, const Axes& axis = {}, bool keepdims = false);
/// Differences of neighbours, `n` times, of what stands in `prepend`, `a` and
/// `append` along `axis`; a scalar is one element of each row.
Tensor diff(const Tensor& a, int n = 1, int axis = -1,
            const Tensor& prepend = {}, const Tensor& append = {});

// --- Elementwise ---
/// (x1 - x2) ** 2.
Tensor square_difference(const Tensor& x1, const Tensor& x2);
/// Rounds to `decimals` digits after the point, halves to even.
Tensor round(const Tensor& a, int decimals = 0);
Tensor deg2rad(const Tensor& x);
Tensor rad2deg(const Tensor& x);
/// Replaces nan by `nan`, infinities by the given or the largest numbers.
Tensor nan_to_num(const Tensor& x, double nan = 0,
                  std::optional<double> posinf = {},
                  std::optional<double> neginf = {});
/// |a - b| <= atol + rtol |b|; nan equals nan if `equal_nan`.
Tensor isclose(const Tensor& a, const Tensor& b, double rtol = 1e-5,
               double atol = 1e-8, bool equal_nan = false);
Tensor allclose(const Tensor& a, const Tensor& b, double rtol = 1e-5,
                double atol = 1e-8, bool equal_nan = false);

// --- Order ---
/// Linear interpolation between the elements next to position q (N - 1) of
/// the sorted elements, q in [0, 1]; nan if one is nan (method 'linear').
/// `dtype`: of the weights, and of the result where it is wider than that of
/// `a`, which NumPy takes from q; that of `a` by default.
Tensor quantile(const Tensor& a, double q, const Axes& axis = {},
                bool keepdims = false, std::optional<DType> dtype = {});
/// quantile of q / 100.
Tensor percentile(const Tensor& a, double q, const Axes& axis = {},
                  bool keepdims = false);
Tensor median(const Tensor& a, const Axes& axis = {}, bool keepdims = false);
/// Values at x of the piecewise linear curve through (xp, fp), float64; xp
/// increases. Outside: `left` and `right`, by default the end values. With a
/// `period` x counts modulo it, and xp may have any order.
Tensor interp(const Tensor& x, const Tensor& xp, const Tensor& fp,
              std::optional<double> left = {}, std::optional<double> right = {},
              std::optional<double> period = {});
Tensor count_nonzero(const Tensor& a, const Axes& axis = {},
                     bool keepdims = false);
/// Positions of the nonzero elements, one row each.
Tensor argwhere(const Tensor& a);
/// Sum and mean of the elements that are not nan.
Tensor nansum(const Tensor& a, const Axes& axis = {}, bool keepdims = false);
Tensor nanmean(const Tensor& a, const Axes& axis = {}, bool keepdims = false);

// --- Products ---
/// NumPy's dot: inner product of vectors, matrix product, product with a
/// scalar.
Tensor dot(const Tensor& a, const Tensor& b);
/// Products of all pairs of the flattened arguments.
Tensor outer(const Tensor& a, const Tensor& b);
/// Euclidean norm over `axis` (None: of all elements).
Tensor norm(const Tensor& x, const Axes& axis = {}, bool keepdims = false);

// --- Axes ---
Tensor moveaxis(const Tensor& a, const Axes& source, const Axes& destination);
Tensor swapaxes(const Tensor& a, int axis1, int axis2);
/// Reverses the order along `axis` (None: all axes).
Tensor flip(const Tensor& m, const Axes& axis = {});
Tensor fliplr(const Tensor& m);
Tensor flipud(const Tensor& m);

/// Rotates the plane of two axes by k quarter turns, the first towards the
/// second.
Tensor rot90(const Tensor& m, int k = 1, int axis1 = 0, int axis2 = 1);
/// Moves `axis` backwards until it lies before `start`.
Tensor rollaxis(const Tensor& a, int axis, int start = 0);
Tensor atleast_1d(const Tensor& a);
Tensor atleast_2d(const Tensor& a);

// --- Joining and splitting ---
/// Joins along `axis`, both flattened first if it is None.
Tensor append(const Tensor& a, const Tensor& values, const Axes& axis = {});
/// Coordinates of the grid of vectors; "xy" puts the second one first.
std::vector<Tensor> meshgrid(const std::vector<Tensor>& xi,
                             std::string_view indexing = "xy");
/// As split, but the first parts may be longer by one.
std::vector<Tensor> array_split(const Tensor& a, int sections, int axis = 0);
std::vector<Tensor> array_split(const Tensor& a,
                                const std::vector<int64_t>& indices,
                                int axis = 0);
/// Joins along a new axis.
Tensor stack(const std::vector<Tensor>& arrays, int axis = 0);
Tensor vstack(const std::vector<Tensor>& arrays);
Tensor hstack(const std::vector<Tensor>& arrays);
Tensor column_stack(const std::vector<Tensor>& arrays);
/// `sections` equal parts; throws ValueError if the extent is no multiple.
std::vector<Tensor> split(const Tensor& a, int sections, int axis = 0);
/// Parts that end before each of `indices`.
std::vector<Tensor> split(const Tensor& a, const std::vector<int64_t>& indices,
                          int axis = 0);
/// One axis, in row-major order.
Tensor ravel(const Tensor& a);

}  // namespace numest
