// Positions are counted up, not divided out: inner runs may be three long.
#include "numest/array/strided_copy.h"

#include <algorithm>
#include <cstring>

namespace numest {

namespace {

struct Item16 {
  uint64_t halves[2];
};

template <class T>
void copy_run(const std::byte* from, int64_t stride, int64_t count, T* to) {
  constexpr int64_t kLong = 16;  // from here on memcpy is worth its call
  if (stride == 0) {
    std::fill(to, to + count, *reinterpret_cast<const T*>(from));
  } else if (stride == int64_t(sizeof(T)) && count >= kLong) {
    std::memcpy(to, from, size_t(count) * sizeof(T));
  } else {
    for (int64_t i = 0; i < count; ++i, from += stride)
      to[i] = *reinterpret_cast<const T*>(from);
  }
}

template <class T>
void copy_runs(const std::byte* data, const Shape& extents,
               const Shape& strides, int64_t begin, int64_t count, T* to) {
  const int last = extents.ndim() - 1;
  Shape position = extents;
  // Shapes look at each access where their values lie.
  const int64_t *const extent = extents.begin(), *const step = strides.begin();
  int64_t* const at = position.begin();
  for (int i = last; i >= 0; --i) {
    at[i] = begin % extent[i];
    begin /= extent[i];
    data += at[i] * step[i];
  }
  while (true) {
    const int64_t run = std::min(count, extent[last] - at[last]);
    copy_run(data, step[last], run, to);
    to += run;
    count -= run;
    if (count == 0) return;
    data -= at[last] * step[last];
    at[last] = 0;
    for (int i = last - 1; i >= 0; --i) {
      data += step[i];
      if (++at[i] < extent[i]) break;
      data -= extent[i] * step[i];
      at[i] = 0;
    }
  }
}

}  // namespace

void copy_strided(const std::byte* data, const Shape& extents,
                  const Shape& strides, int64_t item, int64_t begin,
                  int64_t count, std::byte* to) {
  if (count == 0) return;
  auto copy = [&](auto zero) {
    using T = decltype(zero);
    copy_runs(data, extents, strides, begin, count, reinterpret_cast<T*>(to));
  };
  switch (item) {
    case 1:
      return copy(uint8_t{});
    case 2:
      return copy(uint16_t{});
    case 4:
      return copy(uint32_t{});
    case 8:
      return copy(uint64_t{});
    default:
      return copy(Item16{});
  }
}

}  // namespace numest
