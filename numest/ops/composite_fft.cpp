// The functions of numpy.fft: an axis is moved last, cut or padded,
// transformed and scaled.
#include "numest/ops/composite_fft.h"

#include <cmath>

#include "numest/ops/composite_signal.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest::fft {

namespace {

using Ints = std::vector<int64_t>;

bool is_narrow(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kFloat16 ||
         dtype == DType::kComplex64;
}

Tensor to_complex(const Tensor& a) {
  if (is_complex(a.dtype())) return a;
  return astype(a,
                is_narrow(a.dtype()) ? DType::kComplex64 : DType::kComplex128);
}

DType real_dtype_of(DType dtype) {
  if (dtype == DType::kFloat16) return dtype;
  return is_narrow(dtype) ? DType::kFloat32 : DType::kFloat64;
}

int checked_axis(const Tensor& a, int64_t axis, const char* op) {
  return Attrs{{"axis", axis}}.axes("axis", a.ndim(), op)[0];
}

int64_t known_extent(const Tensor& a, int axis, const char* op) {
  const int64_t extent = a.shape()[axis];
  NUMEST_USER_CHECK(!is_symbol(extent), NotSupportedError,
                    "{}: the extent of axis {} is not known while tracing: "
                    "give n",
                    op, axis);
  return extent;
}

void check_count(int64_t n, const char* op) {
  NUMEST_USER_CHECK(n >= 1, ValueError,
                    "{}: Invalid number of FFT data points ({}) specified: "
                    "expected at least 1",
                    op, n);
}

std::string_view swapped(std::string_view norm) {
  if (norm == "backward") return "forward";
  return norm == "forward" ? "backward" : norm;
}

double scale_of(std::string_view norm, int64_t n, bool inverse,
                const char* op) {
  NUMEST_USER_CHECK(norm == "backward" || norm == "ortho" || norm == "forward",
                    ValueError,
                    "{}: Invalid norm value {}; should be \"backward\", "
                    "\"ortho\" or \"forward\"",
                    op, norm);
  if (norm == "ortho") return 1 / std::sqrt(double(n));
  return (norm == "forward") != inverse ? 1 / double(n) : 1;
}

// The last axis cut to n, or padded by zeros.
Tensor resized(const Tensor& a, int64_t n) {
  const int64_t extent = known_extent(a, a.ndim() - 1, "fft");
  if (extent == n) return a;
  if (extent > n) return slice_axis(a, a.ndim() - 1, 0, n);
  Ints widths(size_t(2 * a.ndim()), 0);
  widths.back() = n - extent;
  return pad(a, widths);
}

Tensor to_last(const Tensor& a, int axis) {
  return axis == a.ndim() - 1 ? a : moveaxis(a, axis, -1);
}

Tensor from_last(const Tensor& a, int axis) {
  return axis == a.ndim() - 1 ? a : moveaxis(a, -1, axis);
}

// Of the last axis, scaled.
Tensor transformed(const Tensor& a, bool inverse, std::string_view norm,
                   const char* op) {
  const int64_t n = a.shape().back();
  const double scale = scale_of(norm, n, inverse, op);
  const Tensor y = emit("fourier", {a}, {{"inverse", inverse}});
  return scale == 1 ? y : y * scale;
}

Tensor complex_transform(const Tensor& a, const Options& options, bool inverse,
                         const char* op) {
  const int axis = checked_axis(a, options.axis, op);
  const int64_t n = options.n ? *options.n : known_extent(a, axis, op);
  check_count(n, op);
  const Tensor row = resized(to_last(a, axis), n);
  return from_last(transformed(to_complex(row), inverse, options.norm, op),
                   axis);
}

Tensor real_transform(const Tensor& a, const Options& options, const char* op) {
  NUMEST_USER_CHECK(!is_complex(a.dtype()), TypeError,
                    "{}: got a of dtype {}, expected real numbers; use fft", op,
                    name(a.dtype()));
  const int axis = checked_axis(a, options.axis, op);
  const int64_t n = options.n ? *options.n : known_extent(a, axis, op);
  return slice_axis(complex_transform(a, options, false, op), axis, 0,
                    n / 2 + 1);
}

// The n coefficients of real numbers from the first n / 2 + 1, the last axis.
Tensor with_conjugates(const Tensor& half, int64_t n) {
  const int64_t count = n - half.shape().back();
  if (count == 0) return half;
  const int last = half.ndim() - 1;
  const Tensor middle = slice_axis(half, last, 1, count + 1);
  return concatenate({half, conjugate(flip(middle, last))}, last);
}

Tensor to_real(const Tensor& a, const Options& options, const char* op) {
  const int axis = checked_axis(a, options.axis, op);
  const int64_t n =
      options.n ? *options.n : 2 * (known_extent(a, axis, op) - 1);
  check_count(n, op);
  const Tensor half = resized(to_complex(to_last(a, axis)), n / 2 + 1);
  const Tensor y =
      real(transformed(with_conjugates(half, n), true, options.norm, op));
  const DType dtype = real_dtype_of(a.dtype());
  return from_last(y.dtype() == dtype ? y : astype(y, dtype), axis);
}

// Options of each of the axes, in their order.
std::vector<Options> each_axis(const Tensor& a, const ManyOptions& options,
                               const char* op) {
  Ints axes = options.axes.value_or(Ints());
  if (!options.axes) {
    const int64_t count =
        options.s ? int64_t(options.s->size()) : int64_t(a.ndim());
    for (int64_t i = -count; i < 0; ++i) axes.push_back(i);
  }
  NUMEST_USER_CHECK(!options.s || options.s->size() == axes.size(), ValueError,
                    "{}: Shape and axes have different lengths: got {} and {}",
                    op, options.s->size(), axes.size());
  std::vector<Options> result;
  for (size_t i = 0; i < axes.size(); ++i) {
    result.push_back({.axis = int(axes[i]), .norm = options.norm});
    if (options.s && (*options.s)[i] != -1) result.back().n = (*options.s)[i];
  }
  return result;
}

Tensor over_axes(Tensor a, const ManyOptions& options, bool inverse,
                 const char* op) {
  auto each = each_axis(a, options, op);
  for (auto it = each.rbegin(); it != each.rend(); ++it)
    a = complex_transform(a, *it, inverse, op);
  return a;
}

ManyOptions many(const PlaneOptions& o) {
  return {.s = o.s, .axes = o.axes, .norm = o.norm};
}

void check_axes(const std::vector<Options>& axes, const char* op) {
  NUMEST_USER_CHECK(!axes.empty(), ValueError,
                    "{}: at least 1 axis must be transformed", op);
}

// fftfreq of the coefficients [first, first + count).
Tensor frequencies(int64_t first, int64_t count, int64_t n, double d) {
  check_count(n, "fftfreq");
  return arange(double(first), double(first + count)) / (double(n) * d);
}

Tensor rolled(const Tensor& x, const Axes& axes, int sign) {
  Ints shifts, at;
  for (int axis :
       Attrs{{"axis", axes.attr()}}.axes("axis", x.ndim(), "fftshift")) {
    shifts.push_back(sign * (known_extent(x, axis, "fftshift") / 2));
    at.push_back(axis);
  }
  return at.empty() ? x : roll(x, shifts, at);
}

}  // namespace

Tensor fft(const Tensor& a, const Options& options) {
  return complex_transform(a, options, false, "fft");
}

Tensor ifft(const Tensor& a, const Options& options) {
  return complex_transform(a, options, true, "ifft");
}

Tensor rfft(const Tensor& a, const Options& options) {
  return real_transform(a, options, "rfft");
}

Tensor irfft(const Tensor& a, const Options& options) {
  return to_real(a, options, "irfft");
}

Tensor hfft(const Tensor& a, const Options& options) {
  const Tensor conjugated = is_complex(a.dtype()) ? conjugate(a) : a;
  Options turned = options;
  turned.norm = swapped(options.norm);
  return to_real(conjugated, turned, "hfft");
}

Tensor ihfft(const Tensor& a, const Options& options) {
  Options turned = options;
  turned.norm = swapped(options.norm);
  return conjugate(real_transform(a, turned, "ihfft"));
}

Tensor fftn(const Tensor& a, const ManyOptions& options) {
  return over_axes(a, options, false, "fftn");
}

Tensor ifftn(const Tensor& a, const ManyOptions& options) {
  return over_axes(a, options, true, "ifftn");
}

Tensor rfftn(const Tensor& a, const ManyOptions& options) {
  const auto each = each_axis(a, options, "rfftn");
  check_axes(each, "rfftn");
  Tensor y = real_transform(a, each.back(), "rfftn");
  for (size_t i = each.size() - 1; i-- > 0;)
    y = complex_transform(y, each[i], false, "rfftn");
  return y;
}

Tensor irfftn(const Tensor& a, const ManyOptions& options) {
  const auto each = each_axis(a, options, "irfftn");
  check_axes(each, "irfftn");
  Tensor y = a;
  for (size_t i = 0; i + 1 < each.size(); ++i)
    y = complex_transform(y, each[i], true, "irfftn");
  return to_real(y, each.back(), "irfftn");
}

Tensor fft2(const Tensor& a, const PlaneOptions& o) { return fftn(a, many(o)); }
Tensor ifft2(const Tensor& a, const PlaneOptions& o) {
  return ifftn(a, many(o));
}
Tensor rfft2(const Tensor& a, const PlaneOptions& o) {
  return rfftn(a, many(o));
}
Tensor irfft2(const Tensor& a, const PlaneOptions& o) {
  return irfftn(a, many(o));
}

Tensor fftfreq(int64_t n, double d) {
  const int64_t middle = (n + 1) / 2;  // first of the negative ones
  return concatenate({frequencies(0, middle, n, d),
                      frequencies(middle - n, n - middle, n, d)});
}

Tensor rfftfreq(int64_t n, double d) { return frequencies(0, n / 2 + 1, n, d); }

Tensor fftshift(const Tensor& x, const Axes& axes) {
  return rolled(x, axes, 1);
}

Tensor ifftshift(const Tensor& x, const Axes& axes) {
  return rolled(x, axes, -1);
}

}  // namespace numest::fft
