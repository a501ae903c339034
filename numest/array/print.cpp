// NumPy's str() of an array: brackets, line breaks at 75 columns, and `...`
// for the middle of long axes.
#include <vector>

#include "numest/array/array.h"
#include "numest/array/element_format.h"
#include "numest/array/index.h"

namespace numest {
namespace {

constexpr int64_t kThreshold = 1000;  // elements shown in full
constexpr int64_t kEdge = 3;          // at each end of a shortened axis
constexpr size_t kLineWidth = 75;

// Keeps the first and last elements of each long axis.
Array edges(const Array& a) {
  Array out = a;
  for (int axis = 0; axis < a.ndim(); ++axis) {
    const int64_t extent = a.shape()[axis];
    if (extent <= 2 * kEdge) continue;
    std::vector<IndexItem> items(size_t(axis), Slice{});
    items.push_back(
        Array::from<int64_t>({0, 1, 2, extent - 3, extent - 2, extent - 1}));
    out = take_index(out, items);
  }
  return out;
}

class Printer {
 public:
  Printer(const Array& a, bool is_shortened)
      : is_shortened_(is_shortened),
        shape_(a.shape()),
        texts_(format_elements(is_shortened ? edges(a) : a)) {}

  std::string block(int axis, std::string indent, size_t width) {
    const bool is_last = axis == shape_.ndim() - 1;
    std::string body =
        is_last ? line_block(indent, width) : nested(axis, indent, width);
    return "[" + body.substr(indent.size()) + "]";
  }

 private:
  bool has_gap(int axis) const {
    return is_shortened_ && shape_[axis] > 2 * kEdge;
  }
  int64_t num_shown(int axis) const {
    return has_gap(axis) ? 2 * kEdge : shape_[axis];
  }

  std::string line_block(const std::string& indent, size_t width) {
    const int axis = shape_.ndim() - 1;
    std::string done, line = indent;
    const auto extend = [&](const std::string& word) {
      const bool is_fresh = line.size() <= indent.size();
      if (!is_fresh && line.size() + word.size() > width - 1) {
        done += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        line = indent;
      }
      line += word;
    };
    for (int64_t i = 0; i < num_shown(axis); ++i) {
      if (i > 0) line += ' ';
      if (i == kEdge && has_gap(axis)) {
        extend("...");
        line += ' ';
      }
      extend(texts_[next_++]);
    }
    return done + line;
  }

  std::string nested(int axis, const std::string& indent, size_t width) {
    const std::string separator(size_t(shape_.ndim() - 1 - axis), '\n');
    std::string out;
    for (int64_t i = 0; i < num_shown(axis); ++i) {
      if (i > 0) out += separator;
      if (i == kEdge && has_gap(axis)) out += indent + "..." + separator;
      out += indent + block(axis + 1, indent + ' ', width - 1);
    }
    return out;
  }

  bool is_shortened_;
  Shape shape_;
  std::vector<std::string> texts_;
  size_t next_ = 0;
};

}  // namespace

std::string Array::to_string() const {
  if (ndim() == 0) return format_scalar(*this);
  if (size() == 0) return "[]";
  Printer printer(*this, size() > kThreshold);
  return printer.block(0, " ", kLineWidth);
}

}  // namespace numest
