// Sampled curves and membership; see composite_gradient.cpp for slopes and
// composite_nan.cpp for nan.
#include "numest/ops/composite_signal.h"

#include <algorithm>
#include <limits>
#include <numbers>

#include "numest/ops/dtypes.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();

Tensor cast(const Tensor& t, DType dtype) {
  return t.dtype() == dtype ? t : astype(t, dtype);
}

int64_t known_extent(const Tensor& a, int axis, const char* op) {
  const int64_t extent = a.shape()[axis];
  NUMEST_USER_CHECK(!is_symbol(extent), NotSupportedError,
                    "{}: the extent of axis {} is not known while tracing", op,
                    axis);
  return extent;
}

void check_vectors(const Tensor& a, const Tensor& v, const char* op) {
  NUMEST_USER_CHECK(a.ndim() == 1 && v.ndim() == 1, ValueError,
                    "{}: object too deep for desired array: got shapes {} and "
                    "{}, expected one axis",
                    op, a.shape().to_string(), v.shape().to_string());
  NUMEST_USER_CHECK(known_extent(a, 0, op) > 0 && known_extent(v, 0, op) > 0,
                    ValueError, "{}: a and v cannot be empty", op);
}

// Products of v with each window of a, as NumPy pads a for `mode`; v is not
// longer than a.
Tensor slide(const Tensor& a, const Tensor& v, std::string_view mode,
             const char* op) {
  NUMEST_USER_CHECK(mode == "full" || mode == "same" || mode == "valid",
                    ValueError,
                    "{}: mode must be one of 'valid', 'same', or 'full': got "
                    "'{}'",
                    op, mode);
  const int64_t n = v.shape()[0];
  const int64_t left = mode == "full" ? n - 1 : mode == "same" ? n / 2 : 0;
  const int64_t right = mode == "same" ? n - left - 1 : left;
  const DType dtype = promote(a.dtype(), v.dtype());
  if (dtype != DType::kBool && itemsize(dtype) >= (is_inexact(dtype) ? 4 : 1))
    return sliding_dot(a, v, left, right);
  const Tensor padded =
      left + right == 0 ? a : pad(a, std::vector<int64_t>{left, right});
  const int64_t count = a.shape()[0] + left + right - n + 1;
  const Tensor at = expand_dims(arange(count), 1) + arange(n);
  return matmul(take(padded, at, 0), v);
}

Tensor neighbours_mean(const Tensor& y, int axis) {
  return (slice_axis(y, axis, 1, kEnd) + slice_axis(y, axis, 0, -1)) / 2.0;
}

}  // namespace

Tensor convolve(const Tensor& a, const Tensor& v, std::string_view mode) {
  check_vectors(a, v, "convolve");
  const bool is_longer = v.shape()[0] > a.shape()[0];
  return is_longer ? slide(v, flip(a), mode, "convolve")
                   : slide(a, flip(v), mode, "convolve");
}

Tensor correlate(const Tensor& a, const Tensor& v, std::string_view mode) {
  check_vectors(a, v, "correlate");
  const bool is_longer = v.shape()[0] > a.shape()[0];
  const Tensor w = is_complex(v.dtype()) ? conjugate(v) : v;
  return is_longer ? flip(slide(w, a, mode, "correlate"))
                   : slide(a, w, mode, "correlate");
}

Tensor trapezoid(const Tensor& y, double dx, int axis) {
  const int at = normalize_axis(axis, y.ndim(), "trapezoid");
  return sum(neighbours_mean(as_float(y), at) * dx, at);
}

Tensor trapezoid(const Tensor& y, const Tensor& x, int axis) {
  const int at = normalize_axis(axis, y.ndim(), "trapezoid");
  Tensor width = diff(x, 1, x.ndim() == 1 ? 0 : at);
  if (x.ndim() == 1) width = insert_ones(width, 1, y.ndim() - 1 - at);
  return sum(neighbours_mean(as_float(y), at) * width, at);
}

Tensor polyval(const Tensor& p, const Tensor& x) {
  NUMEST_USER_CHECK(p.ndim() == 1, ValueError,
                    "polyval: got p of shape {}, expected one axis",
                    p.shape().to_string());
  Tensor y = zeros_like(x);
  for (int64_t i = 0; i < known_extent(p, 0, "polyval"); ++i)
    y = y * x + select(p, i);
  return y;
}

Tensor linspace(const Tensor& start, const Tensor& stop, int64_t num,
                bool endpoint) {
  NUMEST_USER_CHECK(num >= 0, ValueError,
                    "linspace: Number of samples, {}, must be non-negative",
                    num);
  const Tensor first = as_float(start), width = as_float(stop) - first;
  const int64_t intervals = std::max<int64_t>(endpoint ? num - 1 : num, 1);
  const Tensor step = expand_dims(width / double(intervals), 0);
  const Tensor at =
      insert_ones(cast(arange(num), step.dtype()), 1, step.ndim() - 1);
  const Tensor values = at * step + first;
  if (!endpoint || num < 2) return values;
  const Tensor last =
      broadcast_to(insert_ones(cast(stop, values.dtype()), 0, 1),
                   slice_axis(values, 0, 0, 1).shape());
  return concatenate({slice_axis(values, 0, 0, -1), last}, 0);
}

Tensor sinc(const Tensor& x) {
  const Tensor real = as_float(x);
  const Tensor is_zero = equal(real, 0.0);
  const Tensor y = where(is_zero, 1.0, real) * std::numbers::pi;
  // At 0 the first terms of its series, for derivatives.
  const Tensor z = square(where(is_zero, real, 0.0) * std::numbers::pi);
  return where(is_zero, 1.0 - z * (1.0 / 6) * (1.0 - z * (1.0 / 20)),
               sin(y) / y);
}

Tensor lexsort(const std::vector<Tensor>& keys) {
  NUMEST_USER_CHECK(!keys.empty(), TypeError,
                    "lexsort: need sequence of keys with len > 0");
  Tensor order = argsort(keys[0]);
  for (size_t i = 1; i < keys.size(); ++i) {
    const Tensor sorted = take_along_axis(keys[i], order);
    order = take_along_axis(order, argsort(sorted));
  }
  return order;
}

}  // namespace numest
