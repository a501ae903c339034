// NumPy's indexing in three steps. Masks become positions; slices, integers
// and new axes make a view; what arrays remain select along axes of it.
#include "numest/array/index.h"

#include <algorithm>
#include <optional>

#include "numest/array/gather.h"

namespace numest {
namespace {

bool is_array(const IndexItem& item) {
  return std::holds_alternative<Array>(item);
}

bool is_mask(const IndexItem& item) {
  const Array* a = std::get_if<Array>(&item);
  return a && a->dtype() == DType::kBool;
}

// Axes of the indexed array that an item takes.
int axes_taken(const IndexItem& item) {
  if (std::holds_alternative<Ellipsis>(item) ||
      std::holds_alternative<NewAxis>(item))
    return 0;
  return is_mask(item) ? std::get<Array>(item).ndim() : 1;
}

// Replaces `...` by whole slices, so that items and axes correspond.
std::vector<IndexItem> without_ellipsis(const Array& a,
                                        std::span<const IndexItem> items) {
  int taken = 0;
  int64_t num_ellipses = 0;
  for (const IndexItem& item : items) {
    taken += axes_taken(item);
    num_ellipses += std::holds_alternative<Ellipsis>(item);
  }
  NUMEST_USER_CHECK(num_ellipses <= 1, IndexError,
                    "an index can only have a single ellipsis ('...'): got {}",
                    num_ellipses);
  NUMEST_USER_CHECK(taken <= a.ndim(), IndexError,
                    "too many indices for array: array is {}-dimensional, "
                    "but {} were indexed",
                    a.ndim(), taken);
  std::vector<IndexItem> out;
  const auto fill = [&] {
    out.resize(out.size() + size_t(a.ndim() - taken), Slice{});
  };
  for (const IndexItem& item : items)
    if (std::holds_alternative<Ellipsis>(item))
      fill();
    else
      out.push_back(item);
  if (num_ellipses == 0) fill();
  return out;
}

// An extent of 0 selects nothing anywhere, as in NumPy.
void check_mask(const Array& mask, const Array& a, int axis) {
  for (int i = 0; i < mask.ndim(); ++i)
    NUMEST_USER_CHECK(
        mask.shape()[i] == a.shape()[axis + i] || mask.shape()[i] == 0,
        IndexError,
        "boolean index did not match indexed array along axis {}; size of "
        "axis is {} but size of corresponding boolean axis is {}",
        axis + i, a.shape()[axis + i], mask.shape()[i]);
}

// True if no slice, new axis or `...` (even of no axes) lies between arrays;
// integers count as arrays.
bool arrays_are_adjacent(std::span<const IndexItem> items) {
  const auto selects = [](const IndexItem& item) {
    return is_array(item) || std::holds_alternative<int64_t>(item);
  };
  const auto first = std::find_if(items.begin(), items.end(), selects);
  const auto gap = std::find_if_not(first, items.end(), selects);
  return std::none_of(gap, items.end(), selects);
}

// Builds the view and the index arrays along its axes.
class Plan {
 public:
  Plan(const Array& a, std::span<const IndexItem> items) : view(a) {
    const std::vector<IndexItem> all = without_ellipsis(a, items);
    const bool is_advanced = std::any_of(all.begin(), all.end(), is_array);
    for (const IndexItem& item : all) add(item, is_advanced);
    selection.are_adjacent = arrays_are_adjacent(items);
  }

  Array view;
  Selection selection;

 private:
  void add(const IndexItem& item, bool is_advanced) {
    if (const auto* slice = std::get_if<Slice>(&item)) {
      add_slice(*slice);
    } else if (const auto* position = std::get_if<int64_t>(&item)) {
      // Beside arrays an integer is a 0-d array: it counts when NumPy asks
      // whether the arrays are adjacent.
      if (is_advanced)
        add_positions(Array::scalar(
            resolve_position(*position, view.shape()[axis_], source_axis_)));
      else
        add_integer(*position);
    } else if (const auto* array = std::get_if<Array>(&item)) {
      add_array(*array);
    } else {
      view = view.expand_dims(axis_++);
    }
  }

  void add_slice(const Slice& slice) {
    std::vector<Slice> slices(static_cast<size_t>(axis_) + 1);
    slices.back() = slice;
    view = view.slice(slices);
    ++axis_;
    ++source_axis_;
  }

  void add_integer(int64_t position) {
    const int64_t at =
        resolve_position(position, view.shape()[axis_], source_axis_++);
    view = view.index(axis_, at);
  }

  void add_array(const Array& array) {
    if (array.dtype() != DType::kBool) {
      NUMEST_USER_CHECK(is_integer(array.dtype()), IndexError,
                        "arrays used as indices must be of integer (or "
                        "boolean) type, got {}",
                        name(array.dtype()));
      return add_positions(resolve(array));
    }
    if (array.ndim() == 0) return add_truth(array.item<bool>());
    check_mask(array, view, axis_);
    for (const Array& positions : nonzero_positions(array))
      add_positions(positions);
  }

  // A 0-d mask is an index array of length 1 or 0 along a new axis.
  void add_truth(bool value) {
    view = view.expand_dims(axis_);
    --source_axis_;
    add_positions(Array::zeros(DType::kInt64, {value ? 1 : 0}));
  }

  Array resolve(const Array& array) {
    Array out = array.astype(DType::kInt64).copy();
    const int64_t extent = view.shape()[axis_];
    for (int64_t& p : out.span<int64_t>())
      p = resolve_position(p, extent, source_axis_);
    return out;
  }

  void add_positions(const Array& positions) {
    selection.axes.push_back(axis_++);
    selection.positions.push_back(positions);
    ++source_axis_;
  }

  int axis_ = 0;         // of the view
  int source_axis_ = 0;  // of the indexed array, for messages
};

}  // namespace

SliceRange resolve_slice(const Slice& slice, int64_t extent) {
  NUMEST_USER_CHECK(slice.step != 0, ValueError,
                    "slice: got step 0, expected another step");
  const bool is_forward = slice.step > 0;
  const int64_t low = is_forward ? 0 : -1;
  const int64_t high = is_forward ? extent : extent - 1;
  const auto bound = [&](const std::optional<int64_t>& at, int64_t absent) {
    if (!at) return absent;
    return std::clamp(*at < 0 ? *at + extent : *at, low, high);
  };
  const int64_t start = bound(slice.start, is_forward ? low : high);
  const int64_t stop = bound(slice.stop, is_forward ? high : low);
  const int64_t distance = is_forward ? stop - start : start - stop;
  if (distance <= 0) return {0, slice.step, 0};
  const uint64_t stride =
      is_forward ? uint64_t(slice.step) : uint64_t{0} - uint64_t(slice.step);
  return {start, slice.step,
          static_cast<int64_t>((uint64_t(distance) - 1) / stride + 1)};
}

int64_t resolve_position(int64_t position, int64_t extent, int axis) {
  NUMEST_USER_CHECK(position >= -extent && position < extent, IndexError,
                    "index {} is out of bounds for axis {} with size {}",
                    position, axis, extent);
  return position < 0 ? position + extent : position;
}

namespace {

// Writes positions of what is true, at most `count`, which are all; returns how
// many. Each is written, and the next one over it if it is not to stay.
int64_t write_true(const bool* value, int64_t size, int64_t count,
                   int64_t* out) {
  int64_t found = 0, i = 0;
  for (; i < size && found + 8 <= count; ++i) {
    out[found] = i;
    found += value[i];
  }
  for (; i < size && found < count; ++i)
    if (value[i]) out[found++] = i;
  return found;
}

}  // namespace

std::vector<Array> nonzero_positions(const Array& mask) {
  const Array bits = mask.astype(DType::kBool).contiguous();
  const bool* value = bits.data<bool>();
  const int64_t size = bits.size();
  const int64_t count = std::count(value, value + size, true);
  std::vector<Array> out;
  for (int axis = 0; axis < mask.ndim(); ++axis)
    out.emplace_back(DType::kInt64, Shape{count});
  if (count == 0 || mask.ndim() == 0) return out;
  const int last = mask.ndim() - 1;
  const int64_t width = mask.shape()[last];
  int64_t found = 0;
  for (int64_t row = 0; row * width < size; ++row) {
    const int64_t in_row =
        write_true(value + row * width, width, count - found,
                   out[size_t(last)].data<int64_t>() + found);
    for (int64_t axis = last - 1, rest = row; axis >= 0; --axis) {
      const int64_t extent = mask.shape()[int(axis)];
      std::fill_n(out[size_t(axis)].data<int64_t>() + found, in_row,
                  rest % extent);
      rest /= extent;
    }
    found += in_row;
  }
  return out;
}

Array take_index(const Array& a, std::span<const IndexItem> items) {
  const Plan plan(a, items);
  if (plan.selection.axes.empty()) return plan.view;
  return gather(plan.view, plan.selection);
}

void put_index(const Array& a, std::span<const IndexItem> items,
               const Array& value) {
  const Plan plan(a, items);
  if (plan.selection.axes.empty()) return plan.view.assign(value);
  NUMEST_USER_CHECK(a.is_writable(), ValueError,
                    "put_index: assignment destination is read-only; copy() "
                    "it first");
  scatter(plan.view, plan.selection, value);
}

}  // namespace numest
