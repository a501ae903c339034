// Linear algebra made of products and of the factorizations of factor_ops.
#include "numest/ops/composite_linalg.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "numest/ops/composite_signal.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

Tensor cast(const Tensor& t, DType dtype) {
  return t.dtype() == dtype ? t : astype(t, dtype);
}

Tensor real_of(const Tensor& t) {
  return is_inexact(t.dtype()) ? t : astype(t, DType::kFloat64);
}

double epsilon(DType dtype) {
  return dtype == DType::kFloat32 ? std::numeric_limits<float>::epsilon()
                                  : std::numeric_limits<double>::epsilon();
}

void check_matrix(const Tensor& a, const char* op) {
  NUMEST_USER_CHECK(a.ndim() >= 2, ValueError,
                    "{}: got an array of shape {}, expected at least two axes",
                    op, a.shape().to_string());
}

Tensor component(const Tensor& a, int i) { return select(a, i, -1); }

// Split of the chain [i, j] with the least multiplications.
struct Chain {
  std::vector<std::vector<double>> cost;
  std::vector<std::vector<size_t>> split;

  explicit Chain(const std::vector<double>& extents) {
    const size_t n = extents.size() - 1;
    cost.assign(n, std::vector<double>(n, 0));
    split.assign(n, std::vector<size_t>(n, 0));
    for (size_t length = 1; length < n; ++length)
      for (size_t i = 0; i + length < n; ++i) choose(i, i + length, extents);
  }

  void choose(size_t i, size_t j, const std::vector<double>& extents) {
    cost[i][j] = std::numeric_limits<double>::infinity();
    for (size_t k = i; k < j; ++k) {
      const double c = cost[i][k] + cost[k + 1][j] +
                       extents[i] * extents[k + 1] * extents[j + 1];
      if (c < cost[i][j]) {
        cost[i][j] = c;
        split[i][j] = k;
      }
    }
  }

  Tensor multiply(const std::vector<Tensor>& arrays, size_t i, size_t j) const {
    if (i == j) return arrays[i];
    const size_t k = split[i][j];
    return matmul(multiply(arrays, i, k), multiply(arrays, k + 1, j));
  }
};

Tensor kept(const Tensor& t, bool keepdims) {
  return keepdims ? expand_dims(t, {-2, -1}) : t;
}

}  // namespace

Tensor kron(const Tensor& a, const Tensor& b) {
  const int ndim = std::max(a.ndim(), b.ndim());
  Tensor x = insert_ones(a, 0, ndim - a.ndim());
  Tensor y = insert_ones(b, 0, ndim - b.ndim());
  Shape shape;
  for (int i = 0; i < ndim; ++i) {
    NUMEST_USER_CHECK(
        !is_symbol(x.shape()[i]) && !is_symbol(y.shape()[i]), NotSupportedError,
        "kron: the extent of axis {} is not known while tracing", i);
    shape.push_back(x.shape()[i] * y.shape()[i]);
  }
  for (int i = 0; i < ndim; ++i) {
    x = insert_ones(x, 2 * i + 1, 1);
    y = insert_ones(y, 2 * i, 1);
  }
  return reshape(x * y, shape);
}

Tensor cross(const Tensor& a, const Tensor& b) {
  NUMEST_USER_CHECK(a.ndim() >= 1 && b.ndim() >= 1 && a.shape().back() == 3 &&
                        b.shape().back() == 3,
                    ValueError,
                    "cross: got shapes {} and {}, expected vectors of three "
                    "elements",
                    a.shape().to_string(), b.shape().to_string());
  std::vector<Tensor> result;
  for (int i = 0; i < 3; ++i) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    result.push_back(component(a, j) * component(b, k) -
                     component(a, k) * component(b, j));
  }
  return stack(result, -1);
}

Tensor multi_dot(const std::vector<Tensor>& arrays) {
  NUMEST_USER_CHECK(arrays.size() >= 2, ValueError,
                    "multi_dot: Expecting at least two arrays: got {}",
                    arrays.size());
  std::vector<double> extents;
  for (size_t i = 0; i < arrays.size(); ++i) {
    const Tensor& a = arrays[i];
    const bool is_end = i == 0 || i + 1 == arrays.size();
    NUMEST_USER_CHECK(a.ndim() == 2 || (a.ndim() == 1 && is_end), ValueError,
                      "multi_dot: got an array of shape {}, expected two axes",
                      a.shape().to_string());
    const int64_t rows = a.ndim() == 1 && i == 0 ? 1 : a.shape()[0];
    extents.push_back(double(std::max<int64_t>(rows, 1)));
  }
  const Tensor& last = arrays.back();
  extents.push_back(
      last.ndim() == 1 ? 1 : double(std::max<int64_t>(last.shape()[1], 1)));
  return Chain(extents).multiply(arrays, 0, arrays.size() - 1);
}

namespace {

// Variables as rows.
Tensor variables(const Tensor& m, bool rowvar, const Tensor& y) {
  for (const Tensor& t : {m, y})
    NUMEST_USER_CHECK(t.is_empty() || t.ndim() <= 2, ValueError,
                      "cov: m has more than 2 dimensions: got shape {}",
                      t.shape().to_string());
  const Tensor rows = atleast_2d(m);
  const Tensor first = rowvar || m.ndim() < 2 ? rows : transpose(rows);
  if (y.is_empty()) return first;
  const Tensor more = atleast_2d(y);
  const bool is_row = rowvar || more.shape()[0] == 1;
  return concatenate({first, is_row ? more : transpose(more)}, 0);
}

// What each observation counts; no value if all count 1.
Tensor weights_of(const Tensor& x, const Tensor& fweights,
                  const Tensor& aweights) {
  Tensor all;
  for (const Tensor& w : {fweights, aweights}) {
    if (w.is_empty()) continue;
    const int64_t n = x.shape()[1];
    NUMEST_USER_CHECK(
        w.ndim() == 1 &&
            (w.shape()[0] == n || is_symbol(n) || is_symbol(w.shape()[0])),
        ValueError,
        "cov: got weights of shape {}, expected one of each of {} observations",
        w.shape().to_string(), n);
    const Tensor own = cast(w, DType::kFloat64);
    all = all.is_empty() ? own : all * own;
  }
  return all;
}

}  // namespace

Tensor cov(const Tensor& m, const Tensor& y, bool rowvar, bool bias,
           std::optional<double> ddof, const Tensor& fweights,
           const Tensor& aweights) {
  Tensor x = variables(m, rowvar, y);
  x = cast(x, promote(x.dtype(), DType::kFloat64));
  const double freedom = ddof.value_or(bias ? 0 : 1);
  const Tensor w = weights_of(x, fweights, aweights);
  Tensor distance, weighted, divisor;
  if (w.is_empty()) {
    weighted = distance = x - mean(x, 1, {}, true);
    divisor = astype(extent(x, 1), DType::kFloat64) - freedom;
  } else {
    const Tensor total = sum(w);
    distance = x - sum(x * w, 1, {}, true) / total;
    weighted = distance * w;
    divisor = total - (aweights.is_empty() || freedom == 0
                           ? Tensor(freedom)
                           : freedom * sum(w * aweights) / total);
  }
  if (is_complex(x.dtype())) weighted = conjugate(weighted);
  const Tensor c =
      matmul(distance, weighted, false, true) / maximum(divisor, 0.0);
  return c.shape()[0] == 1 ? reshape(c, Shape{}) : c;
}

Tensor corrcoef(const Tensor& x, const Tensor& y, bool rowvar) {
  const Tensor c = cov(x, y, rowvar);
  if (c.ndim() == 0) return c / c;
  const Tensor deviation = sqrt(real(diagonal(c)));
  const Tensor ratio = c / expand_dims(deviation, 1) / deviation;
  if (!is_complex(c.dtype())) return clip(ratio, -1.0, 1.0);
  const Tensor i = Tensor::weak(Array::scalar(Complex128(0, 1)));
  return clip(real(ratio), -1.0, 1.0) + clip(imag(ratio), -1.0, 1.0) * i;
}

Tensor det(const Tensor& a) {
  const auto parts = slogdet(a);
  return parts[0] * exp(parts[1]);
}

Tensor matrix_power(const Tensor& a, int n) {
  check_matrix(a, "matrix_power");
  if (n == 0) {
    const Tensor mask =
        equal(expand_dims(arange_like(a, -2), -1), arange_like(a, -1));
    return broadcast_to(astype(mask, a.dtype()), a.shape());
  }
  Tensor square = n < 0 ? inv(a) : a, result;
  for (int rest = std::abs(n); rest > 0; rest /= 2) {
    if (rest % 2) result = result.is_empty() ? square : matmul(result, square);
    if (rest > 1) square = matmul(square, square);
  }
  return result;
}

Tensor svdvals(const Tensor& a) { return svd(a, false)[1]; }

Tensor pinv(const Tensor& a, const Tensor& rcond) {
  const auto parts = svd(a, false);
  const Tensor& s = parts[1];
  const Tensor bound = rcond.ndim() > 0 ? expand_dims(rcond, -1) : rcond;
  const Tensor is_kept = greater(s, max(s, -1, true) * bound);
  const Tensor inverse =
      where(is_kept, reciprocal(where(is_kept, s, 1.0)), zeros_like(s));
  const auto conjugated = [](const Tensor& x) {
    return is_complex(x.dtype()) ? conjugate(x) : x;
  };
  const Tensor v = swapaxes(conjugated(parts[2]), -1, -2);
  return matmul(v * expand_dims(inverse, -2), conjugated(parts[0]), false,
                true);
}

Tensor matrix_rank(const Tensor& a, std::optional<double> tol) {
  const Tensor s = svdvals(a);
  const Tensor largest = max(s, -1, true);
  const Tensor extents = maximum(extent(a, -2), extent(a, -1));
  const Tensor bound =
      tol ? Tensor(*tol)
          : largest * (astype(extents, s.dtype()) * epsilon(s.dtype()));
  return count_nonzero(greater(s, bound), -1);
}

Tensor vector_norm(const Tensor& x, double ord, const Axes& axis,
                   bool keepdims) {
  const Tensor magnitude = absolute(real_of(x));
  if (std::isinf(ord))
    return ord > 0 ? max(magnitude, axis, keepdims)
                   : min(magnitude, axis, keepdims);
  if (ord == 0)
    return sum(
        astype(not_equal(magnitude, zeros_like(magnitude)), magnitude.dtype()),
        axis, {}, keepdims);
  if (ord == 1) return sum(magnitude, axis, {}, keepdims);
  if (ord == 2) return norm(x, axis, keepdims);
  return power(sum(power(magnitude, ord), axis, {}, keepdims), 1 / ord);
}

Tensor matrix_norm(const Tensor& x, double ord, bool keepdims) {
  check_matrix(x, "norm");
  const double order = std::abs(ord);
  NUMEST_USER_CHECK(order == 1 || order == 2 || std::isinf(ord), ValueError,
                    "norm: Invalid norm order for matrices: got {}", ord);
  const Tensor found =
      order == 2 ? svdvals(x)
                 : sum(absolute(real_of(x)), order == 1 ? -2 : -1, {}, false);
  return kept(ord > 0 ? max(found, -1) : min(found, -1), keepdims);
}

Tensor nuclear_norm(const Tensor& x, bool keepdims) {
  return kept(sum(svdvals(x), -1), keepdims);
}

namespace {

// Coefficients from the first to the last that is not 0, and how many zeros
// follow: as many zeros has the polynomial at 0.
std::pair<Tensor, int64_t> without_zeros(const Tensor& p) {
  if (p.is_symbolic()) return {p, 0};
  const auto at = nonzero(p)[0].numpy().to_vector<int64_t>();
  if (at.empty()) return {zeros({0}), 0};
  return {slice_axis(p, 0, at.front(), at.back() + 1),
          p.shape()[0] - 1 - at.back()};
}

}  // namespace

Tensor roots(const Tensor& p) {
  NUMEST_USER_CHECK(p.ndim() <= 1, ValueError,
                    "roots: Input must be a rank-1 array.: got shape {}",
                    p.shape().to_string());
  const auto [given, num_at_zero] = without_zeros(atleast_1d(p));
  const Tensor c =
      is_inexact(given.dtype()) ? given : astype(given, DType::kFloat64);
  const int64_t degree = std::max<int64_t>(c.shape()[0] - 1, 0);
  NUMEST_USER_CHECK(!is_symbol(c.shape()[0]), NotSupportedError,
                    "roots: the number of coefficients is not known while "
                    "tracing");
  const DType dtype = promote(c.dtype(), DType::kComplex64);
  const Tensor at_zero = zeros({num_at_zero}, dtype);
  if (degree == 0) return at_zero;
  const Tensor first = slice_axis(c, 0, 0, 1);
  const Tensor rest = slice_axis(c, 0, 1, degree + 1);
  const Tensor below = eye(degree - 1, degree, 0, c.dtype());
  const Tensor companion =
      concatenate({expand_dims(-rest / first, int64_t{0}), below}, 0);
  return concatenate({eigvals(companion), at_zero}, 0);
}

}  // namespace numest
