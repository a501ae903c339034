// Making arrays, and what can be said of one without reading its elements.
#include "numest/array/array.h"

namespace numest {
namespace {

// One read-only zero for all default arrays: trees of arrays make many.
const std::shared_ptr<Buffer>& shared_zero() {
  static const double zero = 0;
  static const std::shared_ptr<Buffer> buffer =
      Buffer::borrow(reinterpret_cast<std::byte*>(const_cast<double*>(&zero)),
                     sizeof zero, nullptr, /*is_writable=*/false);
  return buffer;
}

}  // namespace

Array::Array() : data_(shared_zero()->data()), buffer_(shared_zero()) {}

Array::Array(DType dtype, const Shape& shape)
    : dtype_(dtype),
      shape_(shape),
      strides_(contiguous_strides(shape, numest::itemsize(dtype))),
      buffer_(Buffer::allocate(dtype, shape.size())) {
  data_ = buffer_->data();
}

Array::Array(DType dtype, const Shape& shape, const Strides& strides,
             std::byte* data, std::shared_ptr<Buffer> buffer)
    : dtype_(dtype),
      shape_(shape),
      strides_(strides),
      data_(data),
      buffer_(std::move(buffer)) {}

Array Array::zeros(DType dtype, const Shape& shape) {
  Array a(dtype, shape);
  if (dtype != DType::kBytes) std::memset(a.raw(), 0, size_t(a.nbytes()));
  return a;
}

bool Array::is_contiguous() const {
  int64_t expected = itemsize();
  bool matches = true;
  for (int i = ndim() - 1; i >= 0; --i) {
    if (shape_[i] == 0) return true;
    if (shape_[i] == 1) continue;  // its stride is never taken
    matches &= strides_[i] == expected;
    expected *= shape_[i];
  }
  return matches;
}

}  // namespace numest
