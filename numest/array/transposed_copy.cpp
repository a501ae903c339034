// Tile by tile: of a tile, lines of both sides stay in L1.
#include "numest/array/transposed_copy.h"

#include <algorithm>
#include <cstring>

namespace numest {

namespace {

/// Row r and column c of the result stand at to + r * to_stride + c * item, of
/// the source at from + c * from_stride + r * item.
struct Plane {
  int64_t rows, columns, to_stride, from_stride;
};

template <size_t kSize>
void copy_tile(const Plane& p, const std::byte* from, int64_t rows,
               int64_t columns, std::byte* to) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      std::memcpy(to + r * p.to_stride + c * int64_t{kSize},
                  from + c * p.from_stride + r * int64_t{kSize}, kSize);
}

template <size_t kSize>
void copy_plane(const Plane& p, const std::byte* from, std::byte* to) {
  constexpr int64_t kTile = kSize >= 4 ? 8 : 16;
  constexpr int64_t kItem = kSize;
  for (int64_t c = 0; c < p.columns; c += kTile)
    for (int64_t r = 0; r < p.rows; r += kTile) {
      const std::byte* const source = from + c * p.from_stride + r * kItem;
      std::byte* const target = to + r * p.to_stride + c * kItem;
      if (r + kTile <= p.rows && c + kTile <= p.columns)
        copy_tile<kSize>(p, source, kTile, kTile, target);
      else
        copy_tile<kSize>(p, source, std::min(kTile, p.rows - r),
                         std::min(kTile, p.columns - c), target);
    }
}

using CopyPlane = void (*)(const Plane&, const std::byte*, std::byte*);

CopyPlane plane_of_size(int64_t item) {
  switch (item) {
    case 1:
      return copy_plane<1>;
    case 2:
      return copy_plane<2>;
    case 4:
      return copy_plane<4>;
    case 8:
      return copy_plane<8>;
    default:
      return copy_plane<16>;
  }
}

// The axis along which the elements of `a` lie side by side; -1 if none does.
int adjacent_axis(const Array& a) {
  for (int i = 0; i < a.ndim(); ++i)
    if (a.strides()[i] == a.itemsize() && a.shape()[i] > 1) return i;
  return -1;
}

}  // namespace

bool copy_transposed(const Array& to, const Array& from) {
  constexpr int64_t kShort = 8;
  const int last = to.ndim() - 1, across = adjacent_axis(from);
  if (to.dtype() == DType::kBytes || across < 0 || across == last ||
      adjacent_axis(to) != last || to.shape()[last] < kShort ||
      to.shape()[across] < kShort || from.strides()[last] == 0)
    return false;
  const Plane plane{to.shape()[across], to.shape()[last], to.strides()[across],
                    from.strides()[last]};
  const CopyPlane copy = plane_of_size(to.itemsize());
  // The other axes are counted up.
  Shape position = Shape::filled(to.ndim(), 0);
  const std::byte* source = from.raw();
  std::byte* target = to.raw();
  while (true) {
    copy(plane, source, target);
    int axis = last;
    for (; axis >= 0; --axis) {
      if (axis == last || axis == across) continue;
      source += from.strides()[axis];
      target += to.strides()[axis];
      if (++position[axis] < to.shape()[axis]) break;
      source -= position[axis] * from.strides()[axis];
      target -= position[axis] * to.strides()[axis];
      position[axis] = 0;
    }
    if (axis < 0) return true;
  }
}

}  // namespace numest
