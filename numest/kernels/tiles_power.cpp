// x to the power y as 2^(y log2 x). The logarithm and its product with y are
// pairs of numbers, of which the second holds what the first rounds away.
// float64 lies within one unit in the last place, float32 within two. Lanes
// that the vectors do not know (NaN, infinity, subnormal numbers, results out
// of range) and levels without fused products take the C library's function.
#include <cmath>
#include <cstddef>
#include <limits>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/tiles_power.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include <hwy/highway.h>

#include "numest/kernels/tile_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// Coefficients interpolate at the Chebyshev nodes of the interval. With
// m = (1 + s) / (1 - s), log2 m is s times a series in s^2, for |s| <= 0.172.
template <class T>
struct Constants;
template <>
struct Constants<double> {
  static constexpr int kMantissaBits = 52;
  static constexpr uint64_t kOne = 0x3FF0000000000000;
  static constexpr uint64_t kRoot = 0x3FE6A09E667F3BCD;  // of 1/2
  static constexpr double kRange = 1021;  // of exponents of normal results
  static constexpr double kFirst[] = {0x1.71547652b82fep+1,
                                      0x1.777d0ffda0d24p-55};
  static constexpr double kSecond[] = {0x1.ec709dc3a03fdp-1,
                                       0x1.d27f05548af0cp-55};
  static constexpr double kSeries[] = {
      // the rest, to 2^-53
      0x1.2776c50ef9bfep-1, 0x1.a61762a7adfa8p-2, 0x1.484b13d79c410p-2,
      0x1.0c9a84bf4b885p-2, 0x1.c68f2f05fc1dap-3, 0x1.89fed19a09517p-3,
      0x1.59e09fb241c51p-3, 0x1.5a5fb73c05bdbp-3};
  static constexpr double kLog2[] = {0x1.62e42fefa39efp-1,
                                     0x1.abc9e3b39803fp-56};
  // (2^r - 1 - r log 2) / r^2 for |r| <= 1/2, to 2^-54.
  static constexpr double kExp2[] = {
      0x1.ebfbdff82c58fp-3,  0x1.c6b08d704a0c2p-5,  0x1.3b2ab6fba4e78p-7,
      0x1.5d87fe78a5276p-10, 0x1.430912f86bf52p-13, 0x1.ffcbfc670dcd4p-17,
      0x1.62c022401b97dp-20, 0x1.b524fae627834p-24, 0x1.e4cf1cd08d4b8p-28,
      0x1.e9d3fe3952179p-32, 0x1.c48f769ad2c46p-36};
};
template <>
struct Constants<float> {
  static constexpr int kMantissaBits = 23;
  static constexpr uint32_t kOne = 0x3F800000;
  static constexpr uint32_t kRoot = 0x3F3504F3;
  static constexpr float kRange = 125;
  static constexpr float kFirst[] = {0x1.715476p+1f, 0x1.4ae0cp-25f};
  static constexpr float kSecond[] = {0x1.ec709ep-1f, -0x1.e2fe02p-28f};
  static constexpr float kSeries[] = {
      // the rest, to 2^-21
      0x1.2776ccp-1f, 0x1.a5f48ep-2f, 0x1.5481eap-2f};
  // (2^r - 1) / r for |r| <= 1/2, to 2^-27.
  static constexpr float kExp2[] = {
      0x1.62e43p-1f,   0x1.ebfbep-3f, 0x1.c6b08ep-5f, 0x1.3b2a1cp-7f,
      0x1.5d879ep-10f, 0x1.444p-13f,  0x1.00a582p-16f};
};

template <class T>
struct Power : Constants<T> {
  using C = Constants<T>;
  using D = hn::ScalableTag<T>;
  using U = hn::RebindToUnsigned<D>;
  using V = hn::Vec<D>;
  using Mask = hn::Mask<D>;
  // Added to a number below 2^(kMantissaBits - 1), it rounds to integers.
  static constexpr T kLarge =
      T(1.5) * T(uint64_t{1} << Constants<T>::kMantissaBits);

  struct Two {
    V high, low;
  };
  struct Result {
    V value;
    Mask is_valid;
  };

  static HWY_INLINE V constant(T value) { return hn::Set(D(), value); }
  static HWY_INLINE Two pair(const T (&c)[2]) {
    return {constant(c[0]), constant(c[1])};
  }
  static HWY_INLINE Mask is_between(V x, T low, T high) {
    return hn::And(hn::Ge(x, constant(low)), hn::Le(x, constant(high)));
  }

  // c[i] + c[i + 2] x2 + c[i + 4] x2^2 + ...
  template <size_t i, size_t kCount>
  static HWY_INLINE V every_other(const T (&c)[kCount], V x2) {
    if constexpr (i + 2 < kCount)
      return hn::MulAdd(every_other<i + 2>(c, x2), x2, constant(c[i]));
    else
      return constant(c[i]);
  }
  // c[0] + c[1] x + c[2] x^2 + ...
  template <size_t kCount>
  static HWY_INLINE V polynomial(const T (&c)[kCount], V x) {
    const V x2 = hn::Mul(x, x);
    return hn::MulAdd(every_other<1>(c, x2), x, every_other<0>(c, x2));
  }

  // Of two pairs whose low parts are small beside the high ones.
  static HWY_INLINE Two product(Two a, Two b) {
    const V high = hn::Mul(a.high, b.high);
    const V low = hn::MulAdd(a.high, b.low, hn::Mul(a.low, b.high));
    return {high, hn::Add(hn::MulSub(a.high, b.high, high), low)};
  }
  static HWY_INLINE Two product(Two a, V b) {
    const V high = hn::Mul(a.high, b);
    return {high, hn::MulAdd(a.low, b, hn::MulSub(a.high, b, high))};
  }
  // Of a pair or zero and of a smaller number or pair.
  static HWY_INLINE Two sum(V larger, V b) {
    const V high = hn::Add(larger, b);
    return {high, hn::Add(hn::Sub(larger, high), b)};
  }
  static HWY_INLINE Two sum(Two larger, V b) {
    const Two s = sum(larger.high, b);
    return {s.high, hn::Add(s.low, larger.low)};
  }

  // x = m 2^exponent with m from sqrt(1/2) to sqrt(2).
  struct Split {
    V exponent, m;
  };
  static HWY_INLINE Split split(V x) {
    const auto bits = hn::BitCast(U(), x), one = hn::Set(U(), C::kOne);
    const auto from_root = hn::Sub(bits, hn::Set(U(), C::kRoot));
    // One more than the exponent could be negative: arithmetic in place.
    const auto biased =
        hn::ShiftRight<C::kMantissaBits>(hn::Add(from_root, one));
    const auto m =
        hn::Sub(hn::Add(bits, one), hn::ShiftLeft<C::kMantissaBits>(biased));
    // An integer in the last bits of a large number.
    constexpr T kTop = T(uint64_t{1} << C::kMantissaBits);
    constexpr T kBias = T(std::numeric_limits<T>::max_exponent - 1);
    const auto large = hn::BitCast(U(), constant(kTop));
    const V exponent = hn::Sub(hn::BitCast(D(), hn::Or(biased, large)),
                               constant(kTop + kBias));
    return {exponent, hn::BitCast(D(), m)};
  }

  static HWY_INLINE Two series(Two s) {
    const Two w = product(s, s);
    const V rest = hn::Mul(w.high, polynomial(C::kSeries, w.high));
    const Two second = product(w, sum(pair(C::kSecond), rest));
    const Two both = sum(pair(C::kFirst), second.high);
    return {both.high, hn::Add(both.low, second.low)};
  }
  // Of positive normal numbers.
  static HWY_INLINE Two log2_of(V x) {
    const Split parts = split(x);
    const V one = constant(1), m = parts.m;
    const V f = hn::Sub(m, one), g = hn::Add(m, one);
    const V g_low = hn::Sub(m, hn::Sub(g, one));
    const V inverse = hn::Div(one, g);
    const V ratio = hn::Mul(f, inverse);
    const V rest = hn::NegMulAdd(ratio, g_low, hn::NegMulAdd(ratio, g, f));
    const Two s = {ratio, hn::Mul(rest, inverse)};
    const Two log2_of_m = product(series(s), s);
    const Two all = sum(parts.exponent, log2_of_m.high);
    return {all.high, hn::Add(all.low, log2_of_m.low)};
  }

  // 2^(high + low) for |high| <= 1/2, low being small beside high.
  static HWY_INLINE V exp2_of(V high, V low) {
    const V one = constant(1);
    if constexpr (sizeof(T) == 4) {
      const V r = hn::Add(high, low);
      return hn::MulAdd(r, polynomial(C::kExp2, r), one);
    } else {
      const Two r = sum(high, low);
      const Two linear = product(pair(C::kLog2), r);
      const V rest = hn::MulAdd(hn::Mul(r.high, r.high),
                                polynomial(C::kExp2, r.high), linear.low);
      const Two all = sum(one, linear.high);
      return hn::Add(all.high, hn::Add(all.low, rest));
    }
  }
  // Valid for positive normal x and results that are normal.
  static HWY_INLINE Result positive(V x, V y) {
    const Two t = product(log2_of(x), y);
    const V shifted = hn::Add(t.high, constant(kLarge));
    const V whole = hn::Sub(shifted, constant(kLarge));
    const V power = exp2_of(hn::Sub(t.high, whole), t.low);
    // The last bits of `shifted`, an integer, move into the exponent.
    const auto exponent =
        hn::ShiftLeft<C::kMantissaBits>(hn::BitCast(U(), shifted));
    const Mask is_normal = is_between(x, std::numeric_limits<T>::min(),
                                      std::numeric_limits<T>::max());
    return {hn::BitCast(D(), hn::Add(hn::BitCast(U(), power), exponent)),
            hn::And(is_normal, is_between(t.high, -C::kRange, C::kRange))};
  }

  // Valid for zero too, and for negative x where y is whole: an odd y keeps
  // the sign.
  static HWY_INLINE Result any_sign(V x, V y) {
    const V zero = constant(0), size = hn::Abs(x);
    const Result known = positive(size, y);
    const V infinity = constant(std::numeric_limits<T>::infinity());
    const V of_zero =
        hn::IfThenElse(hn::Gt(y, zero), zero,
                       hn::IfThenElse(hn::Eq(y, zero), constant(1), infinity));
    const Mask is_zero = hn::Eq(x, zero);
    const V value = hn::IfThenElse(is_zero, of_zero, known.value);

    const V half = hn::Mul(y, constant(T(0.5)));
    const Mask is_whole = hn::Eq(hn::Round(y), y);
    const Mask is_even = hn::Eq(hn::Round(half), half);
    const V odd_sign = hn::IfThenElseZero(hn::AndNot(is_even, is_whole),
                                          hn::And(x, constant(T(-0.0))));
    const Mask has_value =
        hn::Or(known.is_valid, hn::And(is_zero, hn::Eq(y, y)));
    const Mask has_sign = hn::Or(is_whole, hn::Ge(x, zero));
    return {hn::Or(value, odd_sign), hn::And(has_value, has_sign)};
  }
};

// Squares cost a product, and are rounded once, here as everywhere.
template <class T>
T scalar_power(T x, T y) {
  return y == T{2} ? x * x : std::pow(x, y);
}

// One vector; `out` may be `x` or `y`.
template <class T>
HWY_INLINE void any_power(const T* x, const T* y, T* out) {
  using P = Power<T>;
  const typename P::D d;
  const auto base = hn::LoadU(d, x), exponent = hn::LoadU(d, y);
  const auto is_square = hn::Eq(exponent, hn::Set(d, T{2}));
  const auto r = P::any_sign(base, exponent);
  const auto value = hn::IfThenElse(is_square, hn::Mul(base, base), r.value);
  const auto is_valid = hn::Or(r.is_valid, is_square);
  store_valid(d, value, is_valid, x, y, out, scalar_power<T>);
}

// The same if all lanes are plain; false, and nothing stored, if not.
template <class T>
HWY_INLINE bool plain_power(const T* x, const T* y, T* out) {
  using P = Power<T>;
  const typename P::D d;
  const auto base = hn::LoadU(d, x), exponent = hn::LoadU(d, y);
  const auto square = hn::Mul(base, base);
  const auto is_square = hn::Eq(exponent, hn::Set(d, T{2}));
  if (hn::AllTrue(d, is_square)) {
    hn::StoreU(square, d, out);
    return true;
  }
  const auto r = P::positive(base, exponent);
  if (!hn::AllTrue(d, r.is_valid)) return false;
  hn::StoreU(hn::IfThenElse(is_square, square, r.value), d, out);
  return true;
}

// Where one vector is not plain, the next ones are thought to be as it is.
template <class T>
HWY_INLINE void vector_powers(const T* x, const T* y, T* z, int64_t n) {
  const hn::ScalableTag<T> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  while (i + lanes <= n && plain_power(x + i, y + i, z + i)) i += lanes;
  for (; i + lanes <= n; i += lanes) any_power(x + i, y + i, z + i);
  if (i == n) return;
  T tail_x[hn::MaxLanes(d)], tail_y[hn::MaxLanes(d)];
  std::fill(tail_x, tail_x + lanes, T{1});
  std::fill(tail_y, tail_y + lanes, T{1});
  std::copy(x + i, x + n, tail_x);
  std::copy(y + i, y + n, tail_y);
  any_power(tail_x, tail_y, tail_x);
  std::copy(tail_x, tail_x + (n - i), z + i);
}

template <class T>
void power_tile(const void* const* in, void* out, int64_t n) {
  const T* x = static_cast<const T*>(in[0]);
  const T* y = static_cast<const T*>(in[1]);
  T* z = static_cast<T*>(out);
#if HWY_NATIVE_FMA
  vector_powers(x, y, z, n);
#else
  for (int64_t i = 0; i < n; ++i) z[i] = scalar_power(x[i], y[i]);
#endif
}

void append_rows(TileRows& rows) {
  append_floats<&power_tile<float>, 2>(rows, "power", &power_tile<double>);
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(append_rows);
void append_power_tiles(TileRows& rows) {
  HWY_DYNAMIC_DISPATCH(append_rows)(rows);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
