#include "numest/kernels/combine.h"

#include <type_traits>

namespace numest::kernels {

namespace {

// Integers wrap, which only unsigned ones do in C++.
template <class T, class F>
T wrapped(T a, T b, F f) {
  if constexpr (std::is_integral_v<T>) {
    using U = std::make_unsigned_t<T>;
    return static_cast<T>(f(static_cast<U>(a), static_cast<U>(b)));
  } else {
    return f(a, b);
  }
}

struct Add {
  template <class T>
  static T of(T a, T b) {
    return wrapped(a, b, [](auto x, auto y) { return x + y; });
  }
};
struct Subtract {
  template <class T>
  static T of(T a, T b) {
    return wrapped(a, b, [](auto x, auto y) { return x - y; });
  }
};
struct Multiply {
  template <class T>
  static T of(T a, T b) {
    return wrapped(a, b, [](auto x, auto y) { return x * y; });
  }
};
struct Divide {
  template <class T>
  static T of(T a, T b) {
    return a / b;
  }
};
// nan if one is.
struct Maximum {
  template <class T>
  static T of(T a, T b) {
    return a >= b || a != a ? a : b;
  }
};
struct Minimum {
  template <class T>
  static T of(T a, T b) {
    return a <= b || a != a ? a : b;
  }
};
struct MultiplyAdd {
  template <class T>
  static T of(T a, T b, T c) {
    return a * b + c;
  }
};

template <class F, class T, bool kIsTernary>
void combine(const int64_t* positions, int64_t n, const void* const* operands,
             void* array, void* before) {
  T* const to = static_cast<T*>(array);
  T* const old = static_cast<T*>(before);
  const T* const b = static_cast<const T*>(operands[0]);
  for (int64_t i = 0; i < n; ++i) {
    T& at = to[positions[i]];
    old[i] = at;
    if constexpr (kIsTernary)
      at = F::of(at, b[i], static_cast<const T*>(operands[1])[i]);
    else
      at = F::of(at, b[i]);
  }
}

template <class T>
CombineFn find(std::string_view ufunc) {
  if (ufunc == "add") return combine<Add, T, false>;
  if (ufunc == "subtract") return combine<Subtract, T, false>;
  if (ufunc == "multiply") return combine<Multiply, T, false>;
  if (ufunc == "maximum") return combine<Maximum, T, false>;
  if (ufunc == "minimum") return combine<Minimum, T, false>;
  if constexpr (std::is_floating_point_v<T>) {
    if (ufunc == "divide") return combine<Divide, T, false>;
    if (ufunc == "fma") return combine<MultiplyAdd, T, true>;
  }
  return nullptr;
}

}  // namespace

CombineFn find_combine(std::string_view ufunc, DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return find<float>(ufunc);
    case DType::kFloat64:
      return find<double>(ufunc);
    case DType::kInt32:
      return find<int32_t>(ufunc);
    case DType::kInt64:
      return find<int64_t>(ufunc);
    default:
      return nullptr;
  }
}

}  // namespace numest::kernels
