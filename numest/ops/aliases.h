// Second names that NumPy has for functions, those of NumPy 1.26 included, and
// functions of Python's operators.
#pragma once

#include <utility>
#include <vector>

#include "numest/ops/creation.h"
#include "numest/ops/dtypes.h"
#include "numest/ops/shorthand.h"

namespace numest {

// --- Other names ---
inline Tensor abs(const Tensor& x) { return absolute(x); }
inline Tensor fabs(const Tensor& x) { return absolute(as_inexact(x)); }
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
inline Tensor row_stack(const std::vector<Tensor>& arrays) {
  return vstack(arrays);
}
inline Tensor trapz(const Tensor& y, const TrapezoidOptions& options = {}) {
  return trapezoid(y, options);
}
inline Tensor trapz(const Tensor& y, const Tensor& x, int axis = -1) {
  return trapezoid(y, x, axis);
}
inline Tensor product(const Tensor& a, const ProdOptions& options = {}) {
  return prod(a, options);
}
inline Tensor cumproduct(const Tensor& a, const CumprodOptions& options = {}) {
  return cumprod(a, options);
}
inline Tensor alltrue(const Tensor& a, const AllOptions& options = {}) {
  return all(a, options);
}
inline Tensor sometrue(const Tensor& a, const AnyOptions& options = {}) {
  return any(a, options);
}
inline Tensor round_(const Tensor& a, int decimals = 0) {
  return round(a, decimals);
}
/// Sorted along the first axis.
inline Tensor msort(const Tensor& a) { return sort(a, 0); }

/// Keyword arguments of `isin`.
struct IsinOptions {
  ByName named = {};
  bool assume_unique = false;  // changes nothing
  bool invert = false;
};
inline Tensor isin(const Tensor& element, const Tensor& test_elements,
                   const IsinOptions& options) {
  const Tensor found = isin(element, test_elements);
  return options.invert ? logical_not(found) : found;
}

// --- Names for memory: tensors are immutable and without an order ---
inline Tensor copy(const Tensor& a) { return a; }
inline Tensor asanyarray(const Tensor& a) { return array(a); }
inline Tensor ascontiguousarray(const Tensor& a) { return atleast_1d(a); }
inline Tensor asfortranarray(const Tensor& a) { return atleast_1d(a); }
inline Tensor require(const Tensor& a, std::optional<DType> dtype = {}) {
  return array(a, dtype);
}
/// The elements, if all are finite. ValueError else; while tracing, when the
/// program runs.
inline Tensor asarray_chkfinite(const Tensor& a) {
  const Tensor checked =
      refuse(any(logical_not(isfinite(a))),
             "asarray_chkfinite: got an array that holds infs or nans");
  return with_dependencies({a, checked});
}

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
