// Python's operators on tensors. `==` and `!=` are not overloaded: C++ code
// compares tensors with `equal` and `is_same`.
#pragma once

#include <string_view>

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

/// `result` as what `x` becomes by an operator that writes in place: of its
/// dtype and shape, unless `x` is a number. TypeError if it does not cast to
/// that by the rule 'same_kind', ValueError if it broadcasts to more.
Tensor in_place(const Tensor& x, const Tensor& result, std::string_view op);

// Tensors are immutable: x += y makes x another one; views of the old one, and
// copies, stay as they are.
#define NUMEST_IN_PLACE_OPERATOR(symbol)                            \
  inline Tensor& operator symbol##=(Tensor& x1, const Tensor& x2) { \
    return x1 = in_place(x1, x1 symbol x2, #symbol "=");            \
  }
NUMEST_IN_PLACE_OPERATOR(+)
NUMEST_IN_PLACE_OPERATOR(-)
NUMEST_IN_PLACE_OPERATOR(*)
NUMEST_IN_PLACE_OPERATOR(/)
NUMEST_IN_PLACE_OPERATOR(%)
NUMEST_IN_PLACE_OPERATOR(&)
NUMEST_IN_PLACE_OPERATOR(|)
NUMEST_IN_PLACE_OPERATOR(^)
NUMEST_IN_PLACE_OPERATOR(<<)
NUMEST_IN_PLACE_OPERATOR(>>)
#undef NUMEST_IN_PLACE_OPERATOR

inline Tensor operator+(const Tensor& x) { return positive(x); }
inline Tensor operator-(const Tensor& x) { return negative(x); }
inline Tensor operator~(const Tensor& x) { return invert(x); }

}  // namespace numest
