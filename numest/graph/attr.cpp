// Comparison, hashing and printing of attributes.
#include "numest/graph/attr.h"

#include <algorithm>
#include <functional>

#include "numest/graph/node.h"

namespace numest {

namespace {

size_t mix(size_t seed, size_t value) {
  return seed ^ (value + 0x9e3779b97f4a7c15u + (seed << 6) + (seed >> 2));
}

template <class Range>
size_t hash_ints(const Range& values) {
  size_t seed = 17;
  for (int64_t v : values) seed = mix(seed, std::hash<int64_t>{}(v));
  return seed;
}

size_t hash_array(const Array& a) {
  // Shape and dtype suffice: equality decides.
  return mix(hash_ints(a.shape()), size_t(a.dtype()));
}

template <class Range>
std::string tuple_text(const Range& values) {
  std::string text = "(";
  size_t count = 0;
  for (int64_t v : values) {
    if (count++) text += ", ";
    text += v < 0 && std::is_same_v<Range, Shape> ? "?" : std::to_string(v);
  }
  return text + (count == 1 ? ",)" : ")");
}

struct Printer {
  std::string operator()(std::monostate) const { return "None"; }
  std::string operator()(bool b) const { return b ? "True" : "False"; }
  std::string operator()(int64_t i) const { return std::to_string(i); }
  std::string operator()(double d) const { return fmt::format("{}", d); }
  std::string operator()(const std::string& s) const { return "'" + s + "'"; }
  std::string operator()(const std::vector<int64_t>& v) const {
    return tuple_text(v);
  }
  std::string operator()(const Shape& s) const { return tuple_text(s); }
  std::string operator()(DType d) const { return std::string(name(d)); }
  std::string operator()(const std::shared_ptr<const Array>& a) const {
    return a ? a->to_string() : "None";
  }
  std::string operator()(const std::shared_ptr<const Graph>& g) const {
    return g ? "graph '" + g->name + "'" : "None";
  }
  std::string operator()(
      const std::shared_ptr<const ForeignFunction>& f) const {
    return f ? "function '" + f->name() + "'" : "None";
  }
};

struct Hasher {
  size_t operator()(std::monostate) const { return 1; }
  size_t operator()(bool b) const { return b ? 3 : 2; }
  size_t operator()(int64_t i) const { return std::hash<int64_t>{}(i); }
  size_t operator()(double d) const { return std::hash<double>{}(d); }
  size_t operator()(const std::string& s) const {
    return std::hash<std::string>{}(s);
  }
  size_t operator()(const std::vector<int64_t>& v) const {
    return hash_ints(v);
  }
  size_t operator()(const Shape& s) const { return hash_ints(s); }
  size_t operator()(DType d) const { return size_t(d); }
  size_t operator()(const std::shared_ptr<const Array>& a) const {
    return a ? hash_array(*a) : 5;
  }
  template <class T>
  size_t operator()(const std::shared_ptr<const T>& p) const {
    return std::hash<const T*>{}(p.get());
  }
};

}  // namespace

bool equal(const Attr& a, const Attr& b) {
  if (a.index() != b.index()) return false;
  if (const auto* x = std::get_if<std::shared_ptr<const Array>>(&a)) {
    const auto& y = std::get<std::shared_ptr<const Array>>(b);
    return *x == y || (*x && y && array_equal(**x, *y));
  }
  return a == b;
}

size_t hash(const Attr& attr) {
  return mix(attr.index(), std::visit(Hasher{}, attr));
}

std::string to_string(const Attr& attr) { return std::visit(Printer{}, attr); }

const Attr* Attrs::find(std::string_view key) const {
  for (const Item& item : items_)
    if (item.first == key) return &item.second;
  return nullptr;
}

void Attrs::set(std::string_view key, Attr value) {
  for (Item& item : items_) {
    if (item.first != key) continue;
    item.second = std::move(value);
    return;
  }
  items_.emplace_back(key, std::move(value));
}

double Attrs::real(std::string_view key) const {
  const Attr* a = find(key);
  if (a != nullptr)
    if (const auto* i = std::get_if<int64_t>(a)) return double(*i);
  return get<double>(key);
}

std::vector<int> Attrs::axes(std::string_view key, int ndim,
                             const char* op) const {
  std::vector<int> result;
  const Attr* a = find(key);
  if (a == nullptr || std::holds_alternative<std::monostate>(*a)) {
    for (int i = 0; i < ndim; ++i) result.push_back(i);
    return result;
  }
  if (const auto* one = std::get_if<int64_t>(a)) {
    result.push_back(normalize_axis(*one, ndim, op));
    return result;
  }
  for (int64_t axis : get<std::vector<int64_t>>(key))
    result.push_back(normalize_axis(axis, ndim, op));
  std::sort(result.begin(), result.end());
  NUMEST_USER_CHECK(
      std::adjacent_find(result.begin(), result.end()) == result.end(),
      ValueError, "{}: duplicate value in 'axis': got {}", op,
      numest::to_string(*a));
  return result;
}

bool Attrs::operator==(const Attrs& other) const {
  if (items_.size() != other.items_.size()) return false;
  for (size_t i = 0; i < items_.size(); ++i)
    if (items_[i].first != other.items_[i].first ||
        !equal(items_[i].second, other.items_[i].second))
      return false;
  return true;
}

size_t hash(const Attrs& attrs) {
  size_t seed = 0;
  for (const auto& [key, value] : attrs.items())
    seed = mix(mix(seed, std::hash<std::string_view>{}(key)), hash(value));
  return seed;
}

std::string to_string(const Attrs& attrs) {
  std::string text;
  for (const auto& [key, value] : attrs.items())
    text +=
        fmt::format("{}{}={}", text.empty() ? "" : ", ", key, to_string(value));
  return text;
}

}  // namespace numest
