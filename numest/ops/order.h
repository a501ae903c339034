// NumPy's order of elements: NaN last, complex numbers by real part, then
// imaginary part.
#pragma once

#include "numest/array/dtype.h"

namespace numest {

template <class T>
struct Before {
  bool operator()(const T& a, const T& b) const {
    if constexpr (std::is_same_v<T, Complex64> ||
                  std::is_same_v<T, Complex128>) {
      const Before<typename T::value_type> less;
      if (less(a.real(), b.real())) return true;
      return !less(b.real(), a.real()) && less(a.imag(), b.imag());
    } else if constexpr (std::is_same_v<T, Float16> ||
                         std::is_same_v<T, BFloat16>) {
      return Before<float>{}(float(a), float(b));
    } else if constexpr (std::is_floating_point_v<T>) {
      return a < b || (b != b && a == a);
    } else {
      return a < b;
    }
  }
};

}  // namespace numest
