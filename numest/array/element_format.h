// Text of array elements, aligned over a whole array; internal to print.cpp.
#pragma once

#include <string>
#include <vector>

#include "numest/array/array.h"

namespace numest {

/// Texts of all elements in row-major order, padded as NumPy aligns them.
std::vector<std::string> format_elements(const Array& shown);
/// NumPy's str() of one element (0-d).
std::string format_scalar(const Array& scalar);

}  // namespace numest
