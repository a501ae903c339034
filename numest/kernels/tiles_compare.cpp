// Comparisons, logic, maxima and tests of floats. Results of comparisons are
// bool; maximum and minimum keep NaN, fmax and fmin drop it.
#include <cmath>
#include <limits>
#include <type_traits>

#include "numest/kernels/simd_targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "numest/kernels/tiles_compare.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file once per level.
#include "numest/kernels/tile_loop-inl.h"

HWY_BEFORE_NAMESPACE();
namespace numest::kernels::HWY_NAMESPACE {
namespace {

// name of the struct, name of the op, result of x and y
#define NUMEST_COMPARISONS(ROW)                           \
  ROW(Equal, "equal", x == y)                             \
  ROW(NotEqual, "not_equal", x != y)                      \
  ROW(Less, "less", x < y)                                \
  ROW(LessEqual, "less_equal", x <= y)                    \
  ROW(Greater, "greater", x > y)                          \
  ROW(GreaterEqual, "greater_equal", x >= y)              \
  ROW(LogicalAnd, "logical_and", (x != T{}) & (y != T{})) \
  ROW(LogicalOr, "logical_or", (x != T{}) | (y != T{}))   \
  ROW(LogicalXor, "logical_xor", (x != T{}) != (y != T{}))

#define NUMEST_COMPARISON(Name, op, result) \
  struct Name {                             \
    template <class T>                      \
    static bool apply(T x, T y) {           \
      return result;                        \
    }                                       \
  };
NUMEST_COMPARISONS(NUMEST_COMPARISON)
#undef NUMEST_COMPARISON

struct Maximum {
  template <class T>
  static T apply(T x, T y) {
    if constexpr (std::is_same_v<T, bool>)
      return x | y;
    else  // a NaN in y fails the comparison and so is taken
      return (x >= y || x != x) ? x : y;
  }
};
struct Minimum {
  template <class T>
  static T apply(T x, T y) {
    if constexpr (std::is_same_v<T, bool>)
      return x & y;
    else
      return (x <= y || x != x) ? x : y;
  }
};
struct Fmax {
  template <class T>
  static T apply(T x, T y) {
    return (x >= y || y != y) ? x : y;
  }
};
struct Fmin {
  template <class T>
  static T apply(T x, T y) {
    return (x <= y || y != y) ? x : y;
  }
};
struct Heaviside {
  template <class T>
  static T apply(T x, T at_zero) {
    return x < 0 ? T{0} : (x > 0 ? T{1} : (x == 0 ? at_zero : x));
  }
};

struct LogicalNot {
  template <class T>
  static bool apply(T x) {
    return x == T{};
  }
};
struct IsNan {
  template <class T>
  static bool apply(T x) {
    return x != x;
  }
};
struct IsInf {
  template <class T>
  static bool apply(T x) {
    if constexpr (std::is_integral_v<T>)
      return false;
    else
      return std::fabs(x) == std::numeric_limits<T>::infinity();
  }
};
struct IsFinite {
  template <class T>
  static bool apply(T x) {
    if constexpr (std::is_integral_v<T>)
      return true;
    else
      return std::fabs(x) < std::numeric_limits<T>::infinity();
  }
};
struct SignBit {
  template <class T>
  static bool apply(T x) {
    if constexpr (std::is_integral_v<T>)
      return x < T{0};
    else
      return std::signbit(x);
  }
};

template <class F, int N>
void append_reals(TileRows& rows, std::string_view name) {
  append_all<F, N, BoolTypes, SignedTypes, UnsignedTypes, FloatTypes>(rows,
                                                                      name);
}

void append_rows(TileRows& rows) {
#define NUMEST_COMPARISON(Name, op, result) append_reals<Name, 2>(rows, op);
  NUMEST_COMPARISONS(NUMEST_COMPARISON)
#undef NUMEST_COMPARISON
  append_reals<Maximum, 2>(rows, "maximum");
  append_reals<Minimum, 2>(rows, "minimum");
  append_all<Maximum, 2, BoolTypes, SignedTypes, UnsignedTypes>(rows, "fmax");
  append_all<Minimum, 2, BoolTypes, SignedTypes, UnsignedTypes>(rows, "fmin");
  append<Fmax, 2>(rows, "fmax", FloatTypes());
  append<Fmin, 2>(rows, "fmin", FloatTypes());
  append<Heaviside, 2>(rows, "heaviside", FloatTypes());
  append_reals<LogicalNot, 1>(rows, "logical_not");
  append_reals<IsNan, 1>(rows, "isnan");
  append_reals<IsInf, 1>(rows, "isinf");
  append_reals<IsFinite, 1>(rows, "isfinite");
  append_all<SignBit, 1, SignedTypes, UnsignedTypes, FloatTypes>(rows,
                                                                 "signbit");
}

}  // namespace
}  // namespace numest::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace numest::kernels {
HWY_EXPORT(append_rows);
void append_compare_tiles(TileRows& rows) {
  HWY_DYNAMIC_DISPATCH(append_rows)(rows);
}
}  // namespace numest::kernels
#endif  // HWY_ONCE
