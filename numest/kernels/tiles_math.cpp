// Transcendental functions of one real variable. Highway's vector functions
// run where they are accurate (the domain in the table); lanes outside it
// take the function of the C library, which also knows NaN and infinity.
#include <cmath>
#include <limits>
#include <type_traits>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/tiles_math.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include <hwy/contrib/math/math-inl.h>

#include "numest/kernels/tile_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr double kLargest = 3e38;  // of both float types: the rest is scalar
constexpr double kSmallest = 1.2e-38;

// e^x = scale (1 + rest) of float32 with scale = 2^n, for |x| <= 88. The
// exponent is made in place, which Highway, knowing no bounds, cannot do.
template <class V>
struct ExpParts {
  V scale, rest;
};
template <class D, class V>
HWY_INLINE ExpParts<V> exp_parts(D d, V x) {
  const hn::RebindToSigned<D> di;
  const V large = hn::Set(d, 0x1.8p23f);  // its last bit is 1
  const V shifted = hn::MulAdd(x, hn::Set(d, 0x1.715476p+0f), large);
  const V n = hn::Sub(shifted, large);
  // n log 2 in two parts, the first product of which is exact.
  const V near = hn::NegMulAdd(n, hn::Set(d, 0x1.63p-1f), x);
  const V r = hn::NegMulAdd(n, hn::Set(d, -0x1.bd0106p-13f), near);
  // (e^r - 1 - r) / r^2 for |r| <= 0.35, at its Chebyshev nodes.
  V p = hn::Set(d, 0x1.a12792p-13f);
  for (const float c :
       {0x1.6d4618p-10f, 0x1.1110ep-7f, 0x1.5554e6p-5f, 0x1.555556p-3f, 0.5f})
    p = hn::MulAdd(p, r, hn::Set(d, c));
  const auto exponent = hn::ShiftLeft<23>(hn::BitCast(di, shifted));
  const auto one = hn::BitCast(di, hn::Set(d, 1.0f));
  return {hn::BitCast(d, hn::Add(exponent, one)),
          hn::MulAdd(hn::Mul(r, r), p, r)};
}
template <class D, class V>
HWY_INLINE V vector_exp(D d, V x) {
  if constexpr (sizeof(hn::TFromD<D>) == 8)
    return hn::Exp(d, x);
  else {
    const ExpParts<V> e = exp_parts(d, x);
    return hn::MulAdd(e.scale, e.rest, e.scale);
  }
}
// e^x - 1, without the digits lost by subtracting.
template <class D, class V>
HWY_INLINE V vector_expm1(D d, V x) {
  V result = x;
  if constexpr (sizeof(hn::TFromD<D>) == 8)
    result = hn::Expm1(d, x);
  else {
    const ExpParts<V> e = exp_parts(d, x);
    result = hn::MulAdd(e.scale, e.rest, hn::Sub(e.scale, hn::Set(d, 1.0f)));
  }
  // The sign of zero is lost on the way.
  return hn::IfThenElse(hn::Eq(x, hn::Zero(d)), x, result);
}
template <class D, class V>
HWY_INLINE V vector_tanh(D d, V x) {
  if constexpr (sizeof(hn::TFromD<D>) == 8)
    return hn::Tanh(d, x);
  else {
    // Beyond 10 the quotient is 1.
    const V y = hn::Min(hn::Abs(x), hn::Set(d, 10.0f));
    const V e = vector_expm1(d, hn::Add(y, y));
    return hn::CopySign(hn::Div(e, hn::Add(e, hn::Set(d, 2.0f))), x);
  }
}

// 2^x: the whole part goes into the exponent, the rest through exp.
template <class D, class V>
V vector_exp2(D d, V x) {
  const hn::RebindToSigned<D> di;
  constexpr int kBits = sizeof(hn::TFromD<D>) == 4 ? 23 : 52;
  constexpr int kBias = sizeof(hn::TFromD<D>) == 4 ? 127 : 1023;
  const V whole = hn::Round(x);
  const V ln2 = hn::Set(d, hn::TFromD<D>(0.6931471805599453));
  const V rest = hn::Exp(d, hn::Mul(hn::Sub(x, whole), ln2));
  using Int = hn::TFromD<decltype(di)>;
  const auto exponent =
      hn::Add(hn::ConvertTo(di, whole), hn::Set(di, Int{kBias}));
  return hn::Mul(rest, hn::BitCast(d, hn::ShiftLeft<kBits>(exponent)));
}
template <class D, class V>
V vector_sigmoid(D d, V x) {
  const V one = hn::Set(d, hn::TFromD<D>(1));
  return hn::Div(one, hn::Add(one, vector_exp(d, hn::Neg(x))));
}
template <class D, class V>
V vector_softplus(D d, V x) {
  const V tail = hn::Log1p(d, vector_exp(d, hn::Neg(hn::Abs(x))));
  return hn::Add(hn::Max(x, hn::Zero(d)), tail);
}
template <class D, class V>
V vector_cosh(D d, V x) {
  const V half = hn::Set(d, hn::TFromD<D>(0.5));
  const V e = vector_exp(d, hn::Abs(x));
  return hn::MulAdd(half, e, hn::Div(half, e));
}

// Highway's have a rounding error at zero, and lose its sign.
template <class D, class V>
auto is_tiny(D d, V x) {  // x^2 is below the rounding of 1
  const hn::TFromD<D> limit = sizeof(limit) == 4 ? 0x1p-13f : 0x1p-27f;
  return hn::Lt(hn::Abs(x), hn::Set(d, limit));
}
template <class D, class V>
V vector_sin(D d, V x) {
  return hn::IfThenElse(is_tiny(d, x), x, hn::Sin(d, x));
}
template <class D, class V>
V vector_cos(D d, V x) {
  return hn::IfThenElse(is_tiny(d, x), hn::Set(d, hn::TFromD<D>(1)),
                        hn::Cos(d, x));
}

template <class T>
T sigmoid(T x) {
  if (x >= 0) return T{1} / (T{1} + std::exp(-x));
  const T e = std::exp(x);
  return e / (T{1} + e);
}
template <class T>
T softplus(T x) {
  return (x > 0 || x != x ? x : T{0}) + std::log1p(std::exp(-std::fabs(x)));
}

// struct, op, scalar function, vector function, domain of |x| or of x:
// lowest and highest for float32 and for float64.
#define NUMEST_VECTOR_FUNCTIONS(ROW)                                         \
  ROW(Exp, "exp", std::exp, vector_exp, -87.3, 88, -708, 706)                \
  ROW(Exp2, "exp2", std::exp2, vector_exp2, -125, 126, -1021, 1022)          \
  ROW(Expm1, "expm1", std::expm1, vector_expm1, -87.3, 88, -708, 706)        \
  ROW(Log, "log", std::log, hn::Log, kSmallest, kLargest, 1e-300, 1e300)     \
  ROW(Log2, "log2", std::log2, hn::Log2, kSmallest, kLargest, 1e-300, 1e300) \
  ROW(Log10, "log10", std::log10, hn::Log10, kSmallest, kLargest, 1e-300,    \
      1e300)                                                                 \
  ROW(Log1p, "log1p", std::log1p, hn::Log1p, 0, kLargest, 0, 1e300)          \
  ROW(Sin, "sin", std::sin, vector_sin, -39000, 39000, -39000, 39000)        \
  ROW(Cos, "cos", std::cos, vector_cos, -39000, 39000, -39000, 39000)        \
  ROW(Arcsin, "arcsin", std::asin, hn::Asin, -1, 1, -1, 1)                   \
  ROW(Arccos, "arccos", std::acos, hn::Acos, -1, 1, -1, 1)                   \
  ROW(Arctan, "arctan", std::atan, hn::Atan, -kLargest, kLargest, -1e300,    \
      1e300)                                                                 \
  ROW(Sinh, "sinh", std::sinh, hn::Sinh, -88, 88, -700, 700)                 \
  ROW(Cosh, "cosh", std::cosh, vector_cosh, -87, 87, -700, 700)              \
  ROW(Tanh, "tanh", std::tanh, vector_tanh, -kLargest, kLargest, -1e300,     \
      1e300)                                                                 \
  ROW(Arcsinh, "arcsinh", std::asinh, hn::Asinh, -1e18, 1e18, -1e150, 1e150) \
  ROW(Arccosh, "arccosh", std::acosh, hn::Acosh, 1, 1e18, 1, 1e150)          \
  ROW(Arctanh, "arctanh", std::atanh, hn::Atanh, -0.999999, 0.999999,        \
      -0.999999, 0.999999)                                                   \
  ROW(Sigmoid, "sigmoid", sigmoid, vector_sigmoid, -87, 87, -700, 700)       \
  ROW(Softplus, "softplus", softplus, vector_softplus, -87, 87, -700, 700)

#define NUMEST_VECTOR_FUNCTION(Name, op, scalar_function, vector_function, \
                               low32, high32, low64, high64)               \
  struct Name {                                                            \
    template <class T>                                                     \
    static constexpr T kLow = sizeof(T) == 4 ? T(low32) : T(low64);        \
    template <class T>                                                     \
    static constexpr T kHigh = sizeof(T) == 4 ? T(high32) : T(high64);     \
    template <class T>                                                     \
    static T scalar(T x) {                                                 \
      return scalar_function(x);                                           \
    }                                                                      \
    template <class D, class V>                                            \
    static V vector(D d, V x) {                                            \
      return vector_function(d, x);                                        \
    }                                                                      \
  };
NUMEST_VECTOR_FUNCTIONS(NUMEST_VECTOR_FUNCTION)
#undef NUMEST_VECTOR_FUNCTION

// One vector; `out` may be `in`.
template <class F, class D, class T>
HWY_INLINE void apply_vector(D d, const T* in, T* out) {
  const auto x = hn::LoadU(d, in);
  const auto is_inside = hn::And(hn::Ge(x, hn::Set(d, F::template kLow<T>)),
                                 hn::Le(x, hn::Set(d, F::template kHigh<T>)));
  if (HWY_LIKELY(hn::AllTrue(d, is_inside))) {
    hn::StoreU(F::vector(d, x), d, out);
    return;
  }
  HWY_ALIGN T lanes[hn::MaxLanes(d)];
  const auto inside =
      hn::IfThenElse(is_inside, x, hn::Set(d, F::template kHigh<T>));
  hn::Store(F::vector(d, inside), d, lanes);
  for (size_t i = 0; i < hn::Lanes(d); ++i) {
    const bool is_lane_inside =
        in[i] >= F::template kLow<T> && in[i] <= F::template kHigh<T>;
    out[i] = is_lane_inside ? lanes[i] : F::scalar(in[i]);
  }
}

template <class F, class T>
void vector_tile(const void* const* in, void* out, int64_t n) {
  const hn::ScalableTag<T> d;
  const T* x = static_cast<const T*>(in[0]);
  T* y = static_cast<T*>(out);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) apply_vector<F>(d, x + i, y + i);
  if (i == n) return;
  HWY_ALIGN T tail[hn::MaxLanes(d)];
  std::fill(tail, tail + lanes, F::template kHigh<T>);
  std::copy(x + i, x + n, tail);
  apply_vector<F>(d, tail, tail);
  std::copy(tail, tail + (n - i), y + i);
}

template <class F>
void append_vector(TileRows& rows, std::string_view name) {
  append_floats<&vector_tile<F, float>, 1>(rows, name, &vector_tile<F, double>);
}

// std::lgamma writes the global signgam: a race between threads.
inline double log_gamma(double x) {
  int sign;
  return ::lgamma_r(x, &sign);
}
inline float log_gamma(float x) {
  int sign;
  return ::lgammaf_r(x, &sign);
}

// Too rare, or no accurate vector form: the C library's function per element.
#define NUMEST_SCALAR_FUNCTIONS(ROW) \
  ROW(Tan, "tan", std::tan(x))       \
  ROW(Cbrt, "cbrt", std::cbrt(x))    \
  ROW(Erf, "erf", std::erf(x))       \
  ROW(Lgamma, "lgamma", log_gamma(x))

#define NUMEST_SCALAR_FUNCTION(Name, op, result) \
  struct Name {                                  \
    template <class T>                           \
    static T apply(T x) {                        \
      return result;                             \
    }                                            \
  };
NUMEST_SCALAR_FUNCTIONS(NUMEST_SCALAR_FUNCTION)
#undef NUMEST_SCALAR_FUNCTION

void append_rows(TileRows& rows) {
#define NUMEST_ROW(Name, op, ...) append_vector<Name>(rows, op);
  NUMEST_VECTOR_FUNCTIONS(NUMEST_ROW)
#undef NUMEST_ROW
#define NUMEST_ROW(Name, op, ...) append<Name, 1>(rows, op, FloatTypes());
  NUMEST_SCALAR_FUNCTIONS(NUMEST_ROW)
#undef NUMEST_ROW
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(append_rows);
void append_math_tiles(TileRows& rows) {
  HWY_DYNAMIC_DISPATCH(append_rows)(rows);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
