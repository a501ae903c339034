// Conversion loops between all pairs of numeric dtypes. Pairs with a 16-bit
// float use the branch-free conversions; all others array/convert.h.
#include <cstring>

#include "numest/array/convert.h"
#include "numest/kernels/elementwise.h"
#include "numest/kernels/half_convert.h"

namespace numest::kernels {
namespace {

template <class To, class From>
To convert_one(From value) {
  if constexpr (std::is_same_v<To, From>) {
    return value;
  } else if constexpr (is_half_type<From>) {
    return convert_one<To>(to_float(value));
  } else if constexpr (is_half_type<To> && std::is_same_v<From, float>) {
    To half;
    from_float(value, half);
    return half;
  } else if constexpr (is_half_type<To> && std::is_same_v<From, double>) {
    return convert_one<To>(round_to_odd(value));
  } else if constexpr (is_half_type<To> && std::is_integral_v<From>) {
    return convert_one<To>(static_cast<double>(value));
  } else {
    return convert<To>(value);
  }
}

template <class To, class From>
void run(const void* const* in, void* out, int64_t n) {
  const From* x = static_cast<const From*>(in[0]);
  To* y = static_cast<To*>(out);
  if constexpr (std::is_same_v<To, From>) {
    if (n > 0) std::memmove(y, x, static_cast<size_t>(n) * sizeof(To));
  } else {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) y[i] = convert_one<To>(x[i]);
  }
}

void run_bytes(const void* const* in, void* out, int64_t n) {
  if (in[0] == out) return;
  const Bytes* x = static_cast<const Bytes*>(in[0]);
  Bytes* y = static_cast<Bytes*>(out);
  for (int64_t i = 0; i < n; ++i) y[i] = x[i];
}

}  // namespace

TileFn cast_tile(DType from, DType to) {
  if (from == DType::kBytes && to == DType::kBytes) return &run_bytes;
  TileFn fn = nullptr;
  visit_dtype(from, [&](auto from_tag) {
    using From = typename decltype(from_tag)::type;
    visit_dtype(to, [&](auto to_tag) {
      using To = typename decltype(to_tag)::type;
      if constexpr (!std::is_same_v<From, Bytes> && !std::is_same_v<To, Bytes>)
        fn = &run<To, From>;
    });
  });
  NUMEST_USER_CHECK(fn, TypeError,
                    "cast: no conversion from {} to {}, expected numeric "
                    "dtypes",
                    name(from), name(to));
  return fn;
}

}  // namespace numest::kernels
