#include "numest/ops/ufunc.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "numest/ops/composite.h"
#include "numest/ops/control.h"
#include "numest/ops/indexing.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

using Pointer = Tensor (*)(const Tensor&, const Tensor&);
// While tracing, more rows than these are a loop in the program.
constexpr int64_t kMostUnrolled = 64;

struct KnownRow {
  Pointer function;
  Tensor (*reduce)(const Tensor& a, int axis, bool keepdims);
  Tensor (*accumulate)(const Tensor& a, int axis);  // none: row by row
};

constexpr std::array kKnown{
    KnownRow{add,
             [](const Tensor& a, int axis, bool keepdims) {
               return sum(a, {axis}, {}, keepdims);
             },
             [](const Tensor& a, int axis) { return cumsum(a, axis); }},
    KnownRow{multiply,
             [](const Tensor& a, int axis, bool keepdims) {
               return prod(a, {axis}, {}, keepdims);
             },
             [](const Tensor& a, int axis) { return cumprod(a, axis); }},
    KnownRow{maximum,
             [](const Tensor& a, int axis, bool keepdims) {
               return max(a, {axis}, keepdims);
             },
             nullptr},
    KnownRow{minimum,
             [](const Tensor& a, int axis, bool keepdims) {
               return min(a, {axis}, keepdims);
             },
             nullptr},
    KnownRow{logical_and,
             [](const Tensor& a, int axis, bool keepdims) {
               return all(a, {axis}, keepdims);
             },
             nullptr},
    KnownRow{logical_or,
             [](const Tensor& a, int axis, bool keepdims) {
               return any(a, {axis}, keepdims);
             },
             nullptr},
};

const KnownRow* known(const ufunc::Function& function) {
  const Pointer* pointer = function.target<Pointer>();
  for (const KnownRow& row : kKnown)
    if (pointer != nullptr && *pointer == row.function) return &row;
  return nullptr;
}

Tensor row_at(const Tensor& rows, const Tensor& position) {
  return take(rows, position, 0);
}

// Of the dtype that all later ones have.
Tensor first_of(const Tensor& rows, const ufunc& f) {
  const Tensor first = select(rows, 0);
  return astype(first, f(first, first).dtype());
}

bool is_loop(const Tensor& rows) {
  const int64_t count = rows.shape()[0];
  return rows.is_symbolic() && (is_symbol(count) || count > kMostUnrolled);
}

// Of each row so far: calls `step` with the position and the result.
Tensor fold(const Tensor& rows, const ufunc& f,
            const std::function<void(const Tensor&)>& step) {
  Tensor total = first_of(rows, f);
  step(total);
  for (int64_t i = 1; i < rows.shape()[0]; ++i) {
    total = f(total, select(rows, i));
    step(total);
  }
  return total;
}

Tensor fold_in_loop(const Tensor& rows, const ufunc& f) {
  const Tensor count = extent(rows, 0);
  const auto found =
      while_loop([&](std::span<const Tensor> v) { return v[0] < count; },
                 [&](std::span<const Tensor> v) {
                   return std::vector{v[0] + 1, f(v[1], row_at(rows, v[0]))};
                 },
                 {Tensor(Array::scalar(int64_t{1})), first_of(rows, f)});
  return found[1];
}

Tensor accumulate_in_loop(const Tensor& rows, const ufunc& f) {
  const Tensor count = extent(rows, 0), first = first_of(rows, f);
  const auto found = while_loop(
      [&](std::span<const Tensor> v) { return v[0] < count; },
      [&](std::span<const Tensor> v) {
        const Tensor total = f(v[1], row_at(rows, v[0]));
        return std::vector{v[0] + 1, total, index_update(v[2], {v[0]}, total)};
      },
      {Tensor(Array::scalar(int64_t{1})), first,
       index_update(astype(rows, first.dtype()), {int64_t{0}}, first)});
  return found[2];
}

}  // namespace

Tensor ufunc::reduce(const Tensor& a, int64_t axis, bool keepdims) const {
  const int at = normalize_axis(axis, a.ndim(), "ufunc::reduce");
  if (const KnownRow* row = known(function_))
    return row->reduce(a, at, keepdims);
  const Tensor rows = moveaxis(a, {at}, {0});
  NUMEST_USER_CHECK(rows.shape()[0] != 0, ValueError,
                    "ufunc::reduce: got no elements along axis {} of shape {}, "
                    "expected at least one: the function has no identity",
                    axis, a.shape().to_string());
  const Tensor total = is_loop(rows) ? fold_in_loop(rows, *this)
                                     : fold(rows, *this, [](const Tensor&) {});
  return keepdims ? expand_dims(total, {at}) : total;
}

Tensor ufunc::accumulate(const Tensor& array, int64_t axis) const {
  const int at = normalize_axis(axis, array.ndim(), "ufunc::accumulate");
  const KnownRow* row = known(function_);
  if (row != nullptr && row->accumulate != nullptr)
    return row->accumulate(array, at);
  const Tensor rows = moveaxis(array, {at}, {0});
  if (rows.shape()[0] == 0) return array;
  if (is_loop(rows))
    return moveaxis(accumulate_in_loop(rows, *this), {0}, {at});
  std::vector<Tensor> totals;
  fold(rows, *this, [&](const Tensor& t) { totals.push_back(t); });
  return stack(totals, at);
}

Tensor ufunc::outer(const Tensor& a, const Tensor& b) const {
  if (b.ndim() == 0) return function_(a, b);
  std::vector<int64_t> behind(size_t(b.ndim()));
  std::iota(behind.begin(), behind.end(), a.ndim());
  return function_(expand_dims(a, Axes(behind)), b);
}

Tensor ufunc::reduceat(const Tensor& array, const std::vector<int64_t>& indices,
                       int64_t axis) const {
  const int at = normalize_axis(axis, array.ndim(), "ufunc::reduceat");
  const int64_t count = array.shape()[at];
  NUMEST_USER_CHECK(!is_symbol(count), NotSupportedError,
                    "ufunc::reduceat: got an extent of axis {} that is not "
                    "known while tracing",
                    axis);
  const Tensor rows = moveaxis(array, {at}, {0});
  std::vector<Tensor> pieces;
  for (size_t i = 0; i < indices.size(); ++i) {
    NUMEST_USER_CHECK(indices[i] >= 0 && indices[i] < count, IndexError,
                      "ufunc::reduceat: got index {}, expected 0 to {}",
                      indices[i], count - 1);
    const int64_t next = i + 1 < indices.size() ? indices[i + 1] : count;
    const int64_t stop = std::max(next, indices[i] + 1);
    pieces.push_back(reduce(slice(rows, {indices[i]}, {stop}), 0));
  }
  return moveaxis(stack(pieces, 0), {0}, {at});
}

}  // namespace numest
