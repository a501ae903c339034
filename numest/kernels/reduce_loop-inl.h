// Pairwise reduction loops, compiled once per SIMD level. An operation Op has
// Acc (accumulator), Out, empty(), load(x), combine(a, b) and finish(acc);
// combine also works on compiler vectors of float and double.
#if defined(NUMEST_KERNELS_REDUCE_LOOP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NUMEST_KERNELS_REDUCE_LOOP_INL_H_
#undef NUMEST_KERNELS_REDUCE_LOOP_INL_H_
#else
#define NUMEST_KERNELS_REDUCE_LOOP_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

#include "numest/base/thread_pool.h"
#include "numest/kernels/half_convert.h"
#include "numest/kernels/reduce_rows.h"

// Vectors pass between inline functions of one file only: no ABI is involved.
#pragma GCC diagnostic ignored "-Wpsabi"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {

constexpr int64_t kBlock = 1024;     // elements added lane by lane
constexpr int64_t kBlockRows = 64;   // rows added one after another
constexpr int64_t kColumns = 512;    // columns whose sums stay in L1
constexpr int64_t kPiece = 1 << 16;  // elements of a parallel piece

// 64 bytes whatever the level, so that every level adds in the same order; as
// vectors of the level: compilers compare wider ones element by element.
template <class T>
struct Lanes {
#if HWY_TARGET <= HWY_AVX3
  static constexpr size_t kBytes = 64;
#elif HWY_TARGET <= HWY_AVX2
  static constexpr size_t kBytes = 32;
#else
  static constexpr size_t kBytes = 16;
#endif
  static constexpr int64_t kCount = 64 / static_cast<int64_t>(sizeof(T));
  static constexpr size_t kParts = 64 / kBytes;
  typedef T Vector
      __attribute__((vector_size(kBytes), aligned(alignof(T)), may_alias));

  // No memcpy: it would take the way through memory.
  HWY_INLINE static Lanes load(const T* x) {
    Lanes lanes;
    for (size_t i = 0; i < kParts; ++i)
      lanes.parts[i] = reinterpret_cast<const Vector*>(x)[i];
    return lanes;
  }
  template <class Op>
  HWY_INLINE void combine(const Lanes& other) {
    for (size_t i = 0; i < kParts; ++i)
      parts[i] = Op::combine(parts[i], other.parts[i]);
  }

  // All lanes as one: of two halves, the lower with the upper one.
  template <class Op>
  HWY_INLINE T joined() const {
    Vector all[kParts];
    for (size_t i = 0; i < kParts; ++i) all[i] = parts[i];
    for (size_t half = kParts / 2; half > 0; half /= 2)
      for (size_t i = 0; i < half; ++i)
        all[i] = Op::combine(all[i], all[i + half]);
    return halved<Op, kPartLanes / 2>(all[0]);
  }

  Vector parts[kParts];

 private:
  static constexpr size_t kPartLanes = kBytes / sizeof(T);

  template <class Op, size_t kHalf>
  HWY_INLINE static T halved(const Vector& v) {
    if constexpr (kHalf == 0)
      return v[0];
    else
      return halved<Op, kHalf / 2>(Op::combine(
          v, upper<kHalf>(v, std::make_index_sequence<kPartLanes>())));
  }
  // Lane l + kHalf at lane l.
  template <size_t kHalf, size_t... l>
  HWY_INLINE static Vector upper(const Vector& v, std::index_sequence<l...>) {
    return __builtin_shufflevector(v, v, ((l + kHalf) % kPartLanes)...);
  }
};

// One block of floats: two vectors of lanes, then the lanes pairwise.
template <class Op, class T>
HWY_INLINE T reduce_lanes(const T* x, int64_t n) {
  constexpr int64_t kCount = Lanes<T>::kCount;
  T total = Op::empty();
  int64_t i = 0;
  if (n >= 2 * kCount) {
    auto a = Lanes<T>::load(x), b = Lanes<T>::load(x + kCount);
    for (i = 2 * kCount; i + 2 * kCount <= n; i += 2 * kCount) {
      a.template combine<Op>(Lanes<T>::load(x + i));
      b.template combine<Op>(Lanes<T>::load(x + i + kCount));
    }
    a.template combine<Op>(b);
    total = a.template joined<Op>();
  }
  for (; i < n; ++i) total = Op::combine(total, x[i]);
  return total;
}

template <class Op, class T>
HWY_INLINE typename Op::Acc reduce_block(const T* x, int64_t n) {
  using Acc = typename Op::Acc;
  if constexpr (std::is_floating_point_v<Acc> && std::is_same_v<T, Acc>) {
    return reduce_lanes<Op>(x, n);
  } else if constexpr (is_half_type<T> && std::is_same_v<Acc, float>) {
    float wide[kBlock];
    for (int64_t i = 0; i < n; ++i) wide[i] = to_float(x[i]);
    return reduce_lanes<Op>(wide, n);
  } else {
    Acc total = Op::empty();
    for (int64_t i = 0; i < n; ++i) total = Op::combine(total, Op::load(x[i]));
    return total;
  }
}

// Splits at a multiple of `block` near the middle.
inline int64_t split_point(int64_t n, int64_t block) {
  const int64_t blocks = (n + block - 1) / block;
  return (blocks + 1) / 2 * block;
}

template <class Op, class T>
typename Op::Acc reduce_contiguous(const T* x, int64_t n) {
  if (n <= kBlock) return reduce_block<Op>(x, n);
  const int64_t left = split_point(n, kBlock);
  return Op::combine(reduce_contiguous<Op>(x, left),
                     reduce_contiguous<Op>(x + left, n - left));
}

// Reduces `rows` rows of `width` <= kColumns columns into out[width].
template <class Op, class T>
void reduce_columns(const T* x, int64_t rows, int64_t stride, int64_t width,
                    typename Op::Acc* out) {
  if (rows <= kBlockRows) {
    std::fill(out, out + width, Op::empty());
    for (int64_t r = 0; r < rows; ++r) {
      const T* row = x + r * stride;
#pragma GCC ivdep
      for (int64_t i = 0; i < width; ++i)
        out[i] = Op::combine(out[i], Op::load(row[i]));
    }
    return;
  }
  const int64_t top = split_point(rows, kBlockRows);
  reduce_columns<Op>(x, top, stride, width, out);
  typename Op::Acc below[kColumns];
  reduce_columns<Op>(x + top * stride, rows - top, stride, width, below);
  for (int64_t i = 0; i < width; ++i) out[i] = Op::combine(out[i], below[i]);
}

// Reduces `rows` x `inner` into out[inner].
template <class Op, class T>
void reduce_panel(const T* x, int64_t rows, int64_t inner,
                  typename Op::Acc* out) {
  if (inner == 1) {
    *out = reduce_contiguous<Op>(x, rows);
    return;
  }
  for (int64_t c = 0; c < inner; c += kColumns)
    reduce_columns<Op>(x + c, rows, inner, std::min(kColumns, inner - c),
                       out + c);
}

// One panel into out[inner], column by column block: no memory but the stack.
template <class Op, class T>
void reduce_finished(const T* x, typename Op::Out* out, int64_t rows,
                     int64_t inner) {
  if (inner == 1) {
    *out = Op::finish(reduce_contiguous<Op>(x, rows));
    return;
  }
  typename Op::Acc sums[kColumns];
  for (int64_t c = 0; c < inner; c += kColumns) {
    const int64_t width = std::min(kColumns, inner - c);
    reduce_columns<Op>(x + c, rows, inner, width, sums);
    for (int64_t i = 0; i < width; ++i) out[c + i] = Op::finish(sums[i]);
  }
}

template <class Op, class T>
void reduce_small(const T* x, typename Op::Out* out, int64_t outer, int64_t n,
                  int64_t inner) {
  const int64_t grain =
      std::max<int64_t>(1, kPiece / std::max<int64_t>(1, n * inner));
  parallel_for(outer, grain, [=](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o)
      reduce_finished<Op>(x + o * n * inner, out + o * inner, n, inner);
  });
}

// Splits the rows of one large panel among pieces, then joins them pairwise.
template <class Op, class T>
void reduce_large(const T* x, typename Op::Out* out, int64_t n, int64_t inner) {
  using Acc = typename Op::Acc;
  const int64_t rows = std::max<int64_t>(kBlockRows, kPiece / inner);
  const int64_t pieces = (n + rows - 1) / rows;
  std::vector<Acc> sums(static_cast<size_t>(pieces * inner));
  Acc* partial = sums.data();
  parallel_for(pieces, 1, [=](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p)
      reduce_panel<Op>(x + p * rows * inner, std::min(rows, n - p * rows),
                       inner, partial + p * inner);
  });
  for (int64_t step = 1; step < pieces; step *= 2)
    for (int64_t p = 0; p + step < pieces; p += 2 * step)
      for (int64_t i = 0; i < inner; ++i)
        partial[p * inner + i] = Op::combine(partial[p * inner + i],
                                             partial[(p + step) * inner + i]);
  for (int64_t i = 0; i < inner; ++i) out[i] = Op::finish(partial[i]);
}

template <class Op, class T>
void reduce(const void* in, void* out, int64_t outer, int64_t n,
            int64_t inner) {
  const T* x = static_cast<const T*>(in);
  auto* y = static_cast<typename Op::Out*>(out);
  if (outer == 0 || inner == 0) return;
  Op::check(n);
  if (n * inner <= 2 * kPiece || n <= kBlockRows)
    return reduce_small<Op>(x, y, outer, n, inner);
  for (int64_t o = 0; o < outer; ++o)
    reduce_large<Op>(x + o * n * inner, y + o * inner, n, inner);
}

/// Appends a row of Op<T> for each type.
template <template <class> class Op, class... T>
void append_reduce(ReduceRows& rows, std::string_view name) {
  (rows.push_back(
       {name, dtype_of<T>, {&reduce<Op<T>, T>, dtype_of<typename Op<T>::Out>}}),
   ...);
}

}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // NUMEST_KERNELS_REDUCE_LOOP_INL_H_
