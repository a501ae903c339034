// Functions of two real variables by the C library's functions: arctan2,
// hypot, logaddexp, nextafter. Baseline code, no SIMD levels: the time goes
// into the calls.
#include <cmath>
#include <type_traits>

#include "numest/kernels/half_convert.h"
#include "numest/kernels/tile_rows.h"

namespace numest::kernels {
namespace {

template <class T>
T logaddexp(T x, T y) {
  if (x == y) return x + T(0.6931471805599453);  // also equal infinities
  const T difference = x - y;
  if (difference > 0) return x + std::log1p(std::exp(-difference));
  if (difference <= 0) return y + std::log1p(std::exp(difference));
  return difference;  // NaN
}

#define NUMEST_BINARY_FUNCTIONS(ROW)           \
  ROW(Arctan2, "arctan2", std::atan2(x, y))    \
  ROW(Hypot, "hypot", std::hypot(x, y))        \
  ROW(LogAddExp, "logaddexp", logaddexp(x, y)) \
  ROW(NextAfter, "nextafter", std::nextafter(x, y))

#define NUMEST_BINARY_FUNCTION(Name, op, result) \
  struct Name {                                  \
    template <class T>                           \
    static T apply(T x, T y) {                   \
      return result;                             \
    }                                            \
  };
NUMEST_BINARY_FUNCTIONS(NUMEST_BINARY_FUNCTION)
#undef NUMEST_BINARY_FUNCTION

template <class F, class T>
void run(const void* const* in, void* out, int64_t n) {
  const T* x = static_cast<const T*>(in[0]);
  const T* y = static_cast<const T*>(in[1]);
  T* z = static_cast<T*>(out);
  for (int64_t i = 0; i < n; ++i) {
    if constexpr (is_half_type<T>)
      from_float(F::apply(to_float(x[i]), to_float(y[i])), z[i]);
    else
      z[i] = F::apply(x[i], y[i]);
  }
}

template <class F, class... T>
void append(TileRows& rows, std::string_view name, Types<T...>) {
  (rows.push_back({name, dtype_of<T>, {&run<F, T>, dtype_of<T>, 2}}), ...);
}

// The neighbour of a 16-bit float, found on its bits.
template <class H>
H next_half(H x, H y) {
  const float a = to_float(x), b = to_float(y);
  if (a != a || b != b) return a != a ? x : y;
  if (a == b) return y;
  H next = x;
  if (a == 0.0f) {
    next.bits = static_cast<uint16_t>((y.bits & 0x8000u) | 1u);
  } else {
    const bool is_away = (b > a) == (a > 0);
    next.bits = static_cast<uint16_t>(x.bits + (is_away ? 1 : -1));
  }
  return next;
}
template <class H>
void run_next_half(const void* const* in, void* out, int64_t n) {
  const H* x = static_cast<const H*>(in[0]);
  const H* y = static_cast<const H*>(in[1]);
  H* z = static_cast<H*>(out);
  for (int64_t i = 0; i < n; ++i) z[i] = next_half(x[i], y[i]);
}

template <class F>
void append_floats(TileRows& rows, std::string_view name) {
  if constexpr (std::is_same_v<F, NextAfter>) {
    append<F>(rows, name, Types<float, double>());
    rows.push_back(
        {name, DType::kFloat16, {&run_next_half<Float16>, DType::kFloat16, 2}});
    rows.push_back({name,
                    DType::kBFloat16,
                    {&run_next_half<BFloat16>, DType::kBFloat16, 2}});
  } else {
    append<F>(rows, name, FloatTypes());
  }
}

}  // namespace

void append_binary_math_tiles(TileRows& rows) {
#define NUMEST_ROW(Name, op, result) append_floats<Name>(rows, op);
  NUMEST_BINARY_FUNCTIONS(NUMEST_ROW)
#undef NUMEST_ROW
}

}  // namespace numest::kernels
