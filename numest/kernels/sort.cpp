// Numbers are sorted by Highway's vectorized quicksort as integers of the same
// order: with -0.0 before 0.0, so that nothing depends on its random pivots.
// The rest goes by std:: algorithms. Rows are shared among threads.
#include "numest/kernels/sort.h"

#include <hwy/contrib/sort/vqsort.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <type_traits>
#include <vector>

#include "numest/base/thread_pool.h"
#include "numest/kernels/order_keys.h"

namespace numest::kernels {
namespace {

constexpr int64_t kPiece = 1 << 13;  // elements of a parallel piece

template <class K>
struct Item {
  K key;
  int64_t position;
};

template <class T>
auto items_of(const T* x, int64_t n) {
  using K = decltype(key_of(*x));
  std::vector<Item<K>> items;
  items.reserve(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) items.push_back({key_of(x[i]), i});
  return items;
}

const hwy::Sorter& sorter() {
  thread_local const hwy::Sorter instance;  // owns scratch memory
  return instance;
}

// Floats become integers of the same order and back: the bits behind the
// sign are turned over if it is set.
template <class T>
void turn_over(T* x, int64_t n) {
  using I = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;
  for (int64_t i = 0; i < n; ++i) {
    const I bits = std::bit_cast<I>(x[i]);
    const I sign = static_cast<I>(bits >> (8 * sizeof(I) - 1));
    x[i] = std::bit_cast<T>(
        static_cast<I>(bits ^ (sign & std::numeric_limits<I>::max())));
  }
}

template <class T>
void sort_row(T* x, int64_t n) {
  if constexpr (std::is_floating_point_v<T>) {  // NaN to the end, then plain
    using I = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;
    const auto count = std::partition(x, x + n, [](T v) { return v == v; }) - x;
    turn_over(x, count);
    sorter()(reinterpret_cast<I*>(x), size_t(count), hwy::SortAscending());
    turn_over(x, count);
  } else if constexpr (std::is_integral_v<T> && sizeof(T) >= 2) {
    sorter()(x, size_t(n), hwy::SortAscending());
  } else {
    std::sort(x, x + n, [](const T& a, const T& b) {
      return is_less(key_of(a), key_of(b));
    });
  }
}

hwy::uint128_t with_position(uint64_t key, int64_t position) {
  hwy::uint128_t word;
  word.lo = static_cast<uint64_t>(position);
  word.hi = key;
  return word;
}
uint64_t with_position(uint32_t key, int64_t position) {
  return (uint64_t{key} << 32) | static_cast<uint32_t>(position);
}
int64_t position_of(const hwy::uint128_t& word) { return int64_t(word.lo); }
int64_t position_of(uint64_t word) { return static_cast<uint32_t>(word); }

// Key and position are one word, whose order is total.
template <class T>
void argsort_words(const T* x, int64_t* out, int64_t n) {
  using Word = decltype(with_position(ordered(key_of(*x)), 0));
  std::vector<Word> words(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i)
    words[static_cast<size_t>(i)] = with_position(ordered(key_of(x[i])), i);
  sorter()(words.data(), words.size(), hwy::SortAscending());
  for (const Word& word : words) *out++ = position_of(word);
}

template <class T>
void argsort_row(const T* x, int64_t* out, int64_t n) {
  constexpr int64_t kMost = int64_t{1} << 32;
  using K = decltype(key_of(*x));
  if constexpr (std::is_arithmetic_v<K>)
    if (sizeof(K) == 8 || n < kMost) return argsort_words(x, out, n);
  auto items = items_of(x, n);
  using Pair = typename decltype(items)::value_type;
  std::stable_sort(
      items.begin(), items.end(),
      [](const Pair& a, const Pair& b) { return is_less(a.key, b.key); });
  for (const Pair& item : items) *out++ = item.position;
}

template <class T>
void top_row(const T* x, int64_t n, int64_t k, T* values, int64_t* indices) {
  auto items = items_of(x, n);
  using Pair = typename decltype(items)::value_type;
  const auto is_before = [](const Pair& a, const Pair& b) {
    if (is_less(b.key, a.key)) return true;
    return !is_less(a.key, b.key) && a.position < b.position;
  };
  std::partial_sort(items.begin(), items.begin() + k, items.end(), is_before);
  for (int64_t i = 0; i < k; ++i) {
    const int64_t position = items[static_cast<size_t>(i)].position;
    if (values) values[i] = x[position];
    if (indices) indices[i] = position;
  }
}

template <class Body>
void for_rows(int64_t rows, int64_t n, const Body& body) {
  const int64_t grain = std::max<int64_t>(1, kPiece / std::max<int64_t>(1, n));
  parallel_for(rows, grain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) body(r);
  });
}

}  // namespace

void sort_rows(DType dtype, void* x, int64_t rows, int64_t n) {
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    T* data = static_cast<T*>(x);
    for_rows(rows, n, [=](int64_t r) { sort_row(data + r * n, n); });
  });
}

void argsort_rows(DType dtype, const void* x, int64_t* out, int64_t rows,
                  int64_t n) {
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* data = static_cast<const T*>(x);
    for_rows(rows, n,
             [=](int64_t r) { argsort_row(data + r * n, out + r * n, n); });
  });
}

void top_k(DType dtype, const void* x, int64_t rows, int64_t n, int64_t k,
           void* values, int64_t* indices) {
  NUMEST_USER_CHECK(k >= 0 && k <= n, ValueError,
                    "top_k: got k {}, expected 0 <= k <= {}, the last extent",
                    k, n);
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* data = static_cast<const T*>(x);
    T* out = static_cast<T*>(values);
    for_rows(rows, n, [=](int64_t r) {
      top_row(data + r * n, n, k, out ? out + r * k : nullptr,
              indices ? indices + r * k : nullptr);
    });
  });
}

}  // namespace numest::kernels
