// Visits the elements of N arrays of one shape together, as runs along one
// axis: the caller's inner loop sees pointers, byte strides and a count.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "numest/array/shape.h"

namespace numest {

template <size_t N>
struct StridedLoop {
  using Pointers = std::array<std::byte*, N>;
  using RunStrides = std::array<int64_t, N>;

  Shape shape;
  std::array<Strides, N> strides;

  /// Plans the visit: axes of extent 1 go, the others are ordered by the
  /// strides of operand 0, and axes that follow each other in every operand
  /// become one. The order of visits changes, so use it where that is free.
  StridedLoop(const Shape& extents, const std::array<Strides, N>& steps) {
    for (int axis = 0; axis < extents.ndim(); ++axis)
      if (extents[axis] != 1) insert_sorted(extents[axis], axis, steps);
    merge_axes();
    lengthen_runs();
  }

  /// Calls `inner(pointers, strides, count)` for each run; strides in bytes.
  template <class F>
  void run(const Pointers& start, F&& inner) const {
    for (const int64_t extent : shape)
      if (extent == 0) return;
    const int last = shape.ndim() - 1;
    RunStrides run_strides{};
    for (size_t k = 0; last >= 0 && k < N; ++k)
      run_strides[k] = strides[k][last];
    visit(start, 0, last, [&](const Pointers& p) {
      inner(p, run_strides, last < 0 ? int64_t{1} : shape[last]);
    });
  }

 private:
  void insert_sorted(int64_t extent, int axis,
                     const std::array<Strides, N>& steps) {
    int at = shape.ndim();
    while (at > 0 && std::abs(strides[0][at - 1]) < std::abs(steps[0][axis]))
      --at;
    shape.insert(at, extent);
    for (size_t k = 0; k < N; ++k) strides[k].insert(at, steps[k][axis]);
  }

  bool follow(int axis) const {
    for (const Strides& s : strides)
      if (s[axis] != s[axis + 1] * shape[axis + 1]) return false;
    return true;
  }

  void merge_axes() {
    for (int axis = shape.ndim() - 2; axis >= 0; --axis) {
      if (!follow(axis)) continue;
      shape[axis + 1] *= shape[axis];
      shape.erase(axis);
      for (Strides& s : strides) s.erase(axis);
    }
  }

  // A run of a few elements costs its beginning: the axis before goes last if
  // it is longer, as for channels that move before or behind the pixels.
  void lengthen_runs() {
    constexpr int64_t kShort = 8;
    const int last = shape.ndim() - 1;
    if (last < 1 || shape[last] >= kShort || shape[last - 1] <= kShort) return;
    std::swap(shape[last - 1], shape[last]);
    for (Strides& s : strides) std::swap(s[last - 1], s[last]);
  }

  template <class F>
  void visit(Pointers p, int axis, int last, F&& f) const {
    if (axis >= last) return f(p);
    for (int64_t i = 0; i < shape[axis]; ++i) {
      visit(p, axis + 1, last, f);
      for (size_t k = 0; k < N; ++k) p[k] += strides[k][axis];
    }
  }
};

}  // namespace numest
