// Python's operators on tensors. `==` and `!=` are not overloaded: C++ code
// compares tensors with `equal` and `is_same`.
#pragma once

#include "numest/ops/functions.h"

namespace numest {

// op, function
#define NUMEST_BINARY_OPERATORS(ROW) \
  ROW(+, add)                        \
  ROW(-, subtract)                   \
  ROW(*, multiply)                   \
  ROW(/, divide)                     \
  ROW(%, remainder)                  \
  ROW(<, less)                       \
  ROW(>, greater)                    \
  ROW(<=, less_equal)                \
  ROW(>=, greater_equal)             \
  ROW(&, bitwise_and)                \
  ROW(|, bitwise_or)                 \
  ROW(^, bitwise_xor)                \
  ROW(<<, left_shift)                \
  ROW(>>, right_shift)

#define NUMEST_BINARY_OPERATOR(symbol, function)                      \
  inline Tensor operator symbol(const Tensor& x1, const Tensor& x2) { \
    return function(x1, x2);                                          \
  }
NUMEST_BINARY_OPERATORS(NUMEST_BINARY_OPERATOR)
#undef NUMEST_BINARY_OPERATOR
#undef NUMEST_BINARY_OPERATORS

inline Tensor operator-(const Tensor& x) { return negative(x); }
inline Tensor operator~(const Tensor& x) { return invert(x); }

}  // namespace numest
