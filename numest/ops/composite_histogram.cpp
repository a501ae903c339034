// Edges, then `find_bins` and `count_bins`.
#include "numest/ops/composite_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "numest/ops/composite.h"
#include "numest/ops/composite_signal.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLargest = std::numeric_limits<double>::max();

Tensor cast(const Tensor& t, DType dtype) {
  return t.dtype() == dtype ? t : astype(t, dtype);
}

double number(const Tensor& t) {
  return t.numpy().astype(DType::kFloat64).item<double>();
}

// x, which is checked when it is known.
Tensor within(const Tensor& x, double low, double high, const char* what) {
  return emit("check_range", {x},
              {{"low", low}, {"high", high}, {"what", std::string(what)}});
}

Bounds checked(const Bounds& range, const char* kind) {
  if (range.low().is_symbolic() || range.high().is_symbolic()) {
    const std::string what = std::string("histogram: ") + kind + " range";
    return {within(range.low(), -kLargest, kLargest, what.c_str()),
            within(range.high(), -kLargest, kLargest, what.c_str())};
  }
  const double low = number(range.low()), high = number(range.high());
  NUMEST_USER_CHECK(!(low > high), ValueError,
                    "histogram: max must be larger than min in range "
                    "parameter: got ({}, {})",
                    low, high);
  NUMEST_USER_CHECK(std::isfinite(low) && std::isfinite(high), ValueError,
                    "histogram: {} range of [{}, {}] is not finite", kind, low,
                    high);
  return range;
}

Bounds in_order(const Bounds& range) {
  const Bounds finite = checked(range, "supplied");
  if (!range.low().is_symbolic() && !range.high().is_symbolic()) return finite;
  const Tensor width = within(finite.high() - finite.low(), 0, kInfinity,
                              "histogram: width of the range");
  return {finite.low(), emit("with_dependencies", {finite.high(), width})};
}

// The least or the largest of a vector; 0 or 1 if there are no elements, which
// may not be known before the program runs.
Tensor extreme(const Tensor& x, bool is_least) {
  if (x.shape().is_known()) return is_least ? min(x) : max(x);
  const Tensor some = is_float(x.dtype()) ? x : astype(x, DType::kFloat64);
  const Array farthest =
      Array::from<double>({is_least ? kInfinity : -kInfinity});
  const Tensor all = concatenate({some, farthest.astype(some.dtype())}, 0);
  return where(equal(num_elements(x), int64_t{0}), is_least ? 0.0 : 1.0,
               is_least ? min(all) : max(all));
}

// As weak as another: numbers of the program stay such.
Tensor like(const Tensor& t, const Tensor& other) {
  return other.is_weak() ? t.as_weak() : t;
}

Bounds outer_edges(const Tensor& x, const Bounds& range) {
  if (x.shape().is_known() && x.shape().size() == 0 && range.is_none())
    return {0, 1};
  const Bounds given =
      range.is_none()
          ? checked({extreme(x, true), extreme(x, false)}, "autodetected")
          : in_order(range);
  const Tensor &low = given.low(), &high = given.high();
  const Tensor below = like(low - 0.5, low), above = like(high + 0.5, high);
  if (low.is_symbolic() || high.is_symbolic()) {
    const Tensor is_one = equal(low, high);
    return {where(is_one, below, low), where(is_one, above, high)};
  }
  return number(low) == number(high) ? Bounds(below, above) : given;
}

// Numbers of the program, as 0.0 in C++, have no dtype of their own.
DType joined_dtype(const Tensors& tensors) {
  const DType dtype = result_dtype(op_named("add"), tensors);
  return is_inexact(dtype) ? dtype : DType::kFloat64;
}

int64_t number_of_bins(const Tensor& bins) {
  NUMEST_USER_CHECK(!bins.is_symbolic(), NotSupportedError,
                    "histogram: the number of bins is not known while tracing");
  NUMEST_USER_CHECK(is_integer(bins.dtype()), TypeError,
                    "histogram: `bins` must be an integer, or an array: got {}",
                    bins.to_string());
  const auto count = bins.numpy().item<int64_t>();
  NUMEST_USER_CHECK(count > 0, ValueError,
                    "histogram: `bins` must be positive, when an integer: got "
                    "{}",
                    count);
  return count;
}

// Edges, whose order is checked once they are known.
Tensor checked_edges(const Tensor& edges, bool may_be_equal,
                     const std::string& problem) {
  if (edges.shape().is_known() && edges.shape().size() < 2) return edges;
  const Tensor lower = slice_axis(edges, 0, 0, -1);
  const Tensor upper =
      slice_axis(edges, 0, 1, std::numeric_limits<int64_t>::max());
  const Tensor num_wrong = count_nonzero(
      may_be_equal ? greater(lower, upper) : greater_equal(lower, upper));
  if (!edges.is_symbolic()) {
    NUMEST_USER_CHECK(num_wrong.numpy().item<int64_t>() == 0, ValueError,
                      "histogram: {}", problem);
    return edges;
  }
  const std::string what =
      "histogram: " + problem + ": number of edges that do not fit";
  return emit("with_dependencies",
              {edges, within(num_wrong, 0, 0, what.c_str())});
}

Tensor given_edges(const Tensor& bins) {
  NUMEST_USER_CHECK(bins.ndim() == 1, ValueError,
                    "histogram: `bins` must be 1d, when an array: got edges of "
                    "shape {}",
                    bins.shape().to_string());
  return checked_edges(bins, true,
                       "`bins` must increase monotonically, when an array");
}

Tensor equal_edges(const Bounds& bounds, int64_t count, DType dtype) {
  const Tensor edges =
      cast(linspace(bounds.low(), bounds.high(), count + 1), dtype);
  return checked_edges(edges, false,
                       fmt::format("Too many bins for data range. Cannot "
                                   "create {} finite-sized bins.",
                                   count));
}

// Bools count as 0 and 1.
Tensor numbers_of(const Tensor& a) {
  return cast(ravel(a), a.dtype() == DType::kBool ? DType::kUInt8 : a.dtype());
}

// The dtype in which weights are added up.
DType sum_dtype(DType dtype) {
  if (is_complex(dtype)) return DType::kComplex128;
  if (is_float(dtype)) return DType::kFloat64;
  return dtype == DType::kUInt64 ? dtype : DType::kInt64;
}

void check_weights(const Tensor& weights, const Tensor& a) {
  bool fits = weights.ndim() == a.ndim();
  for (int i = 0; fits && i < a.ndim(); ++i) {
    const int64_t w = weights.shape()[i], e = a.shape()[i];
    fits = w == e || is_symbol(w) || is_symbol(e);
  }
  NUMEST_USER_CHECK(fits, ValueError,
                    "histogram: weights should have the same shape as a.: got "
                    "{} and {}",
                    weights.shape().to_string(), a.shape().to_string());
}

Tensor sums_of(const Tensor& x, const Tensor& edges, const Tensor& weights) {
  const Tensor wide = cast(weights, sum_dtype(weights.dtype()));
  return cast(sum_bins(x, edges, wide), weights.dtype());
}

void check_lists(const Tensors& bins, const std::vector<Bounds>& range,
                 int64_t num_axes) {
  NUMEST_USER_CHECK(int64_t(bins.size()) == num_axes, ValueError,
                    "histogramdd: The dimension of bins must be equal to the "
                    "dimension of the sample x: got {} bins and {} axes",
                    bins.size(), num_axes);
  NUMEST_USER_CHECK(range.empty() || int64_t(range.size()) == num_axes,
                    ValueError,
                    "histogramdd: range argument must have one entry per "
                    "dimension: got {} for {} axes",
                    range.size(), num_axes);
}

// Of equal bins not in the dtype of the sample, other than histogram's.
Tensor edges_of_axis(const Tensor& x, const Tensor& bins, const Bounds& range) {
  if (bins.ndim() > 0) return given_edges(bins);
  const int64_t count = number_of_bins(bins);
  const Bounds bounds = outer_edges(x, range);
  return linspace(bounds.low(), bounds.high(), count + 1);
}

int64_t known_bins(const Tensor& edges) {
  const int64_t extent = edges.shape()[0];
  NUMEST_USER_CHECK(!is_symbol(extent), NotSupportedError,
                    "histogramdd: the number of edges is not known while "
                    "tracing");
  return std::max<int64_t>(extent - 1, 0);
}

// One point a row; a vector has points of one axis.
Tensor points_of(const Tensor& sample) {
  return sample.ndim() == 2 ? sample : swapaxes(atleast_2d(sample), 0, 1);
}

void check_points(const Tensor& weights, const Tensor& points) {
  if (weights.is_empty()) return;
  NUMEST_USER_CHECK(!is_complex(weights.dtype()), TypeError,
                    "histogramdd: got weights of dtype {}, expected real ones",
                    name(weights.dtype()));
  const int64_t count = points.shape()[0];
  const bool fits =
      weights.ndim() == 1 && (weights.shape()[0] == count || is_symbol(count) ||
                              is_symbol(weights.shape()[0]));
  NUMEST_USER_CHECK(fits, ValueError,
                    "histogramdd: The weights and list don't have the same "
                    "length: got shapes {} and {}",
                    weights.shape().to_string(), points.shape().to_string());
}

// Of points, one row of bins for each axis, in one number.
struct Cells {
  Tensor at, is_inside;
  Shape shape;
};

void add_axis(Cells& cells, const Tensor& x, const Tensor& edges) {
  const int64_t count = known_bins(edges);
  const Tensor bin = find_bins(x, edges);
  const Tensor is_inside = less(bin, count);
  const bool is_first = cells.shape.ndim() == 0;
  cells.at = is_first ? bin : cells.at * count + bin;
  cells.is_inside =
      is_first ? is_inside : logical_and(cells.is_inside, is_inside);
  cells.shape.push_back(count);
}

Tensor cells_density(Tensor counts, const Tensors& edges) {
  const Tensor total = sum(counts);
  for (size_t i = 0; i < edges.size(); ++i) {
    Shape shape = Shape::filled(int(edges.size()), 1);
    shape[int(i)] = -1;
    counts = counts / reshape(diff(edges[i]), shape);
  }
  return counts / total;
}

}  // namespace

Tensor histogram_bin_edges(const Tensor& a, const Tensor& bins,
                           const Bounds& range) {
  if (bins.ndim() > 0) return given_edges(bins);
  const int64_t count = number_of_bins(bins);
  const Tensor x = numbers_of(a);
  const Bounds bounds = outer_edges(x, range);
  return equal_edges(bounds, count,
                     joined_dtype({bounds.low(), bounds.high(), x}));
}

std::pair<Tensor, Tensor> histogram(const Tensor& a, const Tensor& bins,
                                    const HistogramOptions& options) {
  const Tensor& weights = options.weights;
  if (!weights.is_empty()) check_weights(weights, a);
  const Tensor edges = histogram_bin_edges(a, bins, options.range);
  const Tensor x = numbers_of(a);
  Tensor counts = weights.is_empty() ? count_bins(x, edges)
                                     : sums_of(x, edges, ravel(weights));
  if (options.density)
    counts = counts / cast(diff(edges), DType::kFloat64) / sum(counts);
  return {counts, edges};
}

std::pair<Tensor, Tensors> histogramdd(const Tensor& sample,
                                       const Tensors& bins,
                                       const HistogramddOptions& options) {
  const Tensor points = points_of(sample);
  const int64_t num_axes = points.shape()[1];
  check_lists(bins, options.range, num_axes);
  Tensors edges;
  Cells cells;
  for (int64_t i = 0; i < num_axes; ++i) {
    const Tensor x = take(points, i, 1);
    edges.push_back(edges_of_axis(
        x, bins[size_t(i)],
        options.range.empty() ? Bounds() : options.range[size_t(i)]));
    add_axis(cells, x, edges.back());
  }
  check_points(options.weights, points);
  const Tensor at = where(cells.is_inside, cells.at, int64_t{-1});
  const Tensor numbers = arange(cells.shape.size() + 1);
  const Tensor each =
      options.weights.is_empty()
          ? count_bins(at, numbers)
          : sums_of(at, numbers, cast(options.weights, DType::kFloat64));
  const Tensor counts = cast(reshape(each, cells.shape), DType::kFloat64);
  return {options.density ? cells_density(counts, edges) : counts, edges};
}

std::pair<Tensor, Tensors> histogramdd(const Tensor& sample, const Tensor& bins,
                                       const HistogramddOptions& options) {
  const Tensors all(size_t(points_of(sample).shape()[1]), bins);
  return histogramdd(sample, all, options);
}

std::tuple<Tensor, Tensor, Tensor> histogram2d(
    const Tensor& x, const Tensor& y, const Tensors& bins,
    const HistogramddOptions& options) {
  auto [counts, edges] = histogramdd(stack({x, y}, -1), bins, options);
  return {counts, edges[0], edges[1]};
}

std::tuple<Tensor, Tensor, Tensor> histogram2d(
    const Tensor& x, const Tensor& y, const Tensor& bins,
    const HistogramddOptions& options) {
  return histogram2d(x, y, Tensors{bins, bins}, options);
}

}  // namespace numest
