// Series, windows and polynomials of shorthand.h.
#include <algorithm>
#include <limits>
#include <numbers>

#include "numest/ops/operators.h"
#include "numest/ops/shorthand.h"

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

Tensor vander(const Tensor& x, std::optional<int64_t> N, bool increasing) {
  NUMEST_USER_CHECK(x.ndim() == 1, ValueError,
                    "vander: got x of shape {}, expected one axis",
                    x.shape().to_string());
  const int64_t n = N ? *N : known_first(x, "vander");
  const Tensor powers = increasing ? arange(n) : n - 1 - arange(n);
  return power(expand_dims(x, 1), powers);
}

// --- polynomials ---
Tensor polyfit(const Tensor& x, const Tensor& y, int deg,
               std::optional<double> rcond, const Tensor& w) {
  NUMEST_USER_CHECK(deg >= 0, ValueError,
                    "polyfit: got deg {}, expected 0 or more", deg);
  NUMEST_USER_CHECK(x.ndim() == 1 && (y.ndim() == 1 || y.ndim() == 2) &&
                        x.shape()[0] == y.shape()[0],
                    ValueError,
                    "polyfit: got x of shape {} and y of shape {}, expected "
                    "one axis, and one or two of the same length",
                    x.shape().to_string(), y.shape().to_string());
  const Tensor at = x + 0.0;
  Tensor columns = vander(at, deg + 1), wanted = y + 0.0;
  if (!w.is_empty()) {
    columns = columns * expand_dims(w, 1);
    wanted = wanted * (y.ndim() == 1 ? w : expand_dims(w, 1));
  }
  const Tensor scale = sqrt(sum(square(columns), 0));
  const double precision = at.dtype() == DType::kFloat32
                               ? double(std::numeric_limits<float>::epsilon())
                               : std::numeric_limits<double>::epsilon();
  const Tensor inverse =
      pinv(columns / scale,
           rcond ? *rcond : double(known_first(x, "polyfit")) * precision);
  if (y.ndim() == 2) return matmul(inverse, wanted) / expand_dims(scale, 1);
  return matvec(inverse, wanted) / scale;
}
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
