// Sums go by `scatter_add` where one cast before gives what one after each step
// does; others by `combine_at`.
#include "numest/ops/composite_at.h"

#include <algorithm>

#include "numest/ops/composite.h"
#include "numest/ops/composite_bits.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"
#include "numest/ops/shorthand.h"

namespace numest {

namespace {

using Tensors = std::vector<Tensor>;

// ufunc.at takes Python's numbers for arrays: int64, float64.
Tensor as_array(const Tensor& t) {
  if (!t.is_weak()) return t;
  return t.is_symbolic() ? emit("astype", {t}, {{"dtype", t.dtype()}})
                         : Tensor(t.numpy());
}

Tensor cast(const Tensor& t, DType dtype) {
  return t.dtype() == dtype ? t : astype(t, dtype);
}

// 0, 1, ... along an axis: a constant where the extent is known.
Tensor numbers_along(const Tensor& a, int axis) {
  const int64_t extent = a.shape()[axis];
  return is_symbol(extent) ? arange_like(a, axis) : arange(extent);
}

// Positions in the flat array of what `items` read; of vectors they may be
// negative, or not there.
Tensor flat_positions(const Tensor& a, const std::vector<TensorIndex>& items) {
  const auto* only =
      items.size() == 1 ? std::get_if<Tensor>(&items[0]) : nullptr;
  if (a.ndim() == 1 && only && is_integer(only->dtype())) return *only;
  return index(reshape(numbers_along(ravel(a), 0), a.shape()), items);
}

// An element of b for each position. No broadcast_to where their number is not
// known: it differs among the elements of a block.
Tensor at_each(const Tensor& b, const Tensor& at) {
  if (b.shape() == at.shape()) return b;
  if (at.shape().is_known()) return broadcast_to(b, at.shape());
  return where(ones_like(at, DType::kBool), b, b);
}

// True if a sum in `dtype` is the same whether `b` is cast to it before, or the
// sum after: all integers wrap alike, and sums of two numbers of a narrow float
// are rounded once, as a wide one holds them.
bool adds_in(DType dtype, const Tensor& b) {
  if (b.dtype() == dtype) return true;
  if (is_integer(dtype)) return is_integer(b.dtype());
  if (!is_float(dtype) || !is_float(b.dtype()) || b.is_symbolic()) return false;
  return array_equal(cast(cast(b, dtype), b.dtype()), b).numpy().item<bool>();
}

DType loop_dtype(const OpDef& op, const Tensors& operands) {
  return op.is(kPromotes) ? result_dtype(op, operands) : operands[0].dtype();
}

void check_operands(std::string_view ufunc, const OpDef& op, bool has_b) {
  const size_t count = op.num_array_params();
  NUMEST_USER_CHECK(count == 1 || count == 2, TypeError,
                    "ufunc_at: {} takes {} arrays, expected one or two", ufunc,
                    count);
  NUMEST_USER_CHECK(count == 1 || has_b, ValueError,
                    "ufunc_at: second operand needed for ufunc {}", ufunc);
  NUMEST_USER_CHECK(count == 2 || !has_b, ValueError,
                    "ufunc_at: second operand provided when ufunc {} is unary",
                    ufunc);
}

}  // namespace

Tensor ufunc_at(std::string_view ufunc, const Tensor& a,
                const std::vector<TensorIndex>& indices, const Tensor& b) {
  const OpDef& op = op_named(ufunc);
  NUMEST_USER_CHECK(op.is(kElementwise), TypeError,
                    "ufunc_at: got '{}', expected a ufunc", ufunc);
  check_operands(ufunc, op, !b.is_empty());
  const Tensor at = flat_positions(a, indices);
  const Tensor flat = ravel(a), places = ravel(at);
  Tensors operands{flat};
  if (!b.is_empty()) operands.push_back(ravel(at_each(as_array(b), at)));
  const DType dtype = loop_dtype(op, operands);
  NUMEST_USER_CHECK(
      operands.size() == 2 || dtype == a.dtype(), TypeError,
      "ufunc_at: {} is not defined for dtype {}; use astype first", ufunc,
      name(a.dtype()));
  if (operands.size() == 1)
    return reshape(combine_at(flat, places, {}, ufunc)[0], a.shape());
  Tensor value = cast(operands[1], dtype);
  const bool is_sum = ufunc == "add" || ufunc == "subtract";
  if (is_sum && a.dtype() != DType::kBool && adds_in(a.dtype(), value)) {
    value = cast(value, a.dtype());
    return reshape(
        scatter_add(flat, places, ufunc == "add" ? value : negative(value), 0),
        a.shape());
  }
  return reshape(combine_at(flat, places, {value}, ufunc)[0], a.shape());
}

Deleted::Deleted(std::vector<int64_t> positions)
    : item_(Tensor(Array::from(positions))) {}

namespace {

// Whether the elements of an axis stay.
Tensor kept_by_mask(const Tensor& mask, int64_t extent) {
  const bool fits =
      mask.ndim() == 1 && (mask.shape()[0] == extent || is_symbol(extent) ||
                           is_symbol(mask.shape()[0]));
  NUMEST_USER_CHECK(fits, ValueError,
                    "delete_: boolean array argument obj to delete must be one "
                    "dimensional and match the axis length of {}: got shape {}",
                    extent, mask.shape().to_string());
  return logical_not(mask);
}

// All elements stay but those at the positions, which `take` checks.
Tensor kept_by_positions(const Tensor& number, const Tensor& positions) {
  const Shape& shape = positions.shape();
  const bool is_empty = shape.is_known() && shape.size() == 0;
  const Tensor at =
      ravel(is_empty ? cast(positions, DType::kInt64) : positions);
  const Tensor found = take(number, at, 0);
  return equal(scatter_add(zeros_like(number), found, ones_like(found), 0),
               int64_t{0});
}

}  // namespace

Tensor delete_(const Tensor& arr, const Deleted& obj,
               std::optional<int64_t> axis) {
  const Tensor a = axis ? arr : ravel(arr);
  const int at = normalize_axis(axis.value_or(0), a.ndim(), "delete_");
  const int64_t extent = a.shape()[at];
  const Tensor number = numbers_along(a, at);
  const auto kept = [&]() -> Tensor {
    if (std::holds_alternative<Slice>(obj.item()))
      return kept_by_positions(number, index(number, {obj.item()}));
    const Tensor& places = std::get<Tensor>(obj.item());
    if (places.dtype() == DType::kBool) return kept_by_mask(places, extent);
    return kept_by_positions(number, places);
  };
  return take(a, flatnonzero(kept()), int64_t{at});
}

Tensors mask_indices(int64_t n, MaskFunction mask_func, int64_t k) {
  const Tensor kept = mask_func(ones({n, n}, DType::kInt64), k);
  return nonzero(not_equal(kept, int64_t{0}));
}

}  // namespace numest
