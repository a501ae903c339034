// Equal extents of both sides cancel first, symbols and zeros among them, so
// that the rest can be divided.
#include "numest/ops/reshape.h"

#include <algorithm>
#include <vector>

#include "numest/base/error.h"

namespace numest {

namespace {

constexpr int64_t kUnknown = -1;

// What is left of the two sides after equal symbols and zeros have cancelled.
struct Rest {
  std::vector<int64_t> from_symbols;
  std::vector<int> to_positions;  // of symbols and -1
  int64_t from_size = 1, to_size = 1;
  bool is_empty = false;  // a zero stood on both sides: other sizes are free
};

bool cancels(int64_t extent) { return extent <= 0 && extent != kUnknown; }

Rest cancel(const Shape& from, const Shape& to) {
  Rest rest;
  std::vector<int64_t> left;
  for (int64_t extent : from)
    if (cancels(extent))
      left.push_back(extent);
    else
      rest.from_size *= extent;
  for (int i = 0; i < to.ndim(); ++i) {
    auto same = std::find(left.begin(), left.end(), to[i]);
    if (cancels(to[i]) && same != left.end()) {
      rest.is_empty = rest.is_empty || to[i] == 0;
      left.erase(same);
    } else if (is_symbol(to[i])) {
      rest.to_positions.push_back(i);
    } else {
      rest.to_size *= to[i];
    }
  }
  for (int64_t extent : left)
    if (extent == 0)
      rest.from_size = 0;
    else
      rest.from_symbols.push_back(extent);
  return rest;
}

void check(bool fits, const Shape& from, const Shape& to) {
  NUMEST_USER_CHECK(fits, ValueError,
                    "reshape: cannot reshape an array of shape {} into shape "
                    "{}: the sizes differ",
                    from.to_string(), to.to_string());
}

}  // namespace

Shape reshaped(const Shape& from, const Shape& to) {
  NUMEST_USER_CHECK(std::count(to.begin(), to.end(), kUnknown) <= 1, ValueError,
                    "reshape: can only specify one unknown dimension");
  const Rest rest = cancel(from, to);
  Shape result = to;
  if (rest.to_positions.empty()) {
    if (rest.from_symbols.empty() && !rest.is_empty)
      check(rest.from_size == rest.to_size, from, to);
    return result;
  }
  int64_t& open = result[rest.to_positions[0]];
  if (rest.to_positions.size() == 1 && rest.from_symbols.empty()) {
    check(rest.to_size != 0 && rest.from_size % rest.to_size == 0, from, to);
    open = rest.from_size / rest.to_size;
  } else if (rest.to_positions.size() == 1 && rest.from_symbols.size() == 1 &&
             rest.from_size == rest.to_size) {
    open = rest.from_symbols[0];
  }
  for (int64_t& extent : result)
    if (extent == kUnknown) extent = fresh_extent();
  return result;
}

}  // namespace numest
