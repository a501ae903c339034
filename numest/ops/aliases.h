// Second names that NumPy has for functions, and functions of Python's
// operators.
#pragma once

#include <utility>
#include <vector>

#include "numest/ops/creation.h"
#include "numest/ops/shorthand.h"

namespace numest {

// --- Other names ---
inline Tensor abs(const Tensor& x) { return absolute(x); }
inline Tensor fabs(const Tensor& x) {
  return absolute(astype(x, to_inexact(x.dtype())));
}
inline Tensor conj(const Tensor& x) { return conjugate(x); }
inline Tensor pow(const Tensor& x1, const Tensor& x2) { return power(x1, x2); }
inline Tensor mod(const Tensor& x1, const Tensor& x2) {
  return remainder(x1, x2);
}
inline Tensor true_divide(const Tensor& x1, const Tensor& x2) {
  return divide(x1, x2);
}
inline Tensor acos(const Tensor& x) { return arccos(x); }
inline Tensor acosh(const Tensor& x) { return arccosh(x); }
inline Tensor asin(const Tensor& x) { return arcsin(x); }
inline Tensor asinh(const Tensor& x) { return arcsinh(x); }
inline Tensor atan(const Tensor& x) { return arctan(x); }
inline Tensor atanh(const Tensor& x) { return arctanh(x); }
inline Tensor atan2(const Tensor& x1, const Tensor& x2) {
  return arctan2(x1, x2);
}
inline Tensor bitwise_not(const Tensor& x) { return invert(x); }
inline Tensor bitwise_invert(const Tensor& x) { return invert(x); }
inline Tensor bitwise_left_shift(const Tensor& x1, const Tensor& x2) {
  return left_shift(x1, x2);
}
inline Tensor bitwise_right_shift(const Tensor& x1, const Tensor& x2) {
  return right_shift(x1, x2);
}
inline Tensor concat(const std::vector<Tensor>& arrays, int64_t axis = 0) {
  return concatenate(arrays, axis);
}
inline Tensor concat(const std::vector<Tensor>& arrays,
                     const ConcatenateOptions& options) {
  return concatenate(arrays, options);
}
inline Tensor permute_dims(const Tensor& a, const Dims& axes = {}) {
  return transpose(a, axes);
}
/// Positions of the elements that are true, one array an axis.
inline std::vector<Tensor> where(const Tensor& condition) {
  return nonzero(condition);
}
/// The same values; tensors are immutable, so that no copy is seen.
inline Tensor copy(const Tensor& a) { return a; }

/// Keyword arguments of `clip`; a bound without a value does not bound.
struct ClipOptions {
  ByName named = {};
  Tensor a_min = {};
  Tensor a_max = {};
};
inline Tensor clip(const Tensor& a, const ClipOptions& options) {
  Tensor x = a;
  if (!options.a_min.is_empty()) x = maximum(x, options.a_min);
  if (!options.a_max.is_empty()) x = minimum(x, options.a_max);
  return x;
}

}  // namespace numest
