// Functions that stand in the core under NumPy's names: sets, polynomials,
// copies that differ at places, positions.
#include "arguments.h"
#include "numest/ops/composite_bits.h"
#include "numest/ops/composite_places.h"
#include "numest/ops/shorthand.h"

namespace numest::python {

namespace {

using T = TensorArgument;
using Ts = TensorList;
using namespace nb::literals;  // NOLINT: for "name"_a

using Unary = Tensor(const Tensor&);
using Binary = Tensor(const Tensor&, const Tensor&);

void bind(nb::module_& m, const char* name, Unary* function, const char* x) {
  m.def(
      name, [function](const T& a) { return function(a.tensor); }, nb::arg(x));
}

void bind(nb::module_& m, const char* name, Binary* function, const char* x,
          const char* y) {
  m.def(
      name,
      [function](const T& a, const T& b) {
        return function(a.tensor, b.tensor);
      },
      nb::arg(x), nb::arg(y));
}

void bind_of_one(nb::module_& m) {
  bind(m, "fix", &fix, "x");
  bind(m, "isneginf", &isneginf, "x");
  bind(m, "isposinf", &isposinf, "x");
  bind(m, "isreal", &isreal, "x");
  bind(m, "iscomplex", &iscomplex, "x");
  bind(m, "flatnonzero", &flatnonzero, "a");
  bind(m, "unique_values", &unique_values, "x");
  bind(m, "atleast_3d", &atleast_3d, "a");
  bind(m, "extract", &extract, "condition", "arr");
  bind(m, "inner", &inner, "a", "b");
  bind(m, "vdot", &vdot, "a", "b");
  bind(m, "array_equiv", &array_equiv, "a1", "a2");
  m.def(
      "angle", [](const T& z, bool deg) { return angle(z.tensor, deg); }, "z"_a,
      "deg"_a = false);
  m.def(
      "dstack", [](const Ts& tup) { return dstack(tup.tensors); }, "tup"_a);
}

void bind_sets(nb::module_& m) {
  bind(m, "union1d", &union1d, "ar1", "ar2");
  bind(m, "intersect1d", &intersect1d, "ar1", "ar2");
  bind(m, "setxor1d", &setxor1d, "ar1", "ar2");
  m.def(
      "setdiff1d",
      [](const T& ar1, const T& ar2, bool assume_unique) {
        return setdiff1d(ar1.tensor, ar2.tensor, assume_unique);
      },
      "ar1"_a, "ar2"_a, "assume_unique"_a = false);
}

void bind_polynomials(nb::module_& m) {
  bind(m, "polyadd", &polyadd, "a1", "a2");
  bind(m, "polysub", &polysub, "a1", "a2");
  bind(m, "polymul", &polymul, "a1", "a2");
  bind(m, "poly", &poly, "seq_of_zeros");
  m.def(
      "polydiv",
      [](const T& u, const T& v) {
        auto [quotient, rest] = polydiv(u.tensor, v.tensor);
        return nb::make_tuple(std::move(quotient), std::move(rest));
      },
      "u"_a, "v"_a);
  m.def(
      "polyder", [](const T& p, int64_t n) { return polyder(p.tensor, n); },
      "p"_a, "m"_a = 1);
  m.def(
      "polyint",
      [](const T& p, int64_t n, const T& k) {
        return polyint(p.tensor, n, k.tensor);
      },
      "p"_a, "m"_a = 1, "k"_a = 0.0);
  m.def(
      "polyfit",
      [](const T& x, const T& y, int deg, std::optional<double> rcond,
         const std::optional<T>& w) {
        return polyfit(x.tensor, y.tensor, deg, rcond, or_empty(w));
      },
      "x"_a, "y"_a, "deg"_a, none("rcond"), none("w"));
  m.def(
      "vander",
      [](const T& x, std::optional<int64_t> N, bool increasing) {
        return vander(x.tensor, N, increasing);
      },
      "x"_a, none("N"), "increasing"_a = false);
}

Shape shape_of(const std::vector<int64_t>& extents) {
  Shape shape;
  for (const int64_t extent : extents) shape.push_back(extent);
  return shape;
}

void bind_places(nb::module_& m) {
  bind(m, "fill_diagonal", &fill_diagonal, "a", "val");
  m.def(
      "putmask",
      [](const T& a, const T& mask, const T& values) {
        return putmask(a.tensor, mask.tensor, values.tensor);
      },
      "a"_a, "mask"_a, "values"_a);
  m.def(
      "place",
      [](const T& arr, const T& mask, const T& vals) {
        return place(arr.tensor, mask.tensor, vals.tensor);
      },
      "arr"_a, "mask"_a, "vals"_a);
  m.def(
      "put",
      [](const T& a, const T& ind, const T& v, const std::string& mode) {
        return put(a.tensor, ind.tensor, v.tensor, mode);
      },
      "a"_a, "ind"_a, "v"_a, "mode"_a = "raise");
  m.def(
      "diag", [](const T& v, int64_t k) { return diag(v.tensor, k); }, "v"_a,
      "k"_a = 0);
  m.def(
      "diagflat", [](const T& v, int64_t k) { return diagflat(v.tensor, k); },
      "v"_a, "k"_a = 0);
}

void bind_positions(nb::module_& m) {
  m.def(
      "ravel_multi_index",
      [](const Ts& multi_index, const std::vector<int64_t>& dims,
         const std::string& mode, const std::string& order) {
        return ravel_multi_index(multi_index.tensors, shape_of(dims), mode,
                                 order);
      },
      "multi_index"_a, "dims"_a, "mode"_a = "raise", "order"_a = "C");
  m.def(
      "ix_", [](const Ts& args) { return to_list(ix_(args.tensors)); },
      "args"_a);
  m.def(
      "trim_zeros",
      [](const T& filt, const std::string& trim) {
        return trim_zeros(filt.tensor, trim);
      },
      "filt"_a, "trim"_a = "fb");
}

void bind_choices(nb::module_& m) {
  m.def(
      "select",
      [](const Ts& condlist, const Ts& choicelist, const T& default_value) {
        return select(condlist.tensors, choicelist.tensors,
                      default_value.tensor);
      },
      "condlist"_a, "choicelist"_a, "default"_a = 0);
  m.def(
      "choose",
      [](const T& a, const Ts& choices, const std::string& mode) {
        return choose(a.tensor, choices.tensors, mode);
      },
      "a"_a, "choices"_a, "mode"_a = "raise");
  m.def(
      "piecewise",
      [](const T& x, const Ts& condlist, const Ts& values) {
        return piecewise(x.tensor, condlist.tensors, values.tensors);
      },
      "x"_a, "condlist"_a, "values"_a);
  m.def(
      "unravel_index",
      [](const T& indices, const Ts& shape) {
        return to_list(unravel_by_extents(indices.tensor, shape.tensors));
      },
      "indices"_a, "shape"_a);
  m.def(
      "digitize",
      [](const T& x, const T& bins, bool right) {
        return digitize(x.tensor, bins.tensor, right);
      },
      "x"_a, "bins"_a, "right"_a = false);
  m.def(
      "resize",
      [](const T& a, const std::vector<int64_t>& new_shape) {
        return resize(a.tensor, shape_of(new_shape));
      },
      "a"_a, "new_shape"_a);
  bind(m, "tensorsolve", &tensorsolve, "a", "b");
  m.def(
      "tensorinv",
      [](const T& a, int64_t ind) { return tensorinv(a.tensor, ind); }, "a"_a,
      "ind"_a = 2);
}

void bind_neighbours(nb::module_& m) {
  auto bind_totals = [&](const char* name, auto* function) {
    m.def(
        name,
        [function](const T& x, std::optional<int64_t> axis,
                   const OptionalDType& dtype, bool include_initial) {
          return function(x.tensor, axis, dtype.dtype, include_initial);
        },
        "x"_a, none("axis"), none("dtype"), "include_initial"_a = false);
  };
  bind_totals("cumulative_sum", &cumulative_sum);
  bind_totals("cumulative_prod", &cumulative_prod);
  m.def(
      "ediff1d",
      [](const T& ary, const std::optional<T>& to_end,
         const std::optional<T>& to_begin) {
        return ediff1d(ary.tensor, or_empty(to_end), or_empty(to_begin));
      },
      "ary"_a, none("to_end"), none("to_begin"));
  m.def(
      "unwrap",
      [](const T& p, std::optional<double> discont, int axis, double period) {
        return unwrap(p.tensor, discont, axis, period);
      },
      "p"_a, none("discont"), "axis"_a = -1, "period"_a = 2 * std::numbers::pi);
}

}  // namespace

void bind_named(nb::module_& m) {
  bind_of_one(m);
  bind_sets(m);
  bind_polynomials(m);
  bind_places(m);
  bind_positions(m);
  bind_choices(m);
  bind_neighbours(m);
}

}  // namespace numest::python
