// NumPy's ufuncs that are short expressions of ops, for Python.
#include "arguments.h"
#include "numest/ops/aliases.h"

namespace numest::python {

namespace {

using T = TensorArgument;
using namespace nb::literals;  // NOLINT: for "name"_a

using Binary = Tensor (*)(const Tensor&, const Tensor&);

void bind_binary(nb::module_& m, const char* name, Binary function) {
  m.def(
      name,
      [function](const T& x1, const T& x2) {
        return function(x1.tensor, x2.tensor);
      },
      "x1"_a, "x2"_a);
}

}  // namespace

void bind_ufuncs(nb::module_& m) {
  bind_binary(m, "float_power", float_power);
  bind_binary(m, "ldexp", ldexp);
  bind_binary(m, "logaddexp2", logaddexp2);
  bind_binary(m, "matvec", matvec);
  bind_binary(m, "vecmat", vecmat);
  m.def(
      "vecdot",
      [](const T& x1, const T& x2, int axis) {
        return vecdot(x1.tensor, x2.tensor, axis);
      },
      "x1"_a, "x2"_a, "axis"_a = -1);
  m.def(
      "modf",
      [](const T& x) {
        auto [fraction, whole] = modf(x.tensor);
        return nb::make_tuple(std::move(fraction), std::move(whole));
      },
      "x"_a);
  m.def(
      "fabs", [](const T& x) { return fabs(x.tensor); }, "x"_a);
  m.def(
      "spacing", [](const T& x) { return spacing(x.tensor); }, "x"_a);
}

}  // namespace numest::python
