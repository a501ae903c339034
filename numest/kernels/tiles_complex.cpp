// Kernels of complex64 and complex128. Order is by real, then imaginary part;
// maximum and minimum keep NaN. Baseline code, no SIMD levels.
#include <cmath>
#include <complex>
#include <limits>

#include "numest/kernels/tile_rows.h"

namespace numest::kernels {
namespace {

template <class T>
using Real = typename T::value_type;

template <class T>
bool is_nan(T x) {
  return x.real() != x.real() || x.imag() != x.imag();
}
template <class T>
bool is_inf(T x) {
  return std::isinf(x.real()) || std::isinf(x.imag());
}
template <class T>
bool is_less(T x, T y) {
  return x.real() < y.real() || (x.real() == y.real() && x.imag() < y.imag());
}
template <class T>
bool is_less_equal(T x, T y) {
  return x.real() < y.real() || (x.real() == y.real() && x.imag() <= y.imag());
}
// NumPy's product: the plain formula, no repair of infinities.
template <class T>
T product(T x, T y) {
  return T(x.real() * y.real() - x.imag() * y.imag(),
           x.real() * y.imag() + x.imag() * y.real());
}
// Smith's division (1962), scaled by the larger part of the divisor.
template <class T>
T quotient(T x, T y) {
  const Real<T> a = x.real(), b = x.imag(), c = y.real(), d = y.imag();
  if (std::fabs(c) >= std::fabs(d)) {
    if (c == 0 && d == 0) return T(a / std::fabs(c), b / std::fabs(c));
    const Real<T> ratio = d / c, scale = 1 / (c + d * ratio);
    return T((a + b * ratio) * scale, (b - a * ratio) * scale);
  }
  const Real<T> ratio = c / d, scale = 1 / (c * ratio + d);
  return T((a * ratio + b) * scale, (b * ratio - a) * scale);
}
template <class T>
T power(T x, T y) {
  if (y == T(0)) return T(1);
  if (x == T(0)) {
    const Real<T> nan = std::numeric_limits<Real<T>>::quiet_NaN();
    return y.real() > 0 ? T(0) : T(nan, nan);
  }
  if (y == T(1)) return x;
  if (y == T(2)) return product(x, x);
  return std::pow(x, y);
}
// The C library's function is for squares out of range, zero and NaN.
template <class T>
Real<T> length(T x) {
  const double re = x.real(), im = x.imag();
  const double square = re * re + im * im;
  if (square > 1e-280 && square < 1e300) return Real<T>(std::sqrt(square));
  return std::abs(x);
}
template <class T>
T sign(T x) {
  const Real<T> size = length(x);
  if (size == 0) return T(0);
  return T(x.real() / size, x.imag() / size);
}
// C's values of exp(x) - 1 where a part of x is infinite or nan.
template <class T>
T special_expm1(T x) {
  if (x.imag() == 0) return T(std::expm1(x.real()), x.imag());
  if (x.real() == -std::numeric_limits<Real<T>>::infinity()) {
    const bool has_angle = std::isfinite(x.imag());
    return T(-1, has_angle ? std::copysign(Real<T>(0), std::sin(x.imag())) : 0);
  }
  return std::exp(x) - T(1);
}
template <class T>
T expm1(T x) {  // exp(a) cos(b) - 1 without cancellation for small a, b
  if (!std::isfinite(x.real()) || !std::isfinite(x.imag()))
    return special_expm1(x);
  const Real<T> half_sine = std::sin(x.imag() / 2);
  const Real<T> real =
      std::expm1(x.real()) * std::cos(x.imag()) - 2 * half_sine * half_sine;
  return T(real + 0, std::exp(x.real()) * std::sin(x.imag()));  // no -0
}
template <class T>
T signed_tanh(T x) {  // C leaves the sign of the zero to sin(2 imag)
  if (!std::isinf(x.real())) return std::tanh(x);
  return T(std::copysign(Real<T>(1), x.real()),
           std::copysign(Real<T>(0), x.imag()));
}
template <class T>
T log1p(T x) {
  const Real<T> length = std::hypot(x.real() + 1, x.imag());
  return T(std::log(length), std::atan2(x.imag(), x.real() + 1));
}

// struct, op, result of x (and y)
#define NUMEST_COMPLEX_UNARY(ROW)                                          \
  ROW(Negative, "negative", -x)                                            \
  ROW(Positive, "positive", x)                                             \
  ROW(Conjugate, "conjugate", std::conj(x))                                \
  ROW(RealPart, "real", x.real())                                          \
  ROW(ImagPart, "imag", x.imag())                                          \
  ROW(Absolute, "absolute", length(x))                                     \
  ROW(Sign, "sign", sign(x))                                               \
  ROW(Square, "square", product(x, x))                                     \
  ROW(Rint, "rint", T(std::nearbyint(x.real()), std::nearbyint(x.imag()))) \
  ROW(Reciprocal, "reciprocal", quotient(T(1), x))                         \
  ROW(Sqrt, "sqrt", std::sqrt(x))                                          \
  ROW(Rsqrt, "rsqrt", quotient(T(1), std::sqrt(x)))                        \
  ROW(Exp, "exp", std::exp(x))                                             \
  ROW(Exp2, "exp2", std::exp(x* Real<T>(0.6931471805599453)))              \
  ROW(Expm1, "expm1", expm1(x))                                            \
  ROW(Log, "log", std::log(x))                                             \
  ROW(Log2, "log2", std::log(x) * Real<T>(1.4426950408889634))             \
  ROW(Log10, "log10", std::log10(x))                                       \
  ROW(Log1p, "log1p", log1p(x))                                            \
  ROW(Sin, "sin", std::sin(x))                                             \
  ROW(Cos, "cos", std::cos(x))                                             \
  ROW(Tan, "tan", std::tan(x))                                             \
  ROW(Arcsin, "arcsin", std::asin(x))                                      \
  ROW(Arccos, "arccos", std::acos(x))                                      \
  ROW(Arctan, "arctan", std::atan(x))                                      \
  ROW(Sinh, "sinh", std::sinh(x))                                          \
  ROW(Cosh, "cosh", std::cosh(x))                                          \
  ROW(Tanh, "tanh", signed_tanh(x))                                        \
  ROW(Arcsinh, "arcsinh", std::asinh(x))                                   \
  ROW(Arccosh, "arccosh", std::acosh(x))                                   \
  ROW(Arctanh, "arctanh", std::atanh(x))                                   \
  ROW(Sigmoid, "sigmoid", quotient(T(1), T(1) + std::exp(-x)))             \
  ROW(IsNan, "isnan", is_nan(x))                                           \
  ROW(IsInf, "isinf", is_inf(x))                                           \
  ROW(IsFinite, "isfinite",                                                \
      std::isfinite(x.real()) && std::isfinite(x.imag()))                  \
  ROW(LogicalNot, "logical_not", x == T(0))

#define NUMEST_COMPLEX_BINARY(ROW)                                  \
  ROW(Add, "add", x + y)                                            \
  ROW(Subtract, "subtract", x - y)                                  \
  ROW(Multiply, "multiply", product(x, y))                          \
  ROW(Divide, "divide", quotient(x, y))                             \
  ROW(Power, "power", power(x, y))                                  \
  ROW(Equal, "equal", x == y)                                       \
  ROW(NotEqual, "not_equal", x != y)                                \
  ROW(Less, "less", is_less(x, y))                                  \
  ROW(LessEqual, "less_equal", is_less_equal(x, y))                 \
  ROW(Greater, "greater", is_less(y, x))                            \
  ROW(GreaterEqual, "greater_equal", is_less_equal(y, x))           \
  ROW(LogicalAnd, "logical_and", x != T(0) && y != T(0))            \
  ROW(LogicalOr, "logical_or", x != T(0) || y != T(0))              \
  ROW(LogicalXor, "logical_xor", (x != T(0)) != (y != T(0)))        \
  ROW(Maximum, "maximum", is_nan(x) || is_less_equal(y, x) ? x : y) \
  ROW(Minimum, "minimum", is_nan(x) || is_less_equal(x, y) ? x : y) \
  ROW(Fmax, "fmax", is_nan(y) || is_less_equal(y, x) ? x : y)       \
  ROW(Fmin, "fmin", is_nan(y) || is_less_equal(x, y) ? x : y)

#define NUMEST_UNARY(Name, op, result) \
  struct Name {                        \
    template <class T>                 \
    static auto apply(T x) {           \
      return result;                   \
    }                                  \
  };
#define NUMEST_BINARY(Name, op, result) \
  struct Name {                         \
    template <class T>                  \
    static auto apply(T x, T y) {       \
      return result;                    \
    }                                   \
  };
NUMEST_COMPLEX_UNARY(NUMEST_UNARY)
NUMEST_COMPLEX_BINARY(NUMEST_BINARY)
#undef NUMEST_UNARY
#undef NUMEST_BINARY

struct MultiplyAdd {
  template <class T>
  static T apply(T x, T y, T z) {
    return product(x, y) + z;
  }
};

template <class F, class T>
TileRow unary(std::string_view name) {
  using R = decltype(F::apply(T()));
  const TileFn fn = [](const void* const* in, void* out, int64_t n) {
    const T* x = static_cast<const T*>(in[0]);
    R* y = static_cast<R*>(out);
    for (int64_t i = 0; i < n; ++i) y[i] = F::apply(x[i]);
  };
  return {name, dtype_of<T>, {fn, dtype_of<R>, 1}};
}
template <class F, class T>
TileRow binary(std::string_view name) {
  using R = decltype(F::apply(T(), T()));
  const TileFn fn = [](const void* const* in, void* out, int64_t n) {
    const T* x = static_cast<const T*>(in[0]);
    const T* y = static_cast<const T*>(in[1]);
    R* z = static_cast<R*>(out);
    for (int64_t i = 0; i < n; ++i) z[i] = F::apply(x[i], y[i]);
  };
  return {name, dtype_of<T>, {fn, dtype_of<R>, 2}};
}
template <class F, class T>
TileRow ternary(std::string_view name) {
  const TileFn fn = [](const void* const* in, void* out, int64_t n) {
    const T* x = static_cast<const T*>(in[0]);
    const T* y = static_cast<const T*>(in[1]);
    const T* z = static_cast<const T*>(in[2]);
    for (int64_t i = 0; i < n; ++i)
      static_cast<T*>(out)[i] = F::apply(x[i], y[i], z[i]);
  };
  return {name, dtype_of<T>, {fn, dtype_of<T>, 3}};
}

template <class T>
void append_rows(TileRows& rows) {
#define NUMEST_ROW(Name, op, result) rows.push_back(unary<Name, T>(op));
  NUMEST_COMPLEX_UNARY(NUMEST_ROW)
#undef NUMEST_ROW
#define NUMEST_ROW(Name, op, result) rows.push_back(binary<Name, T>(op));
  NUMEST_COMPLEX_BINARY(NUMEST_ROW)
#undef NUMEST_ROW
  rows.push_back(ternary<MultiplyAdd, T>("fma"));
}

}  // namespace

void append_complex_tiles(TileRows& rows) {
  append_rows<Complex64>(rows);
  append_rows<Complex128>(rows);
}

}  // namespace numest::kernels
