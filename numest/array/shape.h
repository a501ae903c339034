// Extents of an array. Inside a graph a negative extent is a symbol: equal
// symbols mean equal extents that are known at run time only.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace numest {

inline constexpr int kMaxNdim = 32;  // as in NumPy 1; NumPy 2 allows 64

/// A short list of int64, without heap memory for up to six; used for shapes
/// and strides.
class Shape {
 public:
  Shape() = default;
  Shape(const Shape& other) { copy(other); }
  /// Leaves `other` as it is, or empty.
  Shape(Shape&& other) noexcept { take(other); }
  Shape& operator=(const Shape& other);
  Shape& operator=(Shape&& other) noexcept;
  ~Shape() { clear(); }
  Shape(std::initializer_list<int64_t> values);
  explicit Shape(std::span<const int64_t> values);
  /// `count` copies of `value`. Throws ValueError above kMaxNdim.
  static Shape filled(int count, int64_t value);

  int ndim() const { return ndim_; }
  bool empty() const { return ndim_ == 0; }
  int64_t operator[](int axis) const { return begin()[axis]; }
  int64_t& operator[](int axis) { return begin()[axis]; }
  int64_t back() const { return begin()[ndim_ - 1]; }
  const int64_t* begin() const { return is_far() ? far_ : near_.data(); }
  const int64_t* end() const { return begin() + ndim_; }
  int64_t* begin() { return is_far() ? far_ : near_.data(); }
  int64_t* end() { return begin() + ndim_; }

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
  static constexpr int kNear = 6;
  bool is_far() const { return ndim_ > kNear; }
  // Of an empty shape: memory for `ndim` values, which are indeterminate.
  void allocate(int ndim);
  void copy_far(const Shape& other);
  void copy(const Shape& other) {
    if (other.is_far()) return copy_far(other);
    ndim_ = other.ndim_;
    near_ = other.near_;
  }
  void take(Shape& other) noexcept {
    ndim_ = other.ndim_;
    if (!is_far()) {
      near_ = other.near_;
      return;
    }
    far_ = other.far_;
    other.ndim_ = 0;
  }
  void clear() {
    if (is_far()) delete[] far_;
    ndim_ = 0;
  }

  int32_t ndim_ = 0;
  union {
    std::array<int64_t, kNear> near_{};
    int64_t* far_;  // of kMaxNdim values, where ndim_ > kNear
  };
};

inline Shape& Shape::operator=(const Shape& other) {
  if (this == &other) return *this;
  clear();
  copy(other);
  return *this;
}

inline Shape& Shape::operator=(Shape&& other) noexcept {
  if (this == &other) return *this;
  clear();
  take(other);
  return *this;
}

using Strides = Shape;

/// Returns a symbol that no other extent has (process-wide counter).
int64_t fresh_extent();
inline bool is_symbol(int64_t extent) { return extent < 0; }

/// Maps axis in [-ndim, ndim) to [0, ndim). Throws IndexError naming `op`.
int normalize_axis(int64_t axis, int ndim, const char* op);

/// Broadcasts NumPy's way. Symbols: equal symbols stay; a symbol against 1
/// stays; against n > 1 gives n; two different symbols give the first (the
/// run time checks). Throws ValueError naming `op` and both shapes.
Shape broadcast_shapes(const Shape& a, const Shape& b, std::string_view op);

/// Row-major strides in bytes.
Strides contiguous_strides(const Shape& shape, int64_t itemsize);

}  // namespace numest
