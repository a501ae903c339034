// Each function as NumPy's documentation defines it.
#include "numest/ops/shorthand.h"

#include <algorithm>
#include <numbers>

#include "numest/ops/operators.h"

namespace numest {

namespace {

int64_t known_first(const Tensor& a, const char* op) {
  const int64_t extent = a.shape()[0];
  NUMEST_USER_CHECK(!is_symbol(extent), ValueError,
                    "{}: got coefficients of shape {}, expected a known "
                    "number of them",
                    op, a.shape().to_string());
  return extent;
}

// Both with leading zeros up to the length of the longer one.
std::pair<Tensor, Tensor> of_one_length(const Tensor& a, const Tensor& b,
                                        const char* op) {
  const Tensor x = atleast_1d(a), y = atleast_1d(b);
  const int64_t m = known_first(x, op), n = known_first(y, op);
  const int64_t length = std::max(m, n);
  return {pad(x, {length - m, int64_t{0}}), pad(y, {length - n, int64_t{0}})};
}

Tensor without_nan(const Tensor& a, double instead) {
  return is_inexact(a.dtype()) ? where(isnan(a), instead, a) : a;
}

// 2 pi k / (M - 1) for k = 0 ... M - 1.
Tensor turn(int64_t M) {
  const double last = double(std::max<int64_t>(M - 1, 1));
  return arange(M) * (2 * std::numbers::pi / last);
}

// The two terms of a cosine window; one sample is 1.
Tensor cosine_window(int64_t M, double constant, double wave) {
  return M == 1 ? ones({1}) : constant - cos(turn(M)) * wave;
}

}  // namespace

// --- elementwise ---
Tensor angle(const Tensor& z, bool deg) {
  const Tensor radians = arctan2(imag(z), real(z));
  return deg ? rad2deg(radians) : radians;
}
Tensor around(const Tensor& a, int decimals) { return round(a, decimals); }
Tensor degrees(const Tensor& x) { return rad2deg(x); }
Tensor radians(const Tensor& x) { return deg2rad(x); }
Tensor float_power(const Tensor& x1, const Tensor& x2) {
  return power(astype(x1, DType::kFloat64), x2);
}
std::pair<Tensor, Tensor> divmod(const Tensor& x1, const Tensor& x2) {
  return {floor_divide(x1, x2), remainder(x1, x2)};
}
std::pair<Tensor, Tensor> modf(const Tensor& x) {
  return {fmod(x, 1.0), trunc(x)};
}
Tensor fix(const Tensor& x) { return trunc(x); }
Tensor isneginf(const Tensor& x) { return isinf(x) & signbit(x); }
Tensor isposinf(const Tensor& x) { return isinf(x) & ~signbit(x); }
Tensor isreal(const Tensor& x) { return equal(imag(x), 0); }
Tensor iscomplex(const Tensor& x) { return not_equal(imag(x), 0); }
Tensor ldexp(const Tensor& x1, const Tensor& x2) {
  const Tensor x = is_inexact(x1.dtype()) ? x1 : astype(x1, DType::kFloat64);
  return x * exp2(astype(x2, x.dtype()));
}
Tensor logaddexp2(const Tensor& x1, const Tensor& x2) {
  constexpr double kLn2 = std::numbers::ln2;
  return logaddexp(x1 * kLn2, x2 * kLn2) / kLn2;
}

// --- reductions ---
Tensor amax(const Tensor& a, const Axes& axis, bool keepdims) {
  return max(a, axis, keepdims);
}
Tensor amin(const Tensor& a, const Axes& axis, bool keepdims) {
  return min(a, axis, keepdims);
}
Tensor nanmedian(const Tensor& a, const Axes& axis, bool keepdims) {
  return nanquantile(a, 0.5, axis, keepdims);
}
Tensor nanpercentile(const Tensor& a, double q, const Axes& axis,
                     bool keepdims) {
  return nanquantile(a, q / 100, axis, keepdims);
}
Tensor nancumsum(const Tensor& a, std::optional<int64_t> axis) {
  return cumsum(without_nan(a, 0), axis);
}
Tensor nancumprod(const Tensor& a, std::optional<int64_t> axis) {
  return cumprod(without_nan(a, 1), axis);
}
Tensor array_equal(const Tensor& a1, const Tensor& a2, bool equal_nan) {
  if (a1.shape() != a2.shape()) return Array::scalar(false);
  const Tensor same = equal(a1, a2);
  return all(equal_nan ? same | (isnan(a1) & isnan(a2)) : same);
}

// --- products ---
Tensor inner(const Tensor& a, const Tensor& b) {
  if (a.ndim() == 0 || b.ndim() == 0) return a * b;
  return tensordot(a, b, {a.ndim() - 1}, {b.ndim() - 1});
}
Tensor vdot(const Tensor& a, const Tensor& b) {
  return sum(conjugate(ravel(a)) * ravel(b));
}
Tensor vecdot(const Tensor& x1, const Tensor& x2, int axis) {
  return sum(conjugate(x1) * x2, axis);
}
Tensor matvec(const Tensor& x1, const Tensor& x2) {
  return squeeze(matmul(x1, expand_dims(x2, -1)), -1);
}
Tensor vecmat(const Tensor& x1, const Tensor& x2) {
  return squeeze(matmul(expand_dims(conjugate(x1), -2), x2), -2);
}
Tensor eigvalsh(const Tensor& a) { return eigh(a)[0]; }

// --- shapes, joining, positions ---
Tensor matrix_transpose(const Tensor& x) { return swapaxes(x, -1, -2); }
Tensor atleast_3d(const Tensor& a) {
  if (a.ndim() == 0) return expand_dims(a, {0, 1, 2});
  if (a.ndim() == 1) return expand_dims(a, {0, 2});
  return a.ndim() == 2 ? expand_dims(a, 2) : a;
}
Tensor dstack(const std::vector<Tensor>& tup) {
  std::vector<Tensor> parts;
  for (const Tensor& t : tup) parts.push_back(atleast_3d(t));
  return concatenate(parts, 2);
}
std::vector<Tensor> hsplit(const Tensor& ary, int sections) {
  return split(ary, sections, ary.ndim() == 1 ? 0 : 1);
}
std::vector<Tensor> vsplit(const Tensor& ary, int sections) {
  return split(ary, sections, 0);
}
std::vector<Tensor> dsplit(const Tensor& ary, int sections) {
  return split(ary, sections, 2);
}
std::vector<Tensor> unstack(const Tensor& x, int axis) {
  const int at = normalize_axis(axis, x.ndim(), "unstack");
  std::vector<Tensor> parts;
  for (int64_t i = 0; i < x.shape()[at]; ++i) parts.push_back(select(x, i, at));
  return parts;
}
Tensor identity(int64_t n, DType dtype) {
  return eye(n, std::nullopt, 0, dtype);
}
Tensor flatnonzero(const Tensor& a) { return squeeze(argwhere(ravel(a)), 1); }
Tensor extract(const Tensor& condition, const Tensor& arr) {
  return take(ravel(arr), flatnonzero(condition), 0);
}
Tensor ediff1d(const Tensor& ary) { return diff(ravel(ary)); }

// --- sets ---
Tensor union1d(const Tensor& ar1, const Tensor& ar2) {
  return unique(concatenate({ravel(ar1), ravel(ar2)}));
}
Tensor intersect1d(const Tensor& ar1, const Tensor& ar2) {
  const Tensor values = unique(ravel(ar1));
  return extract(isin(values, ar2), values);
}
Tensor setdiff1d(const Tensor& ar1, const Tensor& ar2) {
  const Tensor values = unique(ravel(ar1));
  return extract(~isin(values, ar2), values);
}

// --- series ---
Tensor logspace(const Tensor& start, const Tensor& stop, int64_t num,
                bool endpoint, double base) {
  return power(base, linspace(start, stop, num, endpoint));
}
Tensor geomspace(const Tensor& start, const Tensor& stop, int64_t num,
                 bool endpoint) {
  return logspace(log10(start), log10(stop), num, endpoint, 10);
}
Tensor bartlett(int64_t M) {
  if (M == 1) return ones({1});
  return 1 -
         absolute(arange(M) * (2 / double(std::max<int64_t>(M - 1, 1))) - 1);
}
Tensor blackman(int64_t M) {
  if (M == 1) return ones({1});
  return 0.42 - cos(turn(M)) * 0.5 + cos(turn(M) * 2) * 0.08;
}
Tensor hamming(int64_t M) { return cosine_window(M, 0.54, 0.46); }
Tensor hanning(int64_t M) { return cosine_window(M, 0.5, 0.5); }

// --- polynomials ---
Tensor polyadd(const Tensor& a1, const Tensor& a2) {
  const auto [x, y] = of_one_length(a1, a2, "polyadd");
  return x + y;
}
Tensor polysub(const Tensor& a1, const Tensor& a2) {
  const auto [x, y] = of_one_length(a1, a2, "polysub");
  return x - y;
}
Tensor polymul(const Tensor& a1, const Tensor& a2) {
  return convolve(atleast_1d(a1), atleast_1d(a2));
}

}  // namespace numest
