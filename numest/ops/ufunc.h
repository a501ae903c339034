// The methods of NumPy's ufuncs, for any function of two tensors:
//
//   np::ufunc(np::hypot).reduce(x);
//   np::ufunc(np::subtract).accumulate(x, 1);
//   np::ufunc(np::power).outer(v, w);
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "numest/graph/tensor.h"

namespace numest {

/// A function of two tensors, element by element. It is called for one row
/// after the other, as NumPy does, so that it need not be associative; `add`,
/// `multiply`, `maximum`, `minimum`, `logical_and` and `logical_or` are one
/// reduction or running total.
class ufunc {
 public:
  using Function = std::function<Tensor(const Tensor&, const Tensor&)>;
  explicit ufunc(Function function) : function_(std::move(function)) {}

  Tensor operator()(const Tensor& x1, const Tensor& x2) const {
    return function_(x1, x2);
  }
  /// f(f(a[0], a[1]), a[2]) ... along `axis`, which is dropped, or kept with
  /// extent 1. ValueError for no elements of a function without identity.
  Tensor reduce(const Tensor& a, int64_t axis = 0, bool keepdims = false) const;
  /// The results of `reduce` up to each position.
  Tensor accumulate(const Tensor& array, int64_t axis = 0) const;
  /// f of all pairs: the axes of `a`, then those of `b`.
  Tensor outer(const Tensor& a, const Tensor& b) const;
  /// `reduce` of the pieces from each index to the next one, or to the end;
  /// of the one element where the next index is not larger. IndexError for an
  /// index outside of the axis.
  Tensor reduceat(const Tensor& array, const std::vector<int64_t>& indices,
                  int64_t axis = 0) const;

 private:
  Function function_;
};

}  // namespace numest
