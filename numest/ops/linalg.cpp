// Norms by their order and axes; least squares by singular values.
#include "numest/ops/linalg.h"

#include <algorithm>
#include <limits>

#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest::linalg {

namespace {

Tensor norm_of_matrices(const Tensor& x, const Order& ord) {
  if (ord.name() == "nuc") return nuclear_norm(x);
  NUMEST_USER_CHECK(ord.name().empty() || ord.name() == "fro", ValueError,
                    "norm: got ord '{}', expected a number, 'fro' or 'nuc'",
                    ord.name());
  if (ord.name() == "fro") return numest::norm(x, {-2, -1});
  return matrix_norm(x, ord.number());
}

// The two axes moved to the end, and back in as axes of extent 1.
Tensor norm_over(const Tensor& x, const Order& ord,
                 const std::vector<int>& axes, bool keepdims) {
  const std::vector<int64_t> from(axes.begin(), axes.end());
  Tensor result =
      norm_of_matrices(moveaxis(x, from, std::vector<int64_t>{-2, -1}), ord);
  if (keepdims)
    for (int i : {std::min(axes[0], axes[1]), std::max(axes[0], axes[1])})
      result = insert_ones(result, i, 1);
  return result;
}

}  // namespace

Tensor norm(const Tensor& x, const NormOptions& options) {
  if (!options.ord) return numest::norm(x, options.axis, options.keepdims);
  std::vector<int> axes;
  const auto given =
      Attrs{{"axis", options.axis.attr()}}.axes("axis", x.ndim(), "norm");
  axes.assign(given.begin(), given.end());
  NUMEST_USER_CHECK(axes.size() == 1 || axes.size() == 2, ValueError,
                    "norm: Improper number of dimensions to norm: got {} axes "
                    "for ord, expected one or two",
                    axes.size());
  if (axes.size() == 2)
    return norm_over(x, *options.ord, axes, options.keepdims);
  NUMEST_USER_CHECK(options.ord->name().empty(), ValueError,
                    "norm: Invalid norm order for vectors: got '{}'",
                    options.ord->name());
  return vector_norm(x, options.ord->number(), axes[0], options.keepdims);
}

Tensor cond(const Tensor& x, std::optional<Order> p) {
  const double size = p && p->name().empty() ? std::abs(p->number()) : 0;
  if (p && size != 2) {
    const NormOptions options = {.ord = p, .axis = {-2, -1}};
    return norm(x, options) * norm(inv(x), options);
  }
  const Tensor s = svdvals(x), high = max(s, -1), low = min(s, -1);
  return p && p->number() == -2 ? low / high : high / low;
}

std::vector<Tensor> lstsq(const Tensor& a, const Tensor& b,
                          std::optional<double> rcond) {
  NUMEST_USER_CHECK(
      a.ndim() == 2 && (b.ndim() == 1 || b.ndim() == 2), ValueError,
      "lstsq: got a of shape {} and b of shape {}, expected (m, n) and (m,) or "
      "(m, k)",
      a.shape().to_string(), b.shape().to_string());
  const Tensor y = b.ndim() == 1 ? expand_dims(b, 1) : b;
  const Tensor s = svdvals(a);
  const int64_t m = a.shape()[0], n = a.shape()[1];
  const double bound =
      rcond ? *rcond
            : double(std::max(m, n)) *
                  (s.dtype() == DType::kFloat32
                       ? double(std::numeric_limits<float>::epsilon())
                       : std::numeric_limits<double>::epsilon());
  const Tensor rank = count_nonzero(greater(s, max(s) * bound));
  const Tensor x = matmul(pinv(a, bound), y);
  const bool has_residuals = m > n && rank.numpy().item<int64_t>() == n;
  const Tensor residuals = has_residuals
                               ? sum(square(absolute(y - matmul(a, x))), 0)
                               : zeros({0}, s.dtype());
  return {b.ndim() == 1 ? squeeze(x, 1) : x, residuals, rank, s};
}

}  // namespace numest::linalg
