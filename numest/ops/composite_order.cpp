// Composites of sort and search: quantiles, interpolation, counting.
#include <cmath>
#include <limits>

#include "numest/ops/composite.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

using Ints = std::vector<int64_t>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Tensor cast(const Tensor& t, DType dtype) {
  return t.dtype() == dtype ? t : astype(t, dtype);
}

// The reduced axes joined to one, the last.
Tensor joined(const Tensor& a, const std::vector<int>& axes) {
  if (int(axes.size()) == a.ndim()) return ravel(a);
  Ints source(axes.begin(), axes.end()), target;
  for (size_t i = 0; i < axes.size(); ++i)
    target.push_back(a.ndim() - int64_t(axes.size()) + int64_t(i));
  const Tensor moved = moveaxis(a, source, target);
  if (axes.size() == 1) return moved;
  const int kept = a.ndim() - int(axes.size());
  Shape shape;
  for (int i = 0; i < kept; ++i) shape.push_back(moved.shape()[i]);
  shape.push_back(-1);
  return reshape(moved, shape);
}

Tensor at_position(const Tensor& sorted, const Tensor& position) {
  return take(sorted, cast(position, DType::kInt64), int64_t{-1});
}

// Both halves of NumPy's interpolation, so that the ends are exact.
Tensor lerp(const Tensor& a, const Tensor& b, const Tensor& t) {
  const Tensor distance = b - a;
  return where(greater_equal(t, 0.5), b - distance * (1.0 - t),
               a + distance * t);
}

Tensor keep_axes(Tensor result, const std::vector<int>& axes) {
  for (int i : axes) result = insert_ones(result, i, 1);
  return result;
}

// The points of one period in order, and their neighbours on both sides.
std::pair<Tensor, Tensor> whole_turn(const Tensor& xp, const Tensor& fp,
                                     double period) {
  NUMEST_USER_CHECK(period != 0, ValueError,
                    "interp: period must be a non-zero value: got {}", period);
  const double turn = std::abs(period);
  const Tensor x = remainder(xp, turn), order = argsort(x);
  const Tensor first = Array::from<int64_t>({0}),
               last = extent(x, 0) - first - 1;
  const Tensor xs = take(x, order), fs = take(fp, order);
  return {concatenate({take(xs, last) - turn, xs, take(xs, first) + turn}),
          concatenate({take(fs, last), fs, take(fs, first)})};
}

// One quantile of the last axis, whose elements are sorted, nan last.
Tensor sorted_quantile(const Tensor& sorted, double q, DType weights) {
  const Tensor last =
      cast(extent(sorted, sorted.ndim() - 1) - int64_t{1}, DType::kFloat64);
  const Tensor position = last * q;
  const Tensor below = floor(position);
  const Tensor value =
      lerp(at_position(sorted, below), at_position(sorted, ceil(position)),
           cast(position - below, weights));
  const Tensor largest = at_position(sorted, last);
  return where(isnan(largest), largest, value);
}

}  // namespace

Tensor quantile(const Tensor& a, double q, const Axes& axis, bool keepdims,
                std::optional<DType> dtype) {
  NUMEST_USER_CHECK(q >= 0 && q <= 1, ValueError,
                    "quantile: q must be in [0, 1]: got {}", q);
  const DType own = is_inexact(a.dtype()) ? a.dtype() : DType::kFloat64;
  const auto axes =
      Attrs{{"axis", axis.attr()}}.axes("axis", a.ndim(), "quantile");
  const Tensor sorted = sort(cast(joined(a, axes), own));
  const Tensor result = sorted.shape().back() == 0
                            ? sum(sorted, -1) + kNan
                            : sorted_quantile(sorted, q, dtype.value_or(own));
  return keepdims ? keep_axes(result, axes) : result;
}

Tensor percentile(const Tensor& a, double q, const Axes& axis, bool keepdims) {
  NUMEST_USER_CHECK(q >= 0 && q <= 100, ValueError,
                    "percentile: q must be in [0, 100]: got {}", q);
  return quantile(a, q / 100, axis, keepdims);
}

Tensor median(const Tensor& a, const Axes& axis, bool keepdims) {
  return quantile(a, 0.5, axis, keepdims);
}

Tensor interp(const Tensor& x, const Tensor& xp, const Tensor& fp,
              std::optional<double> left, std::optional<double> right,
              std::optional<double> period) {
  NUMEST_USER_CHECK(xp.ndim() == 1 && fp.ndim() == 1, ValueError,
                    "interp: got xp of {} and fp of {} axes, expected 1",
                    xp.ndim(), fp.ndim());
  const DType real = DType::kFloat64;
  if (period) {
    const auto [xs, fs] = whole_turn(cast(xp, real), cast(fp, real), *period);
    return interp(remainder(cast(x, real), std::abs(*period)), xs, fs);
  }
  const Tensor at = cast(x, real), xs = cast(xp, real), fs = cast(fp, real);
  const Tensor last = extent(xs, 0) - int64_t{1};
  const Tensor above = searchsorted(xs, at, "right");
  const Tensor low = clip(above - int64_t{1}, int64_t{0},
                          maximum(last - int64_t{1}, int64_t{0}));
  const Tensor high = minimum(low + int64_t{1}, last);
  const Tensor x0 = take(xs, low), f0 = take(fs, low);
  const Tensor width = take(xs, high) - x0;
  const Tensor slope =
      (take(fs, high) - f0) / where(equal(width, 0.0), 1.0, width);
  const Tensor first_x = take(xs, Tensor(int64_t{0})), last_x = take(xs, last),
               last_f = take(fs, last);
  const Tensor below = left ? Tensor(*left) : take(fs, Tensor(int64_t{0}));
  const Tensor beyond = right ? Tensor(*right) : last_f;
  const Tensor inside =
      where(equal(at, last_x), last_f, slope * (at - x0) + f0);
  return where(less(at, first_x), below,
               where(greater(at, last_x), beyond, inside));
}

Tensor count_nonzero(const Tensor& a, const Axes& axis, bool keepdims) {
  const Tensor mask =
      a.dtype() == DType::kBool ? a : not_equal(a, zeros_like(a));
  return sum(mask, axis, DType::kInt64, keepdims);
}

Tensor argwhere(const Tensor& a) {
  return stack(call(op_named("nonzero"), {a}), 1);
}

Tensor nansum(const Tensor& a, const Axes& axis, bool keepdims) {
  return sum(where(isnan(a), zeros_like(a), a), axis, {}, keepdims);
}

Tensor nanmean(const Tensor& a, const Axes& axis, bool keepdims) {
  const Tensor total = nansum(a, axis, keepdims);
  return total /
         astype(sum(logical_not(isnan(a)), axis, DType::kInt64, keepdims),
                total.dtype());
}

}  // namespace numest
