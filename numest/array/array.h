// NumPy's ndarray: dtype, shape, byte strides and a shared buffer. Copying an
// Array copies the view, not the data; writes through one view are seen by
// all. Values only; what computes lies in `numest/ops`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "numest/array/dtype.h"
#include "numest/array/shape.h"

namespace numest {

/// Memory that arrays share, 64-byte aligned when allocated here.
class Buffer {
 public:
  /// Allocates; the contents are indeterminate (bytes strings: empty).
  static std::shared_ptr<Buffer> allocate(DType dtype, int64_t count);
  /// Borrows foreign memory and keeps `owner` alive.
  static std::shared_ptr<Buffer> borrow(std::byte* data, int64_t num_bytes,
                                        std::shared_ptr<const void> owner,
                                        bool is_writable);
  class Key {  // of those who may make one
    friend class Buffer;
    Key() = default;
  };
  explicit Buffer(Key) {}
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  std::byte* data() const { return data_; }
  int64_t num_bytes() const { return num_bytes_; }
  bool is_writable() const { return is_writable_; }

 private:
  static std::shared_ptr<Buffer> with_room(int64_t num_bytes);
  std::byte* data_ = nullptr;
  int64_t num_bytes_ = 0;
  int64_t num_strings_ = 0;  // std::string objects to destroy
  bool is_writable_ = true;
  bool is_apart_ = false;  // data_ is memory of its own, ours to free
  std::shared_ptr<const void> owner_;
};

/// start:stop:step of one axis, Python's rules; nullopt means left out.
struct Slice {
  std::optional<int64_t> start, stop;
  int64_t step = 1;
};

class Array {
 public:
  /// A float64 scalar 0.
  Array();
  /// Allocates; contents are indeterminate.
  Array(DType dtype, const Shape& shape);
  /// A view of `buffer` from `data`; no check.
  Array(DType dtype, const Shape& shape, const Strides& strides,
        std::byte* data, std::shared_ptr<Buffer> buffer);

  static Array zeros(DType dtype, const Shape& shape);
  /// A 0-d array.
  template <class T>
  static Array scalar(T value) {
    Array a(dtype_of<T>, Shape{});
    *reinterpret_cast<T*>(a.raw()) = value;
    return a;
  }
  /// Copies `values` in row-major order; throws ValueError if the size
  /// differs. The one-argument form makes a 1-d array.
  template <class T>
  static Array from(const std::vector<T>& values, const Shape& shape);
  template <class T>
  static Array from(const std::vector<T>& values) {
    return from(values, Shape{int64_t(values.size())});
  }

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  const Strides& strides() const { return strides_; }  // bytes
  int ndim() const { return shape_.ndim(); }
  int64_t size() const { return shape_.size(); }
  int64_t itemsize() const { return numest::itemsize(dtype_); }
  int64_t nbytes() const { return size() * itemsize(); }
  bool is_contiguous() const;  // row-major, NumPy's C_CONTIGUOUS
  bool is_writable() const { return !buffer_ || buffer_->is_writable(); }
  const std::shared_ptr<Buffer>& buffer() const { return buffer_; }

  std::byte* raw() const { return data_; }
  /// Points this view at other memory of the same layout; no check. A null
  /// `buffer` borrows without keeping the memory alive.
  void rebind(std::byte* data, std::shared_ptr<Buffer> buffer) {
    data_ = data;
    buffer_ = std::move(buffer);
  }
  /// Pointer to the first element; throws TypeError on another dtype.
  template <class T>
  T* data() const {
    NUMEST_USER_CHECK(dtype_ == dtype_of<T>, TypeError,
                      "data: got dtype {}, expected {}", name(dtype_),
                      name(dtype_of<T>));
    return reinterpret_cast<T*>(data_);
  }
  /// Elements of a contiguous array; ValueError on a strided view.
  template <class T>
  std::span<T> span() const {
    NUMEST_USER_CHECK(is_contiguous(), ValueError,
                      "span: got a strided view, expected a row-major array; "
                      "use contiguous()");
    return {data<T>(), size_t(size())};
  }
  /// The only element, converted; throws ValueError if size is not 1.
  template <class T>
  T item() const;
  /// All elements in row-major order, converted.
  template <class T>
  std::vector<T> to_vector() const;

  // --- Views (array/view.cpp) ---
  Array slice(std::span<const Slice> slices) const;  // leading axes
  Array index(int axis, int64_t position) const;     // drops the axis
  /// [begin, end) of the first axis.
  Array rows(int64_t begin, int64_t end) const;
  Array transpose(std::span<const int> axes) const;
  Array transpose() const;  // reversed axes
  Array expand_dims(int axis) const;
  Array squeeze(int axis) const;
  Array broadcast_to(const Shape& shape) const;
  /// A view if strides allow, else a copy. One extent may be -1.
  Array reshape(const Shape& shape) const;

  // --- Copies (array/cast.cpp) ---
  Array copy() const;  // row-major
  Array contiguous() const { return is_contiguous() ? *this : copy(); }
  /// Converts NumPy's way (float to int truncates); `*this` if equal dtype.
  Array astype(DType dtype) const;
  /// Writes `source`, broadcast and cast, into this view. Throws ValueError
  /// if shapes disagree or the buffer is read-only. Overlap is safe.
  void assign(const Array& source) const;

  /// NumPy's str(): "[[1. 2.]\n [3. 4.]]", long arrays shortened.
  std::string to_string() const;

 private:
  DType dtype_ = DType::kFloat64;
  Shape shape_;
  Strides strides_;
  std::byte* data_ = nullptr;
  std::shared_ptr<Buffer> buffer_;
};

/// Equal dtype, shape and values (NaN equals NaN).
bool array_equal(const Array& a, const Array& b);
/// |a - b| <= atol + rtol |b| for every element; NaN equals NaN.
bool allclose(const Array& a, const Array& b, double rtol = 1e-5,
              double atol = 1e-8);

template <class T>
Array Array::from(const std::vector<T>& values, const Shape& shape) {
  NUMEST_USER_CHECK(shape.size() == int64_t(values.size()), ValueError,
                    "Array::from: got {} values, expected {} for shape {}",
                    values.size(), shape.size(), shape.to_string());
  Array a(dtype_of<T>, shape);
  T* out = reinterpret_cast<T*>(a.raw());
  for (size_t i = 0; i < values.size(); ++i) out[i] = values[i];
  return a;
}
template <class T>
T Array::item() const {
  NUMEST_USER_CHECK(size() == 1, ValueError,
                    "item: got an array of shape {}, expected one element",
                    shape_.to_string());
  if (dtype_ == dtype_of<T>) return *reinterpret_cast<const T*>(data_);
  const Array value = astype(dtype_of<T>);
  return *reinterpret_cast<const T*>(value.raw());
}
template <class T>
std::vector<T> Array::to_vector() const {
  const Array all = astype(dtype_of<T>).contiguous();
  const T* p = reinterpret_cast<const T*>(all.raw());
  return std::vector<T>(p, p + all.size());
}

}  // namespace numest
