// Row copies by memcpy (strings by assignment). Scattered sums give each
// thread a range of the table's rows: every row sees its updates in order.
#include "numest/kernels/gather.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "numest/base/thread_pool.h"
#include "numest/kernels/elementwise.h"

namespace numest::kernels {
namespace {

constexpr int64_t kPieceBytes = 1 << 17;   // copied by one parallel piece
constexpr int64_t kScatterPieces = 8;      // each reads all indices
constexpr int64_t kScatterWork = 1 << 16;  // elements worth the pieces

void check_indices(const char* op, const int64_t* indices, int64_t n,
                   int64_t num_rows) {
  if (are_in_range(indices, n, num_rows)) return;
  for (int64_t i = 0; i < n; ++i)
    NUMEST_USER_CHECK(indices[i] >= -num_rows && indices[i] < num_rows,
                      IndexError,
                      "{}: index out of range: got {} at position {}, expected "
                      "one in [{}, {})",
                      op, indices[i], i, -num_rows, num_rows);
}

int64_t row_at(int64_t index, int64_t num_rows) {
  return index < 0 ? index + num_rows : index;
}

// The size as a constant lets the compiler copy small rows in registers.
template <int64_t kBytes>
void copy_rows(const std::byte* table, int64_t num_rows, const int64_t* indices,
               int64_t begin, int64_t end, std::byte* out) {
  for (int64_t i = begin; i < end; ++i)
    std::memcpy(out + i * kBytes, table + row_at(indices[i], num_rows) * kBytes,
                kBytes);
}

void copy_rows(const std::byte* table, int64_t num_rows, int64_t row_bytes,
               const int64_t* indices, int64_t begin, int64_t end,
               std::byte* out) {
  switch (row_bytes) {
    case 1:
      return copy_rows<1>(table, num_rows, indices, begin, end, out);
    case 2:
      return copy_rows<2>(table, num_rows, indices, begin, end, out);
    case 4:
      return copy_rows<4>(table, num_rows, indices, begin, end, out);
    case 8:
      return copy_rows<8>(table, num_rows, indices, begin, end, out);
    case 12:
      return copy_rows<12>(table, num_rows, indices, begin, end, out);
    case 16:
      return copy_rows<16>(table, num_rows, indices, begin, end, out);
    case 24:
      return copy_rows<24>(table, num_rows, indices, begin, end, out);
    case 32:
      return copy_rows<32>(table, num_rows, indices, begin, end, out);
    case 64:
      return copy_rows<64>(table, num_rows, indices, begin, end, out);
    default:
      break;
  }
  for (int64_t i = begin; i < end; ++i)
    std::memcpy(out + i * row_bytes,
                table + row_at(indices[i], num_rows) * row_bytes,
                static_cast<size_t>(row_bytes));
}

void copy_strings(const Bytes* table, int64_t num_rows, int64_t inner,
                  const int64_t* indices, int64_t n, Bytes* out) {
  for (int64_t i = 0; i < n; ++i) {
    const Bytes* row = table + row_at(indices[i], num_rows) * inner;
    std::copy(row, row + inner, out + i * inner);
  }
}

void gather_table(DType dtype, const std::byte* table, int64_t num_rows,
                  int64_t inner, const int64_t* indices, int64_t n,
                  std::byte* out) {
  if (dtype == DType::kBytes)
    return copy_strings(reinterpret_cast<const Bytes*>(table), num_rows, inner,
                        indices, n, reinterpret_cast<Bytes*>(out));
  const int64_t row_bytes = inner * itemsize(dtype);
  const int64_t grain =
      std::max<int64_t>(1, kPieceBytes / std::max<int64_t>(1, row_bytes));
  parallel_for(n, grain, [=](int64_t begin, int64_t end) {
    copy_rows(table, num_rows, row_bytes, indices, begin, end, out);
  });
}

}  // namespace

bool are_in_range(const int64_t* indices, int64_t n, int64_t num_rows) {
  const auto range = static_cast<uint64_t>(2 * num_rows);
  uint64_t out_of_range = 0;
  for (int64_t i = 0; i < n; ++i)
    out_of_range |= uint64_t{static_cast<uint64_t>(indices[i]) +
                                 static_cast<uint64_t>(num_rows) >=
                             range};
  return out_of_range == 0;
}

void gather(DType dtype, const void* table, int64_t outer, int64_t num_rows,
            int64_t inner, const int64_t* indices, int64_t n, void* out) {
  check_indices("take", indices, n, num_rows);
  gather_in_range(dtype, table, outer, num_rows, inner, indices, n, out);
}

void gather_in_range(DType dtype, const void* table, int64_t outer,
                     int64_t num_rows, int64_t inner, const int64_t* indices,
                     int64_t n, void* out) {
  if (outer == 0 || n == 0 || inner == 0) return;
  const std::byte* from = static_cast<const std::byte*>(table);
  std::byte* to = static_cast<std::byte*>(out);
  const int64_t size = inner * itemsize(dtype);
  const int64_t grain = std::max<int64_t>(1, kPieceBytes / (n * size));
  parallel_for(outer, outer == 1 ? 1 : grain, [=](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o)
      gather_table(dtype, from + o * num_rows * size, num_rows, inner, indices,
                   n, to + o * n * size);
  });
}

void gather_rows(DType dtype, const void* table, int64_t num_rows,
                 int64_t inner, const int64_t* indices, int64_t n, void* out) {
  gather(dtype, table, 1, num_rows, inner, indices, n, out);
}

namespace {

constexpr int64_t kShortRow = 8;  // elements; a tile costs more than they do

// Integers wrap, which only unsigned ones do in C++.
template <class T>
T sum_of(T a, T b) {
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(static_cast<U>(a) + static_cast<U>(b));
  } else {
    return T(a + b);
  }
}

template <class T>
void add_short_rows(const int64_t* indices, int64_t n, const T* from,
                    int64_t inner, T* table, int64_t num_rows) {
  for (int64_t i = 0; i < n; ++i) {
    T* const to = table + row_at(indices[i], num_rows) * inner;
    for (int64_t k = 0; k < inner; ++k)
      to[k] = sum_of(to[k], from[i * inner + k]);
  }
}

}  // namespace

void scatter_add_rows(DType dtype, const int64_t* indices, int64_t n,
                      const void* updates, int64_t inner, void* table,
                      int64_t num_rows) {
  check_indices("scatter_add", indices, n, num_rows);
  const auto add = find_tile("add", dtype);
  NUMEST_USER_CHECK(add, TypeError,
                    "scatter_add: got dtype {}, expected a numeric dtype",
                    name(dtype));
  if (n == 0 || inner == 0) return;
  if (inner < kShortRow)
    return visit_dtype(dtype, [&](auto tag) {
      using T = typename decltype(tag)::type;
      if constexpr (!std::is_same_v<T, Bytes>)
        add_short_rows(indices, n, static_cast<const T*>(updates), inner,
                       static_cast<T*>(table), num_rows);
    });
  const std::byte* from = static_cast<const std::byte*>(updates);
  std::byte* to = static_cast<std::byte*>(table);
  const int64_t size = inner * itemsize(dtype);
  const auto add_range = [=](int64_t begin, int64_t end) {
    for (int64_t i = 0; i < n; ++i) {
      const int64_t row = row_at(indices[i], num_rows);
      if (row < begin || row >= end) continue;
      const void* in[] = {to + row * size, from + i * size};
      add->fn(in, to + row * size, inner);
    }
  };
  if (n * inner < kScatterWork) return add_range(0, num_rows);
  parallel_for(num_rows, (num_rows + kScatterPieces - 1) / kScatterPieces,
               add_range);
}

}  // namespace numest::kernels
