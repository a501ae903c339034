// Nested structures of values: a leaf, a tuple or a dictionary of nests, as
// elements of datasets, features and predictions are.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "numest/array/array.h"

namespace numest {

/// A tree with values of type T at the leaves. Dictionaries keep insertion
/// order; leaves are flattened depth first (dictionaries by that order).
template <class T>
struct Nest {
  enum class Kind { kLeaf, kTuple, kDict };
  Kind kind = Kind::kLeaf;
  T leaf{};                       // kLeaf
  std::vector<std::string> keys;  // kDict
  std::vector<Nest> children;     // kTuple, kDict

  Nest() = default;
  Nest(T value) : leaf(std::move(value)) {}  // NOLINT
  static Nest tuple(std::vector<Nest> children) {
    Nest n;
    n.kind = Kind::kTuple;
    n.children = std::move(children);
    return n;
  }
  static Nest dict(std::vector<std::pair<std::string, Nest>> items) {
    Nest n;
    n.kind = Kind::kDict;
    for (auto& [key, value] : items) {
      n.keys.push_back(std::move(key));
      n.children.push_back(std::move(value));
    }
    return n;
  }
  bool is_leaf() const { return kind == Kind::kLeaf; }
  bool is_dict() const { return kind == Kind::kDict; }
  bool is_tuple() const { return kind == Kind::kTuple; }
  size_t num_leaves() const {
    if (is_leaf()) return 1;
    size_t n = 0;
    for (const Nest& c : children) n += c.num_leaves();
    return n;
  }
  /// Child under `key`, or null.
  const Nest* find(const std::string& key) const {
    for (size_t i = 0; i < keys.size(); ++i)
      if (keys[i] == key) return &children[i];
    return nullptr;
  }
  /// Child under `key`, as `features["x"]` in Python. KeyError that names the
  /// keys there are; TypeError if this is no dictionary.
  const Nest& operator[](const std::string& key) const {
    NUMEST_USER_CHECK(is_dict(), TypeError,
                      "got key '{}' of {}, expected a dictionary", key,
                      description());
    if (const Nest* child = find(key)) return *child;
    fail<KeyError>("got key '{}' of {}", key, description());
  }
  /// Child `i` of a tuple or dictionary. IndexError if there is none.
  const Nest& operator[](size_t i) const {
    NUMEST_USER_CHECK(i < children.size(), IndexError, "got position {} of {}",
                      i, description());
    return children[i];
  }
  /// "a tuple of 2" or "a dictionary of 'x', 'y'", for messages.
  std::string description() const {
    if (is_leaf()) return "a single value";
    if (is_tuple()) return fmt::format("a tuple of {}", children.size());
    if (keys.empty()) return "an empty dictionary";
    return fmt::format("a dictionary of '{}'", fmt::join(keys, "', '"));
  }
  void flatten_into(std::vector<T>& out) const {
    if (is_leaf()) {
      out.push_back(leaf);
      return;
    }
    for (const Nest& c : children) c.flatten_into(out);
  }
  std::vector<T> flatten() const {
    std::vector<T> out;
    flatten_into(out);
    return out;
  }
  /// The same structure with `f(leaf)` at each leaf.
  template <class F>
  auto map(F&& f) const
      -> Nest<std::decay_t<decltype(f(std::declval<const T&>()))>> {
    using U = std::decay_t<decltype(f(leaf))>;
    Nest<U> out;
    out.kind = static_cast<typename Nest<U>::Kind>(kind);
    out.keys = keys;
    if (is_leaf()) out.leaf = f(leaf);
    for (const Nest& c : children) out.children.push_back(c.map(f));
    return out;
  }
  /// The same structure with leaves taken in order from `values`.
  template <class U>
  Nest<U> unflatten(const std::vector<U>& values) const {
    size_t next = 0;
    return map([&](const T&) { return values.at(next++); });
  }
};

/// dtype and shape of a value; symbols stand for extents not yet known.
struct TensorSpec {
  DType dtype = DType::kFloat32;
  Shape shape;
  bool operator==(const TensorSpec&) const = default;
};

using ElementSpec = Nest<TensorSpec>;
using Element = Nest<Array>;

}  // namespace numest
