// Binary search without branches, several values at a time: while one waits for
// memory the others go on.
#include <algorithm>
#include <array>

#include "numest/base/thread_pool.h"
#include "numest/kernels/order_keys.h"
#include "numest/kernels/sort.h"

namespace numest::kernels {
namespace {

constexpr int64_t kPiece = 1 << 12;  // values of a parallel piece
constexpr size_t kGroup = 8;         // values that are searched at a time

// True if a value, which is not a real NaN, belongs behind the element `x`.
template <bool is_right, class K>
bool is_behind(const K& x, const K& value) {
  if constexpr (std::is_arithmetic_v<K>)
    return is_right ? x <= value : x < value;
  else
    return is_right ? !is_less(value, x) : is_less(x, value);
}

// NaN belongs before the first one, or behind all.
template <bool is_right, class T>
int64_t place_of_nan(const T* sorted, int64_t n) {
  if (is_right) return n;
  return std::partition_point(sorted, sorted + n,
                              [](const T& x) { return !is_nan(key_of(x)); }) -
         sorted;
}

// `n` > 0 elements; `count` <= kGroup values.
template <bool is_right, class T>
void search_group(const T* sorted, int64_t n, const T* values, size_t count,
                  int64_t* out) {
  using K = decltype(key_of(*values));
  std::array<K, kGroup> wanted;
  std::array<const T*, kGroup> base;
  base.fill(sorted);
  for (size_t j = 0; j < kGroup; ++j)
    wanted[j] = key_of(values[std::min(j, count - 1)]);
  for (int64_t length = n; length > 1;) {
    const int64_t half = length / 2;
    for (size_t j = 0; j < kGroup; ++j)
      base[j] += half & -int64_t{is_behind<is_right>(key_of(base[j][half - 1]),
                                                     wanted[j])};
    length -= half;
  }
  for (size_t j = 0; j < count; ++j)
    out[j] = base[j] - sorted +
             int64_t{is_behind<is_right>(key_of(*base[j]), wanted[j])};
  if constexpr (std::is_floating_point_v<K>)
    for (size_t j = 0; j < count; ++j)
      if (is_nan(wanted[j])) out[j] = place_of_nan<is_right>(sorted, n);
}

template <bool is_right, class T>
void search_all(const T* sorted, int64_t n, const T* values, int64_t m,
                int64_t* out) {
  if (n == 0) return void(std::fill_n(out, m, 0));
  parallel_for(m, kPiece, [=](int64_t begin, int64_t end) {
    constexpr auto kStep = int64_t{kGroup};
    for (int64_t i = begin; i < end; i += kStep)
      search_group<is_right>(sorted, n, values + i,
                             size_t(std::min(kStep, end - i)), out + i);
  });
}

}  // namespace

void searchsorted(DType dtype, const void* sorted, int64_t n,
                  const void* values, int64_t m, bool right, int64_t* out) {
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* data = static_cast<const T*>(sorted);
    const T* wanted = static_cast<const T*>(values);
    if (right)
      search_all<true>(data, n, wanted, m, out);
    else
      search_all<false>(data, n, wanted, m, out);
  });
}

}  // namespace numest::kernels
