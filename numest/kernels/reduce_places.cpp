// argmax and argmin of real numbers: the first place of the extreme. Long rows
// are searched block by block, columns side by side.
#include <limits>
#include <span>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/reduce_places.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include "numest/kernels/reduce_extremes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

// True if `x` stands before `best` as the extreme; the first of equals and the
// first NaN stay.
template <class Op, class A>
HWY_INLINE bool is_better(A x, A best) {
  if constexpr (std::is_floating_point_v<A>)
    return Op::is_beyond(x, best) | ((x != x) & (best == best));
  else
    return Op::is_beyond(x, best);
}

namespace hn = hwy::HWY_NAMESPACE;

// The first place of a value that is there.
template <class T>
HWY_INLINE int64_t first_place(const T* x, int64_t n, T value) {
  const hn::ScalableTag<T> d;
  const int64_t step = static_cast<int64_t>(hn::Lanes(d));
  const auto wanted = hn::Set(d, value);
  int64_t i = 0;
  for (; i + step <= n; i += step) {
    const auto same = hn::Eq(hn::LoadU(d, x + i), wanted);
    const intptr_t lane = hn::FindFirstTrue(d, same);
    if (lane >= 0) return i + lane;
  }
  while (x[i] != value) ++i;
  return i;
}

// The same of what an operation makes of the elements; or of the first NaN.
template <class Op, class T>
int64_t first_place_of(const T* x, int64_t n, typename Op::Acc value) {
  if (value == value) {
    if constexpr (std::is_same_v<T, bool>)
      return first_place(reinterpret_cast<const uint8_t*>(x), n, value);
    else if constexpr (std::is_same_v<T, typename Op::Acc>)
      return first_place(x, n, value);
  }
  int64_t i = 0;
  while (Op::load(x[i]) != value && Op::load(x[i]) == Op::load(x[i])) ++i;
  return i;
}

template <class A>
struct Place {
  A value;
  int64_t position;
};

// Finds the block of the extreme, then its place there.
template <class Op, class T>
Place<typename Op::Acc> find_extreme(const T* x, int64_t n) {
  auto best = reduce_block<Op>(x, std::min(n, kBlock));
  int64_t block = 0;
  for (int64_t b = kBlock; b < n; b += kBlock) {
    const auto found = reduce_block<Op>(x + b, std::min(n - b, kBlock));
    if (!is_better<Op>(found, best)) continue;
    best = found;
    block = b;
  }
  const int64_t length = std::min(n - block, kBlock);
  return {best, block + first_place_of<Op>(x + block, length, best)};
}

// One long row, in pieces.
template <class Op, class T>
int64_t find_in_pieces(const T* x, int64_t n) {
  const int64_t pieces = (n + kPiece - 1) / kPiece;
  std::vector<Place<typename Op::Acc>> found(static_cast<size_t>(pieces));
  const std::span all(found);
  parallel_for(pieces, 1, [=](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p)
      all[size_t(p)] =
          find_extreme<Op>(x + p * kPiece, std::min(kPiece, n - p * kPiece));
  });
  int64_t best = 0;
  for (int64_t p = 1; p < pieces; ++p)
    if (is_better<Op>(found[size_t(p)].value, found[size_t(best)].value))
      best = p;
  return best * kPiece + found[size_t(best)].position;
}

// What columns compare, and row numbers of the same width.
template <class A>
struct ColumnTypes {
  using Value = std::conditional_t<(sizeof(A) < 4), int32_t, A>;
  using Index = std::conditional_t<sizeof(Value) == 8, int64_t, int32_t>;
};

// Places in `width` <= kColumns columns, all of which advance row by row.
template <class Op, class T>
void find_in_columns(const T* x, int64_t rows, int64_t stride, int64_t width,
                     int64_t* out) {
  using Types = ColumnTypes<typename Op::Acc>;
  using Value = typename Types::Value;
  using Index = typename Types::Index;
  Value best[kColumns];
  Index at[kColumns];
  for (int64_t i = 0; i < width; ++i) {
    best[i] = static_cast<Value>(Op::load(x[i]));
    at[i] = 0;
  }
  for (int64_t r = 1; r < rows; ++r) {
    const T* row = x + r * stride;
#pragma GCC ivdep
    for (int64_t i = 0; i < width; ++i) {
      const Value value = static_cast<Value>(Op::load(row[i]));
      const bool is_new = is_better<Op>(value, best[i]);
      best[i] = is_new ? value : best[i];
      at[i] = is_new ? static_cast<Index>(r) : at[i];
    }
  }
  std::copy(at, at + width, out);
}

template <class Op, class T>
void find_in_column(const T* x, int64_t rows, int64_t stride, int64_t* out) {
  auto best = Op::load(*x);
  *out = 0;
  for (int64_t r = 1; r < rows; ++r) {
    const auto value = Op::load(x[r * stride]);
    if (!is_better<Op>(value, best)) continue;
    best = value;
    *out = r;
  }
}

template <class Op, class T>
void find_in_panel(const T* x, int64_t n, int64_t inner, int64_t* out) {
  constexpr int64_t kFew = 4;  // columns
  constexpr int64_t kMostRows = std::numeric_limits<int32_t>::max();
  if (inner == 1) {
    *out = find_extreme<Op>(x, n).position;
  } else if (inner < kFew || n > kMostRows) {
    for (int64_t i = 0; i < inner; ++i)
      find_in_column<Op>(x + i, n, inner, out + i);
  } else {
    for (int64_t c = 0; c < inner; c += kColumns)
      find_in_columns<Op>(x + c, n, inner, std::min(kColumns, inner - c),
                          out + c);
  }
}

template <class Op, class T>
void find_places(const void* in, void* out, int64_t outer, int64_t n,
                 int64_t inner) {
  if (outer == 0 || inner == 0) return;
  NUMEST_USER_CHECK(n > 0, ValueError,
                    "argmax, argmin: got an axis of extent 0, expected at "
                    "least one element");
  const T* x = static_cast<const T*>(in);
  int64_t* places = static_cast<int64_t*>(out);
  if (outer == 1 && inner == 1 && n > kPiece) {
    *places = find_in_pieces<Op>(x, n);
    return;
  }
  const int64_t grain = std::max<int64_t>(1, kPiece / (n * inner));
  parallel_for(outer, grain, [=](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o)
      find_in_panel<Op>(x + o * n * inner, n, inner, places + o * inner);
  });
}

template <template <class> class Op, class... T>
void append_places(ReduceRows& rows, std::string_view name) {
  (rows.push_back({name, dtype_of<T>, {&find_places<Op<T>, T>, DType::kInt64}}),
   ...);
}
template <template <class> class Op>
void append_all(ReduceRows& rows, std::string_view name) {
  append_places<Op, bool, int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t,
                uint32_t, uint64_t, Float16, BFloat16, float, double>(rows,
                                                                      name);
}
void append_rows(ReduceRows& rows) {
  append_all<Largest>(rows, "argmax");
  append_all<Smallest>(rows, "argmin");
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(append_rows);
void append_place_reduces(ReduceRows& rows) {
  HWY_DYNAMIC_DISPATCH(append_rows)(rows);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
