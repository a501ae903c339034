// Integers of a small range have a bit each. Other real numbers are looked up
// in a hash table of their keys, and distinct ones are neighbours when sorted.
#include "numest/kernels/sets.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "numest/base/thread_pool.h"
#include "numest/kernels/order_keys.h"
#include "numest/kernels/sort.h"

namespace numest::kernels {
namespace {

constexpr int64_t kPiece = 1 << 15;  // elements of a parallel piece

template <class Body>
void for_pieces(int64_t n, const Body& body) {
  parallel_for(n, kPiece, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i);
  });
}

/// One bit for each integer of a range.
template <class T>
class Bits {
 public:
  /// The range of n > 0 elements; is_small says whether it is worth its memory.
  Bits(const T* x, int64_t n) {
    T low = x[0], high = x[0];
    for (int64_t i = 1; i < n; ++i) {
      low = std::min(low, x[i]);
      high = std::max(high, x[i]);
    }
    low_ = static_cast<uint64_t>(low);
    range_ = static_cast<uint64_t>(high) - low_;
  }
  bool is_small(int64_t elements) const {
    constexpr uint64_t kBitsOfElement = 16;
    return range_ <
           std::max(uint64_t(elements) * kBitsOfElement, uint64_t{1} << 12);
  }
  void mark(const T* x, int64_t n) {
    words_.assign(range_ / 64 + 1, 0);
    for (int64_t i = 0; i < n; ++i) {
      const uint64_t at = static_cast<uint64_t>(x[i]) - low_;
      words_[at / 64] |= uint64_t{1} << (at % 64);
    }
  }
  bool has(T x) const {
    const uint64_t at = static_cast<uint64_t>(x) - low_;
    return at <= range_ && (words_[at / 64] >> (at % 64) & 1);
  }
  T* write(T* out) const {
    for (size_t w = 0; w < words_.size(); ++w)
      for (uint64_t word = words_[w]; word != 0; word &= word - 1)
        *out++ =
            static_cast<T>(low_ + 64 * w + uint64_t(std::countr_zero(word)));
    return out;
  }

 private:
  uint64_t low_, range_;
  std::vector<uint64_t> words_;
};

/// A set of keys: open addressing, at most half of the places taken, and of
/// small tables an eighth, so that the first place mostly says it.
template <class U>
class KeySet {
 public:
  explicit KeySet(int64_t most)
      : places_(std::bit_ceil(size_t((most < kFew ? 8 : 2) * most + 2))),
        shift_(64 - std::countr_zero(places_.size())) {}
  /// Where a key is looked for first; memory is asked for it.
  size_t prepare(U key) const {
    const size_t at = place(key);
    __builtin_prefetch(&places_[at]);
    return at;
  }
  void add(U key, size_t at) {
    if (key == 0) has_zero_ = true;
    if (key == 0) return;
    while (places_[at] != 0 && places_[at] != key) at = next(at);
    places_[at] = key;
  }
  bool has(U key, size_t at) const {
    if (key == 0) return has_zero_;
    while (places_[at] != 0 && places_[at] != key) at = next(at);
    return places_[at] == key;
  }

 private:
  static constexpr int64_t kFew = 1 << 12;

  size_t place(U key) const {
    uint64_t mixed = key;
    mixed = (mixed ^ mixed >> 32) * 0xd6e8feb86659fd93u;
    mixed = (mixed ^ mixed >> 32) * 0x9e3779b97f4a7c15u;
    return size_t(mixed >> shift_);
  }
  size_t next(size_t at) const { return (at + 1) & (places_.size() - 1); }

  std::vector<U> places_;  // 0: free
  int shift_;
  bool has_zero_ = false;
};

template <class T>
void compare_all(const T* x, int64_t n, const T* tests, int64_t m, bool* out) {
  parallel_for(n, kPiece, [=](int64_t begin, int64_t end) {
    constexpr int64_t kBlock = 4096;  // which stay in L1 for all tests
    for (int64_t b = begin; b < end; b += kBlock) {
      const int64_t stop = std::min(end, b + kBlock);
      std::fill(out + b, out + stop, false);
      for (int64_t t = 0; t < m; ++t) {
        const auto test = key_of(tests[t]);
        for (int64_t i = b; i < stop; ++i) out[i] |= key_of(x[i]) == test;
      }
    }
  });
}

// Calls body(i, key, place) for each element; of a block of them all places are
// prepared first.
template <class T, class Set, class Body>
void for_keys(const T* x, int64_t begin, int64_t end, const Set& set,
              const Body& body) {
  constexpr int64_t kBlock = 32;
  size_t places[size_t(kBlock)];
  for (int64_t b = begin; b < end; b += kBlock) {
    const int64_t stop = std::min(end, b + kBlock);
    for (int64_t i = b; i < stop; ++i)
      places[i - b] = set.prepare(ordered(key_of(x[i])));
    for (int64_t i = b; i < stop; ++i)
      body(i, ordered(key_of(x[i])), places[i - b]);
  }
}

template <class T>
void look_up(const T* x, int64_t n, const T* tests, int64_t m, bool* out) {
  if constexpr (std::is_integral_v<T>) {
    Bits<T> bits(tests, m);
    if (bits.is_small(n + m)) {
      bits.mark(tests, m);
      return for_pieces(n, [&](int64_t i) { out[i] = bits.has(x[i]); });
    }
  }
  using U = decltype(ordered(key_of(*x)));
  KeySet<U> keys(m);
  for_keys(tests, 0, m, keys, [&](int64_t t, U key, size_t place) {
    if (!is_nan(key_of(tests[t]))) keys.add(key, place);
  });
  parallel_for(n, kPiece, [&](int64_t begin, int64_t end) {
    for_keys(x, begin, end, keys, [&](int64_t i, U key, size_t place) {
      out[i] = keys.has(key, place);
    });
  });
}

template <class T>
void search(const T* x, int64_t n, const T* tests, int64_t m, bool* out) {
  std::vector<T> sorted(tests, tests + m);
  const auto less = [](const T& a, const T& b) { return is_less(a, b); };
  std::sort(sorted.begin(), sorted.end(), less);
  for_pieces(n, [&](int64_t i) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), x[i], less);
    out[i] = at != sorted.end() && *at == x[i];
  });
}

template <class T>
constexpr bool is_real = std::is_arithmetic_v<decltype(key_of(T()))>;

template <class T>
void isin_of(const T* x, int64_t n, const T* tests, int64_t m, bool* out) {
  constexpr int64_t kFew = 8;
  if (m <= kFew)
    compare_all(x, n, tests, m, out);
  else if constexpr (is_real<T>)
    look_up(x, n, tests, m, out);
  else
    search(x, n, tests, m, out);
}

// Of equal neighbours one stays.
template <class T>
int64_t unique_of(const T* x, int64_t n, bool equal_nan, T* out) {
  if constexpr (std::is_integral_v<T>) {
    Bits<T> bits(x, n);
    if (bits.is_small(n)) {
      bits.mark(x, n);
      return bits.write(out) - out;
    }
  }
  std::copy(x, x + n, out);
  sort_rows(dtype_of<T>, out, 1, n);
  const auto is_number = [](T v) { return !is_nan(v); };
  T* const numbers = std::partition_point(out, out + n, is_number);
  T* end = std::unique(out, numbers);
  if constexpr (std::is_floating_point_v<T>) {
    // -0.0 was sorted before 0.0, and NaNs lost their order.
    T* const zero = std::lower_bound(out, end, T(0));
    if (zero != end && *zero == 0) *zero = *std::find(x, x + n, T(0));
    for (int64_t i = 0, left = out + n - numbers; left > 0; ++i) {
      if (is_number(x[i])) continue;
      *end++ = x[i];
      left = equal_nan ? 0 : left - 1;
    }
  }
  return end - out;
}

}  // namespace

void isin(DType dtype, const void* x, int64_t n, const void* tests, int64_t m,
          bool* out) {
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    isin_of(static_cast<const T*>(x), n, static_cast<const T*>(tests), m, out);
  });
}

bool is_unique_defined(DType dtype) {
  return visit_dtype(dtype, [](auto tag) {
    return std::is_arithmetic_v<typename decltype(tag)::type>;
  });
}

int64_t unique(DType dtype, const void* x, int64_t n, bool equal_nan,
               void* out) {
  if (n == 0) return 0;
  int64_t count = 0;
  visit_dtype(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if constexpr (std::is_arithmetic_v<T>)
      count = unique_of(static_cast<const T*>(x), n, equal_nan,
                        static_cast<T*>(out));
  });
  return count;
}

}  // namespace numest::kernels
