// Arrays, dtypes, attributes.
#include "convert.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "ndarray.h"
#include "numest/base/counters.h"

namespace numest::python {

namespace {

nb::module_ numpy() { return nb::module_::import_("numpy"); }

// typestr of __array_interface__ to dtype; nullopt if we have none.
std::optional<DType> dtype_of_typestr(const std::string& text) {
  if (text.size() < 3 || text[0] == '>') return std::nullopt;
  const std::string code = text.substr(1);
  static const std::map<std::string, DType> table = {
      {"b1", DType::kBool},      {"i1", DType::kInt8},
      {"i2", DType::kInt16},     {"i4", DType::kInt32},
      {"i8", DType::kInt64},     {"u1", DType::kUInt8},
      {"u2", DType::kUInt16},    {"u4", DType::kUInt32},
      {"u8", DType::kUInt64},    {"f2", DType::kFloat16},
      {"f4", DType::kFloat32},   {"f8", DType::kFloat64},
      {"c8", DType::kComplex64}, {"c16", DType::kComplex128}};
  auto it = table.find(code);
  return it == table.end() ? std::nullopt : std::optional(it->second);
}

Bytes to_bytes(nb::handle item) {
  if (nb::isinstance<nb::bytes>(item)) {
    const nb::bytes b = nb::cast<nb::bytes>(item);
    return Bytes(b.c_str(), b.size());
  }
  NUMEST_USER_CHECK(nb::isinstance<nb::str>(item), TypeError,
                    "array: got an object of type {}, expected numbers or "
                    "strings",
                    nb::cast<std::string>(nb::str(item.type())));
  return nb::cast<std::string>(item);
}

Array strings_to_array(nb::handle ndarray) {
  const Shape shape = to_shape(ndarray.attr("shape"));
  Array result(DType::kBytes, shape);
  nb::object flat = ndarray.attr("ravel")().attr("tolist")();
  int64_t i = 0;
  for (nb::handle item : flat) result.data<Bytes>()[i++] = to_bytes(item);
  return result;
}

bool is_aligned(const void* p, const Strides& strides, int64_t itemsize) {
  const auto align = uintptr_t(std::min<int64_t>(itemsize, 8));
  if (reinterpret_cast<uintptr_t>(p) % align != 0) return false;
  for (int64_t s : strides)
    if (uintptr_t(std::abs(s)) % align != 0) return false;
  return true;
}

Array borrow(nb::handle a, DType dtype, const nb::dict& face) {
  const Shape shape = to_shape(face["shape"]);
  const auto data = nb::cast<nb::tuple>(face["data"]);
  auto* p = reinterpret_cast<std::byte*>(nb::cast<uintptr_t>(data[0]));
  const bool read_only = nb::cast<bool>(data[1]);
  Strides strides = contiguous_strides(shape, itemsize(dtype));
  if (!face["strides"].is_none()) strides = to_shape(face["strides"]);
  if (!is_aligned(p, strides, itemsize(dtype)))
    return to_array(numpy().attr("array")(a, nb::arg("copy") = true));
  auto buffer = Buffer::borrow(p, shape.size() * itemsize(dtype), keep_alive(a),
                               !read_only);
  return Array(dtype, shape, strides, p, std::move(buffer));
}

}  // namespace

std::shared_ptr<const void> keep_alive(nb::handle object) {
  object.inc_ref();
  PyObject* p = object.ptr();
  return std::shared_ptr<const void>(p, [](const void* q) {
    if (!Py_IsInitialized()) return;
    nb::gil_scoped_acquire lock;
    Py_DECREF(static_cast<PyObject*>(const_cast<void*>(q)));
  });
}

Array to_array(nb::handle object) {
  if (nb::isinstance<Tensor>(object))
    return nb::cast<const Tensor&>(object).numpy();
  if (auto borrowed = borrow_ndarray(object)) return *borrowed;
  nb::object a = numpy().attr("asarray")(object);
  const auto kind = nb::cast<std::string>(a.attr("dtype").attr("kind"));
  if (kind == "O" || kind == "S" || kind == "U") return strings_to_array(a);
  if (nb::cast<std::string>(a.attr("dtype").attr("name")) == "bfloat16")
    return to_array(a.attr("astype")("float32")).astype(DType::kBFloat16);
  const nb::dict face = nb::cast<nb::dict>(a.attr("__array_interface__"));
  const auto typestr = nb::cast<std::string>(face["typestr"]);
  if (const auto dtype = dtype_of_typestr(typestr))
    return borrow(a, *dtype, face);
  NUMEST_USER_CHECK(typestr[0] == '>', TypeError,
                    "array: dtype {} is not supported", typestr);
  return to_array(a.attr("astype")(a.attr("dtype").attr("newbyteorder")("=")));
}

nb::object to_ndarray(const Array& array, bool as_scalar) {
  if (array.dtype() == DType::kBFloat16)
    return to_ndarray(array.astype(DType::kFloat32), as_scalar);
  const nb::object result = array.dtype() == DType::kBytes
                                ? bytes_as_ndarray(array)
                                : view_as_ndarray(array);
  return as_scalar && array.ndim() == 0 ? nb::object(result[nb::tuple()])
                                        : result;
}

Tensor to_tensor(nb::handle object) {
  NUMEST_USER_CHECK(!object.is_none(), TypeError,
                    "tensor: got None, expected a tensor, an array or "
                    "numbers; is a value missing in this mode?");
  if (nb::isinstance<Tensor>(object)) return nb::cast<Tensor>(object);
  if (nb::isinstance<nb::bool_>(object)) return Tensor(nb::cast<bool>(object));
  if (PyLong_CheckExact(object.ptr())) return Tensor(nb::cast<int64_t>(object));
  if (PyFloat_CheckExact(object.ptr())) return Tensor(nb::cast<double>(object));
  if (PyComplex_CheckExact(object.ptr()))
    return Tensor::weak(
        Array::scalar(Complex128(PyComplex_RealAsDouble(object.ptr()),
                                 PyComplex_ImagAsDouble(object.ptr()))));
  if (nb::hasattr(object, "_as_tensor"))
    return to_tensor(object.attr("_as_tensor")());
  return Tensor(to_array(object));
}

Shape to_shape(nb::handle object) {
  if (nb::isinstance<nb::int_>(object)) return Shape{nb::cast<int64_t>(object)};
  Shape shape;
  for (nb::handle extent : object)
    shape.push_back(extent.is_none() ? fresh_extent()
                                     : nb::cast<int64_t>(nb::int_(extent)));
  return shape;
}

nb::tuple shape_tuple(const Shape& shape) {
  nb::list extents;
  for (int64_t e : shape) extents.append(nb::int_(e));
  return nb::tuple(extents);
}

namespace {

// NumPy's codes: "f4", "?", ">i2".
bool is_code(std::string_view text) {
  return text.size() < 3 || text == "c16" || text.find_first_of("<>=|") == 0;
}

}  // namespace

DType to_dtype(nb::handle object) {
  if (nb::isinstance<nb::str>(object)) {
    const auto text = nb::cast<std::string>(object);
    if (!is_code(text)) return dtype_named(text);
  }
  if (nb::hasattr(object, "as_numpy_name"))
    return dtype_named(nb::cast<std::string>(object.attr("as_numpy_name")));
  const nb::object dtype = numpy().attr("dtype")(object);
  const auto kind = nb::cast<std::string>(dtype.attr("kind"));
  if (kind == "S" || kind == "U" || kind == "O") return DType::kBytes;
  return dtype_named(nb::cast<std::string>(dtype.attr("name")));
}

nb::object numpy_dtype(DType dtype) {
  if (dtype == DType::kBytes) return numpy().attr("dtype")("O");
  const std::string name(dtype == DType::kBFloat16 ? "float32"
                                                   : numest::name(dtype));
  return numpy().attr("dtype")(name);
}

namespace {

// As operator.index: no float and no tuple is an int.
int64_t to_index(nb::handle object) {
  const nb::object index = nb::steal(PyNumber_Index(object.ptr()));
  if (!index.is_valid()) throw nb::python_error();
  return nb::cast<int64_t>(index);
}

Attr ints_attr(nb::handle object) {
  if (PyIndex_Check(object.ptr())) return to_index(object);
  std::vector<int64_t> values;
  for (nb::handle item : object) values.push_back(to_index(item));
  return values;
}

}  // namespace

Attr to_attr(nb::handle object, Kind kind) {
  if (object.is_none()) return std::monostate{};
  switch (kind) {
    case Kind::kBool:
      return nb::cast<bool>(nb::bool_(object));
    case Kind::kInt:
      return PySequence_Check(object.ptr()) ? ints_attr(object)
                                            : Attr(to_index(object));
    case Kind::kFloat:
      return nb::cast<double>(nb::float_(object));
    case Kind::kString:
      return nb::cast<std::string>(object);
    case Kind::kDType:
      return to_dtype(object);
    case Kind::kShape:
      return to_shape(object);
    case Kind::kValue:
      return std::make_shared<const Array>(to_array(object));
    default:
      return ints_attr(object);
  }
}

ElementSpec to_spec(nb::handle object) {
  if (nb::isinstance<nb::dict>(object)) {
    std::vector<std::pair<std::string, ElementSpec>> items;
    for (auto [key, value] : nb::cast<nb::dict>(object))
      items.emplace_back(nb::cast<std::string>(nb::str(key)), to_spec(value));
    return ElementSpec::dict(std::move(items));
  }
  if (nb::isinstance<nb::list>(object)) {  // of children
    std::vector<ElementSpec> children;
    for (nb::handle child : nb::cast<nb::list>(object))
      children.push_back(to_spec(child));
    return ElementSpec::tuple(std::move(children));
  }
  const auto pair = nb::cast<nb::tuple>(object);
  return TensorSpec{to_dtype(pair[0]), to_shape(pair[1])};
}

nb::object from_spec(const ElementSpec& spec) {
  return from_nest(spec, [](const TensorSpec& s) -> nb::object {
    return nb::make_tuple(nb::str(std::string(name(s.dtype)).c_str()),
                          shape_tuple(s.shape));
  });
}

nb::list profile_list(const std::vector<ProfileRow>& rows) {
  nb::list all;
  for (const ProfileRow& row : rows) {
    nb::list ops;
    for (const auto& [op, location] : row.ops)
      ops.append(
          nb::make_tuple(nb::str(op.c_str()), nb::str(location.c_str())));
    all.append(nb::make_tuple(ops, row.calls, row.nanoseconds, row.num_bytes));
  }
  return all;
}

}  // namespace numest::python
