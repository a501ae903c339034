// NumPy exports its C functions as a table whose positions are part of its
// ABI; taken from there, no header of one version of NumPy is compiled in.
#include "ndarray.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>

namespace numest::python {

namespace {

static_assert(sizeof(Py_ssize_t) == sizeof(int64_t), "npy_intp is 64 bits");

// The heads of an ndarray and of its dtype, the same in NumPy 1 and 2: also
// part of the ABI.
struct DescriptorHead {
  PyObject object;
  PyTypeObject* scalar_type;
  char kind, type, byte_order, flags;
  int type_number;
};
struct NdarrayHead {
  PyObject object;
  std::byte* data;
  int ndim;
  const int64_t *shape, *strides;
  PyObject* base;
  DescriptorHead* descriptor;
  int flags;
};

const NdarrayHead* head_of(nb::handle ndarray) {
  return reinterpret_cast<const NdarrayHead*>(ndarray.ptr());
}

constexpr int kAligned = 0x0100, kWritable = 0x0400;

class NumpyTable {
  using Make = PyObject* (*)(PyTypeObject*, PyObject*, int, const int64_t*,
                             const int64_t*, void*, int, PyObject*);

 public:
  static const NumpyTable& get() {
    static const NumpyTable instance;
    return instance;
  }

  bool is_ndarray(nb::handle object) const {
    return PyObject_TypeCheck(object.ptr(), array_type()) != 0;
  }

  /// `data` null: NumPy allocates. Throws the Python error.
  nb::object make(int type_number, const Shape& shape, const Strides* strides,
                  void* data, bool is_writable) const {
    using Describe = PyObject* (*)(int);
    // Without data, any flag asks for Fortran's order.
    const int flags = data ? kAligned | (is_writable ? kWritable : 0) : 0;
    PyObject* descriptor = function<Describe>(45)(type_number);
    PyObject* made = function<Make>(94)(
        array_type(), descriptor, shape.ndim(), shape.begin(),
        strides ? strides->begin() : nullptr, data, flags, nullptr);
    if (!made) throw nb::python_error();
    return nb::steal(made);
  }

  /// A view of row `i` of an array of two or more axes.
  nb::object row(nb::handle array, int64_t i) const {
    const NdarrayHead* head = head_of(array);
    // Whoever makes an array gives a reference of its dtype away.
    PyObject* descriptor = reinterpret_cast<PyObject*>(head->descriptor);
    Py_INCREF(descriptor);
    PyObject* made = function<Make>(94)(
        array_type(), descriptor, head->ndim - 1, head->shape + 1,
        head->strides + 1, head->data + i * head->strides[0],
        head->flags & (kAligned | kWritable), nullptr);
    if (!made) throw nb::python_error();
    nb::object view = nb::steal(made);
    set_base(view, nb::borrow(array));
    return view;
  }

  void set_base(nb::handle array, nb::object base) const {
    using Set = int (*)(PyObject*, PyObject*);
    if (function<Set>(282)(array.ptr(), base.release().ptr()) != 0)
      throw nb::python_error();
  }

 private:
  NumpyTable() {
    nb::object module;
    try {
      module = nb::module_::import_("numpy._core._multiarray_umath");
    } catch (nb::python_error&) {  // NumPy 1
      module = nb::module_::import_("numpy.core._multiarray_umath");
    }
    const nb::object capsule = module.attr("_ARRAY_API");
    table_ = static_cast<void**>(PyCapsule_GetPointer(capsule.ptr(), nullptr));
    if (!table_) throw nb::python_error();
  }
  PyTypeObject* array_type() const {
    return static_cast<PyTypeObject*>(table_[2]);
  }
  template <class F>
  F function(size_t position) const {
    return reinterpret_cast<F>(table_[position]);
  }

  void** table_ = nullptr;
};

struct TypeNumber {
  DType dtype;
  int number;
  std::string_view formats;  // of the buffer protocol
};
constexpr int kObjectNumber = 17;
constexpr TypeNumber kTypeNumbers[] = {
    {DType::kBool, 0, "?"},        {DType::kInt8, 1, "b"},
    {DType::kUInt8, 2, "B"},       {DType::kInt16, 3, "h"},
    {DType::kUInt16, 4, "H"},      {DType::kInt32, 5, "i"},
    {DType::kUInt32, 6, "I"},      {DType::kInt64, 7, "l q"},
    {DType::kUInt64, 8, "L Q"},    {DType::kFloat16, 23, "e"},
    {DType::kFloat32, 11, "f"},    {DType::kFloat64, 12, "d"},
    {DType::kComplex64, 14, "Zf"}, {DType::kComplex128, 15, "Zd"}};

int type_number(DType dtype) {
  for (const TypeNumber& row : kTypeNumbers)
    if (row.dtype == dtype) return row.number;
  NUMEST_CHECK(false, "NumPy has no {}", name(dtype));
  return -1;
}

std::optional<DType> dtype_of_format(std::string_view format) {
  for (const TypeNumber& row : kTypeNumbers)
    if (format == row.formats.substr(0, row.formats.find(' ')) ||
        (row.formats.size() == 3 && format == row.formats.substr(2)))
      return row.dtype;
  return std::nullopt;
}

bool is_aligned(const void* data, const Strides& strides, int64_t item) {
  const auto align = uintptr_t(std::min<int64_t>(item, 8));
  if (reinterpret_cast<uintptr_t>(data) % align != 0) return false;
  return std::all_of(strides.begin(), strides.end(), [&](int64_t s) {
    return uintptr_t(std::abs(s)) % align == 0;
  });
}

bool is_dtype(const DescriptorHead& descriptor, DType dtype) {
  if (descriptor.byte_order == '>') return false;
  const int number = descriptor.type_number;
  constexpr int kLongLong = 9, kUnsignedLongLong = 10;
  for (const TypeNumber& row : kTypeNumbers)
    if (row.dtype == dtype)
      return number == row.number ||
             (number == kLongLong && dtype == DType::kInt64) ||
             (number == kUnsignedLongLong && dtype == DType::kUInt64);
  return false;
}

// A buffer that is released at the end of the scope.
struct View {
  Py_buffer buffer{};
  bool is_open;
  explicit View(nb::handle object)
      : is_open(PyObject_GetBuffer(object.ptr(), &buffer, PyBUF_RECORDS_RO) ==
                0) {
    if (!is_open) PyErr_Clear();
  }
  ~View() {
    if (is_open) PyBuffer_Release(&buffer);
  }
  View(const View&) = delete;
  View& operator=(const View&) = delete;
};

}  // namespace

nb::object view_as_ndarray(const Array& array) {
  const NumpyTable& numpy = NumpyTable::get();
  const Array kept = array.buffer() ? array : array.copy();
  nb::object result =
      numpy.make(type_number(kept.dtype()), kept.shape(), &kept.strides(),
                 kept.raw(), kept.is_writable());
  using Owner = std::shared_ptr<Buffer>;
  auto owner = std::make_unique<Owner>(kept.buffer());
  nb::capsule capsule(owner.get(),
                      [](void* p) noexcept { delete static_cast<Owner*>(p); });
  owner.release();
  numpy.set_base(result, std::move(capsule));
  return result;
}

nb::object bytes_as_ndarray(const Array& array) {
  const Array flat = array.contiguous();
  nb::object result = NumpyTable::get().make(kObjectNumber, array.shape(),
                                             nullptr, nullptr, true);
  const View view(result);
  NUMEST_CHECK(view.is_open, "an object array has no buffer");
  auto** items = static_cast<PyObject**>(view.buffer.buf);
  for (int64_t i = 0; i < flat.size(); ++i) {
    const Bytes& b = flat.data<Bytes>()[i];
    PyObject* const old = items[i];
    items[i] = nb::bytes(b.data(), b.size()).release().ptr();
    Py_XDECREF(old);
  }
  return result;
}

nb::object copy_as_ndarray(const Array& array) {
  nb::object result;
  if (array.dtype() == DType::kBytes) {
    result = bytes_as_ndarray(array);
  } else if (array.dtype() == DType::kBFloat16) {
    return copy_as_ndarray(array.astype(DType::kFloat32));
  } else {
    const NumpyTable& numpy = NumpyTable::get();
    result = numpy.make(type_number(array.dtype()), array.shape(), nullptr,
                        nullptr, true);
    std::byte* data = head_of(result)->data;
    if (array.is_contiguous())
      std::memcpy(data, array.raw(), size_t(array.nbytes()));
    else
      Array(array.dtype(), array.shape(),
            contiguous_strides(array.shape(), array.itemsize()), data, nullptr)
          .assign(array);
  }
  return array.ndim() == 0 ? nb::object(result[nb::tuple()]) : result;
}

nb::object row_of_ndarray(nb::handle ndarray, int64_t i) {
  const NdarrayHead* head = head_of(ndarray);
  if (head->ndim > 1) return NumpyTable::get().row(ndarray, i);
  PyObject* item = PySequence_GetItem(ndarray.ptr(), i);
  if (!item) throw nb::python_error();
  return nb::steal(item);
}

bool lend_ndarray(nb::handle object, Array& array) {
  if (!NumpyTable::get().is_ndarray(object)) return false;
  const NdarrayHead* head = head_of(object);
  const auto equal = [&](const int64_t* values, const Shape& shape) {
    return std::equal(shape.begin(), shape.end(), values);
  };
  if (!is_dtype(*head->descriptor, array.dtype()) ||
      head->ndim != array.ndim() || !equal(head->shape, array.shape()) ||
      !equal(head->strides, array.strides()) || !(head->flags & kAligned))
    return false;
  array.rebind(head->data, nullptr);
  return true;
}

std::optional<Array> borrow_ndarray(nb::handle object) {
  if (!NumpyTable::get().is_ndarray(object)) return std::nullopt;
  const View view(object);
  if (!view.is_open || view.buffer.ndim > kMaxNdim) return std::nullopt;
  const auto dtype = dtype_of_format(view.buffer.format);
  if (!dtype) return std::nullopt;
  const size_t ndim = size_t(view.buffer.ndim);
  const Shape shape(std::span<const int64_t>(view.buffer.shape, ndim));
  const Strides strides(std::span<const int64_t>(view.buffer.strides, ndim));
  auto* data = static_cast<std::byte*>(view.buffer.buf);
  if (!is_aligned(data, strides, itemsize(*dtype))) return std::nullopt;
  return Array(*dtype, shape, strides, data,
               Buffer::borrow(data, shape.size() * itemsize(*dtype),
                              keep_alive(object), !view.buffer.readonly));
}

}  // namespace numest::python
