// Curves and statistics without nan for Python.
#include "arguments.h"
#include "numest/ops/composite_bits.h"
#include "numest/ops/composite_signal.h"

namespace numest::python {

namespace {

using T = TensorArgument;
using Ts = TensorList;
using namespace nb::literals;  // NOLINT: for "name"_a

void bind_curves(nb::module_& m) {
  m.def(
      "convolve",
      [](const T& a, const T& v, const std::string& mode) {
        return convolve(a.tensor, v.tensor, mode);
      },
      "a"_a, "v"_a, "mode"_a = "full");
  m.def(
      "correlate",
      [](const T& a, const T& v, const std::string& mode) {
        return correlate(a.tensor, v.tensor, mode);
      },
      "a"_a, "v"_a, "mode"_a = "valid");
  m.def(
      "_gradient",
      [](const T& f, const Ts& spacings, const Axes& axis, int edge_order) {
        return to_list(gradient(f.tensor, spacings.tensors, axis, edge_order));
      },
      "f"_a, "spacings"_a, none("axis"), "edge_order"_a = 1);
  m.def("_trapezoid", [](const T& y, double dx, int axis) {
    return trapezoid(y.tensor, dx, axis);
  });
  m.def("_trapezoid_over", [](const T& y, const T& x, int axis) {
    return trapezoid(y.tensor, x.tensor, axis);
  });
  m.def(
      "polyval",
      [](const T& p, const T& x) { return polyval(p.tensor, x.tensor); }, "p"_a,
      "x"_a);
  m.def("_linspace",
        [](const T& start, const T& stop, int64_t num, bool endpoint) {
          return linspace(start.tensor, stop.tensor, num, endpoint);
        });
  m.def(
      "sinc", [](const T& x) { return sinc(x.tensor); }, "x"_a);
}

void bind_counting(nb::module_& m) {
  m.def("_lexsort", [](const Ts& keys) { return lexsort(keys.tensors); });
}

template <class F>
void bind_reduction(nb::module_& m, const char* name, F* function) {
  m.def(
      name,
      [function](const T& a, const Axes& axis, bool keep) {
        return function(a.tensor, axis, keep);
      },
      "a"_a, none("axis"), "keepdims"_a = false);
}

template <class F>
void bind_spread(nb::module_& m, const char* name, F* function) {
  m.def(
      name,
      [function](const T& a, const Axes& axis, double ddof, bool keep) {
        return function(a.tensor, axis, ddof, keep);
      },
      "a"_a, none("axis"), "ddof"_a = 0.0, "keepdims"_a = false);
}

void bind_nan(nb::module_& m) {
  bind_reduction(m, "nanmax", &nanmax);
  bind_reduction(m, "nanmin", &nanmin);
  bind_reduction(m, "nanprod", &nanprod);
  bind_reduction(m, "nanargmax", &nanargmax);
  bind_reduction(m, "nanargmin", &nanargmin);
  bind_spread(m, "nanvar", &nanvar);
  bind_spread(m, "nanstd", &nanstd);
  m.def(
      "_nanquantile",
      [](const T& a, double q, const Axes& axis, bool keep,
         const OptionalDType& dtype) {
        return nanquantile(a.tensor, q, axis, keep, dtype.dtype);
      },
      "a"_a, "q"_a, none("axis"), "keepdims"_a = false, none("dtype"));
}

}  // namespace

void bind_bits(nb::module_& m) {
  using Axis = std::optional<int64_t>;
  m.def(
      "bitwise_count", [](const T& x) { return bitwise_count(x.tensor); },
      "x"_a);
  m.def(
      "frexp",
      [](const T& x) {
        auto [mantissa, exponent] = frexp(x.tensor);
        return nb::make_tuple(std::move(mantissa), std::move(exponent));
      },
      "x"_a);
  m.def(
      "i0", [](const T& x) { return i0(x.tensor); }, "x"_a);
  m.def(
      "sort_complex", [](const T& a) { return sort_complex(a.tensor); }, "a"_a);
  m.def(
      "packbits",
      [](const T& a, Axis axis, const std::string& bitorder) {
        return packbits(a.tensor, axis, bitorder);
      },
      "a"_a, none("axis"), "bitorder"_a = "big");
  m.def(
      "unpackbits",
      [](const T& a, Axis axis, Axis count, const std::string& bitorder) {
        return unpackbits(a.tensor, axis, count, bitorder);
      },
      "a"_a, none("axis"), none("count"), "bitorder"_a = "big");
}

void bind_signal(nb::module_& m) {
  bind_bits(m);
  bind_curves(m);
  bind_counting(m);
  bind_nan(m);
}

}  // namespace numest::python
