// arctan2, hypot and logaddexp: vectors for finite numbers of usual size, the C
// library's functions for lanes with others (NaN, infinity, sums of squares or
// powers out of range).
#include <cmath>
#include <cstddef>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/tiles_polar.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "numest/kernels/tile_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class T>
struct Vectors {
  using D = hn::ScalableTag<T>;
  using V = hn::Vec<D>;
  using Mask = hn::Mask<D>;
  static HWY_INLINE V set(double value) { return hn::Set(D(), T(value)); }
};

// The quotient of the smaller by the larger side, turned into the octant.
struct Arctan2 {
  template <class T>
  static T scalar(T y, T x) {
    return std::atan2(y, x);
  }
  template <class T>
  static HWY_INLINE typename Vectors<T>::V vector(
      typename Vectors<T>::V y, typename Vectors<T>::V x,
      typename Vectors<T>::Mask& ok) {
    using W = Vectors<T>;
    const typename W::D d;
    const auto width = hn::Abs(x), height = hn::Abs(y);
    const auto large = hn::Max(width, height), small = hn::Min(width, height);
    ok = hn::Le(hn::Add(width, height), W::set(sizeof(T) == 4 ? 3e38 : 1e308));
    const auto is_zero = hn::Eq(large, hn::Zero(d));
    const auto ratio =
        hn::Div(small, hn::IfThenElse(is_zero, W::set(1), large));
    auto angle = hn::Atan(d, ratio);
    // Of pi the digits that a number holds, and the rest.
    const double pi =
        sizeof(T) == 4 ? double(T(0x1.921fb54442d18p+1)) : 0x1.921fb54442d18p+1;
    const double rest =
        sizeof(T) == 4 ? 0x1.921fb54442d18p+1 - pi : 0x1.1a62633145c07p-53;
    const auto from = [&](double share, auto a) HWY_ATTR {
      return hn::Add(hn::Sub(W::set(share * pi), a), W::set(share * rest));
    };
    angle = hn::IfThenElse(hn::Gt(height, width), from(0.5, angle), angle);
    const auto one = hn::CopySign(W::set(1), x);
    angle = hn::IfThenElse(hn::Lt(one, hn::Zero(d)), from(1, angle), angle);
    return hn::CopySign(angle, y);
  }
};

struct Hypot {
  template <class T>
  static T scalar(T x, T y) {
    return std::hypot(x, y);
  }
  template <class T>
  static HWY_INLINE typename Vectors<T>::V vector(
      typename Vectors<T>::V x, typename Vectors<T>::V y,
      typename Vectors<T>::Mask& ok) {
    using W = Vectors<T>;
    const auto squares = hn::MulAdd(x, x, hn::Mul(y, y));
    const double least = sizeof(T) == 4 ? 1e-30 : 1e-280;
    const double most = sizeof(T) == 4 ? 1e37 : 1e300;
    ok = hn::And(hn::Ge(squares, W::set(least)), hn::Le(squares, W::set(most)));
    return hn::Sqrt(squares);
  }
};

struct LogAddExp {
  template <class T>
  static T scalar(T x, T y) {
    if (x == y) return x + T(0.6931471805599453);  // also equal infinities
    const T difference = x - y;
    if (difference > 0) return x + std::log1p(std::exp(-difference));
    if (difference <= 0) return y + std::log1p(std::exp(difference));
    return difference;  // NaN
  }
  template <class T>
  static HWY_INLINE typename Vectors<T>::V vector(
      typename Vectors<T>::V x, typename Vectors<T>::V y,
      typename Vectors<T>::Mask& ok) {
    using W = Vectors<T>;
    const typename W::D d;
    const auto distance = hn::Abs(hn::Sub(x, y));
    ok = hn::Le(distance, W::set(sizeof(T) == 4 ? 80 : 600));
    const auto tail = hn::Log1p(d, hn::Exp(d, hn::Neg(distance)));
    return hn::Add(hn::Max(x, y), tail);
  }
};

// One vector; `out` may be `x` or `y`.
template <class F, class T>
HWY_INLINE void one_vector(const T* x, const T* y, T* out) {
  using W = Vectors<T>;
  const typename W::D d;
  typename W::Mask ok;
  const auto value =
      F::template vector<T>(hn::LoadU(d, x), hn::LoadU(d, y), ok);
  store_valid(d, value, ok, x, y, out, F::template scalar<T>);
}

template <class F, class T>
void run_pairs(const void* const* in, void* out, int64_t n) {
  const T* x = static_cast<const T*>(in[0]);
  const T* y = static_cast<const T*>(in[1]);
  T* z = static_cast<T*>(out);
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) one_vector<F>(x + i, y + i, z + i);
  if (i == n) return;
  T tail_x[hn::MaxLanes(d)] = {}, tail_y[hn::MaxLanes(d)] = {};
  std::copy(x + i, x + n, tail_x);
  std::copy(y + i, y + n, tail_y);
  one_vector<F>(tail_x, tail_y, tail_x);
  std::copy(tail_x, tail_x + (n - i), z + i);
}

template <class F>
void append_pairs(TileRows& rows, std::string_view name) {
  append_floats<&run_pairs<F, float>, 2>(rows, name, &run_pairs<F, double>);
}

void append_rows(TileRows& rows) {
  append_pairs<Arctan2>(rows, "arctan2");
  append_pairs<Hypot>(rows, "hypot");
  append_pairs<LogAddExp>(rows, "logaddexp");
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(append_rows);
void append_polar_tiles(TileRows& rows) {
  HWY_DYNAMIC_DISPATCH(append_rows)(rows);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
