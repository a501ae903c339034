// Short lists of extents, and NumPy's broadcasting with symbols.
#include "numest/array/shape.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>

#include "numest/base/error.h"

namespace numest {
namespace {

void check_ndim(int64_t ndim) {
  NUMEST_USER_CHECK(ndim <= kMaxNdim, ValueError,
                    "shape: got {} axes, expected at most {}", ndim, kMaxNdim);
}

// The extent of two aligned axes, or nullopt if they disagree.
std::optional<int64_t> broadcast_extent(int64_t a, int64_t b) {
  if (a == b || b == 1) return a;
  if (a == 1) return b;
  if (is_symbol(a) && is_symbol(b)) return a;
  if (is_symbol(a)) return b;
  return is_symbol(b) ? std::optional(a) : std::nullopt;
}

}  // namespace

Shape::Shape(std::initializer_list<int64_t> values)
    : Shape(std::span<const int64_t>(values.begin(), values.size())) {}

Shape::Shape(std::span<const int64_t> values) {
  check_ndim(int64_t(values.size()));
  allocate(static_cast<int>(values.size()));
  std::copy(values.begin(), values.end(), begin());
}

Shape Shape::filled(int count, int64_t value) {
  check_ndim(count);
  Shape s;
  s.allocate(count);
  std::fill_n(s.begin(), count, value);
  return s;
}

void Shape::push_back(int64_t value) { insert(ndim_, value); }

void Shape::insert(int axis, int64_t value) {
  check_ndim(ndim_ + 1);
  NUMEST_CHECK(axis >= 0 && axis <= ndim_);
  if (ndim_ == kNear) {
    const std::array<int64_t, kNear> values = near_;
    allocate(ndim_ + 1);
    std::copy(values.begin(), values.end(), far_);
  } else {
    ++ndim_;
  }
  std::copy_backward(begin() + axis, end() - 1, end());
  begin()[axis] = value;
}

void Shape::erase(int axis) {
  NUMEST_CHECK(axis >= 0 && axis < ndim_);
  std::copy(begin() + axis + 1, end(), begin() + axis);
  if (ndim_ == kNear + 1) {
    const std::unique_ptr<int64_t[]> values(far_);
    near_ = {};
    std::copy_n(values.get(), kNear, near_.begin());
  }
  --ndim_;
}

void Shape::allocate(int ndim) {
  if (ndim > kNear) far_ = new int64_t[kMaxNdim];
  ndim_ = ndim;
}

void Shape::copy_far(const Shape& other) {
  allocate(other.ndim_);
  std::copy(other.begin(), other.end(), far_);
}

int64_t Shape::size() const {
  int64_t product = 1;
  bool overflows = false;
  for (const int64_t extent : *this) {
    NUMEST_USER_CHECK(
        extent >= 0, ValueError,
        "shape: got extent {} in {}, expected 0 or more (negative "
        "ones stand for extents that are not known)",
        extent, to_string());
    overflows |= __builtin_mul_overflow(product, extent, &product);
  }
  if (!overflows) return product;
  if (std::find(begin(), end(), 0) != end()) return 0;
  fail<ValueError>("shape: got {}, expected fewer than 2^63 elements",
                   to_string());
}

bool Shape::is_known() const { return std::none_of(begin(), end(), is_symbol); }

std::string Shape::to_string() const {
  std::string out = "(";
  for (int i = 0; i < ndim_; ++i) {
    if (i > 0) out += ", ";
    const int64_t extent = begin()[i];
    out += is_symbol(extent) ? "?" : std::to_string(extent);
  }
  return out + (ndim_ == 1 ? ",)" : ")");
}

bool Shape::operator==(const Shape& other) const {
  return std::equal(begin(), end(), other.begin(), other.end());
}

int64_t fresh_extent() {
  static std::atomic<int64_t> next{-2};  // -1 is "unknown" of reshape
  return next.fetch_sub(1, std::memory_order_relaxed);
}

int normalize_axis(int64_t axis, int ndim, const char* op) {
  NUMEST_USER_CHECK(axis >= -ndim && axis < ndim, IndexError,
                    "{}: axis {} is out of bounds for array of dimension {}",
                    op, axis, ndim);
  return static_cast<int>(axis < 0 ? axis + ndim : axis);
}

Shape broadcast_shapes(const Shape& a, const Shape& b, std::string_view op) {
  if (a == b) return a;
  const int ndim = std::max(a.ndim(), b.ndim());
  Shape out = Shape::filled(ndim, 1);
  const auto aligned = [ndim](const Shape& shape, int axis) {
    const int own = axis - (ndim - shape.ndim());
    return own < 0 ? int64_t{1} : shape[own];
  };
  for (int i = 0; i < ndim; ++i) {
    const auto extent = broadcast_extent(aligned(a, i), aligned(b, i));
    NUMEST_USER_CHECK(extent, ValueError,
                      "{}: operands could not be broadcast together with "
                      "shapes {} {}",
                      op, a.to_string(), b.to_string());
    out[i] = *extent;
  }
  return out;
}

Strides contiguous_strides(const Shape& shape, int64_t itemsize) {
  Strides strides = Shape::filled(shape.ndim(), 0);
  int64_t stride = itemsize;
  for (int i = shape.ndim() - 1; i >= 0; --i) {
    strides[i] = stride;
    // Wraps for extents that no memory holds; the allocation refuses them.
    stride = static_cast<int64_t>(
        static_cast<uint64_t>(stride) *
        static_cast<uint64_t>(std::max<int64_t>(shape[i], 1)));
  }
  return strides;
}

}  // namespace numest
