// `size`, the argument of draws that says their shape.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "numest/graph/tensor.h"

namespace numest::random {

/// NumPy's `size`: extents, or a number for one axis. Left out, NumPy's None:
/// as many draws as the parameters have elements together, each independent
/// of the others. Extents may be symbols of the graph that is traced.
class Size {
 public:
  Size() = default;
  Size(std::nullopt_t) {}                                // NOLINT: None
  Size(Shape shape) : shape_(std::move(shape)) {}        // NOLINT: as NumPy's
  Size(std::initializer_list<int64_t> e) : shape_(e) {}  // NOLINT: as NumPy's
  template <std::integral N>
  Size(N extent) : shape_(Shape{int64_t(extent)}) {}  // NOLINT: as NumPy's
  /// Symbols that no input of the draws has: they are those of `positions`,
  /// 0, 1, ... along an axis of such an extent.
  Size(Shape shape, std::vector<Tensor> positions)
      : shape_(std::move(shape)), positions_(std::move(positions)) {}

  bool is_none() const { return !shape_; }
  /// The extents; must not be None.
  const Shape& shape() const { return *shape_; }
  const std::vector<Tensor>& positions() const { return positions_; }
  /// As it is, or in place of None the shape that `parameters` have together.
  /// Throws ValueError, which names `draw`, where they do not broadcast to it.
  Size of(std::initializer_list<const Tensor*> parameters,
          const char* draw) const;
  /// With one more axis behind; None counts as no axis.
  Size with(int64_t extent) const;

 private:
  std::optional<Shape> shape_;
  std::vector<Tensor> positions_;
};

}  // namespace numest::random
