// Statistics, elementwise composites and creation; see composite_shape.cpp
// for joining, splitting and axes.
#include "numest/ops/composite.h"

#include <limits>
#include <numbers>

#include "numest/ops/dtypes.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

std::vector<int> reduced_axes(const Tensor& a, const Axes& axis,
                              const char* op) {
  return Attrs{{"axis", axis.attr()}}.axes("axis", a.ndim(), op);
}

// NumPy sums float16 in float32 before it divides.
DType mean_dtype(const Tensor& a, std::optional<DType> dtype) {
  if (dtype) return *dtype;
  return is_inexact(a.dtype()) ? a.dtype() : DType::kFloat64;
}

DType sum_dtype(DType mean) {
  const bool is_half = mean == DType::kFloat16 || mean == DType::kBFloat16;
  return is_half ? DType::kFloat32 : mean;
}

Tensor cast(const Tensor& t, DType dtype) {
  return t.dtype() == dtype ? t : astype(t, dtype);
}

}  // namespace

Tensor zeros(const Shape& shape, DType dtype) {
  return Tensor(Array::zeros(dtype, shape));
}

Tensor ones(const Shape& shape, DType dtype) { return full(1, shape, dtype); }

Tensor linspace(double start, double stop, int64_t num, bool endpoint,
                std::optional<DType> dtype) {
  NUMEST_USER_CHECK(num >= 0, ValueError,
                    "linspace: got num {}, expected 0 or more", num);
  Array values(DType::kFloat64, Shape{num});
  double* out = values.data<double>();
  const int64_t intervals = endpoint ? num - 1 : num;
  const double step = intervals > 0 ? (stop - start) / double(intervals) : 0;
  for (int64_t i = 0; i < num; ++i) out[i] = start + double(i) * step;
  if (endpoint && num > 1) out[num - 1] = stop;
  return Tensor(values.astype(dtype.value_or(DType::kFloat64)));
}

Tensor arange(int64_t stop) {
  return arange(0.0, double(stop), 1.0, DType::kInt64);
}

Tensor num_elements(const Tensor& a, const Axes& axis) {
  int64_t known = 1;
  Tensor count;
  for (int i : reduced_axes(a, axis, "num_elements")) {
    if (!is_symbol(a.shape()[i])) {
      known *= a.shape()[i];
      continue;
    }
    const Tensor n = extent(a, i);
    count = count.is_empty() ? n : count * n;
  }
  if (count.is_empty()) return Tensor(Array::scalar(known));
  return known == 1 ? count : count * known;
}

Tensor mean(const Tensor& a, const Axes& axis, std::optional<DType> dtype,
            bool keepdims) {
  const DType out = mean_dtype(a, dtype), wide = sum_dtype(out);
  const Tensor total = sum(a, axis, wide, keepdims);
  return cast(total / astype(num_elements(a, axis), wide), out);
}

Tensor var(const Tensor& a, const Axes& axis, std::optional<DType> dtype,
           double ddof, bool keepdims) {
  const DType out = mean_dtype(a, dtype), wide = sum_dtype(out);
  const Tensor x = cast(a, wide);
  const Tensor distance = x - mean(x, axis, {}, true);
  const Tensor squares = is_complex(wide) ? real(distance * conjugate(distance))
                                          : square(distance);
  const Tensor total = sum(squares, axis, {}, keepdims);
  const Tensor count = astype(num_elements(a, axis), total.dtype());
  const Tensor divisor = ddof == 0 ? count : maximum(count - ddof, 0);
  return is_complex(out) ? total / divisor : cast(total / divisor, out);
}

Tensor std(const Tensor& a, const Axes& axis, std::optional<DType> dtype,
           double ddof, bool keepdims) {
  return sqrt(var(a, axis, dtype, ddof, keepdims));
}

Tensor average(const Tensor& a, const Axes& axis, const Tensor& weights) {
  if (weights.is_empty()) return mean(a, axis);
  const auto axes = reduced_axes(a, axis, "average");
  const bool is_along = weights.ndim() == 1 && axes.size() == 1;
  const Tensor w =
      is_along ? insert_ones(weights, 1, a.ndim() - 1 - axes[0]) : weights;
  const Tensor weighted = multiply(a, w);
  const DType dtype = mean_dtype(weighted, {});
  const Tensor all = multiply(ones_like(a), w);
  return sum(weighted, axis, dtype) / sum(all, axis, dtype);
}

Tensor ptp(const Tensor& a, const Axes& axis, bool keepdims) {
  return max(a, axis, keepdims) - min(a, axis, keepdims);
}

Tensor square_difference(const Tensor& x1, const Tensor& x2) {
  return square(x1 - x2);
}

Tensor round(const Tensor& a, int decimals) {
  if (!is_inexact(a.dtype()) && decimals >= 0) return a;
  if (is_complex(a.dtype())) {
    const Tensor i = Tensor::weak(Array::scalar(Complex128(0, 1)));
    return round(real(a), decimals) + round(imag(a), decimals) * i;
  }
  if (decimals == 0) return rint(a);
  double scale = 1;
  for (int i = 0; i < std::abs(decimals); ++i) scale *= 10;
  if (decimals > 0) return rint(a * scale) / scale;
  return cast(rint(a / scale) * scale, a.dtype());
}

Tensor deg2rad(const Tensor& x) {
  return as_inexact(x) * (std::numbers::pi / 180);
}
Tensor rad2deg(const Tensor& x) {
  return as_inexact(x) * (180 / std::numbers::pi);
}

namespace {

double largest(DType dtype) {
  if (dtype == DType::kFloat16) return 65504;
  if (dtype == DType::kBFloat16) return 3.3895313892515355e38;
  const bool is_single = dtype == DType::kFloat32;
  return is_single ? double{std::numeric_limits<float>::max()}
                   : std::numeric_limits<double>::max();
}

}  // namespace

Tensor nan_to_num(const Tensor& x, double nan, std::optional<double> posinf,
                  std::optional<double> neginf) {
  if (!is_float(x.dtype())) return x;
  const double top = posinf.value_or(largest(x.dtype()));
  const double bottom = neginf.value_or(-largest(x.dtype()));
  const Tensor is_infinite = isinf(x);
  const Tensor low = where(logical_and(is_infinite, x < 0), bottom, x);
  const Tensor finite = where(logical_and(is_infinite, x > 0), top, low);
  return where(isnan(x), nan, finite);
}

Tensor isclose(const Tensor& a, const Tensor& b, double rtol, double atol,
               bool equal_nan) {
  const Tensor near = absolute(a - b) <= absolute(b) * rtol + atol;
  const Tensor finite = logical_and(isfinite(a), isfinite(b));
  const Tensor close = where(finite, near, equal(a, b));
  if (!equal_nan) return close;
  return logical_or(close, logical_and(isnan(a), isnan(b)));
}

Tensor allclose(const Tensor& a, const Tensor& b, double rtol, double atol,
                bool equal_nan) {
  return all(isclose(a, b, rtol, atol, equal_nan));
}

Tensor norm(const Tensor& x, const Axes& axis, bool keepdims) {
  const Tensor y = is_inexact(x.dtype()) ? x : astype(x, DType::kFloat64);
  const Tensor squares =
      is_complex(y.dtype()) ? square(absolute(y)) : square(y);
  return sqrt(sum(squares, axis, {}, keepdims));
}

}  // namespace numest
