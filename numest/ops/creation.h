// Arrays from the numbers of a C++ program, as NumPy makes them from Python's:
// array({{1, 2}, {3, 4}}), arange(2, 7), zeros(3), full({2, 2}, 7).
#pragma once

#include <concepts>
#include <initializer_list>
#include <limits>
#include <numbers>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "numest/array/index.h"
#include "numest/ops/keywords.h"

namespace numest {

// --- Constants ---
inline constexpr double pi = std::numbers::pi;
inline constexpr double euler_gamma = std::numbers::egamma;
inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr NewAxis newaxis{};

template <class T>
concept Number = std::integral<T> || std::floating_point<T>;

/// What stands in array({...}): a number, a tensor, or a list of these.
class ArrayItem {
 public:
  template <Number T>
  ArrayItem(T value) : value_(scalar(value)) {}          // NOLINT
  ArrayItem(Tensor value) : value_(std::move(value)) {}  // NOLINT
  ArrayItem(const Array& value) : value_(value) {}       // NOLINT
  ArrayItem(std::initializer_list<ArrayItem> items)      // NOLINT
      : items_(items), is_list_(true) {}
  bool is_list() const { return is_list_; }
  const std::vector<ArrayItem>& items() const { return items_; }
  const Tensor& value() const { return value_; }

 private:
  template <Number T>
  static Array scalar(T value) {
    if constexpr (std::is_same_v<T, bool>)
      return Array::scalar(value);
    else if constexpr (std::integral<T>)
      return Array::scalar(int64_t(value));
    else
      return Array::scalar(double(value));
  }
  Tensor value_ = {};
  std::vector<ArrayItem> items_ = {};
  bool is_list_ = false;
};

/// The array of a nested list: bool, int64 or float64 as np.array finds, or
/// what the tensors in it promote to; or of `dtype`. No items: float64 of
/// shape (0,). ValueError if lists of one depth differ in length.
Tensor array(std::initializer_list<ArrayItem> items,
             std::optional<DType> dtype = {});
/// The elements of a tensor, a number, or a vector (of vectors).
template <class T>
requires std::convertible_to<const T&, Tensor> Tensor
array(const T& value, std::optional<DType> dtype = {}) {
  const Tensor t(value);
  return dtype ? astype(t, *dtype) : Tensor(t.is_weak() ? t.numpy() : t);
}
template <class T>
Tensor array(const std::vector<T>& values, std::optional<DType> dtype = {}) {
  if constexpr (Number<T>) return array(Array::from(values), dtype);
  std::vector<Tensor> rows;
  for (const T& value : values) rows.push_back(array(value, dtype));
  return stack(rows);
}
/// As `array`.
template <class T>
Tensor asarray(const T& value, std::optional<DType> dtype = {}) {
  return array(value, dtype);
}

// --- By shape ---
template <std::integral N>
Tensor zeros(N length, DType dtype = DType::kFloat64) {
  return zeros(Shape{int64_t(length)}, dtype);
}
template <std::integral N>
Tensor ones(N length, DType dtype = DType::kFloat64) {
  return ones(Shape{int64_t(length)}, dtype);
}
/// Zeros: nothing is left to chance.
inline Tensor empty(const Shape& shape, DType dtype = DType::kFloat64) {
  return zeros(shape, dtype);
}
inline Tensor empty_like(const Tensor& prototype,
                         std::optional<DType> dtype = {}) {
  return zeros_like(prototype, dtype);
}
/// NumPy's order of arguments.
inline Tensor full(const Shape& shape, const Tensor& fill_value,
                   std::optional<DType> dtype = {}) {
  return full(fill_value, shape, dtype);
}
inline Tensor full(const Shape& shape, const Tensor& fill_value,
                   const FullOptions& options) {
  return full(fill_value, shape, options.dtype);
}

// --- Series: int64 of integers, float64 if a number has a point ---
/// Keyword arguments of `arange` of integers.
struct IntegerArangeOptions {
  ByName named = {};
  int64_t step = 1;
  std::optional<DType> dtype = {};
};
/// Numbers from start, step apart, up to but without stop.
template <std::integral A, std::integral B, std::integral C = int>
Tensor arange(A start, B stop, C step = 1, std::optional<DType> dtype = {}) {
  return arange(double(start), double(stop), double(step),
                std::optional<DType>(dtype.value_or(DType::kInt64)));
}
template <std::integral A, std::integral B>
Tensor arange(A start, B stop, const IntegerArangeOptions& options) {
  return arange(start, stop, options.step, options.dtype);
}
/// Numbers from 0, 1 apart, up to but without stop.
template <Number T>
Tensor arange(T stop, std::optional<DType> dtype = {}) {
  if constexpr (std::integral<T>)
    return arange(T{0}, stop, 1, dtype);
  else
    return arange(0.0, double(stop), 1.0, dtype);
}

// --- Shapes of one number ---
template <std::integral N>
Tensor reshape(const Tensor& a, N length) {
  return reshape(a, Shape{int64_t(length)});
}

}  // namespace numest
