// Sums, products, rounding and other arithmetic without division.
#include <cmath>
#include <type_traits>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/tiles_arithmetic.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include "numest/kernels/tile_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

// Integers wrap: computed in an unsigned type of at least int's width, so
// that no narrow product overflows int.
template <class T>
using Wrapping =
    std::conditional_t<sizeof(T) <= 4, uint32_t, std::make_unsigned_t<T>>;

#define NUMEST_WRAPPING_BINARY(Name, operation, bool_operation)           \
  struct Name {                                                           \
    template <class T>                                                    \
    static T apply(T x, T y) {                                            \
      if constexpr (std::is_same_v<T, bool>) {                            \
        return static_cast<bool>(x bool_operation y);                     \
      } else if constexpr (std::is_integral_v<T>) {                       \
        return static_cast<T>(static_cast<Wrapping<T>>(x)                 \
                                  operation static_cast<Wrapping<T>>(y)); \
      } else {                                                            \
        return x operation y;                                             \
      }                                                                   \
    }                                                                     \
  };
NUMEST_WRAPPING_BINARY(Add, +, |)
NUMEST_WRAPPING_BINARY(Subtract, -, ^)
NUMEST_WRAPPING_BINARY(Multiply, *, &)
#undef NUMEST_WRAPPING_BINARY

struct Negative {
  template <class T>
  static T apply(T x) {
    if constexpr (std::is_integral_v<T>)
      return static_cast<T>(Wrapping<T>{0} - static_cast<Wrapping<T>>(x));
    else
      return -x;
  }
};
struct Absolute {
  template <class T>
  static T apply(T x) {
    if constexpr (std::is_unsigned_v<T>)
      return x;
    else if constexpr (std::is_integral_v<T>)
      return x < 0 ? Negative::apply(x) : x;
    else
      return std::fabs(x);
  }
};
struct Sign {
  template <class T>
  static T apply(T x) {
    if constexpr (std::is_integral_v<T>)
      return static_cast<T>((x > T{0}) - (x < T{0}));
    else  // x itself: zero keeps its sign bit as +0, NaN stays
      return x > T{0} ? T{1} : (x < T{0} ? T{-1} : (x == T{0} ? T{0} : x));
  }
};
struct Square {
  template <class T>
  static T apply(T x) {
    return Multiply::apply(x, x);
  }
};
struct Relu {
  template <class T>
  static T apply(T x) {
    return x <= T{0} ? T{0} : x;  // NaN stays
  }
};
struct MultiplyAdd {
  template <class T>
  static T apply(T x, T y, T z) {
    return x * y + z;
  }
};
struct Positive {
  template <class T>
  static T apply(T x) {
    return x;
  }
};
struct Imaginary {
  template <class T>
  static T apply(T) {
    return T{};
  }
};
struct Sqrt {
  template <class T>
  static T apply(T x) {
    return std::sqrt(x);
  }
};
struct ReciprocalSqrt {
  template <class T>
  static T apply(T x) {
    return T{1} / std::sqrt(x);
  }
};

#define NUMEST_ROUNDING(Name, function)    \
  struct Name {                            \
    template <class T>                     \
    static T apply(T x) {                  \
      if constexpr (std::is_integral_v<T>) \
        return x;                          \
      else                                 \
        return std::function(x);           \
    }                                      \
  };
NUMEST_ROUNDING(Floor, floor)
NUMEST_ROUNDING(Ceil, ceil)
NUMEST_ROUNDING(Trunc, trunc)
NUMEST_ROUNDING(Rint, nearbyint)
#undef NUMEST_ROUNDING

struct CopySign {
  template <class T>
  static T apply(T x, T y) {
    return std::copysign(x, y);
  }
};

template <class F, int N>
void append_numbers(TileRows& rows, std::string_view name) {
  append_all<F, N, SignedTypes, UnsignedTypes, FloatTypes>(rows, name);
}
template <class F, int N>
void append_reals(TileRows& rows, std::string_view name) {
  append_all<F, N, BoolTypes, SignedTypes, UnsignedTypes, FloatTypes>(rows,
                                                                      name);
}

void append_rows(TileRows& rows) {
  append_reals<Add, 2>(rows, "add");
  append_numbers<Subtract, 2>(rows, "subtract");
  append_reals<Multiply, 2>(rows, "multiply");
  append_numbers<Negative, 1>(rows, "negative");
  append_reals<Absolute, 1>(rows, "absolute");
  append_numbers<Sign, 1>(rows, "sign");
  append_numbers<Square, 1>(rows, "square");
  append_numbers<Relu, 1>(rows, "relu");
  append_numbers<Positive, 1>(rows, "positive");
  append_reals<Positive, 1>(rows, "conjugate");
  append_reals<Positive, 1>(rows, "real");
  append_reals<Imaginary, 1>(rows, "imag");
  append_reals<Floor, 1>(rows, "floor");
  append_reals<Ceil, 1>(rows, "ceil");
  append_reals<Trunc, 1>(rows, "trunc");
  append_reals<Rint, 1>(rows, "rint");
  append<MultiplyAdd, 3>(rows, "fma", FloatTypes());
  append<Sqrt, 1>(rows, "sqrt", FloatTypes());
  append<ReciprocalSqrt, 1>(rows, "rsqrt", FloatTypes());
  append<CopySign, 2>(rows, "copysign", FloatTypes());
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(append_rows);
void append_arithmetic_tiles(TileRows& rows) {
  HWY_DYNAMIC_DISPATCH(append_rows)(rows);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
