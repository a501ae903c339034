// Extents of an array. Inside a graph a negative extent is a symbol: equal
// symbols mean equal extents that are known at run time only.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace numest {

inline constexpr int kMaxNdim = 16;

/// A short list of int64 without heap memory; used for shapes and strides.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<int64_t> values);
  explicit Shape(std::span<const int64_t> values);
  /// `count` copies of `value`. Throws ValueError above kMaxNdim.
  static Shape filled(int count, int64_t value);

  int ndim() const { return ndim_; }
  bool empty() const { return ndim_ == 0; }
  int64_t operator[](int axis) const { return values_[size_t(axis)]; }
  int64_t& operator[](int axis) { return values_[size_t(axis)]; }
  int64_t back() const { return values_[size_t(ndim_ - 1)]; }
  const int64_t* begin() const { return values_.data(); }
  const int64_t* end() const { return values_.data() + ndim_; }
  int64_t* begin() { return values_.data(); }
  int64_t* end() { return values_.data() + ndim_; }

  void push_back(int64_t value);
  void insert(int axis, int64_t value);
  void erase(int axis);
  /// Product of the extents (1 for a scalar). All must be known.
  int64_t size() const;
  /// True if no extent is a symbol.
  bool is_known() const;
  /// "(2, 3)", "(4,)", "()"; symbols print as "?".
  std::string to_string() const;

  bool operator==(const Shape& other) const;

 private:
  int32_t ndim_ = 0;
  std::array<int64_t, kMaxNdim> values_{};
};

using Strides = Shape;

/// Returns a symbol that no other extent has (process-wide counter).
int64_t fresh_extent();
inline bool is_symbol(int64_t extent) { return extent < 0; }

/// Maps axis in [-ndim, ndim) to [0, ndim). Throws IndexError naming `op`.
int normalize_axis(int64_t axis, int ndim, const char* op);

/// Broadcasts NumPy's way. Symbols: equal symbols stay; a symbol against 1
/// stays; against n > 1 gives n; two different symbols give the first (the
/// run time checks). Throws ValueError naming `op` and both shapes.
Shape broadcast_shapes(const Shape& a, const Shape& b, const char* op);

/// Row-major strides in bytes.
Strides contiguous_strides(const Shape& shape, int64_t itemsize);

}  // namespace numest
