// numpy.linalg: the functions of numest/ops under the names np::linalg::inv,
// np::linalg::norm and so on. Matrices are the last two axes.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "numest/ops/keywords.h"

namespace numest::linalg {

using numest::cholesky;
using numest::cross;
using numest::det;
using numest::diagonal;
using numest::eig;
using numest::eigh;
using numest::eigvals;
using numest::eigvalsh;
using numest::inv;
using numest::matmul;
using numest::matrix_norm;
using numest::matrix_power;
using numest::matrix_rank;
using numest::matrix_transpose;
using numest::multi_dot;
using numest::outer;
using numest::pinv;
using numest::qr;
using numest::slogdet;
using numest::solve;
using numest::svd;
using numest::svdvals;
using numest::tensordot;
using numest::trace;
using numest::vecdot;
using numest::vector_norm;

/// Order of a norm: a number, "fro" or "nuc".
class Order {
 public:
  Order(double number) : number_(number) {}  // NOLINT
  Order(int number) : number_(number) {}     // NOLINT
  Order(const char* name) : name_(name) {}   // NOLINT
  double number() const { return number_; }
  std::string_view name() const { return name_; }

 private:
  double number_ = 0;
  std::string_view name_ = {};
};

/// Keyword arguments of `norm`.
struct NormOptions {
  ByName named = {};
  std::optional<Order> ord = {};  // none: 2 of all elements along the axes
  Axes axis = {};                 // none: all
  bool keepdims = false;
};
/// Norm of vectors along one axis, of matrices over two, or of the whole
/// array. ValueError for an order that has none.
Tensor norm(const Tensor& x, const NormOptions& options = {});
inline Tensor norm(const Tensor& x, Order ord) { return norm(x, {.ord = ord}); }

/// norm(x, p) * norm(inv(x), p); by default the ratio of the largest and the
/// smallest singular value.
Tensor cond(const Tensor& x, std::optional<Order> p = {});

/// Least squares |b - a @ x|: x of least norm, the sums of squared residuals
/// (none unless a has full rank and more rows than columns), the rank, and the
/// singular values of a. Those up to rcond times the largest count as zero, by
/// default the dtype's epsilon times the larger extent. a: (m, n); b: (m,) or
/// (m, k).
std::vector<Tensor> lstsq(const Tensor& a, const Tensor& b,
                          std::optional<double> rcond = {});

}  // namespace numest::linalg
