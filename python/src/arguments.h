// Arguments of bound functions that convert as NumPy's do.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include "convert.h"
#include "numest/ops/arguments.h"

namespace numest::python {

struct TensorArgument {
  Tensor tensor;
};
inline Tensor or_empty(const std::optional<TensorArgument>& t) {
  return t ? t->tensor : Tensor();
}
struct TensorList {
  std::vector<Tensor> tensors;
};
struct OptionalDType {
  std::optional<DType> dtype;
};

}  // namespace numest::python

namespace nanobind::detail {

template <>
struct type_caster<numest::python::TensorArgument> {
  NB_TYPE_CASTER(numest::python::TensorArgument, const_name("array_like"))
  bool from_python(handle src, uint8_t, cleanup_list*) {
    value.tensor = numest::python::to_tensor(src);
    return true;
  }
};

template <>
struct type_caster<numest::python::TensorList> {
  NB_TYPE_CASTER(numest::python::TensorList, const_name("sequence"))
  bool from_python(handle src, uint8_t, cleanup_list*) {
    for (handle item : nanobind::cast<sequence>(src))
      value.tensors.push_back(numest::python::to_tensor(item));
    return true;
  }
};

template <>
struct type_caster<numest::python::OptionalDType> {
  NB_TYPE_CASTER(numest::python::OptionalDType, const_name("dtype_like"))
  bool from_python(handle src, uint8_t, cleanup_list*) {
    if (!src.is_none()) value.dtype = numest::python::to_dtype(src);
    return true;
  }
};

template <>
struct type_caster<numest::Axes> {
  NB_TYPE_CASTER(numest::Axes, const_name("axes"))
  bool from_python(handle src, uint8_t, cleanup_list*) {
    const numest::Attr attr = numest::python::to_attr(src, numest::Kind::kAxes);
    if (const auto* one = std::get_if<int64_t>(&attr))
      value = numest::Axes(*one);
    else if (const auto* all = std::get_if<std::vector<int64_t>>(&attr))
      value = numest::Axes(*all);
    return true;
  }
};

}  // namespace nanobind::detail

namespace numest::python {

/// An argument that may be left out.
inline nb::arg_v none(const char* name) { return nb::arg(name) = nb::none(); }

inline nb::list to_list(std::vector<Tensor> tensors) {
  nb::list result;
  for (Tensor& t : tensors) result.append(nb::cast(std::move(t)));
  return result;
}

}  // namespace numest::python
