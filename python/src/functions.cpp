// NumPy functions that are composed of ops, and indexing. Arguments have
// NumPy's names; tensors may be given as anything that to_tensor takes.
#include "arguments.h"
#include "numest/ops/composite.h"
#include "numest/ops/composite_at.h"
#include "numest/ops/elements_at.h"
#include "numest/ops/indexing.h"
#include "numest/ops/linear_form.h"

namespace numest::python {

void bind_fft(nb::module_& m);
void bind_histograms(nb::module_& m);
void bind_linalg(nb::module_& m);
void bind_named(nb::module_& m);
void bind_signal(nb::module_& m);
void bind_ufuncs(nb::module_& m);

namespace {

using T = TensorArgument;
using Ts = TensorList;
using namespace nb::literals;  // NOLINT: for "name"_a

void bind_statistics(nb::module_& m) {
  const auto keepdims = "keepdims"_a = false;
  m.def(
      "mean",
      [](const T& a, const Axes& axis, const OptionalDType& dtype, bool keep) {
        return mean(a.tensor, axis, dtype.dtype, keep);
      },
      "a"_a, none("axis"), none("dtype"), keepdims);
  m.def(
      "var",
      [](const T& a, const Axes& axis, const OptionalDType& dtype, double ddof,
         bool keep) { return var(a.tensor, axis, dtype.dtype, ddof, keep); },
      "a"_a, none("axis"), none("dtype"), "ddof"_a = 0.0, keepdims);
  m.def(
      "std",
      [](const T& a, const Axes& axis, const OptionalDType& dtype, double ddof,
         bool keep) { return std(a.tensor, axis, dtype.dtype, ddof, keep); },
      "a"_a, none("axis"), none("dtype"), "ddof"_a = 0.0, keepdims);
  m.def(
      "_weighted_average",
      [](const T& a, const Axes& axis, const T& weights) {
        return average(a.tensor, axis, weights.tensor);
      },
      "a"_a, none("axis"), "weights"_a);
  m.def(
      "diff",
      [](const T& a, int n, int axis, const std::optional<T>& prepend,
         const std::optional<T>& append) {
        return diff(a.tensor, n, axis, or_empty(prepend), or_empty(append));
      },
      "a"_a, "n"_a = 1, "axis"_a = -1, none("prepend"), none("append"));
  m.def(
      "quantile",
      [](const T& a, double q, const Axes& axis, bool keep,
         const OptionalDType& dtype) {
        return quantile(a.tensor, q, axis, keep, dtype.dtype);
      },
      "a"_a, "q"_a, none("axis"), keepdims, none("dtype"));
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

void bind_reductions(nb::module_& m) {
  bind_reduction(m, "ptp", &ptp);
  bind_reduction(m, "median", &median);
  bind_reduction(m, "count_nonzero", &count_nonzero);
  bind_reduction(m, "nansum", &nansum);
  bind_reduction(m, "nanmean", &nanmean);
  bind_reduction(m, "norm", &norm);
}

void bind_elementwise(nb::module_& m) {
  m.def(
      "round",
      [](const T& a, int decimals) { return round(a.tensor, decimals); }, "a"_a,
      "decimals"_a = 0);
  m.def(
      "deg2rad", [](const T& x) { return deg2rad(x.tensor); }, "x"_a);
  m.def(
      "rad2deg", [](const T& x) { return rad2deg(x.tensor); }, "x"_a);
  m.def(
      "nan_to_num",
      [](const T& x, double nan, std::optional<double> posinf,
         std::optional<double> neginf) {
        return nan_to_num(x.tensor, nan, posinf, neginf);
      },
      "x"_a, "nan"_a = 0.0, none("posinf"), none("neginf"));
  auto bind_close = [&](const char* name, auto* function) {
    m.def(
        name,
        [function](const T& a, const T& b, double rtol, double atol,
                   bool equal_nan) {
          return function(a.tensor, b.tensor, rtol, atol, equal_nan);
        },
        "a"_a, "b"_a, "rtol"_a = 1e-5, "atol"_a = 1e-8, "equal_nan"_a = false);
  };
  using Close = Tensor(const Tensor&, const Tensor&, double, double, bool);
  bind_close("isclose", static_cast<Close*>(&isclose));
  bind_close("allclose", static_cast<Close*>(&allclose));
  m.def(
      "interp",
      [](const T& x, const T& xp, const T& fp, std::optional<double> left,
         std::optional<double> right, std::optional<double> period) {
        return interp(x.tensor, xp.tensor, fp.tensor, left, right, period);
      },
      "x"_a, "xp"_a, "fp"_a, none("left"), none("right"), none("period"));
}

void bind_axes(nb::module_& m) {
  m.def(
      "flip", [](const T& a, const Axes& axis) { return flip(a.tensor, axis); },
      "m"_a, none("axis"));
  m.def(
      "moveaxis",
      [](const T& a, const Axes& from, const Axes& to) {
        return moveaxis(a.tensor, from, to);
      },
      "a"_a, "source"_a, "destination"_a);
  m.def(
      "swapaxes",
      [](const T& a, int i, int j) { return swapaxes(a.tensor, i, j); }, "a"_a,
      "axis1"_a, "axis2"_a);
  m.def("_rot90", [](const T& a, int k, int i, int j) {
    return rot90(a.tensor, k, i, j);
  });
  m.def(
      "rollaxis",
      [](const T& a, int axis, int start) {
        return rollaxis(a.tensor, axis, start);
      },
      "a"_a, "axis"_a, "start"_a = 0);
  m.def("atleast_1d", [](const T& a) { return atleast_1d(a.tensor); });
  m.def("atleast_2d", [](const T& a) { return atleast_2d(a.tensor); });
  m.def(
      "ravel", [](const T& a) { return ravel(a.tensor); }, "a"_a);
  m.def(
      "argwhere", [](const T& a) { return argwhere(a.tensor); }, "a"_a);
}

void bind_joining(nb::module_& m) {
  m.def(
      "stack",
      [](const Ts& arrays, int axis) { return stack(arrays.tensors, axis); },
      "arrays"_a, "axis"_a = 0);
  m.def(
      "vstack", [](const Ts& a) { return vstack(a.tensors); }, "tup"_a);
  m.def(
      "hstack", [](const Ts& a) { return hstack(a.tensors); }, "tup"_a);
  m.def(
      "column_stack", [](const Ts& a) { return column_stack(a.tensors); },
      "tup"_a);
  m.def(
      "append",
      [](const T& a, const T& values, const Axes& axis) {
        return append(a.tensor, values.tensor, axis);
      },
      "arr"_a, "values"_a, none("axis"));
  m.def("_meshgrid", [](const Ts& xi, const std::string& indexing) {
    return to_list(meshgrid(xi.tensors, indexing));
  });
  m.def("_split", [](const T& a, int sections, int axis) {
    return to_list(split(a.tensor, sections, axis));
  });
  m.def("_split_at",
        [](const T& a, const std::vector<int64_t>& indices, int axis) {
          return to_list(split(a.tensor, indices, axis));
        });
  m.def("_array_split", [](const T& a, int sections, int axis) {
    return to_list(array_split(a.tensor, sections, axis));
  });
  m.def(
      "dot", [](const T& a, const T& b) { return dot(a.tensor, b.tensor); },
      "a"_a, "b"_a);
  m.def(
      "outer", [](const T& a, const T& b) { return outer(a.tensor, b.tensor); },
      "a"_a, "b"_a);
}

std::optional<int64_t> bound(nb::handle object) {
  if (object.is_none()) return std::nullopt;
  nb::object index = nb::steal(PyNumber_Index(object.ptr()));
  if (!index.is_valid()) throw nb::python_error();
  return nb::cast<int64_t>(index);
}

TensorIndex to_item(nb::handle key) {
  if (key.is_none()) return NewAxis{};
  if (key.is(nb::ellipsis())) return Ellipsis{};
  if (PySlice_Check(key.ptr()))
    return Slice{bound(key.attr("start")), bound(key.attr("stop")),
                 bound(key.attr("step")).value_or(1)};
  if (PyLong_Check(key.ptr()) && !PyBool_Check(key.ptr()))
    return nb::cast<int64_t>(key);
  Tensor t = to_tensor(key);
  const bool is_position = !t.is_symbolic() && t.ndim() == 0 &&
                           !is_inexact(t.dtype()) && t.dtype() != DType::kBool;
  if (is_position)
    return t.numpy().astype(DType::kInt64).contiguous().data<int64_t>()[0];
  return t;
}

std::vector<TensorIndex> to_items(const nb::sequence& keys) {
  std::vector<TensorIndex> items;
  for (nb::handle key : keys) items.push_back(to_item(key));
  return items;
}

Deleted to_deleted(nb::handle obj) {
  const TensorIndex item = to_item(obj);
  if (const auto* slice = std::get_if<Slice>(&item)) return *slice;
  if (const auto* position = std::get_if<int64_t>(&item)) return *position;
  const auto* places = std::get_if<Tensor>(&item);
  NUMEST_USER_CHECK(places != nullptr, TypeError,
                    "delete: got obj {}, expected positions, a slice or a mask",
                    nb::cast<std::string>(nb::repr(obj)));
  return *places;
}

void bind_deletion(nb::module_& m) {
  m.def(
      "delete",
      [](const T& arr, nb::handle obj, std::optional<int64_t> axis) {
        return delete_(arr.tensor, to_deleted(obj), axis);
      },
      "arr"_a, "obj"_a, none("axis"));
}

void bind_indexing(nb::module_& m) {
  m.def("index", [](const T& a, const nb::sequence& keys) {
    return index(a.tensor, to_items(keys));
  });
  m.def("index_update",
        [](const T& a, const nb::sequence& keys, const T& values) {
          return index_update(a.tensor, to_items(keys), values.tensor);
        });
  m.def(
      "ufunc_at",
      [](const std::string& ufunc, const T& a, const nb::sequence& keys,
         const std::optional<T>& b) {
        return ufunc_at(ufunc, a.tensor, to_items(keys),
                        b ? b->tensor : Tensor());
      },
      "ufunc"_a, "a"_a, "keys"_a, none("b"));
  m.def("elements_at", [](const T& t, const T& positions, int axis) {
    return elements_at(t.tensor, positions.tensor, axis);
  });
  m.def("extent_at",
        [](const T& t, int axis) { return extent_at(t.tensor, axis); });
  m.def("constant_difference", [](const T& a, const T& b) {
    return constant_difference(a.tensor, b.tensor);
  });
}

}  // namespace

void bind_functions(nb::module_& m) {
  nb::module_ functions = m.def_submodule("functions");
  bind_statistics(functions);
  bind_reductions(functions);
  bind_elementwise(functions);
  bind_axes(functions);
  bind_joining(functions);
  bind_deletion(functions);
  bind_indexing(m);
  bind_fft(functions);
  bind_histograms(functions);
  bind_linalg(functions);
  bind_named(functions);
  bind_signal(functions);
  bind_ufuncs(functions);
}

}  // namespace numest::python
