// Stretches of strided arrays against element by element.
#include "numest/array/strided_copy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace numest {
namespace {

// The element at `position` of the row-major order.
int64_t offset_of(int64_t position, const Shape& extents,
                  const Shape& strides) {
  int64_t offset = 0;
  for (int i = extents.ndim() - 1; i >= 0; --i) {
    offset += position % extents[i] * strides[i];
    position /= extents[i];
  }
  return offset;
}

template <class T>
void check(const Shape& extents, const Shape& strides, size_t first) {
  // No more than the strides reach: the sanitizer sees what reads on.
  int64_t last = 0;
  for (int64_t i = 0; i < extents.size(); ++i)
    last = std::max(last, offset_of(i, extents, strides));
  std::vector<T> memory(first + size_t(last) + 1);
  for (size_t i = 0; i < memory.size(); ++i) memory[i] = T(i);
  Shape in_bytes = strides;
  for (int64_t& s : in_bytes) s *= int64_t(sizeof(T));
  const T* data = memory.data() + first;
  const int64_t size = extents.size();
  for (int64_t begin = 0; begin < size; begin += 5)
    for (int64_t count = 0; begin + count <= size; count += 7) {
      std::vector<T> got(size_t(count) + 1, T(99));
      copy_strided(reinterpret_cast<const std::byte*>(data), extents, in_bytes,
                   sizeof(T), begin, count,
                   reinterpret_cast<std::byte*>(got.data()));
      for (int64_t i = 0; i < count; ++i)
        ASSERT_EQ(got[size_t(i)], data[offset_of(begin + i, extents, strides)]);
      EXPECT_EQ(got[size_t(count)], T(99));
    }
}

template <class T>
void check_layouts() {
  check<T>({4, 7, 3}, {21, -3, 1}, 18);  // reversed middle axis
  check<T>({4, 7, 3}, {7, 1, 0}, 0);     // repeated last axis
  check<T>({5, 20}, {40, 2}, 0);
  check<T>({3, 40}, {60, 1}, 0);  // long runs
  check<T>({6}, {-2}, 10);
  for (const int64_t width : {2, 4, 6})  // pixels of other widths
    check<T>({3, 5, width}, {5 * width, -width, 1}, size_t(4 * width));
  check<T>({3, 5, 3}, {15, 0, 1}, 0);       // a repeated pixel
  for (const int64_t width : {2, 3, 4, 6})  // pixels that overlap
    for (const int64_t step : {-1, 1, 2})
      check<T>({2, 7, width}, {20, step, 1}, step < 0 ? 6 : 0);
  for (const int64_t width : {2, 4, 5})  // repeated elements
    check<T>({3, 5, width}, {7, 1, 0}, 0);
}

TEST(StridedCopy, EqualsElementByElement) {
  check_layouts<uint8_t>();
  check_layouts<uint16_t>();
  check_layouts<uint32_t>();
  check_layouts<uint64_t>();
}

}  // namespace
}  // namespace numest
