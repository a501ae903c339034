// Arguments of op functions: small types that accept what Python would
// (nothing, an int, a list) and become attributes. Lists are taken as several
// arguments: g++ 12 takes {.axis = 1} for an initializer_list, too.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "numest/graph/attr.h"

namespace numest {

/// `axis` of a reduction: None (all axes), one axis, or several; negative
/// axes count from the end. `sum(x)`, `sum(x, -1)`, `sum(x, {0, 1})`.
class Axes {
 public:
  Axes() = default;                                             // None
  Axes(std::nullopt_t) {}                                       // NOLINT
  Axes(int axis) : value_(int64_t{axis}) {}                     // NOLINT
  Axes(int64_t axis) : value_(axis) {}                          // NOLINT
  Axes(std::vector<int64_t> axes) : value_(std::move(axes)) {}  // NOLINT
  Axes(const std::vector<int>& axes)                            // NOLINT
      : value_(std::vector<int64_t>(axes.begin(), axes.end())) {}
  template <std::integral... Ints>
  requires(sizeof...(Ints) > 1) Axes(Ints... axes)
      : value_(std::vector<int64_t>{int64_t{axes}...}) {}
  bool is_none() const {
    return std::holds_alternative<std::monostate>(value_);
  }
  const Attr& attr() const { return value_; }

 private:
  Attr value_;
};

/// A list of ints, or one: pads, permutations, strides. May be None.
class Dims {
 public:
  Dims() = default;                                                 // None
  Dims(std::nullopt_t) {}                                           // NOLINT
  Dims(int value) : value_(std::vector<int64_t>{value}) {}          // NOLINT
  Dims(int64_t value) : value_(std::vector<int64_t>{value}) {}      // NOLINT
  Dims(std::vector<int64_t> values) : value_(std::move(values)) {}  // NOLINT
  Dims(const std::vector<int>& values)                              // NOLINT
      : value_(std::vector<int64_t>(values.begin(), values.end())) {}
  template <std::integral... Ints>
  requires(sizeof...(Ints) > 1) Dims(Ints... values)
      : value_(std::vector<int64_t>{int64_t{values}...}) {}
  const Attr& attr() const { return value_; }

 private:
  Attr value_;
};

// The attribute of an argument, by its C++ type; None for nothing.
inline Attr attr_of(const Axes& axes) { return axes.attr(); }
inline Attr attr_of(const Dims& dims) { return dims.attr(); }
inline Attr attr_of(std::string_view text) { return std::string(text); }
inline Attr attr_of(bool value) { return value; }
inline Attr attr_of(int64_t value) { return value; }
inline Attr attr_of(double value) { return value; }
inline Attr attr_of(DType value) { return value; }
inline Attr attr_of(const Shape& value) { return value; }
inline Attr attr_of(const Array& value) {
  return std::make_shared<const Array>(value);
}
inline Attr attr_of(const std::shared_ptr<const Graph>& value) { return value; }
inline Attr attr_of(const std::shared_ptr<const ForeignFunction>& value) {
  return value;
}
template <class T>
Attr attr_of(const std::optional<T>& value) {
  return value ? attr_of(*value) : Attr();
}

}  // namespace numest
