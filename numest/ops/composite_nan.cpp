// Statistics that leave nan out.
#include <limits>

#include "numest/ops/composite_signal.h"
#include "numest/ops/dtypes.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

Tensor number(double value, DType dtype) {
  return astype(Tensor(value), dtype);
}

// The elements with `value` in place of nan.
Tensor replaced(const Tensor& a, double value) {
  return where(isnan(a), number(value, a.dtype()), a);
}

Tensor nan_where_all(const Tensor& result, const Tensor& a, const Axes& axis,
                     bool keepdims) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return where(all(isnan(a), axis, keepdims), number(nan, a.dtype()), result);
}

Tensor num_numbers(const Tensor& a, const Axes& axis, bool keepdims) {
  return sum(logical_not(isnan(a)), axis, DType::kInt64, keepdims);
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::optional<int64_t> one_axis(const Axes& axis) {
  if (axis.is_none()) return std::nullopt;
  return std::get<int64_t>(axis.attr());
}

// The axes of a reduction joined to one, the last.
Tensor joined(const Tensor& a, const std::vector<int>& axes) {
  if (int(axes.size()) == a.ndim()) return ravel(a);
  std::vector<int64_t> target;
  for (size_t i = 0; i < axes.size(); ++i)
    target.push_back(a.ndim() - int64_t(axes.size()) + int64_t(i));
  const Tensor moved = moveaxis(a, axes, target);
  Shape shape;
  for (int i = 0; i < a.ndim() - int(axes.size()); ++i)
    shape.push_back(moved.shape()[i]);
  shape.push_back(-1);
  return axes.size() == 1 ? moved : reshape(moved, shape);
}

Tensor at_position(const Tensor& sorted, const Tensor& position) {
  const Tensor at = expand_dims(astype(position, DType::kInt64), -1);
  return squeeze(take_along_axis(sorted, at), -1);
}

}  // namespace

Tensor nanmax(const Tensor& a, const Axes& axis, bool keepdims) {
  if (!is_inexact(a.dtype())) return max(a, axis, keepdims);
  return nan_where_all(max(replaced(a, -kInfinity), axis, keepdims), a, axis,
                       keepdims);
}

Tensor nanmin(const Tensor& a, const Axes& axis, bool keepdims) {
  if (!is_inexact(a.dtype())) return min(a, axis, keepdims);
  return nan_where_all(min(replaced(a, kInfinity), axis, keepdims), a, axis,
                       keepdims);
}

Tensor nanprod(const Tensor& a, const Axes& axis, bool keepdims) {
  return prod(is_inexact(a.dtype()) ? replaced(a, 1) : a, axis, {}, keepdims);
}

Tensor nanvar(const Tensor& a, const Axes& axis, double ddof, bool keepdims) {
  const Tensor x = as_float(a);
  const Tensor center = nanmean(x, axis, true);
  const Tensor distance = where(isnan(x), zeros_like(x), x - center);
  const Tensor squares = is_complex(x.dtype())
                             ? square(real(distance)) + square(imag(distance))
                             : square(distance);
  const DType own = squares.dtype();
  const Tensor count =
      astype(num_numbers(x, axis, keepdims), own) - number(ddof, own);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return where(greater(count, 0.0), sum(squares, axis, {}, keepdims) / count,
               number(nan, own));
}

Tensor nanstd(const Tensor& a, const Axes& axis, double ddof, bool keepdims) {
  return sqrt(nanvar(a, axis, ddof, keepdims));
}

Tensor nanargmax(const Tensor& a, const Axes& axis, bool keepdims) {
  const Tensor x = is_inexact(a.dtype()) ? replaced(a, -kInfinity) : a;
  return argmax(x, one_axis(axis), keepdims);
}

Tensor nanargmin(const Tensor& a, const Axes& axis, bool keepdims) {
  const Tensor x = is_inexact(a.dtype()) ? replaced(a, kInfinity) : a;
  return argmin(x, one_axis(axis), keepdims);
}

// Sorting puts nan last, so that the numbers of a row stand in front.
Tensor nanquantile(const Tensor& a, double q, const Axes& axis, bool keepdims,
                   std::optional<DType> dtype) {
  NUMEST_USER_CHECK(q >= 0 && q <= 1, ValueError,
                    "nanquantile: Quantiles must be in the range [0, 1]: got "
                    "{}",
                    q);
  const Tensor x = as_float(a);
  const auto axes =
      Attrs{{"axis", axis.attr()}}.axes("axis", a.ndim(), "nanquantile");
  const Tensor sorted = sort(joined(x, axes));
  if (sorted.shape().back() == 0) return quantile(x, q, axis, keepdims);
  const Tensor last =
      maximum(num_numbers(sorted, -1, false) - int64_t{1}, int64_t{0});
  const Tensor position = astype(last, DType::kFloat64) * q;
  const Tensor below = floor(position);
  const Tensor t = astype(position - below, dtype.value_or(x.dtype()));
  const Tensor low = at_position(sorted, below);
  const Tensor high = at_position(sorted, ceil(position));
  const Tensor step = high - low;
  Tensor result =
      where(greater_equal(t, 0.5), high - step * (1.0 - t), low + step * t);
  if (keepdims)
    for (int i : axes) result = insert_ones(result, i, 1);
  return result;
}

}  // namespace numest
