// Lowers index items to ops.
#include "numest/ops/indexing.h"

#include <algorithm>

#include "numest/ops/emit.h"
#include "numest/ops/index_spec.h"

namespace numest {

namespace {

using Items = std::vector<TensorIndex>;
using Ints = std::vector<int64_t>;

bool is_mask(const TensorIndex& item) {
  const Tensor* t = std::get_if<Tensor>(&item);
  return t && t->dtype() == DType::kBool;
}

bool is_array(const TensorIndex& item) {
  return std::holds_alternative<Tensor>(item);
}

int axes_taken(const TensorIndex& item) {
  if (is_mask(item)) return std::get<Tensor>(item).ndim();
  if (std::holds_alternative<Ellipsis>(item) ||
      std::holds_alternative<NewAxis>(item))
    return 0;
  return 1;
}

// Masks become the positions of their true elements, one array an axis.
Items without_masks(const Items& items) {
  Items result;
  for (const TensorIndex& item : items) {
    if (!is_mask(item)) {
      result.push_back(item);
      continue;
    }
    const Tensor& mask = std::get<Tensor>(item);
    NUMEST_USER_CHECK(mask.ndim() > 0, NotSupportedError,
                      "index: a mask without axes is not supported; use where");
    for (Tensor& t : call(op_named("nonzero"), {mask}))
      result.emplace_back(std::move(t));
  }
  return result;
}

void check_ndim(const Tensor& a, const Items& items) {
  int taken = 0, num_ellipses = 0;
  for (const TensorIndex& item : items) {
    taken += axes_taken(item);
    num_ellipses += std::holds_alternative<Ellipsis>(item);
  }
  NUMEST_USER_CHECK(num_ellipses < 2, IndexError,
                    "an index can only have a single ellipsis ('...'): got {}",
                    num_ellipses);
  NUMEST_USER_CHECK(taken <= a.ndim(), IndexError,
                    "too many indices for array: array is {}-dimensional, but "
                    "{} were indexed",
                    a.ndim(), taken);
}

// A mask must be as long as the axes that it covers, or 0, as in NumPy.
void check_masks(const Tensor& a, const Items& items) {
  int taken = 0, axis = 0;
  for (const TensorIndex& item : items) taken += axes_taken(item);
  for (const TensorIndex& item : items) {
    if (std::holds_alternative<Ellipsis>(item)) axis += a.ndim() - taken;
    if (is_mask(item)) {
      const Shape& mask = std::get<Tensor>(item).shape();
      for (int i = 0; i < mask.ndim(); ++i) {
        const int64_t extent = a.shape()[axis + i];
        const bool fits =
            is_symbol(extent) || mask[i] <= 0 || extent == mask[i];
        NUMEST_USER_CHECK(fits, IndexError,
                          "boolean index did not match indexed array along "
                          "axis {}; size of axis is {} but size of "
                          "corresponding boolean axis is {}",
                          axis + i, extent, mask[i]);
      }
    }
    axis += axes_taken(item);
  }
}

struct Lowered {
  std::vector<IndexSpecItem> spec;
  std::vector<Tensor> arrays;
};

Lowered lowered(const Items& items) {
  using Kind = IndexSpecItem::Kind;
  Lowered result;
  for (const TensorIndex& item : items) {
    IndexSpecItem i;
    if (const auto* slice = std::get_if<Slice>(&item)) {
      i.slice = *slice;
    } else if (const auto* position = std::get_if<int64_t>(&item)) {
      i.kind = Kind::kInt;
      i.position = *position;
    } else if (const auto* array = std::get_if<Tensor>(&item)) {
      i.kind = Kind::kArray;
      result.arrays.push_back(*array);
    } else {
      i.kind = std::holds_alternative<Ellipsis>(item) ? Kind::kEllipsis
                                                      : Kind::kNewAxis;
    }
    result.spec.push_back(i);
  }
  return result;
}

// Basic items as slices of every axis; ints are slices of one position.
struct Basic {
  Ints starts, stops, steps;
  std::vector<std::pair<int, int64_t>> ints;  // axis, position
  Ints new_axes;                              // in the result
};

void add_slice(Basic& b, const Slice& s) {
  const bool is_forward = s.step > 0;
  b.starts.push_back(s.start.value_or(is_forward ? 0 : INT64_MAX));
  b.stops.push_back(s.stop.value_or(is_forward ? INT64_MAX : INT64_MIN));
  b.steps.push_back(s.step);
}

Basic basic_of(const Tensor& a, const Items& items) {
  Basic b;
  int taken = 0;
  int64_t out = 0;
  for (const TensorIndex& item : items) taken += axes_taken(item);
  for (const TensorIndex& item : items) {
    if (const auto* slice = std::get_if<Slice>(&item)) {
      NUMEST_USER_CHECK(slice->step != 0, ValueError,
                        "slice step cannot be zero");
      add_slice(b, *slice);
      ++out;
    } else if (const auto* position = std::get_if<int64_t>(&item)) {
      b.ints.emplace_back(int(b.starts.size()), *position);
      add_slice(b, {*position, *position == -1 ? INT64_MAX : *position + 1, 1});
    } else if (std::holds_alternative<NewAxis>(item)) {
      b.new_axes.push_back(out++);
    } else {
      for (int i = 0; i < a.ndim() - taken; ++i, ++out) add_slice(b, {});
    }
  }
  return b;
}

bool is_whole(const Basic& b) {
  for (size_t i = 0; i < b.starts.size(); ++i)
    if (b.starts[i] != 0 || b.stops[i] != INT64_MAX || b.steps[i] != 1)
      return false;
  return true;
}

Attrs slice_attrs(const Basic& b) {
  return {{"starts", b.starts}, {"stops", b.stops}, {"steps", b.steps}};
}

Tensor basic_index(const Tensor& a, const Items& items) {
  Basic b = basic_of(a, items);
  for (const auto& [axis, position] : b.ints) {  // select takes them
    b.starts[size_t(axis)] = 0;
    b.stops[size_t(axis)] = INT64_MAX;
  }
  Tensor result = is_whole(b) ? a : emit("slice", {a}, slice_attrs(b));
  for (size_t i = b.ints.size(); i-- > 0;)
    result =
        emit("select", {result},
             {{"index", b.ints[i].second}, {"axis", int64_t{b.ints[i].first}}});
  if (!b.new_axes.empty())
    result = emit("expand_dims", {result}, {{"axis", b.new_axes}});
  return result;
}

// The values with the axes that slices have: ints add one, new axes go.
Tensor basic_values(const Tensor& a, const Basic& b, const Tensor& values) {
  const int ndim = a.ndim() - int(b.ints.size()) + int(b.new_axes.size());
  Tensor v = values;
  if (v.ndim() == 0 || (b.ints.empty() && b.new_axes.empty())) return v;
  v = insert_ones(v, 0, ndim - v.ndim());
  if (!b.new_axes.empty()) v = emit("squeeze", {v}, {{"axis", b.new_axes}});
  for (const auto& [axis, position] : b.ints) v = insert_ones(v, axis, 1);
  return v;
}

Tensor basic_update(const Tensor& a, const Items& items, const Tensor& values) {
  const Basic b = basic_of(a, items);
  for (const auto& [axis, position] : b.ints)
    if (!is_symbol(a.shape()[axis]))
      resolve_position(position, a.shape()[axis], axis);
  return emit("slice_update", {a, basic_values(a, b, values)}, slice_attrs(b));
}

}  // namespace

Tensor index(const Tensor& a, const Items& given) {
  check_ndim(a, given);
  check_masks(a, given);
  const Items items = without_masks(given);
  if (std::none_of(items.begin(), items.end(), is_array))
    return basic_index(a, items);
  if (items.size() == 1)
    return emit("take", {a, std::get<Tensor>(items[0])},
                {{"axis", int64_t{0}}});
  const Lowered l = lowered(items);
  std::vector<Tensor> inputs{a};
  inputs.insert(inputs.end(), l.arrays.begin(), l.arrays.end());
  return emit("index_get", inputs, {{"spec", to_string(l.spec)}});
}

Tensor index_update(const Tensor& a, const Items& given, const Tensor& values) {
  check_ndim(a, given);
  check_masks(a, given);
  const Tensor v = values.dtype() == a.dtype() && !values.is_weak()
                       ? values
                       : emit("astype", {values}, {{"dtype", a.dtype()}});
  if (given.size() == 1 && is_mask(given[0]) && v.ndim() == 0) {
    const Tensor& mask = std::get<Tensor>(given[0]);
    return emit("where",
                {insert_ones(mask, mask.ndim(), a.ndim() - mask.ndim()), v, a});
  }
  const Items items = without_masks(given);
  if (std::none_of(items.begin(), items.end(), is_array))
    return basic_update(a, items, v);
  const Lowered l = lowered(items);
  std::vector<Tensor> inputs{a, v};
  inputs.insert(inputs.end(), l.arrays.begin(), l.arrays.end());
  return emit("index_put", inputs, {{"spec", to_string(l.spec)}});
}

}  // namespace numest
