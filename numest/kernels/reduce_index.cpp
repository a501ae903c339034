// argmax and argmin of complex numbers (others: reduce_places.cpp) and the
// scans cumsum, cumprod, row by row over blocks of columns. Baseline code.
#include <algorithm>

#include "numest/base/thread_pool.h"
#include "numest/kernels/half_convert.h"
#include "numest/kernels/reduce_rows.h"

namespace numest::kernels {
namespace {

constexpr int64_t kPiece = 1 << 15;  // elements of a parallel piece
constexpr int64_t kColumns = 512;    // columns whose totals stay in L1

template <class T>
auto value_of(T x) {
  if constexpr (is_half_type<T>)
    return to_float(x);
  else
    return x;
}

// Complex numbers: by real, then by imaginary part; NaN counts as the extreme.
struct IsGreater {
  template <class T>
  static bool apply(T x, T best) {
    return x.real() > best.real() ||
           (x.real() == best.real() && x.imag() > best.imag()) ||
           (x != x && best == best);
  }
};
struct IsSmaller {
  template <class T>
  static bool apply(T x, T best) {
    return x.real() < best.real() ||
           (x.real() == best.real() && x.imag() < best.imag()) ||
           (x != x && best == best);
  }
};

template <class Better, class T>
void arg_row(const T* x, int64_t n, int64_t inner, int64_t* out) {
  for (int64_t i = 0; i < inner; ++i) {
    T best = x[i];
    int64_t index = 0;
    for (int64_t k = 1; k < n; ++k) {
      const T next = x[k * inner + i];
      if (Better::apply(next, best)) {
        best = next;
        index = k;
      }
    }
    out[i] = index;
  }
}

template <class Better, class T>
void arg_extreme(const void* in, void* out, int64_t outer, int64_t n,
                 int64_t inner) {
  if (outer == 0 || inner == 0) return;
  NUMEST_USER_CHECK(n > 0, ValueError,
                    "argmax, argmin: got an axis of extent 0, expected at "
                    "least one element");
  const T* x = static_cast<const T*>(in);
  int64_t* index = static_cast<int64_t*>(out);
  const int64_t grain = std::max<int64_t>(1, kPiece / (n * inner));
  parallel_for(outer, grain, [=](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o)
      arg_row<Better>(x + o * n * inner, n, inner, index + o * inner);
  });
}

// Integers wrap in 64 bits; 16-bit floats carry a float32 along.
template <class T>
struct ScanTypes {
  using Acc = T;
  using Out = T;
};
template <class T>
requires std::is_integral_v<T>
struct ScanTypes<T> {
  using Acc = uint64_t;
  using Out = std::conditional_t<std::is_signed_v<T> || std::is_same_v<T, bool>,
                                 int64_t, uint64_t>;
};
template <class T>
requires is_half_type<T>
struct ScanTypes<T> {
  using Acc = float;
  using Out = T;
};

template <bool is_sum, class A>
A joined(A total, A value) {
  return is_sum ? total + value : total * value;
}

template <class T>
void store(typename ScanTypes<T>::Acc total, typename ScanTypes<T>::Out& out) {
  if constexpr (is_half_type<T>)
    from_float(total, out);
  else
    out = static_cast<typename ScanTypes<T>::Out>(total);
}

template <class T, bool is_sum>
void scan_row(const T* x, typename ScanTypes<T>::Out* out, int64_t n) {
  using Acc = typename ScanTypes<T>::Acc;
  Acc total = static_cast<Acc>(is_sum ? 0 : 1);
  for (int64_t k = 0; k < n; ++k) {
    total = joined<is_sum>(total, static_cast<Acc>(value_of(x[k])));
    store<T>(total, out[k]);
  }
}

// `width` <= kColumns columns, row by row.
template <class T, bool is_sum>
void scan_columns(const T* x, typename ScanTypes<T>::Out* out, int64_t n,
                  int64_t stride, int64_t width) {
  using Acc = typename ScanTypes<T>::Acc;
  Acc totals[kColumns];
  std::fill(totals, totals + width, static_cast<Acc>(is_sum ? 0 : 1));
  for (int64_t k = 0; k < n; ++k) {
#pragma GCC ivdep
    for (int64_t i = 0; i < width; ++i) {
      totals[i] = joined<is_sum>(totals[i],
                                 static_cast<Acc>(value_of(x[k * stride + i])));
      store<T>(totals[i], out[k * stride + i]);
    }
  }
}

template <class T, bool is_sum>
void scan(const void* in, void* out, int64_t outer, int64_t n, int64_t inner) {
  const T* x = static_cast<const T*>(in);
  auto* y = static_cast<typename ScanTypes<T>::Out*>(out);
  const int64_t blocks = (inner + kColumns - 1) / kColumns;
  const int64_t work = n * std::min(inner, kColumns);
  const int64_t grain =
      std::max<int64_t>(1, kPiece / std::max<int64_t>(1, work));
  parallel_for(outer * blocks, grain, [=](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) {
      const int64_t c = p % blocks * kColumns;
      const int64_t at = p / blocks * n * inner + c;
      if (inner == 1)
        scan_row<T, is_sum>(x + at, y + at, n);
      else
        scan_columns<T, is_sum>(x + at, y + at, n, inner,
                                std::min(kColumns, inner - c));
    }
  });
}

template <class T>
void append_arg(ReduceRows& rows) {
  rows.push_back(
      {"argmax", dtype_of<T>, {&arg_extreme<IsGreater, T>, DType::kInt64}});
  rows.push_back(
      {"argmin", dtype_of<T>, {&arg_extreme<IsSmaller, T>, DType::kInt64}});
}
template <class T>
void append_scan(ReduceRows& rows) {
  constexpr DType kOut = dtype_of<typename ScanTypes<T>::Out>;
  rows.push_back({"cumsum", dtype_of<T>, {&scan<T, true>, kOut}});
  rows.push_back({"cumprod", dtype_of<T>, {&scan<T, false>, kOut}});
}

template <class F>
void for_each_number(F f) {
  for (int d = 0; d < kNumDTypes; ++d) {
    visit_dtype(static_cast<DType>(d), [&](auto tag) {
      if constexpr (!std::is_same_v<typename decltype(tag)::type, Bytes>)
        f(tag);
    });
  }
}

}  // namespace

void append_index_reduces(ReduceRows& rows) {
  append_arg<Complex64>(rows);
  append_arg<Complex128>(rows);
}

void append_scans(ReduceRows& rows) {
  for_each_number(
      [&](auto tag) { append_scan<typename decltype(tag)::type>(rows); });
}

}  // namespace numest::kernels
