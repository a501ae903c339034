// Shortest decimal digits of floating-point numbers, laid out NumPy's way.
#pragma once

#include <string>

#include "numest/array/dtype.h"

namespace numest {

/// A finite number |x| = 0.d1d2d3... * 10^point; zero is "0" with point 1.
struct Decimal {
  double value = 0;  // what the digits stand for, to round it again
  std::string digits;
  int point = 1;

  /// As few digits as tell `value` from its neighbours in `dtype` (a real
  /// floating dtype that holds it exactly).
  static Decimal shortest(double value, DType dtype);
};

/// "1.", "0.25": at most `precision` digits behind the point (negative: all).
std::string positional(const Decimal& decimal, int precision = -1);

/// Widths of numbers in scientific notation.
struct ScientificFormat {
  int precision = -1;  // at most so many digits behind the point
  int min_digits = 0;  // at least so many
  int exponent_digits = 2;
};
/// "1.5e+10".
std::string scientific(const Decimal& decimal,
                       const ScientificFormat& format = {});

/// NumPy's str() of a scalar: "1.5", "1e+16", "nan".
std::string float_to_string(double value, DType dtype);

}  // namespace numest
