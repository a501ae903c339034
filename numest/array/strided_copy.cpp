// Positions are counted up, not divided out: inner runs may be three long.
#include "numest/array/strided_copy.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>

namespace numest {

namespace {

/// An element of 16 bytes, or a pixel: a short inner run moved as one.
template <size_t kBytes>
struct Chunk {
  std::byte bytes[kBytes];
};

// Compilers make a loop of single stores of std::fill.
template <class T>
void fill_run(const T& value, int64_t count, T* to) {
  constexpr int64_t kBlock = std::max<int64_t>(64 / int64_t(sizeof(T)), 1);
  T block[size_t(kBlock)];
  std::fill_n(block, std::min(count, kBlock), value);
  for (; count >= kBlock; count -= kBlock, to += kBlock)
    std::memcpy(to, block, sizeof(block));
  std::copy_n(block, count, to);
}

// Items of 3, 6 or 12 bytes move as 4, 8 or 16, the first and the last apart:
// what lies between two items of a run may be read, and what lies behind one
// that is not the last is written next. Runs must step over the rest.
template <class T>
constexpr int64_t kRest = sizeof(T) == 3 || sizeof(T) == 6 || sizeof(T) == 12
                              ? int64_t(sizeof(T)) / 3
                              : 0;

template <class T>
void copy_wide(const std::byte* from, int64_t stride, int64_t count, T* to) {
  const auto move = [&](int64_t i, size_t num_bytes) {
    std::memcpy(to + i, from + i * stride, num_bytes);
  };
  move(0, sizeof(T));
  for (int64_t i = 1; i + 1 < count; ++i) move(i, sizeof(T) + size_t(kRest<T>));
  if (count > 1) move(count - 1, sizeof(T));
}

template <class T>
void copy_run(const std::byte* from, int64_t stride, int64_t count, T* to) {
  constexpr int64_t kLong = 16;  // from here on memcpy is worth its call
  if (stride == 0) {
    fill_run(*reinterpret_cast<const T*>(from), count, to);
  } else if (kRest<T> != 0 && std::abs(stride) >= kRest<T>) {
    copy_wide(from, stride, count, to);
  } else if (stride == int64_t(sizeof(T)) && count >= kLong) {
    std::memcpy(to, from, size_t(count) * sizeof(T));
  } else {
    for (int64_t i = 0; i < count; ++i, from += stride)
      to[i] = *reinterpret_cast<const T*>(from);
  }
}

/// The same element four times.
template <class T>
struct Four {
  explicit Four(const T& value) : elements{value, value, value, value} {}
  T elements[4];
};
template <>
struct Four<uint8_t> {
  explicit Four(uint8_t value) : elements(value * 0x01010101u) {}
  uint32_t elements;
};

// Each element of the run kWidth times: a mask over the channels of pixels.
// Four are stored, of which the next element's overwrite the rest.
template <class T, int64_t kWidth>
void repeat_run(const std::byte* from, int64_t stride, int64_t count, T* to) {
  for (int64_t i = 0; i < count; ++i, from += stride, to += kWidth) {
    const Four<T> four(*reinterpret_cast<const T*>(from));
    if (i + 4 < count)
      std::memcpy(to, &four, 4 * sizeof(T));
    else
      std::memcpy(to, &four, kWidth * sizeof(T));
  }
}

template <class T, int64_t kWidth>
void copy_pixels(const std::byte* from, int64_t stride, int64_t count, T* to) {
  if constexpr (kWidth == 1)
    copy_run(from, stride, count, to);
  else
    repeat_run<T, kWidth>(from, stride, count, to);
}

template <class T, int64_t kWidth = 1>
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
    copy_pixels<T, kWidth>(data, step[last], run, to);
    to += run * kWidth;
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

/// What is copied: elements, or pixels of a short last axis that has been
/// taken off the extents.
struct Stretch {
  const std::byte* data;
  Shape extents, strides;

  template <class T>
  void copy(int64_t begin, int64_t count, std::byte* to) const {
    copy_runs(data, extents, strides, begin, count, reinterpret_cast<T*>(to));
  }
  template <class T>
  void repeat(int64_t width, int64_t begin, int64_t count,
              std::byte* to) const {
    T* const out = reinterpret_cast<T*>(to);
    if (width == 2)
      copy_runs<T, 2>(data, extents, strides, begin, count, out);
    else if (width == 3)
      copy_runs<T, 3>(data, extents, strides, begin, count, out);
    else
      copy_runs<T, 4>(data, extents, strides, begin, count, out);
  }
};

void copy_items(const Stretch& s, int64_t item, int64_t begin, int64_t count,
                std::byte* to) {
  switch (item) {
    case 1:
      return s.copy<uint8_t>(begin, count, to);
    case 2:
      return s.copy<uint16_t>(begin, count, to);
    case 4:
      return s.copy<uint32_t>(begin, count, to);
    case 8:
      return s.copy<uint64_t>(begin, count, to);
    default:
      return s.copy<Chunk<16>>(begin, count, to);
  }
}

// Pixels lie at any multiple of their elements.
void copy_chunks(const Stretch& s, int64_t num_bytes, int64_t begin,
                 int64_t count, std::byte* to) {
  switch (num_bytes) {
    case 2:
      return s.copy<Chunk<2>>(begin, count, to);
    case 3:
      return s.copy<Chunk<3>>(begin, count, to);
    case 4:
      return s.copy<Chunk<4>>(begin, count, to);
    case 6:
      return s.copy<Chunk<6>>(begin, count, to);
    case 8:
      return s.copy<Chunk<8>>(begin, count, to);
    case 12:
      return s.copy<Chunk<12>>(begin, count, to);
    case 16:
      return s.copy<Chunk<16>>(begin, count, to);
    default:
      return s.copy<Chunk<24>>(begin, count, to);
  }
}

void repeat_items(const Stretch& s, int64_t item, int64_t width, int64_t begin,
                  int64_t count, std::byte* to) {
  switch (item) {
    case 1:
      return s.repeat<uint8_t>(width, begin, count, to);
    case 2:
      return s.repeat<uint16_t>(width, begin, count, to);
    case 4:
      return s.repeat<uint32_t>(width, begin, count, to);
    case 8:
      return s.repeat<uint64_t>(width, begin, count, to);
    default:
      return s.repeat<Chunk<16>>(width, begin, count, to);
  }
}

// True if the elements of the last axis follow each other and move as one
// item: the channels of a mirrored picture.
bool is_pixel(const Stretch& s, int64_t item) {
  constexpr int64_t kBytes[] = {2, 3, 4, 6, 8, 12, 16, 24};
  const int last = s.extents.ndim() - 1;
  return last > 0 && s.strides[last] == item && s.extents[last] > 1 &&
         std::find(std::begin(kBytes), std::end(kBytes),
                   s.extents[last] * item) != std::end(kBytes);
}

// True if each element stands few times: a mask over the channels.
bool is_repeated(const Stretch& s) {
  const int last = s.extents.ndim() - 1;
  return last > 0 && s.strides[last] == 0 && s.extents[last] >= 2 &&
         s.extents[last] <= 4;
}

}  // namespace

void copy_strided(const std::byte* data, const Shape& extents,
                  const Shape& strides, int64_t item, int64_t begin,
                  int64_t count, std::byte* to) {
  if (count == 0) return;
  const Stretch all{data, extents, strides};
  const int last = extents.ndim() - 1;
  const bool repeats = is_repeated(all);
  const int64_t width = extents[last];
  const int64_t head = (width - begin % width) % width;
  const int64_t pixels = (count - head) / width;
  if ((!repeats && !is_pixel(all, item)) || head + width > count)
    return copy_items(all, item, begin, count, to);
  Stretch outer = all;
  outer.extents.erase(last);
  outer.strides.erase(last);
  if (head > 0) copy_items(all, item, begin, head, to);
  const int64_t first = (begin + head) / width;
  if (repeats)
    repeat_items(outer, item, width, first, pixels, to + head * item);
  else
    copy_chunks(outer, width * item, first, pixels, to + head * item);
  const int64_t done = head + pixels * width;
  if (done < count)
    copy_items(all, item, begin + done, count - done, to + done * item);
}

}  // namespace numest
