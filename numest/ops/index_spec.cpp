// Parsing of index texts and NumPy's rules for the shape of the result.
#include "numest/ops/index_spec.h"

#include <algorithm>

namespace numest {

namespace {

using Kind = IndexSpecItem::Kind;
using Items = std::vector<IndexSpecItem>;

std::vector<std::string> split_at(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == separator)
      parts.emplace_back();
    else if (c != ' ')
      parts.back() += c;
  }
  return parts;
}

int64_t parse_int(const std::string& text) {
  size_t used = 0;
  int64_t value = 0;
  try {
    value = std::stoll(text, &used);
  } catch (const std::exception&) {
  }
  NUMEST_USER_CHECK(used > 0 && used == text.size(), ValueError,
                    "index: got '{}' in a spec, expected an int", text);
  return value;
}

std::optional<int64_t> parse_bound(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return parse_int(text);
}

IndexSpecItem parse_item(const std::string& text) {
  if (text == "...") return {Kind::kEllipsis, {}, 0};
  if (text == "None") return {Kind::kNewAxis, {}, 0};
  if (text == "@") return {Kind::kArray, {}, 0};
  const auto parts = split_at(text, ':');
  if (parts.size() == 1) return {Kind::kInt, {}, parse_int(text)};
  NUMEST_USER_CHECK(parts.size() <= 3, ValueError,
                    "index: got '{}' in a spec, expected a slice", text);
  Slice slice{parse_bound(parts[0]), parse_bound(parts[1]), 1};
  if (parts.size() == 3 && !parts[2].empty()) slice.step = parse_int(parts[2]);
  NUMEST_USER_CHECK(slice.step != 0, ValueError, "slice step cannot be zero");
  return {Kind::kSlice, slice, 0};
}

std::string bound_text(const std::optional<int64_t>& bound) {
  return bound ? std::to_string(*bound) : "";
}

std::string item_text(const IndexSpecItem& item) {
  switch (item.kind) {
    case Kind::kEllipsis:
      return "...";
    case Kind::kNewAxis:
      return "None";
    case Kind::kArray:
      return "@";
    case Kind::kInt:
      return std::to_string(item.position);
    case Kind::kSlice:
      break;
  }
  const Slice& s = item.slice;
  const std::string step = s.step == 1 ? "" : ":" + std::to_string(s.step);
  return bound_text(s.start) + ":" + bound_text(s.stop) + step;
}

bool takes_axis(const IndexSpecItem& item) {
  return item.kind != Kind::kEllipsis && item.kind != Kind::kNewAxis;
}

bool has_arrays(const Items& items) {
  return std::any_of(items.begin(), items.end(), [](const IndexSpecItem& i) {
    return i.kind == Kind::kArray;
  });
}

// The items with `...` spelled out as whole slices; one for every axis.
Items spelled_out(int ndim, const Items& items) {
  const auto taken = std::count_if(items.begin(), items.end(), takes_axis);
  NUMEST_USER_CHECK(taken <= ndim, IndexError,
                    "too many indices for array: array is {}-dimensional, but "
                    "{} were indexed",
                    ndim, taken);
  Items result;
  bool has_ellipsis = false;
  const size_t rest = size_t(ndim) - size_t(taken);
  for (const IndexSpecItem& item : items) {
    if (item.kind != Kind::kEllipsis) {
      result.push_back(item);
      continue;
    }
    NUMEST_USER_CHECK(!has_ellipsis, IndexError,
                      "an index can only have a single ellipsis ('...')");
    has_ellipsis = true;
    result.resize(result.size() + rest);
  }
  if (!has_ellipsis) result.resize(result.size() + rest);
  return result;
}

// With arrays around, ints index like arrays of no axes.
bool is_advanced(const IndexSpecItem& item) {
  return item.kind == Kind::kArray || item.kind == Kind::kInt;
}

Shape broadcast_all(std::span<const Shape> arrays) {
  Shape shape;
  for (const Shape& s : arrays) shape = broadcast_shapes(shape, s, "index");
  return shape;
}

void check_position(const IndexSpecItem& item, int64_t extent, int axis) {
  if (item.kind == Kind::kInt && !is_symbol(extent))
    resolve_position(item.position, extent, axis);
}

}  // namespace

std::vector<IndexSpecItem> parse_index_spec(const std::string& spec) {
  Items items;
  if (spec.empty()) return items;
  for (const std::string& part : split_at(spec, ','))
    items.push_back(parse_item(part));
  return items;
}

std::string to_string(const std::vector<IndexSpecItem>& items) {
  std::string text;
  for (const IndexSpecItem& item : items)
    text += (text.empty() ? "" : ",") + item_text(item);
  return text;
}

int64_t sliced_extent(int64_t extent, const Slice& s) {
  if (!is_symbol(extent)) return resolve_slice(s, extent).count;
  const bool is_forward = s.step == 1 && s.start.value_or(0) == 0 &&
                          s.stop.value_or(INT64_MAX) == INT64_MAX;
  const bool is_reversed = s.step == -1 &&
                           s.start.value_or(INT64_MAX) == INT64_MAX &&
                           s.stop.value_or(INT64_MIN) == INT64_MIN;
  return is_forward || is_reversed ? extent : fresh_extent();
}

ArrayAxes array_axes(int a_ndim, const std::vector<IndexSpecItem>& items,
                     std::span<const Shape> arrays) {
  if (!has_arrays(items)) return {};
  ArrayAxes axes{0, broadcast_all(arrays).ndim()};
  int groups = 0, basic = 0;
  bool was_advanced = false;
  for (const IndexSpecItem& item : spelled_out(a_ndim, items)) {
    const bool now = is_advanced(item);
    if (now && !was_advanced && ++groups == 1) axes.begin = basic;
    if (!now) ++basic;
    was_advanced = now;
  }
  if (groups > 1) axes.begin = 0;
  return axes;
}

Shape indexed_shape(const Shape& a, const std::vector<IndexSpecItem>& items,
                    std::span<const Shape> arrays) {
  Shape shape;
  int axis = 0;
  const bool is_mixed = has_arrays(items);
  for (const IndexSpecItem& item : spelled_out(a.ndim(), items)) {
    if (item.kind == Kind::kNewAxis) {
      shape.push_back(1);
      continue;
    }
    check_position(item, a[axis], axis);
    if (item.kind == Kind::kSlice)
      shape.push_back(sliced_extent(a[axis], item.slice));
    ++axis;
  }
  if (!is_mixed) return shape;
  const ArrayAxes place = array_axes(a.ndim(), items, arrays);
  const Shape joined = broadcast_all(arrays);
  for (int i = 0; i < place.count; ++i)
    shape.insert(place.begin + i, joined[i]);
  return shape;
}

std::vector<IndexItem> index_items(const std::vector<IndexSpecItem>& items,
                                   std::span<const Array> arrays) {
  std::vector<IndexItem> result;
  size_t next = 0;
  for (const IndexSpecItem& item : items) {
    switch (item.kind) {
      case Kind::kSlice:
        result.emplace_back(item.slice);
        break;
      case Kind::kEllipsis:
        result.emplace_back(Ellipsis{});
        break;
      case Kind::kNewAxis:
        result.emplace_back(NewAxis{});
        break;
      case Kind::kInt:
        result.emplace_back(item.position);
        break;
      case Kind::kArray:
        NUMEST_CHECK(next < arrays.size());
        result.emplace_back(arrays[next++]);
        break;
    }
  }
  return result;
}

}  // namespace numest
