// Attributes of ops: values fixed when a node is made. They compare, hash,
// print and serialize here once, for all ops.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "numest/array/array.h"

namespace numest {

struct Graph;
class ForeignFunction;

/// None, bool, int, float, str, ints, a shape (may hold symbols), a dtype, an
/// array, a sub-graph, or a function outside of the graph (Python).
using Attr =
    std::variant<std::monostate, bool, int64_t, double, std::string,
                 std::vector<int64_t>, Shape, DType,
                 std::shared_ptr<const Array>, std::shared_ptr<const Graph>,
                 std::shared_ptr<const ForeignFunction>>;

bool equal(const Attr& a, const Attr& b);
size_t hash(const Attr& attr);
/// Python's spelling: None, True, 3, 2.5, 'same', (0, 1), float32.
std::string to_string(const Attr& attr);

/// Named attributes in the order of the op's parameters. Keys are views of
/// the op table's names, so they live for ever.
class Attrs {
 public:
  using Item = std::pair<std::string_view, Attr>;
  Attrs() = default;
  Attrs(std::initializer_list<Item> items) : items_(items) {}

  const Attr* find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }
  void set(std::string_view key, Attr value);
  const std::vector<Item>& items() const { return items_; }

  /// The value as T; InternalError if it is missing or of another type.
  template <class T>
  const T& get(std::string_view key) const {
    const Attr* a = find(key);
    NUMEST_CHECK(a != nullptr, "attribute '{}' is missing", key);
    const T* value = std::get_if<T>(a);
    NUMEST_CHECK(value != nullptr, "attribute '{}' has another type", key);
    return *value;
  }
  bool flag(std::string_view key) const { return get<bool>(key); }
  int64_t integer(std::string_view key) const { return get<int64_t>(key); }
  double real(std::string_view key) const;  // an int converts
  const std::string& text(std::string_view key) const {
    return get<std::string>(key);
  }
  bool is_none(std::string_view key) const {
    const Attr* a = find(key);
    return a == nullptr || std::holds_alternative<std::monostate>(*a);
  }
  /// Axes of a reduction in [0, ndim), sorted: None means all axes.
  std::vector<int> axes(std::string_view key, int ndim, const char* op) const;

  bool operator==(const Attrs& other) const;

 private:
  std::vector<Item> items_;
};

size_t hash(const Attrs& attrs);
std::string to_string(const Attrs& attrs);

}  // namespace numest
