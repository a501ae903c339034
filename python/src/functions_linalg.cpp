// Linear algebra for Python: contractions and functions of factorizations.
#include "arguments.h"
#include "numest/ops/composite_linalg.h"

namespace numest::python {

namespace {

using T = TensorArgument;
using Ts = TensorList;
using Ints = std::vector<int64_t>;
using namespace nb::literals;  // NOLINT: for "name"_a

void bind_products(nb::module_& m) {
  m.def("_einsum", [](const std::string& subscripts, const Ts& operands) {
    return einsum(subscripts, operands.tensors);
  });
  m.def("_tensordot", [](const T& a, const T& b, const Ints& x, const Ints& y) {
    return tensordot(a.tensor, b.tensor, x, y);
  });
  m.def(
      "kron", [](const T& a, const T& b) { return kron(a.tensor, b.tensor); },
      "a"_a, "b"_a);
  m.def("_cross",
        [](const T& a, const T& b) { return cross(a.tensor, b.tensor); });
  m.def(
      "multi_dot", [](const Ts& arrays) { return multi_dot(arrays.tensors); },
      "arrays"_a);
  m.def(
      "_cov",
      [](const T& rows, double ddof, const std::optional<T>& fweights,
         const std::optional<T>& aweights) {
        return cov(rows.tensor, {}, true, false, ddof, or_empty(fweights),
                   or_empty(aweights));
      },
      "rows"_a, "ddof"_a, none("fweights"), none("aweights"));
  m.def("_corrcoef", [](const T& x) { return corrcoef(x.tensor); });
}

void bind_matrices(nb::module_& m) {
  m.def(
      "det", [](const T& a) { return det(a.tensor); }, "a"_a);
  m.def(
      "matrix_power",
      [](const T& a, int n) { return matrix_power(a.tensor, n); }, "a"_a,
      "n"_a);
  m.def("_pinv", [](const T& a, const T& rcond) {
    return pinv(a.tensor, rcond.tensor);
  });
  m.def(
      "_matrix_rank",
      [](const T& a, std::optional<double> tol) {
        return matrix_rank(a.tensor, tol);
      },
      "a"_a, none("tol"));
  m.def("_svdvals", [](const T& a) { return svdvals(a.tensor); });
  m.def(
      "_vector_norm",
      [](const T& x, double ord, const Axes& axis, bool keep) {
        return vector_norm(x.tensor, ord, axis, keep);
      },
      "x"_a, "ord"_a, none("axis"), "keepdims"_a = false);
  m.def("_matrix_norm", [](const T& x, double ord, bool keep) {
    return matrix_norm(x.tensor, ord, keep);
  });
  m.def("_nuclear_norm",
        [](const T& x, bool keep) { return nuclear_norm(x.tensor, keep); });
}

}  // namespace

void bind_linalg(nb::module_& m) {
  bind_products(m);
  bind_matrices(m);
}

}  // namespace numest::python
