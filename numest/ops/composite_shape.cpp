// Composites that move, join and cut axes, and products built from matmul.
#include <algorithm>
#include <limits>

#include "numest/array/index.h"
#include "numest/ops/composite.h"
#include "numest/ops/composite_signal.h"
#include "numest/ops/emit.h"
#include "numest/ops/operators.h"

namespace numest {

namespace {

constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();
constexpr int64_t kBeforeStart = std::numeric_limits<int64_t>::min();

using Ints = std::vector<int64_t>;

// Axes in the given order, unlike those of a reduction.
std::vector<int> ordered_axes(const Axes& axes, int ndim, const char* op) {
  std::vector<int> result;
  if (const auto* one = std::get_if<int64_t>(&axes.attr()))
    result.push_back(normalize_axis(*one, ndim, op));
  if (const auto* all = std::get_if<Ints>(&axes.attr()))
    for (int64_t axis : *all) result.push_back(normalize_axis(axis, ndim, op));
  return result;
}

Tensor permuted(const Tensor& a, const std::vector<int>& order) {
  return emit("transpose", {a}, {{"axes", Ints(order.begin(), order.end())}});
}

Tensor reshaped_to(const Tensor& a, const Shape& shape) {
  return emit("reshape", {a}, {{"shape", shape}});
}

Tensor concatenated(const std::vector<Tensor>& arrays, int axis) {
  return emit("concatenate", arrays, {{"axis", int64_t{axis}}});
}

}  // namespace

Tensor slice_axis(const Tensor& a, int axis, int64_t start, int64_t stop) {
  const auto at = size_t(normalize_axis(axis, a.ndim(), "slice_axis"));
  Ints starts(at + 1, 0), stops(at + 1, kEnd);
  starts.back() = start;
  stops.back() = stop;
  return emit("slice", {a}, {{"starts", starts}, {"stops", stops}});
}

Tensor ravel(const Tensor& a) {
  return a.ndim() == 1 ? a : reshaped_to(a, Shape{-1});
}

Tensor moveaxis(const Tensor& a, const Axes& source, const Axes& destination) {
  const auto from = ordered_axes(source, a.ndim(), "moveaxis");
  const auto to = ordered_axes(destination, a.ndim(), "moveaxis");
  NUMEST_USER_CHECK(from.size() == to.size(), ValueError,
                    "moveaxis: source and destination must have the same "
                    "number of elements: got {} and {}",
                    from.size(), to.size());
  std::vector<int> order;
  for (int i = 0; i < a.ndim(); ++i)
    if (std::find(from.begin(), from.end(), i) == from.end())
      order.push_back(i);
  std::vector<std::pair<int, int>> moves;
  for (size_t i = 0; i < from.size(); ++i) moves.emplace_back(to[i], from[i]);
  std::sort(moves.begin(), moves.end());
  for (auto [at, axis] : moves) order.insert(order.begin() + at, axis);
  return permuted(a, order);
}

Tensor swapaxes(const Tensor& a, int axis1, int axis2) {
  std::vector<int> order;
  for (int i = 0; i < a.ndim(); ++i) order.push_back(i);
  std::swap(order[size_t(normalize_axis(axis1, a.ndim(), "swapaxes"))],
            order[size_t(normalize_axis(axis2, a.ndim(), "swapaxes"))]);
  return permuted(a, order);
}

Tensor flip(const Tensor& m, const Axes& axis) {
  const auto axes = Attrs{{"axis", axis.attr()}}.axes("axis", m.ndim(), "flip");
  if (axes.empty()) return m;
  const size_t count = size_t(axes.back()) + 1;
  Ints starts(count, 0), stops(count, kEnd), steps(count, 1);
  for (int i : axes) {
    starts[size_t(i)] = kEnd;
    stops[size_t(i)] = kBeforeStart;
    steps[size_t(i)] = -1;
  }
  return emit("slice", {m},
              {{"starts", starts}, {"stops", stops}, {"steps", steps}});
}

Tensor fliplr(const Tensor& m) { return flip(m, 1); }
Tensor flipud(const Tensor& m) { return flip(m, 0); }

namespace {

// What stands before or behind `a`. Numbers are of their own dtypes, as those
// that NumPy makes arrays of.
Tensor neighbour(const Tensor& given, const Tensor& a, int axis) {
  const Tensor part = given.is_weak() ? astype(given, given.dtype()) : given;
  if (part.ndim() > 0) return part;
  Shape shape = a.shape();
  shape[axis] = 1;
  if (shape.is_known()) return broadcast_to(part, shape);
  const Tensor first = slice_axis(a, axis, 0, 1);
  return astype(zeros_like(first), part.dtype()) + part;
}

}  // namespace

Tensor diff(const Tensor& given, int n, int axis, const Tensor& prepend,
            const Tensor& append) {
  const int along = normalize_axis(axis, given.ndim(), "diff");
  std::vector<Tensor> parts{given};
  if (!prepend.is_empty())
    parts.insert(parts.begin(), neighbour(prepend, given, along));
  if (!append.is_empty()) parts.push_back(neighbour(append, given, along));
  const Tensor a = parts.size() == 1 ? given : concatenate(parts, along);
  NUMEST_USER_CHECK(n >= 0, ValueError,
                    "diff: order must be non-negative: got {}", n);
  const int at = normalize_axis(axis, a.ndim(), "diff");
  Tensor result = a;
  for (int i = 0; i < n; ++i) {
    const Tensor next = slice_axis(result, at, 1, kEnd);
    const Tensor before = slice_axis(result, at, 0, -1);
    result =
        a.dtype() == DType::kBool ? not_equal(next, before) : next - before;
  }
  return result;
}

Tensor rot90(const Tensor& m, int k, int axis1, int axis2) {
  NUMEST_USER_CHECK(normalize_axis(axis1, m.ndim(), "rot90") !=
                        normalize_axis(axis2, m.ndim(), "rot90"),
                    ValueError, "rot90: Axes must be different: got {} and {}",
                    axis1, axis2);
  switch (((k % 4) + 4) % 4) {
    case 0:
      return m;
    case 1:
      return swapaxes(flip(m, axis2), axis1, axis2);
    case 2:
      return flip(m, {axis1, axis2});
    default:
      return flip(swapaxes(m, axis1, axis2), axis2);
  }
}

Tensor rollaxis(const Tensor& a, int axis, int start) {
  const int from = normalize_axis(axis, a.ndim(), "rollaxis");
  const int before = start < 0 ? start + a.ndim() : start;
  NUMEST_USER_CHECK(before >= 0 && before <= a.ndim(), IndexError,
                    "rollaxis: got start {}, expected at most {}", start,
                    a.ndim());
  return moveaxis(a, from, from < before ? before - 1 : before);
}

Tensor atleast_1d(const Tensor& a) { return a.ndim() ? a : ravel(a); }

Tensor atleast_2d(const Tensor& a) {
  return a.ndim() >= 2 ? a : insert_ones(atleast_1d(a), 0, 1);
}

// --- Joining and splitting ---

Tensor stack(const std::vector<Tensor>& arrays, int axis) {
  NUMEST_USER_CHECK(!arrays.empty(), ValueError,
                    "stack: need at least one array to stack");
  const int at = normalize_axis(axis, arrays[0].ndim() + 1, "stack");
  std::vector<Tensor> rows;
  for (const Tensor& a : arrays) {
    NUMEST_USER_CHECK(a.ndim() == arrays[0].ndim(), ValueError,
                      "stack: all input arrays must have the same shape: got "
                      "{} and {}",
                      arrays[0].shape().to_string(), a.shape().to_string());
    rows.push_back(insert_ones(a, at, 1));
  }
  return concatenated(rows, at);
}

Tensor vstack(const std::vector<Tensor>& arrays) {
  std::vector<Tensor> rows;
  for (const Tensor& a : arrays)
    rows.push_back(a.ndim() >= 2 ? a : insert_ones(ravel(a), 0, 1));
  return concatenated(rows, 0);
}

Tensor hstack(const std::vector<Tensor>& arrays) {
  std::vector<Tensor> parts;
  for (const Tensor& a : arrays) parts.push_back(a.ndim() ? a : ravel(a));
  return concatenated(parts, !parts.empty() && parts[0].ndim() > 1 ? 1 : 0);
}

Tensor column_stack(const std::vector<Tensor>& arrays) {
  std::vector<Tensor> columns;
  for (const Tensor& a : arrays)
    columns.push_back(a.ndim() >= 2 ? a : insert_ones(ravel(a), 1, 1));
  return concatenated(columns, 1);
}

std::vector<Tensor> split(const Tensor& a, int sections, int axis) {
  const int at = normalize_axis(axis, a.ndim(), "split");
  const int64_t extent = a.shape()[at];
  NUMEST_USER_CHECK(!is_symbol(extent), ValueError,
                    "split: the extent of axis {} is not known while tracing",
                    at);
  NUMEST_USER_CHECK(sections > 0 && extent % sections == 0, ValueError,
                    "split: array split does not result in an equal division: "
                    "got {} sections of extent {}",
                    sections, extent);
  Ints indices;
  for (int i = 1; i < sections; ++i) indices.push_back(extent / sections * i);
  return split(a, indices, axis);
}

std::vector<Tensor> split(const Tensor& a, const Ints& indices, int axis) {
  const int at = normalize_axis(axis, a.ndim(), "split");
  std::vector<Tensor> parts;
  int64_t begin = 0;
  for (int64_t end : indices) {
    parts.push_back(slice_axis(a, at, begin, end));
    begin = end;
  }
  parts.push_back(slice_axis(a, at, begin, kEnd));
  return parts;
}

Tensor append(const Tensor& a, const Tensor& values, const Axes& axis) {
  if (axis.is_none()) return concatenate({ravel(a), ravel(values)}, 0);
  return concatenate({a, values}, std::get<int64_t>(axis.attr()));
}

std::vector<Tensor> meshgrid(const std::vector<Tensor>& xi,
                             std::string_view indexing) {
  NUMEST_USER_CHECK(indexing == "xy" || indexing == "ij", ValueError,
                    "meshgrid: got indexing '{}', expected 'xy' or 'ij'",
                    indexing);
  const int ndim = int(xi.size());
  auto axis_of = [&](int i) {
    return indexing == "xy" && ndim > 1 && i < 2 ? 1 - i : i;
  };
  Shape shape(std::vector<int64_t>(size_t(ndim), 1));
  for (int i = 0; i < ndim; ++i)
    shape[axis_of(i)] = ravel(xi[size_t(i)]).shape()[0];
  std::vector<Tensor> result;
  for (int i = 0; i < ndim; ++i) {
    const int at = axis_of(i);
    Tensor t = insert_ones(ravel(xi[size_t(i)]), 0, at);
    t = insert_ones(t, t.ndim(), ndim - 1 - at);
    result.push_back(broadcast_to(t, shape));
  }
  return result;
}

std::vector<Tensor> array_split(const Tensor& a, const Ints& indices,
                                int axis) {
  return split(a, indices, axis);
}

std::vector<Tensor> array_split(const Tensor& a, int sections, int axis) {
  const int at = normalize_axis(axis, a.ndim(), "array_split");
  const int64_t extent = a.shape()[at];
  NUMEST_USER_CHECK(sections > 0 && !is_symbol(extent), ValueError,
                    "array_split: got {} sections of extent {}, expected at "
                    "least one of a known extent",
                    sections, extent);
  Ints indices;
  for (int64_t i = 1; i < sections; ++i)
    indices.push_back(extent / sections * i +
                      std::min(i, extent % int64_t{sections}));
  return split(a, indices, axis);
}

// --- Products ---

Tensor dot(const Tensor& a, const Tensor& b) {
  if (a.ndim() == 0 || b.ndim() == 0) return a * b;
  NUMEST_USER_CHECK(b.ndim() <= 2, NotSupportedError,
                    "dot: got b of {} axes, expected 1 or 2; use matmul",
                    b.ndim());
  return emit("matmul", {a, b});
}

Tensor outer(const Tensor& a, const Tensor& b) {
  return insert_ones(ravel(a), 1, 1) * insert_ones(ravel(b), 0, 1);
}

}  // namespace numest
