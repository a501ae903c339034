// Sample calls of the op table, for tests that compare them with NumPy.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include "convert.h"
#include "numest/ops/table_samples.h"

namespace numest::python {

namespace {

struct ToPython {
  nb::object operator()(std::monostate) const { return nb::none(); }
  nb::object operator()(bool v) const { return nb::bool_(v); }
  nb::object operator()(int64_t v) const { return nb::int_(v); }
  nb::object operator()(double v) const { return nb::float_(v); }
  nb::object operator()(const std::string& v) const {
    return nb::str(v.c_str());
  }
  nb::object operator()(const std::vector<int64_t>& v) const {
    nb::list list;
    for (int64_t i : v) list.append(nb::int_(i));
    return nb::tuple(list);
  }
  nb::object operator()(const Shape& v) const { return shape_tuple(v); }
  nb::object operator()(DType v) const { return numpy_dtype(v); }
  nb::object operator()(const std::shared_ptr<const Array>& v) const {
    return to_ndarray(*v);
  }
  template <class T>
  nb::object operator()(const std::shared_ptr<T>&) const {
    return nb::none();
  }
};

nb::list op_samples(const std::string& name) {
  nb::list rows;
  for (const OpSample& s : samples_of(op_named(name))) {
    nb::list inputs;
    for (const Array& a : s.inputs) inputs.append(to_ndarray(a));
    nb::dict attrs;
    for (const auto& [key, value] : s.attrs.items())
      attrs[nb::str(key.data(), key.size())] = std::visit(ToPython(), value);
    rows.append(nb::make_tuple(inputs, attrs));
  }
  return rows;
}

}  // namespace

void bind_samples(nb::module_& m) { m.def("op_samples", &op_samples); }

}  // namespace numest::python
