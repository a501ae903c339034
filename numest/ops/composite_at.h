// What is done at positions: ufunc.at, leaving elements out, and the positions
// that a mask keeps.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <vector>

#include "numest/ops/indexing.h"

namespace numest {

/// np.multiply.at(a, indices, b) as ufunc_at("multiply", a, {indices}, b): a
/// copy of `a` in which the ufunc is applied at a[indices], with `b` broadcast
/// to it, or without for those of one argument. Of positions that are given
/// several times each counts, in their order. Computed in the dtype of both,
/// and cast to that of `a` after each step. IndexError outside of `a`;
/// TypeError for a ufunc that has no loop of these dtypes.
Tensor ufunc_at(std::string_view ufunc, const Tensor& a,
                const std::vector<TensorIndex>& indices, const Tensor& b = {});

/// What `delete_` leaves out: a position, several, a slice, or a Tensor: of
/// positions, or a mask.
class Deleted {
 public:
  Deleted(int position) : Deleted(int64_t{position}) {}  // NOLINT
  Deleted(int64_t position)
      : Deleted(std::vector<int64_t>{position}) {}      // NOLINT
  Deleted(std::vector<int64_t> positions);              // NOLINT
  Deleted(const Slice& slice) : item_(slice) {}         // NOLINT
  Deleted(Tensor places) : item_(std::move(places)) {}  // NOLINT
  template <std::integral... Ints>
  requires(sizeof...(Ints) > 1) Deleted(Ints... positions)
      : Deleted(std::vector<int64_t>{int64_t{positions}...}) {}
  const TensorIndex& item() const { return item_; }

 private:
  TensorIndex item_;
};

/// np.delete: `arr` without the parts of `axis` at `obj`, by default of the
/// flat array. Negative positions count from the end; IndexError beyond the
/// ends.
Tensor delete_(const Tensor& arr, const Deleted& obj,
               std::optional<int64_t> axis = {});

/// A function such as `tril` or `triu`, of a matrix and a number of a diagonal.
using MaskFunction = Tensor (*)(const Tensor&, int64_t);
/// Positions, one array an axis, that mask_func(m, k) keeps of an n x n matrix
/// of ones.
std::vector<Tensor> mask_indices(int64_t n, MaskFunction mask_func,
                                 int64_t k = 0);

}  // namespace numest
