// nextafter by the C library's function. Baseline code, no SIMD levels: the
// time goes into the calls.
#include <cmath>
#include <type_traits>

#include "numest/kernels/half_convert.h"
#include "numest/kernels/tile_rows.h"

namespace numest::kernels {
namespace {

struct NextAfter {
  template <class T>
  static T apply(T x, T y) {
    return std::nextafter(x, y);
  }
};

template <class F, class T>
void run(const void* const* in, void* out, int64_t n) {
  const T* x = static_cast<const T*>(in[0]);
  const T* y = static_cast<const T*>(in[1]);
  T* z = static_cast<T*>(out);
  for (int64_t i = 0; i < n; ++i) {
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
  if (a == b) return std::is_same_v<H, Float16> ? x : y;  // NumPy's zero
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

}  // namespace

void append_binary_math_tiles(TileRows& rows) {
  append<NextAfter>(rows, "nextafter", Types<float, double>());
  rows.push_back({"nextafter",
                  DType::kFloat16,
                  {&run_next_half<Float16>, DType::kFloat16, 2}});
  rows.push_back({"nextafter",
                  DType::kBFloat16,
                  {&run_next_half<BFloat16>, DType::kBFloat16, 2}});
}

}  // namespace numest::kernels
