// Equality and closeness of whole arrays; NaN equals NaN.
#include <cmath>

#include "numest/array/array.h"
#include "numest/array/convert.h"

namespace numest {
namespace {

template <class T>
bool is_nan(const T& value) {
  if constexpr (is_complex_type<T>)
    return std::isnan(value.real()) || std::isnan(value.imag());
  else if constexpr (is_half<T>)
    return std::isnan(static_cast<float>(value));
  else if constexpr (std::is_floating_point_v<T>)
    return std::isnan(value);
  else
    return false;
}

template <class T>
bool same(const T& x, const T& y) {
  if constexpr (is_half<T>)
    return static_cast<float>(x) == static_cast<float>(y) ||
           (is_nan(x) && is_nan(y));
  else
    return x == y || (is_nan(x) && is_nan(y));
}

template <class T>
bool close(T x, T y, double rtol, double atol) {
  if (same(x, y)) return true;
  const double distance = std::abs(x - y), scale = std::abs(y);
  // An infinite scale would accept anything.
  return std::isfinite(scale) && distance <= atol + rtol * scale;
}

template <class T, class F>
bool all_pairs(const Array& a, const Array& b, F&& f) {
  const T* x = reinterpret_cast<const T*>(a.raw());
  const T* y = reinterpret_cast<const T*>(b.raw());
  for (int64_t i = 0; i < a.size(); ++i)
    if (!f(x[i], y[i])) return false;
  return true;
}

}  // namespace

bool array_equal(const Array& a, const Array& b) {
  if (a.dtype() != b.dtype() || a.shape() != b.shape()) return false;
  return visit_dtype(a.dtype(), [&](auto tag) {
    using T = typename decltype(tag)::type;
    return all_pairs<T>(a.contiguous(), b.contiguous(), same<T>);
  });
}

bool allclose(const Array& a, const Array& b, double rtol, double atol) {
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), "allclose");
  const bool complex = is_complex(a.dtype()) || is_complex(b.dtype());
  const DType dtype = complex ? DType::kComplex128 : DType::kFloat64;
  const Array x = a.astype(dtype).broadcast_to(shape).contiguous();
  const Array y = b.astype(dtype).broadcast_to(shape).contiguous();
  if (complex)
    return all_pairs<Complex128>(x, y, [&](Complex128 p, Complex128 q) {
      return close(p, q, rtol, atol);
    });
  return all_pairs<double>(
      x, y, [&](double p, double q) { return close(p, q, rtol, atol); });
}

}  // namespace numest
