// Sampled curves, membership and statistics without nan, composed of ops.
#pragma once

#include <string_view>
#include <vector>

#include "numest/ops/composite.h"

namespace numest {

/// a[..., start:stop, ...] at one axis; negative numbers count from the end.
Tensor slice_axis(const Tensor& a, int axis, int64_t start, int64_t stop);

// --- Curves of one axis ---
/// Products of a with the reversed v, summed at all shifts ("full"), as many
/// as a has ("same"), or where they overlap ("valid"). Extents must be known.
Tensor convolve(const Tensor& a, const Tensor& v,
                std::string_view mode = "full");
/// As convolve, with v in its order.
Tensor correlate(const Tensor& a, const Tensor& v,
                 std::string_view mode = "valid");
/// Slope by central differences, and by one-sided ones of `edge_order` (1 or
/// 2) at the ends, of samples `spacing` apart. Throws ValueError below
/// edge_order + 1 samples.
Tensor gradient(const Tensor& f, double spacing = 1, int axis = 0,
                int edge_order = 1);
/// The same of samples at the positions x, or x apart if it is a scalar.
Tensor gradient(const Tensor& f, const Tensor& x, int axis = 0,
                int edge_order = 1);
/// The slopes along each of `axis` (None: all), of one spacing each, a distance
/// or positions; one distance is for all, none is 1.
std::vector<Tensor> gradient(const Tensor& f,
                             const std::vector<Tensor>& spacings,
                             const Axes& axis = {}, int edge_order = 1);
/// Area below y by the trapezoidal rule, samples `dx` apart.
Tensor trapezoid(const Tensor& y, double dx = 1, int axis = -1);
/// The same over the positions x, one axis or of y's shape.
Tensor trapezoid(const Tensor& y, const Tensor& x, int axis = -1);
/// The polynomial of the coefficients p, highest power first, at x.
Tensor polyval(const Tensor& p, const Tensor& x);
/// `num` numbers from start to stop along a new first axis.
Tensor linspace(const Tensor& start, const Tensor& stop, int64_t num,
                bool endpoint = true);
/// sin(pi x) / (pi x), and 1 at 0.
Tensor sinc(const Tensor& x);

// --- Order ---
/// Positions that sort by the last key, then the one before it, ...
Tensor lexsort(const std::vector<Tensor>& keys);

// --- Without nan; nan where all are nan ---
Tensor nanmax(const Tensor& a, const Axes& axis = {}, bool keepdims = false);
Tensor nanmin(const Tensor& a, const Axes& axis = {}, bool keepdims = false);
Tensor nanprod(const Tensor& a, const Axes& axis = {}, bool keepdims = false);
Tensor nanvar(const Tensor& a, const Axes& axis = {}, double ddof = 0,
              bool keepdims = false);
Tensor nanstd(const Tensor& a, const Axes& axis = {}, double ddof = 0,
              bool keepdims = false);
/// Position of the extreme element; 0 where all are nan.
Tensor nanargmax(const Tensor& a, const Axes& axis = {}, bool keepdims = false);
Tensor nanargmin(const Tensor& a, const Axes& axis = {}, bool keepdims = false);
Tensor nanquantile(const Tensor& a, double q, const Axes& axis = {},
                   bool keepdims = false, std::optional<DType> dtype = {});

}  // namespace numest
