// Views: new shape and strides over the same buffer; no element is read.
#include <algorithm>
#include <optional>

#include "numest/array/array.h"
#include "numest/array/index.h"

namespace numest {
namespace {

// One extent of -1 is what the others leave.
Shape resolve_shape(const Shape& shape, int64_t size) {
  Shape out = shape;
  int64_t known = 1;
  int unknown = -1, num_unknown = 0;
  for (int i = 0; i < shape.ndim(); ++i) {
    if (shape[i] >= 0) {
      known *= shape[i];
    } else {
      unknown = i;
      ++num_unknown;
    }
  }
  NUMEST_USER_CHECK(num_unknown <= 1, ValueError,
                    "reshape: got {} unknown extents, expected at most one",
                    num_unknown);
  if (unknown >= 0 && known > 0 && size % known == 0)
    out[unknown] = size / known;
  NUMEST_USER_CHECK(out.is_known() && out.size() == size, ValueError,
                    "reshape: cannot reshape array of size {} into shape {}",
                    size, shape.to_string());
  return out;
}

// Strides of `shape` over the memory of `a`, or nullopt if a copy is needed.
// Walks groups of old and new axes of equal product: within a group the old
// axes must follow each other in memory without a gap.
std::optional<Strides> strides_without_copy(const Array& a,
                                            const Shape& shape) {
  Shape old_shape, old_strides;
  for (int i = 0; i < a.ndim(); ++i) {
    if (a.shape()[i] == 1) continue;
    old_shape.push_back(a.shape()[i]);
    old_strides.push_back(a.strides()[i]);
  }
  Strides out = Shape::filled(shape.ndim(), a.itemsize());
  int i = 0, j = 0;
  while (i < old_shape.ndim() && j < shape.ndim()) {
    int64_t old_product = old_shape[i], product = shape[j];
    int old_end = i + 1, end = j + 1;
    while (old_product != product) {
      if (old_product < product)
        old_product *= old_shape[old_end++];
      else
        product *= shape[end++];
    }
    for (int k = i; k + 1 < old_end; ++k)
      if (old_strides[k] != old_strides[k + 1] * old_shape[k + 1])
        return std::nullopt;
    out[end - 1] = old_strides[old_end - 1];
    for (int k = end - 1; k > j; --k) out[k - 1] = out[k] * shape[k];
    i = old_end;
    j = end;
  }
  return out;
}

}  // namespace

Array Array::slice(std::span<const Slice> slices) const {
  NUMEST_USER_CHECK(int64_t(slices.size()) <= ndim(), IndexError,
                    "too many indices for array: array is {}-dimensional, "
                    "but {} were indexed",
                    ndim(), slices.size());
  Array out = *this;
  for (int i = 0; i < int(slices.size()); ++i) {
    const SliceRange r = resolve_slice(slices[size_t(i)], shape_[i]);
    out.data_ += r.start * strides_[i];
    out.shape_[i] = r.count;
    // The step to an element that does not exist may be any number.
    if (r.count > 1) out.strides_[i] = strides_[i] * r.step;
  }
  return out;
}

Array Array::index(int axis, int64_t position) const {
  axis = normalize_axis(axis, ndim(), "index");
  const int64_t at = resolve_position(position, shape_[axis], axis);
  Array out = *this;
  out.data_ += at * strides_[axis];
  out.shape_.erase(axis);
  out.strides_.erase(axis);
  return out;
}

Array Array::rows(int64_t begin, int64_t end) const {
  NUMEST_USER_CHECK(ndim() > 0, IndexError,
                    "rows: got a 0-d array, expected at least one axis");
  NUMEST_USER_CHECK(0 <= begin && begin <= end && end <= shape_[0], IndexError,
                    "rows: got [{}, {}), expected a range of {} rows", begin,
                    end, shape_[0]);
  Array out = *this;
  out.data_ += begin * strides_[0];
  out.shape_[0] = end - begin;
  return out;
}

Array Array::transpose(std::span<const int> axes) const {
  NUMEST_USER_CHECK(int64_t(axes.size()) == ndim(), ValueError,
                    "transpose: got {} axes, expected {}", axes.size(), ndim());
  Array out = *this;
  Shape seen = Shape::filled(ndim(), 0);
  for (int i = 0; i < ndim(); ++i) {
    const int axis = normalize_axis(axes[size_t(i)], ndim(), "transpose");
    NUMEST_USER_CHECK(seen[axis]++ == 0, ValueError,
                      "transpose: got axis {} twice, expected each once", axis);
    out.shape_[i] = shape_[axis];
    out.strides_[i] = strides_[axis];
  }
  return out;
}

Array Array::transpose() const {
  Array out = *this;
  std::reverse(out.shape_.begin(), out.shape_.end());
  std::reverse(out.strides_.begin(), out.strides_.end());
  return out;
}

Array Array::expand_dims(int axis) const {
  axis = normalize_axis(axis, ndim() + 1, "expand_dims");
  Array out = *this;
  out.strides_.insert(
      axis, axis < ndim() ? shape_[axis] * strides_[axis] : itemsize());
  out.shape_.insert(axis, 1);
  return out;
}

Array Array::squeeze(int axis) const {
  axis = normalize_axis(axis, ndim(), "squeeze");
  NUMEST_USER_CHECK(shape_[axis] == 1, ValueError,
                    "squeeze: got axis {} of extent {}, expected extent 1",
                    axis, shape_[axis]);
  Array out = *this;
  out.shape_.erase(axis);
  out.strides_.erase(axis);
  return out;
}

Array Array::broadcast_to(const Shape& shape) const {
  const int offset = shape.ndim() - ndim();
  bool fits = offset >= 0;
  Strides strides = Shape::filled(shape.ndim(), 0);
  for (int i = 0; fits && i < ndim(); ++i) {
    if (shape_[i] == shape[offset + i])
      strides[offset + i] = strides_[i];
    else
      fits = shape_[i] == 1;
  }
  NUMEST_USER_CHECK(fits, ValueError,
                    "broadcast_to: could not broadcast input array from shape "
                    "{} into shape {}",
                    shape_.to_string(), shape.to_string());
  return Array(dtype_, shape, strides, data_, buffer_);
}

Array Array::reshape(const Shape& shape) const {
  const Shape wanted = resolve_shape(shape, size());
  if (is_contiguous())
    return Array(dtype_, wanted, contiguous_strides(wanted, itemsize()), data_,
                 buffer_);
  const auto strides = strides_without_copy(*this, wanted);
  if (!strides) return copy().reshape(wanted);
  return Array(dtype_, wanted, *strides, data_, buffer_);
}

}  // namespace numest
